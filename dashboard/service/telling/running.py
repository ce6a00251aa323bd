"""Which tellings still say what holds: of a clock that runs, of a consultation that still wants whom it called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from dashboard.domain.telling import Telling
from dashboard.store import tables

_BOOKED = ("asked", "accepted")


def still_hold(connection: Connection, tellings: Sequence[Telling]) -> set[str]:
    """Return the ids of those tellings that are still worth sending or showing."""
    chains = {one.chain for one in tellings if one.origin == "clock"}
    clock = tables.deadlines.c
    armed: set[str] = set()
    if chains:
        statement = select(clock.chain).where(clock.chain.in_(chains) & (clock.state == "armed"))
        armed = set(connection.execute(statement).scalars())
    rooms = _Rooms(connection, [one for one in tellings if one.origin == "room"])
    return {
        one.id
        for one in tellings
        if (one.chain in armed if one.origin == "clock" else rooms.still_holds(one))
    }


class _Rooms:
    """What the rooms of some tellings are like now, read once for all of them."""

    def __init__(self, connection: Connection, tellings: Sequence[Telling]) -> None:
        self._connection = connection
        ids = {_room_of(one) for one in tellings}
        self._rooms: dict[str, Any] = {}
        self._moved_no: dict[str, int] = {}
        self._inside: set[tuple[str, str, str]] = set()
        if not ids:
            return
        room, matter, message = tables.rooms.c, tables.matters.c, tables.room_messages.c
        statement = (
            select(room.id, room.state, matter.closed_at)
            .join_from(tables.rooms, tables.matters, room.matter_id == matter.id)
            .where(room.id.in_(ids))
        )
        self._rooms = {row.id: row for row in connection.execute(statement)}
        moved = select(message.room_id, func.max(message.no)).where(
            message.room_id.in_(ids) & (message.kind == "moved")
        )
        self._moved_no = {row[0]: row[1] for row in connection.execute(moved.group_by(message.room_id))}
        part, booked = tables.room_participants.c, tables.bookings.c
        inside = select(part.room_id, part.kind, part.id).where(
            part.room_id.in_(ids) & part.left_at.is_(None)
        )
        wanted = select(booked.room_id, booked.specialist_id).where(
            booked.room_id.in_(ids) & booked.state.in_(_BOOKED)
        )
        self._inside = {(row.room_id, row.kind, row.id) for row in connection.execute(inside)}
        self._inside |= {(row.room_id, "specialist", row[1]) for row in connection.execute(wanted)}

    def still_holds(self, telling: Telling) -> bool:
        """Say whether a room's telling still says what holds.

        Minutes stay signed as long as the matter is open; everything else ends with the room. What names a time
        ends when the room is moved: the newer word goes to the same people, and an old one that is sent again would
        call them to the wrong hour.
        """
        room_id, _, no = telling.origin_id.partition(":")
        room = self._rooms.get(room_id)
        if room is None or room.closed_at is not None:
            return False
        if telling.policy_id == "room-signed":
            return True
        if room.state != "open":
            return False
        if telling.policy_id in ("room-invited", "room-moved") and int(no) < self._moved_no.get(room_id, 0):
            return False
        if telling.recipient_kind == "webhook":
            return True
        is_inside = (room_id, *_part_of(telling)) in self._inside
        return not is_inside if telling.policy_id in ("room-removed", "room-cancelled") else is_inside


def _room_of(telling: Telling) -> str:
    return telling.origin_id.partition(":")[0]


def _part_of(telling: Telling) -> tuple[str, str]:
    return ("centre", telling.place) if telling.place else (telling.recipient_kind, telling.recipient)
