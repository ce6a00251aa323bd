"""Opening a consultation room, moving its time, ending it."""

from __future__ import annotations

from sqlalchemy import insert, select

from dashboard.domain.clocks import is_after_parent
from dashboard.domain.command import Command
from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.sentences import sentence
from dashboard.service.act import Act, new_id, perform
from dashboard.service.commanding import MAX_TEXT, local_minute, required_text
from dashboard.service.rooms.inviting import MAX_PARTICIPANTS, ask_in, part_name
from dashboard.service.rooms.requests import CloseRoom, MoveRoom, OpenRoom
from dashboard.service.rooms.seeing import (
    Stored,
    called_of,
    leads_room,
    own_part,
    room_to_act_in,
    take_part,
    touch_room,
)
from dashboard.service.rooms.speaking import add_notice
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.telling.room import Call, hear, tell_room
from dashboard.store import tables


def open_room(
    services: Services, actor: Principal, request: OpenRoom, now: int, idempotency_key: str
) -> Outcome:
    """Open a matter's consultation room; `Done.value` is {"room_id", "matter_id", "was_open"}.

    Two officers who open at once meet in the same room: the second only asks further units in, and moves it when
    another time is named. Refused: topic_missing, no_such_unit, receiver_outside, next_in_the_past,
    later_than_parent, room_full, matter_closed.
    """

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id)
        topic = required_text(request.topic, "topic_missing")
        if request.meets_at is not None:
            _check_time(act, matter, request.meets_at)
        if len(request.units) > MAX_PARTICIPANTS:
            raise Refusal("room_full", limit=MAX_PARTICIPANTS)
        units = {unit: part_name(act, "unit", unit) for unit in request.units}
        host = request.host[:MAX_TEXT]
        room, was_open = _enter(act, matter, topic, host, request.meets_at, None, units)
        return {"room_id": room["id"], "matter_id": matter.id, "was_open": was_open}

    subject = f"matter:{request.matter_id}"
    return perform(services, actor, "open_room", subject, now, idempotency_key, request, decide)


def open_for_consultation(act: Act, command: Command) -> None:
    """Open the room of a whistle that was raised to a consultation, with every unit it had called."""
    matter = act.work.matter(command.matter_id)
    if matter is None or not matter.is_open:
        return
    called = [one.receiver_id for one in act.work.receipts_of(command.id) if one.kind == "unit"]
    known = [unit for unit in called if unit in act.pack.units][:MAX_PARTICIPANTS]
    _enter(
        act, matter, command.objective or command.title, command.consultation_host or "", command.consultation_at,
        command.id, {unit: act.pack.units.get(unit).short for unit in known},
    )  # fmt: skip


def move_room(
    services: Services, actor: Principal, request: MoveRoom, now: int, idempotency_key: str
) -> Outcome:
    """Set or change when a consultation meets; whoever was asked in is told. `Done.value` is {"room_id", "meets_at"}.

    Refused: no_such_room, room_closed, next_in_the_past, later_than_parent, room_time_same.
    """

    def decide(act: Act) -> Row:
        room = room_to_act_in(act, request.room_id)
        matter = leads_room(act, room)
        if request.meets_at == room["meets_at"]:
            raise Refusal("room_time_same", time=local_minute(services, request.meets_at))
        _check_time(act, matter, request.meets_at)
        _move(act, room, matter, request.meets_at, room["host"])
        return {"room_id": room["id"], "meets_at": request.meets_at}

    subject = f"room:{request.room_id}"
    return perform(services, actor, "open_room", subject, now, idempotency_key, request, decide)


def close_room(
    services: Services, actor: Principal, request: CloseRoom, now: int, idempotency_key: str
) -> Outcome:
    """End a consultation whose minutes are signed; `Done.value` is {"room_id"}.

    Refused: minutes_unsigned (a consultation without minutes has not happened), booking_open.
    """

    def decide(act: Act) -> Row:
        room = room_to_act_in(act, request.room_id)
        matter = leads_room(act, room)
        if room["signed_at"] is None:
            raise Refusal("minutes_unsigned")
        column = tables.bookings.c
        waiting = act.connection.execute(
            select(column.id).where((column.room_id == room["id"]) & (column.state == "asked"))
        ).all()
        if waiting:
            raise Refusal("booking_open", count=len(waiting))
        add_notice(act, room, "closed", "")
        touch_room(act, room["id"], state="closed", closed_at=now, closed_name=actor.name)
        act.tell("RoomClosed", matter=matter.id, no=matter.no, topic=room["topic"], by=mask_name(actor.name))
        return {"room_id": room["id"]}

    subject = f"room:{request.room_id}"
    return perform(services, actor, "close_room", subject, now, idempotency_key, request, decide)


def _enter(
    act: Act, matter: Matter, topic: str, host: str, meets_at: int | None, command_id: str | None,
    units: dict[str, str],
) -> tuple[Stored, bool]:  # fmt: skip
    """Open a matter's room, or find it open, and ask units (id -> name) in; returns it and whether it was open."""
    table = tables.rooms
    found = act.connection.execute(
        select(table).where((table.c.matter_id == matter.id) & (table.c.state == "open"))
    ).mappings()
    known = found.first()
    if known is not None:
        room = dict(known)
        touch_room(act, room["id"])
        if meets_at is not None and meets_at != room["meets_at"]:
            room = _move(act, room, matter, meets_at, host)
    else:
        room = _open(act, matter, topic, host, meets_at, command_id)
        if matter.unit and matter.unit in act.pack.units:
            units = {matter.unit: act.pack.units.get(matter.unit).short} | units
    ask_in(act, room, matter, [("unit", unit, name) for unit, name in units.items()])
    return room, known is not None


def _open(
    act: Act, matter: Matter, topic: str, host: str, meets_at: int | None, command_id: str | None
) -> Stored:
    room: Stored = {
        "id": new_id(),
        "matter_id": matter.id,
        "command_id": command_id,
        "topic": topic,
        "host": host,
        "meets_at": meets_at,
        "state": "open",
        "opened_at": act.now,
        "opened_by": act.actor.id,
        "opened_name": act.actor.name,
        "change": 1,
    }
    act.connection.execute(insert(tables.rooms), room)
    take_part(act, room, *own_part(act, matter))
    act.tell(
        "RoomOpened", matter=matter.id, no=matter.no, title=matter.title, topic=topic,
        by=mask_name(act.actor.name),
    )  # fmt: skip
    return room


def _move(act: Act, room: Stored, matter: Matter, meets_at: int, host: str) -> Stored:
    """Set a room's time and tell everybody who was asked in; returns the room as it then is."""
    at = local_minute(act.services, meets_at)
    no = add_notice(act, room, "moved", mask_name(act.actor.name), at)
    touch_room(act, room["id"], meets_at=meets_at, host=host)
    calls = [Call(no, *part) for part in called_of(act, room["id"], with_specialists=True)]
    said = sentence("consultation_set" if room["meets_at"] is None else "consultation_moved", at=at)
    told = tell_room(act, room["id"], matter, "moved", calls, said)
    act.tell("RoomMoved", matter=matter.id, no=matter.no, time=at, by=mask_name(act.actor.name), **told)
    hear(act, calls)
    return room | {"meets_at": meets_at, "host": host}


def _check_time(act: Act, matter: Matter, meets_at: int) -> None:
    if meets_at <= act.now:
        raise Refusal("next_in_the_past")
    if is_after_parent(meets_at, matter, act.now):
        raise Refusal(
            "later_than_parent",
            parent_due_at=matter.final_due_at,
            until=local_minute(act.services, matter.final_due_at),
        )
