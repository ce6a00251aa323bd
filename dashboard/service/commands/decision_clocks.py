"""The clocks of what whistles decided, and what of it is not done yet."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from dashboard.domain.clocks import Wanted
from dashboard.domain.matter import Matter
from dashboard.service.act import Act
from dashboard.store import tables


def decision_clocks(act: Act, matter: Matter) -> Iterable[Wanted]:
    """Return a clock for each decision with a deadline that is not done yet, until its matter is closed."""
    if not matter.is_open:
        return
    for command in act.work.commands_of([matter.id]):
        if command.kind != "whistle" or command.state == "recalled":
            continue
        for one in act.work.decisions_of(command.id):
            if one.decided_at is None or one.due_at is None or one.completed_at is not None:
                continue
            yield Wanted(
                chain=f"decision:{command.id}:{one.item}",
                purpose="decision",
                applies_to="decision",
                stage="",
                anchor_at=one.decided_at,
                objective_at=one.due_at,
                owner="unit_liaison" if one.owner_unit else "decider",
                command_id=command.id,
            )


def undone(act: Act, matter_id: str) -> list[str]:
    """Return what was decided with a deadline and is not done yet, in all whistles and rooms of a matter."""
    column = tables.room_decisions.c
    in_rooms = act.connection.execute(
        select(column.decision)
        .where((column.matter_id == matter_id) & column.completed_at.is_(None) & column.due_at.is_not(None))
        .order_by(column.decided_at, column.item)
    ).scalars()
    return [*_undone_of_whistles(act, matter_id), *in_rooms]


def _undone_of_whistles(act: Act, matter_id: str) -> list[str]:
    return [
        one.question
        for command in act.work.commands_of([matter_id])
        if command.kind == "whistle" and command.state != "recalled"
        for one in act.work.decisions_of(command.id)
        if one.decided_at is not None and one.due_at is not None and one.completed_at is None
    ]
