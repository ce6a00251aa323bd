"""我的批示: what became of a leader's own instructions and supervision orders, by the orders' own receipts."""

from __future__ import annotations

from sqlalchemy import Connection, select

from dashboard.domain.command import Command, Receipt
from dashboard.domain.masking import mask_all, mask_numbers
from dashboard.domain.principal import Principal
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import tables
from dashboard.store.records import COMMANDS, RECEIPTS

ENDED_SHOWN_MS = 24 * 60 * 60_000
MOST_SHOWN = 30


def own_words(services: Services, connection: Connection, actor: Principal, now: int) -> Row:
    """Return {"month", "done", "on_time", "late", "open", "rows", "supervisions", "running_on"} of the actor's own.

    Of this month's instructions that were not taken back: how many, done, done in time, overdue now, still open. A row
    is an open one, or one that ended within a day: {"id", "no", "matter_id", "title", "text", "issued_at", "due_at",
    "limit_ms", "state", "in_charge", "ended_at", "receivers": [{"name", "stage", "at", "late", "due_at", "result",
    "reason"}]}. `running_on` are the matters with an instruction that runs and is in time.
    """
    today = services.calendar.local_date(now)
    month_at = services.calendar.midnight_at(today.replace(day=1))
    command = tables.commands.c
    statement = (
        COMMANDS.select()
        .where((command.issued_by == actor.id) & (command.kind == "dispatch"))
        .where((command.issued_at >= month_at) | command.state.in_(("running",)))
        .order_by(command.issued_at.desc())
    )
    found = [one for one in map(COMMANDS.value, connection.execute(statement)) if one.is_instruction]
    receipts: dict[str, list[Receipt]] = {one.id: [] for one in found}
    for row in connection.execute(
        RECEIPTS.select()
        .where(tables.receipts.c.command_id.in_(list(receipts)))
        .order_by(tables.receipts.c.position)
    ):
        receipts[row.command_id].append(RECEIPTS.value(row))
    counted = [one for one in found if one.issued_at >= month_at and one.state != "recalled"]
    done = [one for one in counted if not one.is_open]
    shown = [one for one in found if one.is_open or one.state_at > now - ENDED_SHOWN_MS][:MOST_SHOWN]
    running = [one for one in found if one.is_open]
    return {
        "month": len(counted),
        "done": len(done),
        "on_time": sum(not any(each.late for each in receipts[one.id]) for one in done),
        "open": len(running),
        "late": sum(one.due_at <= now for one in running),
        "rows": [
            _row(one, receipts[one.id])
            for one in sorted(shown, key=lambda one: (not one.is_open, one.due_at, one.no))
        ],
        "supervisions": _supervisions(services, connection, actor, now),
        "running_on": [one.matter_id for one in running if one.due_at > now],
    }


def _row(command: Command, receipts: list[Receipt]) -> Row:
    return {
        "id": command.id,
        "no": command.no,
        "matter_id": command.matter_id,
        "title": mask_numbers(command.title),
        "text": mask_numbers(command.objective),
        "issued_at": command.issued_at,
        "due_at": command.due_at,
        "limit_ms": command.limit_ms,
        "state": command.state,
        "in_charge": command.in_charge,
        "ended_at": None if command.is_open else command.state_at,
        "receivers": [_receiver(one) for one in receipts],
    }


def _receiver(receipt: Receipt) -> Row:
    stage = "recalled" if receipt.recalled_at is not None else receipt.stage
    at = receipt.recalled_at if stage == "recalled" else getattr(receipt, f"{stage}_at", None)
    return {
        "id": receipt.receiver_id,
        "name": receipt.name,
        "stage": stage,
        "at": at,
        "late": receipt.late,
        "due_at": receipt.due_at,
        "result": mask_all(receipt.result),
        "reason": mask_all(receipt.declined_reason),
    }


def _supervisions(services: Services, connection: Connection, actor: Principal, now: int) -> list[Row]:
    """The actor's own supervision orders that wait, or were answered within a day, the oldest first."""
    order, clock, matter = tables.supervisions.c, tables.deadlines.c, tables.matters.c
    statement = (
        select(
            order.id, order.no, order.matter_id, order.unit, order.text, order.issued_at, order.answered_at,
            order.answer, matter.title, clock.objective_at,
        )
        .join_from(tables.supervisions, tables.matters, matter.id == order.matter_id)
        .outerjoin(
            tables.deadlines,
            (clock.matter_id == order.matter_id)
            & (clock.state == "armed")
            & (clock.chain == "supervision:" + order.id),
        )
        .where((order.issued_by == actor.id) & (order.level == "order"))
        .where(
            (order.answered_at.is_(None) & matter.closed_at.is_(None))
            | (order.answered_at > now - ENDED_SHOWN_MS)
        )
        .order_by(order.answered_at.is_not(None), order.issued_at)
        .limit(MOST_SHOWN)
    )  # fmt: skip
    units = services.pack.units
    return [
        {
            "id": row.id,
            "no": row.no,
            "matter_id": row.matter_id,
            "title": mask_numbers(row.title),
            "unit_name": units.get(row.unit).short if row.unit in units else "",
            "text": mask_numbers(row.text),
            "issued_at": row.issued_at,
            "due_at": row.objective_at,
            "limit_ms": max((row.objective_at or row.issued_at) - row.issued_at, 0),
            "answered_at": row.answered_at,
            "answer": mask_numbers(row.answer),
        }
        for row in connection.execute(statement)
    ]
