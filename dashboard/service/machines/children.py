"""What hangs on a matter's end, when that end comes nearer: no child is due after its parent."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import update

from dashboard.domain.command import Command
from dashboard.domain.matter import Matter
from dashboard.service.act import Act
from dashboard.service.districts.waiting import ask_row
from dashboard.store import proposals, tables


def bound_children(act: Act, before: Matter, after: Matter) -> None:
    """Bring orders, decisions, consultations and proposals of a matter to its new end, if that is nearer and ahead.

    Called before the clocks are kept. What is later because the old end had passed already stays as it is.
    """
    end_at = after.final_due_at
    known_at = before.final_due_at
    if end_at is None or end_at <= act.now or (known_at is not None and end_at >= known_at):
        return
    for command in act.work.commands_of([after.id]):
        if command.is_open:
            _bound_receipts(act, command, end_at)
        _bound_decisions(act, command, end_at)
    column = tables.room_decisions.c
    late = (column.matter_id == after.id) & column.completed_at.is_(None) & (column.due_at > end_at)
    act.connection.execute(update(tables.room_decisions).where(late).values(due_at=end_at))
    for one in proposals.waiting_of(act.connection, after.id) if after.proposals else ():
        if one.due_at > end_at:
            proposals.change(act.connection, replace(one, due_at=end_at))
            act.show_ask(ask_row(act.services, replace(one, due_at=end_at), after))


def _bound_receipts(act: Act, command: Command, end_at: int) -> None:
    for one in act.work.receipts_of(command.id):
        if one.due_at > end_at and not one.is_out and not one.has_reached("done"):
            act.work.receipts.put(replace(one, due_at=end_at))
    if command.consultation_at is not None and command.consultation_at > end_at:
        act.work.commands.put(replace(command, consultation_at=end_at))


def _bound_decisions(act: Act, command: Command, end_at: int) -> None:
    for one in act.work.decisions_of(command.id):
        if one.completed_at is None and one.due_at is not None and one.due_at > end_at:
            act.work.decisions.put(replace(one, due_at=end_at))
