"""Who may see a consultation room, and as whom one takes part: who sees its matter, and who was asked into it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.refusal import Refusal
from dashboard.service.act import Act
from dashboard.store import tables

Stored = dict[str, Any]


def room_of(act: Act, room_id: str) -> Stored:
    """Return a room that the actor may see, else refuse: what one was not asked into does not exist."""
    row = act.connection.execute(select(tables.rooms).where(tables.rooms.c.id == room_id)).mappings().first()
    if row is None or not _sees(act, dict(row)):
        raise Refusal("no_such_room")
    return dict(row)


def room_to_act_in(act: Act, room_id: str) -> Stored:
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


def leads_room(act: Act, room: Stored) -> Matter:
    """Return the room's matter when the actor may steer the room: whoever may see the matter itself, else refuse.

    Who was only asked in speaks and reads; inviting others, deciding and signing stay with the matter's own officers.
    """
    return act.matter(room["matter_id"])


def own_part(act: Act, matter: Matter | None) -> tuple[str, str, str]:
    """Return as whom the actor takes part: (kind, id, name).

    A liaison stands for its unit, an officer of another division's centre for that centre, all others for themselves.
    """
    unit = act.actor.unit
    if act.actor.role == "unit_liaison" and unit is not None and unit in act.pack.units:
        return "unit", unit, act.pack.units.get(unit).short
    if matter is None or not act.is_visible(matter):
        division = act.pack.divisions.get(act.actor.jurisdiction)
        return "centre", division.code, division.name
    return "officer", act.actor.id, act.actor.name


def take_part(act: Act, room: Stored, kind: str, part_id: str, name: str) -> bool:
    """Put somebody into a room, or back into it; returns whether this was news."""
    table = tables.room_participants
    mine = (table.c.room_id == room["id"]) & (table.c.kind == kind) & (table.c.id == part_id)
    found = act.connection.execute(select(table.c.left_at).where(mine)).first()
    if found is None:
        act.connection.execute(
            insert(table),
            {
                "room_id": room["id"],
                "kind": kind,
                "id": part_id,
                "name": name,
                "added_at": act.now,
                "added_name": act.actor.name,
            },
        )
        return True
    if found.left_at is None:
        return False
    act.connection.execute(update(table).where(mine).values(left_at=None, added_at=act.now))
    return True


def called_of(act: Act, room_id: str, *, with_specialists: bool) -> list[tuple[str, str, str]]:
    """Return (kind, id, name) of the units and centres that are in a room, and of the specialists who are to come.

    Officers of the matter itself are at the desk that acts; nobody has to tell them.
    """
    part, booked, people = tables.room_participants.c, tables.bookings.c, tables.specialists.c
    inside = act.connection.execute(
        select(part.kind, part.id, part.name)
        .where((part.room_id == room_id) & part.kind.in_(("unit", "centre")) & part.left_at.is_(None))
        .order_by(part.added_at, part.kind, part.id)
    )
    found = [(row.kind, row.id, row.name) for row in inside]
    if with_specialists:
        ordered = act.connection.execute(
            select(people.id, people.name, people.field)
            .join(tables.bookings, booked.specialist_id == people.id)
            .where((booked.room_id == room_id) & booked.state.in_(("asked", "accepted")))
            .order_by(booked.asked_at, people.id)
        )
        found += [("specialist", row.id, specialist_name(row.name, row.field)) for row in ordered]
    return found


def specialist_name(name: str, field: str) -> str:
    """Return a specialist's name as it stands in logs and notices: masked, with the field."""
    return f"{mask_name(name)} · {field}"


def touch_room(act: Act, room_id: str, **values: Any) -> None:
    """Change a room and let every page of it know that there is something new."""
    table = tables.rooms
    act.connection.execute(
        update(table).where(table.c.id == room_id).values(change=table.c.change + 1, **values)
    )


def _sees(act: Act, room: Stored) -> bool:
    return comes_with_matter(act, act.work.matter(room["matter_id"])) or _was_asked_in(act, room["id"])


def comes_with_matter(act: Act, matter: Matter | None) -> bool:
    """Say whether who sees the matter sees its rooms: its officers do, a unit or a worker only when asked in.

    Else a unit that was taken out of a room would hear on, and be back in it by its next word.
    """
    return act.actor.own_receiver is None and matter is not None and act.is_visible(matter)


def _was_asked_in(act: Act, room_id: str) -> bool:
    column = tables.room_participants.c
    rows = act.connection.execute(
        select(column.kind, column.id).where((column.room_id == room_id) & column.left_at.is_(None))
    )
    return any((kind, part_id) in own_parts(act) for kind, part_id in rows)


def own_parts(act: Act) -> tuple[tuple[str, str], ...]:
    """Return every (kind, id) under which the actor may have been asked into a room."""
    actor = act.actor
    if actor.kind != "officer":
        return ()
    if actor.role == "unit_liaison":
        return (("unit", actor.unit or ""),)
    if actor.worker is not None or actor.role == "grid_worker":
        return ()
    # An officer who spoke in a room while its matter lay in the jurisdiction has no claim on it afterwards.
    return (("centre", actor.jurisdiction),)
