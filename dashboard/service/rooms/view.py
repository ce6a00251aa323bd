"""What a page of a consultation room shows: one room as the asker may see it, and the rooms that concern the asker."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refusal, Refused
from dashboard.domain.rights import may, no_right
from dashboard.service.act import Act
from dashboard.service.attachments import attachment_row
from dashboard.service.rooms.seeing import Stored, comes_with_matter, own_part, own_parts, room_of
from dashboard.service.rooms.specialists import phone_of
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import event_log, tables

MAX_SHOWN = 300  # newest messages of a room on one page
MAX_ROOMS = 200


@dataclass(frozen=True, slots=True)
class RoomPlace:
    """How far a room is: `change` rises with everything new in it, `seq` is the log's end at the same moment."""

    matter_id: str
    change: int
    seq: int


def room_place(services: Services, actor: Principal, room_id: str, now: int) -> RoomPlace | Refused:
    """Return how far a room is, for who waits for news of it. Refused: no_right, no_such_room."""
    refused = no_right(actor, "read_room")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        try:
            room = room_of(Act(services, connection, actor, now), room_id)
        except Refusal as refusal:
            return refusal.refused
        return RoomPlace(room["matter_id"], int(room["change"]), event_log.last_seq(connection))


def room_view(services: Services, actor: Principal, room_id: str, now: int, since: int = 0) -> Row | Refused:
    """Return a room with its participants, messages, decisions, attachments and bookings.

    `since` is the number of the last message that the asker has: only later ones are told again, because a page of a
    long room on a bad line must not load all of it for every sentence. Who has read a message follows from the
    participants' `read_no`; a message's `part` is the place of who said it among them, None for the system.

    Refused: no_such_room.
    """
    refused = no_right(actor, "read_room")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        try:
            room = room_of(act, room_id)
        except Refusal as refusal:
            return refusal.refused
        matter = act.work.matter(room["matter_id"])
        assert matter is not None
        kind, part_id, name = own_part(act, matter)
        leads = may(actor, "decide_in_room") and act.is_visible(matter)
        parts = _participants(connection, room)
        return {
            "seq": int(room["change"]),
            "room": _room_row(room, matter),
            "me": {"kind": kind, "id": part_id, "name": _shown(kind, name), "may": _may(actor, room, leads)},
            "participants": parts,
            "since": since,
            "messages": _messages(connection, room, parts, (kind, part_id), since),
            "decisions": _decisions(connection, room, actor, leads),
            "attachments": _attachments(connection, room),
            "bookings": _bookings(services, connection, actor, room),
        }


def rooms_of_matter(services: Services, actor: Principal, matter_id: str, now: int) -> list[Row] | Refused:
    """Return a matter's rooms that the actor may see, the open one first. Refused: no_right, no_such_matter."""
    refused = no_right(actor, "read_room")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        column = tables.rooms.c
        found = _seen_rooms(act, column.matter_id == matter_id)
        matter = act.work.matter(matter_id)
        if not found and (matter is None or not act.is_visible(matter)):
            return Refused("no_such_matter")
        return found


def own_rooms(services: Services, actor: Principal, now: int) -> list[Row]:
    """Return the open rooms that the actor was asked into or that are on matters of its jurisdiction, newest first."""
    if not may(actor, "read_room"):
        return []
    with services.store.read() as connection:
        return _seen_rooms(Act(services, connection, actor, now), tables.rooms.c.state == "open")


def _seen_rooms(act: Act, wanted: ColumnElement[bool]) -> list[Row]:
    column, part = tables.rooms.c, tables.room_participants.c
    asked = [and_(part.kind == kind, part.id == part_id) for kind, part_id in own_parts(act)]
    invited: set[str] = set()
    if asked:
        rows = act.connection.execute(select(part.room_id).where(or_(*asked) & part.left_at.is_(None)))
        invited = set(rows.scalars())
    statement = select(tables.rooms).where(wanted).order_by(column.state.desc(), column.opened_at.desc())
    rooms = [dict(row) for row in act.connection.execute(statement.limit(MAX_ROOMS)).mappings()]
    act.work.load_matters({room["matter_id"] for room in rooms})
    found = []
    for room in rooms:
        matter = act.work.matter(room["matter_id"])
        if matter is not None and (room["id"] in invited or comes_with_matter(act, matter)):
            found.append(_room_row(room, matter) | {"unread": _unread(act, room, matter)})
    return found


def _unread(act: Act, room: Stored, matter: Matter) -> int:
    kind, part_id, _ = own_part(act, matter)
    column = tables.room_participants.c
    mine = (column.room_id == room["id"]) & (column.kind == kind) & (column.id == part_id)
    read_no = act.connection.execute(select(column.read_no).where(mine)).scalar_one_or_none()
    said = tables.room_messages.c
    # That somebody was asked in is no news to the officer who asked.
    is_own_notice = (said.by_kind == "system") & (said.by_id == act.actor.id)
    newer = (said.room_id == room["id"]) & (said.no > int(read_no or 0)) & ~is_own_notice
    return int(act.connection.execute(select(func.count()).where(newer)).scalar_one())


def _room_row(room: Stored, matter: Matter) -> Row:
    plain = (
        "id", "matter_id", "command_id", "topic", "host", "meets_at", "state", "opened_at", "closed_at", "last_no",
        "change", "minutes", "minutes_version", "minutes_at", "signed_at", "minutes_sha256",
    )  # fmt: skip
    names = ("opened_name", "closed_name", "minutes_name", "signed_name")
    # What the headline of the matter says; who was only asked in learns no more of it, and nothing of the citizen.
    return (
        {name: room[name] for name in plain}
        | {name: mask_name(room[name] or "") for name in names}
        | {"no": matter.no, "title": matter.title, "place": matter.place, "matter_open": matter.is_open}
        | {"urgency": matter.urgency, "matter_due_at": matter.final_due_at}
    )


def _may(actor: Principal, room: Stored, leads: bool) -> list[str]:
    """Return what the page offers; the service decides anew at each act."""
    if room["state"] != "open":
        return ["complete_room_decision"] if may(actor, "complete_room_decision") else []
    speaking = [
        one for one in ("speak_in_room", "keep_attachment", "complete_room_decision") if may(actor, one)
    ]
    leading = [
        one
        for one in (
            "open_room", "invite_to_room", "decide_in_room", "edit_minutes", "sign_minutes", "close_room",
            "book_specialist", "answer_booking",
        )
        if leads and may(actor, one)
    ]  # fmt: skip
    return speaking + leading


def _participants(connection: Connection, room: Stored) -> list[Row]:
    table = tables.room_participants
    rows = connection.execute(
        select(table)
        .where(table.c.room_id == room["id"])
        .order_by(table.c.added_at, table.c.kind, table.c.id)
    )
    return [
        {
            "kind": row.kind,
            "id": row.id,
            "name": _shown(row.kind, row.name),
            "added_at": row.added_at,
            "left_at": row.left_at,
            "came_at": row.came_at,
            "read_no": row.read_no,
            "read_at": row.read_at,
            "read_by": mask_name(row.read_name or ""),
        }
        for row in rows
    ]


def _messages(
    connection: Connection, room: Stored, parts: list[Row], own: tuple[str, str], since: int
) -> list[Row]:
    table = tables.room_messages
    wanted = (table.c.room_id == room["id"]) & (table.c.no > since)
    newest = connection.execute(
        select(table).where(wanted).order_by(table.c.no.desc()).limit(MAX_SHOWN)
    ).all()
    places = {(one["kind"], one["id"]): place for place, one in enumerate(parts)}
    return [
        {
            "no": row.no,
            "at": row.at,
            "kind": row.kind,
            "by": _shown(row.by_kind, row.by_name),
            # A unit's words are said by one of its people: who, masked.
            "person": mask_name(row.account) if row.by_kind in ("unit", "centre") else "",
            "mine": (row.by_kind, row.by_id) == own,
            "text": row.text,
            "attachments": json.loads(row.attachments),
            "part": places.get((row.by_kind, row.by_id)),
        }
        for row in reversed(newest)
    ]


def _decisions(connection: Connection, room: Stored, actor: Principal, leads: bool) -> list[Row]:
    table = tables.room_decisions
    rows = connection.execute(select(table).where(table.c.room_id == room["id"]).order_by(table.c.item))
    shown = ("item", "decision", "owner", "owner_unit", "due_at", "decided_at", "completed_at", "result")
    return [
        {name: row[name] for name in shown}
        | {"recorded_by": mask_name(row["recorded_by"]), "completed_by": mask_name(row["completed_by"] or "")}
        | {"mine": leads or (actor.unit is not None and row["owner_unit"] == actor.unit)}
        for row in rows.mappings()
    ]


def _attachments(connection: Connection, room: Stored) -> list[Row]:
    table = tables.attachments
    rows = connection.execute(
        select(table).where(table.c.room_id == room["id"]).order_by(table.c.kept_at, table.c.id)
    ).mappings()
    return [attachment_row(dict(row)) for row in rows]


def _bookings(services: Services, connection: Connection, actor: Principal, room: Stored) -> list[Row]:
    table, people = tables.bookings, tables.specialists
    rows = connection.execute(
        select(
            table, people.c.name, people.c.kind, people.c.field, people.c.organisation, people.c.phone_sealed
        )
        .join(people, people.c.id == table.c.specialist_id)
        .where(table.c.room_id == room["id"])
        .order_by(table.c.asked_at, table.c.id)
    ).mappings()
    shown = (
        "id", "specialist_id", "kind", "field", "organisation", "question", "wanted_at", "way", "state", "asked_at",
        "answered_at", "answer", "came_at",
    )  # fmt: skip
    return [_booking(services, actor, dict(row), shown) for row in rows]


def _booking(services: Services, actor: Principal, row: dict[str, Any], shown: tuple[str, ...]) -> Row:
    name = row["name"] if may(actor, "book_specialist") else mask_name(row["name"])
    return {one: row[one] for one in shown} | {
        "name": name,
        "phone": phone_of(services, actor, row["specialist_id"], row["phone_sealed"]),
        "asked_by": mask_name(row["asked_name"]),
        "answered_by": mask_name(row["answered_name"] or ""),
    }


def _shown(kind: str, name: str) -> str:
    return mask_name(name) if kind == "officer" else name
