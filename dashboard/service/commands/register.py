"""签到: who of a called unit is on site; a person may be replaced, the unit stays until the matter is decided."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, insert, select, update

from dashboard.domain.arrival import Attendee, said_between
from dashboard.domain.command import Command, Receipt
from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.words import together
from dashboard.service.act import Act, new_id, perform
from dashboard.service.commanding import required_text
from dashboard.service.commands.requests import ReplaceAttendee, SignRegister
from dashboard.service.requests import Answer
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.settling import check_speaks_for
from dashboard.store import tables

MOST_PEOPLE = 50  # of one unit at one place, at once
LONGEST_NAME = 40


def sign_register(
    services: Services, actor: Principal, request: SignRegister, now: int, idempotency_key: str
) -> Outcome:
    """Sign people of a unit in; `Done.value` is the register of the unit (`register_rows`).

    Refused: not_on_site, already_left, attendee_nameless, too_many_people, not_your_receipt, ...
    """

    def decide(act: Act) -> list[Row]:
        command, receipt = _on_command(act, request.command_id, request.receiver_id)
        signed = sign_in_people(act, command, receipt, request.people, request)
        _tell(
            act,
            "RegisterSigned",
            command,
            receipt,
            count=len(signed),
            **together(map(mask_name, signed), "who"),
        )
        return register_rows(act.connection, [command.id], request.receiver_id)

    subject = f"command:{request.command_id}"
    return perform(services, actor, "sign_register", subject, now, idempotency_key, request, decide)


def replace_attendee(
    services: Services, actor: Principal, request: ReplaceAttendee, now: int, idempotency_key: str
) -> Outcome:
    """Let one person go whose place a colleague takes who has signed in; `Done.value` is the unit's register.

    Refused: not_registered (somebody named is not signed in any more), replaces_itself, not_on_site, not_your_receipt.
    """

    def decide(act: Act) -> list[Row]:
        command, receipt = _on_command(act, request.command_id, request.receiver_id)
        there = {one.id: one for one in _there(act.connection, command.id, receipt.receiver_id)}
        if request.leaving not in there or request.taking_over not in there:
            raise Refusal("not_registered", receiver=receipt.name)
        if request.leaving == request.taking_over:
            raise Refusal("replaces_itself")
        column = tables.attendance.c
        act.connection.execute(
            update(tables.attendance)
            .where(column.id == request.leaving)
            .values(left_at=act.now, replaced_by=request.taking_over, reason=request.reason.strip()[:200])
        )
        leaving, taking_over = there[request.leaving], there[request.taking_over]
        _count(act, receipt)
        _tell(
            act, "AttendeeReplaced", command, receipt, leaving=mask_name(leaving.name),
            taking_over=mask_name(taking_over.name), reason=request.reason.strip()[:200],
        )  # fmt: skip
        return register_rows(act.connection, [command.id], request.receiver_id)

    subject = f"command:{request.command_id}"
    return perform(services, actor, "replace_attendee", subject, now, idempotency_key, request, decide)


def sign_in_people(
    act: Act, command: Command, receipt: Receipt, people: Sequence[Attendee], request: SignRegister | Answer
) -> list[str]:
    """Write people into the register of a unit that is, or says to be, on site; returns the names that are new."""
    if receipt.left_at is not None:
        raise Refusal("already_left", receiver=receipt.name)
    if receipt.arrived_at is None and receipt.claimed_at is None:
        raise Refusal("not_on_site", receiver=receipt.name)
    known = {one.name for one in _there(act.connection, command.id, receipt.receiver_id)}
    rows: list[dict[str, Any]] = []
    batch = new_id()  # the register reads in the order in which they were named
    for one in people:
        name = required_text(one.name, "attendee_nameless")[:LONGEST_NAME]
        if name in known:
            continue
        known.add(name)
        rows.append(
            {
                "id": f"{batch}-{len(rows):02d}",
                "command_id": command.id,
                "receiver_id": receipt.receiver_id,
                "name": name,
                "post": one.post.strip()[:LONGEST_NAME],
                "signed_at": act.now,
                "said_at": said_between(request.said_at, command.issued_at, act.now),
                "lon": request.lon,
                "lat": request.lat,
                "signed_by": act.actor.id,
            }
        )
    if len(known) > MOST_PEOPLE:
        raise Refusal("too_many_people", limit=MOST_PEOPLE)
    if rows:
        act.connection.execute(insert(tables.attendance), rows)
        _count(act, receipt)
    return [str(row["name"]) for row in rows]


def people_leave(act: Act, command_id: str, receiver_id: str) -> None:
    """Sign out everybody of a unit that has left."""
    column = tables.attendance.c
    act.connection.execute(
        update(tables.attendance)
        .where((column.command_id == command_id) & (column.receiver_id == receiver_id))
        .where(column.left_at.is_(None))
        .values(left_at=act.now)
    )


def register_rows(
    connection: Connection,
    command_ids: Collection[str],
    receiver_id: str | None = None,
    *,
    masked: bool = True,
) -> list[Row]:
    """Return the register of some commands in the order of signing: names masked, with who replaced whom."""
    column = tables.attendance.c
    statement = select(tables.attendance).where(column.command_id.in_(list(command_ids)))
    if receiver_id is not None:
        statement = statement.where(column.receiver_id == receiver_id)
    return [
        {
            "id": row.id,
            "command_id": row.command_id,
            "receiver_id": row.receiver_id,
            "name": mask_name(row.name) if masked else row.name,
            "post": row.post,
            "signed_at": row.signed_at,
            "said_at": row.said_at,
            "left_at": row.left_at,
            "replaced_by": row.replaced_by,
            "reason": row.reason,
        }
        for row in connection.execute(statement.order_by(column.signed_at, column.id))
    ]


def _on_command(act: Act, command_id: str, receiver_id: str) -> tuple[Command, Receipt]:
    command = act.command(command_id)
    receipt = act.work.receipts.get(command.id, receiver_id)
    if receipt is None:
        raise Refusal("no_such_receiver")
    check_speaks_for(act, receiver_id)
    if command.state == "recalled":
        raise Refusal("command_ended", no=command.no)
    return command, receipt


def _there(connection: Connection, command_id: str, receiver_id: str) -> Sequence[Any]:
    column = tables.attendance.c
    return connection.execute(
        select(column.id, column.name)
        .where((column.command_id == command_id) & (column.receiver_id == receiver_id))
        .where(column.left_at.is_(None))
    ).all()


def _count(act: Act, receipt: Receipt) -> None:
    """Show how many of the unit are there, as the register says."""
    there = len(_there(act.connection, receipt.command_id, receipt.receiver_id))
    latest = act.work.receipts.get(receipt.command_id, receipt.receiver_id) or receipt
    act.work.receipts.put(replace(latest, people=there))


def _tell(act: Act, kind: str, command: Command, receipt: Receipt, **params: Any) -> None:
    act.tell(
        kind, matter=command.matter_id, command=command.id, no=command.no, receiver=receipt.name,
        receiver_id=receipt.receiver_id, **params,
    )  # fmt: skip
