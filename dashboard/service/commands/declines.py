"""有异议: a receiver objects with a reason, and an officer rules on it; until then its clock runs on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection

from dashboard.domain.clocks import Wanted
from dashboard.domain.command import Command, Receipt
from dashboard.domain.matter import Matter
from dashboard.service.act import Act
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store.records import COMMANDS, MATTERS, RECEIPTS

LIMIT = ("dispatch", "decline_ruling")


def is_waiting(receipt: Receipt) -> bool:
    """Say whether an objection waits for a ruling."""
    return receipt.declined_at is not None and receipt.recalled_at is None and not receipt.decline_ruling


def ask_for_ruling(act: Act, command: Command, receipt: Receipt) -> None:
    """Put an objection before the officers of the command's scope."""
    matter = act.work.matter(command.matter_id)
    assert matter is not None
    act.show_ask(_row(act.services, matter, command, receipt))


def drop_ruling(act: Act, command: Command, before: Receipt, after: Receipt) -> None:
    """Take an objection back from the officers when it no longer waits."""
    if is_waiting(before) and not is_waiting(after):
        act.drop_ask(_ask_id(command.id, after.receiver_id))


def drop_rulings(act: Act, command: Command) -> None:
    """Take back every objection of a command that has ended: there is nothing left to rule on."""
    for receipt in act.work.receipts_of(command.id):
        if is_waiting(receipt):
            act.drop_ask(_ask_id(command.id, receipt.receiver_id))


def read_declines(services: Services, connection: Connection) -> list[Row]:
    """Return the asks of every objection that waits for a ruling."""
    receipts, commands, matters = RECEIPTS.table, COMMANDS.table, MATTERS.table
    waiting = (
        receipts.c.declined_at.is_not(None)
        & receipts.c.recalled_at.is_(None)
        & (receipts.c.decline_ruling == "")
    )
    found = [
        RECEIPTS.value(row)
        for row in connection.execute(
            RECEIPTS.select()
            .join(commands, commands.c.id == receipts.c.command_id)
            .join(matters, matters.c.id == commands.c.matter_id)
            .where(waiting & commands.c.state.not_in(("done", "recalled")) & matters.c.closed_at.is_(None))
        )
    ]
    ids = {one.command_id for one in found}
    of = {
        one.id: one
        for one in map(COMMANDS.value, connection.execute(COMMANDS.select().where(commands.c.id.in_(ids))))
    }
    wanted = {one.matter_id for one in of.values()}
    about = {
        one.id: one
        for one in map(MATTERS.value, connection.execute(MATTERS.select().where(matters.c.id.in_(wanted))))
    }
    return [_row(services, about[of[one.command_id].matter_id], of[one.command_id], one) for one in found]


def decline_clocks(act: Act, matter: Matter) -> Iterable[Wanted]:
    """Return a clock for each objection of a matter that waits for a ruling."""
    for command in act.work.commands_of([matter.id]):
        if not command.is_open or not matter.is_open:
            continue
        for receipt in act.work.receipts_of(command.id):
            if is_waiting(receipt) and receipt.declined_at is not None:
                yield Wanted(
                    chain=f"decline:{command.id}:{receipt.receiver_id}",
                    purpose="decline_ruling",
                    applies_to="decline",
                    stage="",
                    anchor_at=receipt.declined_at,
                    objective_at=_due_at(act.services, matter, receipt.declined_at),
                    owner="duty_officer",
                    command_id=command.id,
                )


def restored(receipt: Receipt) -> Receipt:
    """Return the receipt of one whose objection was not accepted: as far as it had come, and ordered as before."""
    return replace(receipt, declined_at=None, stage=receipt.stage_reached())


def _due_at(services: Services, matter: Matter, declined_at: int) -> int:
    limit = services.policies.limit_or_net(*LIMIT, matter.urgency)
    return limit.due_at(declined_at, services.calendar)


def _ask_id(command_id: str, receiver_id: str) -> str:
    return f"decline:{command_id}:{receiver_id}"


def _row(services: Services, matter: Matter, command: Command, receipt: Receipt) -> Row:
    made_at = receipt.declined_at or command.issued_at
    return {
        "id": _ask_id(command.id, receipt.receiver_id),
        "kind": "decline",
        "matter_id": matter.id,
        "no": command.no,
        "title": matter.title,
        "scope": list(command.scope),
        "made_at": made_at,
        "due_at": _due_at(services, matter, made_at),
        "params": {
            "no": command.no,
            "receiver": receipt.name,
            "receiver_id": receipt.receiver_id,
            "command_id": command.id,
            "reason": receipt.declined_reason or "",
            "form": "rule_decline",
            "args": {"command": command.id, "receiver": receipt.receiver_id},
        },
    }
