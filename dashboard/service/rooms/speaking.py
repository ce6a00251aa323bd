"""What is said in a consultation room, and who has read it."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from sqlalchemy import insert, select, update

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.service.act import Act, perform
from dashboard.service.rooms.requests import ReadRoom, Say
from dashboard.service.rooms.seeing import Stored, own_part, room_of, room_to_act_in, take_part, touch_room
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.telling.room import note_entered
from dashboard.store import tables

MAX_MESSAGE = 2_000  # characters
MAX_ATTACHED = 9


def say(services: Services, actor: Principal, request: Say, now: int, idempotency_key: str) -> Outcome:
    """Say something in a room; `Done.value` is {"room_id", "no"}.

    Refused: no_such_room, room_closed, text_missing, text_too_long, no_such_attachment.
    """

    def decide(act: Act) -> Row:
        room = room_to_act_in(act, request.room_id)
        text = clean_text(request.text, MAX_MESSAGE)
        if not text and not request.attachments:
            raise Refusal("text_missing")
        _check_attachments(act, room, request.attachments)
        kind, part_id, name = own_part(act, act.work.matter(room["matter_id"]))
        take_part(act, room, kind, part_id, name)
        no = _add(act, room, "said", kind, part_id, name, text, request.attachments)
        _mark_read(act, room, kind, part_id, no)
        act.tell("RoomSpoken", matter=room["matter_id"], room=room["id"], message=no)
        return {"room_id": room["id"], "no": no}

    subject = f"room:{request.room_id}"
    return perform(services, actor, "speak_in_room", subject, now, idempotency_key, request, decide)


def read_room(
    services: Services, actor: Principal, request: ReadRoom, now: int, idempotency_key: str
) -> Outcome:
    """Note that the messages up to one were shown to the reader; `Done.value` is {"room_id", "read_no"}.

    Reading a second time changes nothing. Who watches without taking part (a city leader who looks in) leaves no mark
    until they speak. Refused: no_such_room.
    """

    def decide(act: Act) -> Row:
        room = room_of(act, request.room_id)
        kind, part_id, name = own_part(act, act.work.matter(room["matter_id"]))
        read_no = min(max(request.up_to, 0), int(room["last_no"]))
        if room["state"] == "open" and act.actor.role != "leader":
            take_part(act, room, kind, part_id, name)
        if _mark_read(act, room, kind, part_id, read_no):
            touch_room(act, room["id"])
            act.tell("RoomRead", matter=room["matter_id"], room=room["id"])
        return {"room_id": room["id"], "read_no": read_no}

    subject = f"room:{request.room_id}"
    return perform(services, actor, "read_room", subject, now, idempotency_key, request, decide)


def add_notice(act: Act, room: Stored, what: str, name: str, text: str = "") -> int:
    """Write into a room what happened in it (invited, decided, signed, ...); `what` names the words on the page."""
    return _add(act, room, what, "system", act.actor.id, name, text, ())


def clean_text(text: str, limit: int) -> str:
    """Return a text without control or direction marks, lines kept; refuse one that is too long."""
    visible = "".join(one for one in text if one == "\n" or unicodedata.category(one)[0] != "C")
    cleaned = re.sub(r"\n{3,}", "\n\n", re.sub(r"[^\S\n]+", " ", visible)).strip()
    if len(cleaned) > limit:
        raise Refusal("text_too_long", limit=limit)
    return cleaned


def _add(
    act: Act,
    room: Stored,
    kind: str,
    by_kind: str,
    by_id: str,
    name: str,
    text: str,
    attached: tuple[str, ...],
) -> int:
    column = tables.rooms.c
    touch_room(act, room["id"], last_no=column.last_no + 1)
    no = int(act.connection.execute(select(column.last_no).where(column.id == room["id"])).scalar_one())
    row: dict[str, Any] = {
        "room_id": room["id"],
        "no": no,
        "at": act.now,
        "kind": kind,
        "by_kind": by_kind,
        "by_id": by_id,
        "by_name": name,
        "account": act.actor.name,
        "text": text,
        "attachments": json.dumps(list(attached)),
    }
    act.connection.execute(insert(tables.room_messages), row)
    return no


def _mark_read(act: Act, room: Stored, kind: str, part_id: str, up_to: int) -> bool:
    """Keep that a participant has read up to a message, one row per message; returns whether this was news."""
    table, reads = tables.room_participants, tables.room_reads
    mine = (table.c.room_id == room["id"]) & (table.c.kind == kind) & (table.c.id == part_id)
    found = act.connection.execute(select(table.c.read_no, table.c.came_at).where(mine)).first()
    if found is None or (up_to <= found.read_no and found.came_at is not None):
        return False
    values: dict[str, Any] = {
        "read_no": max(up_to, found.read_no),
        "read_at": act.now,
        "read_name": act.actor.name,
    }
    if found.came_at is None:
        values["came_at"] = act.now
    act.connection.execute(update(table).where(mine).values(values))
    note_entered(act, room["id"], kind, part_id)
    fresh = [
        {"room_id": room["id"], "no": no, "kind": kind, "id": part_id, "at": act.now, "name": act.actor.name}
        for no in range(int(found.read_no) + 1, up_to + 1)
    ]
    if fresh:
        act.connection.execute(insert(reads), fresh)
    return True


def _check_attachments(act: Act, room: Stored, ids: tuple[str, ...]) -> None:
    if len(ids) > MAX_ATTACHED or len(set(ids)) < len(ids):
        raise Refusal("no_such_attachment")
    column = tables.attachments.c
    found = set(
        act.connection.execute(
            select(column.id).where((column.room_id == room["id"]) & column.id.in_(ids))
        ).scalars()
    )
    if found != set(ids):
        raise Refusal("no_such_attachment")
