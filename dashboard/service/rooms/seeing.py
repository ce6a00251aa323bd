"""Who may see a consultation room: who sees its matter, and who was asked into it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from dashboard.domain.refusal import Refusal
from dashboard.service.act import Act
from dashboard.store import tables


def room_of(act: Act, room_id: str) -> dict[str, Any]:
    """Return a room that the actor may see, else refuse: what one was not asked into does not exist."""
    row = act.connection.execute(select(tables.rooms).where(tables.rooms.c.id == room_id)).mappings().first()
    if row is None or not _sees(act, dict(row)):
        raise Refusal("no_such_room")
    return dict(row)


def open_room(act: Act, room_id: str) -> dict[str, Any]:
    """Return a room that can still be acted in, else refuse."""
    room = room_of(act, room_id)
    if room["state"] != "open":
        raise Refusal("room_closed")
    return room


def sees_room(act: Act, room_id: str) -> bool:
    """Say whether the actor may see a room."""
    try:
        room_of(act, room_id)
    except Refusal:
        return False
    return True


def _sees(act: Act, room: dict[str, Any]) -> bool:
    matter = act.work.matter(room["matter_id"])
    if matter is not None and act.is_visible(matter):
        return True
    return takes_part(act, room["id"])


def takes_part(act: Act, room_id: str) -> bool:
    """Say whether the actor was asked into a room and has not left it: for a unit, or for a division's centre."""
    column = tables.room_participants.c
    rows = act.connection.execute(
        select(column.kind, column.id).where((column.room_id == room_id) & column.left_at.is_(None))
    )
    return any(_is_actor(act, kind, id_) for kind, id_ in rows)


def _is_actor(act: Act, kind: str, id_: str) -> bool:
    if act.actor.kind != "officer":
        return False
    if kind == "unit":
        return act.actor.role == "unit_liaison" and act.actor.unit == id_
    if kind == "centre":
        return act.actor.role != "unit_liaison" and act.actor.worker is None and act.actor.jurisdiction == id_
    return kind == "officer" and act.actor.id == id_
