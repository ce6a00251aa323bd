"""The clocks of a consultation: what was decided and is not done, and specialists who have not answered."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from dashboard.domain.clocks import OWNER, Wanted
from dashboard.domain.matter import Matter
from dashboard.service.act import Act
from dashboard.store import tables


def drop_booking_asks(act: Act, matter_id: str) -> None:
    """Take the asks of a closing matter's bookings off the desks; whoever was ordered is still in its rooms."""
    column = tables.bookings.c
    waiting = select(column.id).where((column.matter_id == matter_id) & (column.state == "asked"))
    for booking_id in act.connection.execute(waiting).scalars():
        act.drop_ask(f"booking:{booking_id}")


def room_clocks(act: Act, matter: Matter) -> Iterable[Wanted]:
    """Return what should be running for a matter because of its rooms; none once it is closed."""
    if not matter.is_open or act.work.is_fresh(matter.id):
        return  # thousands come in at once in the morning, and none of them has a room yet
    column = tables.room_decisions.c
    undone = (column.matter_id == matter.id) & column.completed_at.is_(None) & column.due_at.is_not(None)
    for one in act.connection.execute(
        select(column.room_id, column.item, column.owner_unit, column.decided_at, column.due_at).where(undone)
    ):
        yield Wanted(
            chain=f"room_decision:{one.room_id}:{one.item}",
            purpose="decision",
            applies_to="decision",
            stage="",
            anchor_at=one.decided_at,
            objective_at=one.due_at,
            owner="unit_liaison" if one.owner_unit else OWNER["decision"],
        )
    booked = tables.bookings.c
    for asked in act.connection.execute(
        select(booked.id, booked.asked_at, booked.wanted_at).where(
            (booked.matter_id == matter.id) & (booked.state == "asked")
        )
    ):
        yield Wanted(
            chain=f"booking:{asked.id}",
            purpose="booking",
            applies_to="booking",
            stage="answer",
            anchor_at=asked.asked_at,
            objective_at=max(asked.wanted_at, asked.asked_at + 1),
            owner=OWNER["booking"],
        )
