"""Opening a consultation room, asking units and other centres into it, ending it."""

from __future__ import annotations

from sqlalchemy import insert, select, update

from dashboard.domain.command import Command
from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.rights import may
from dashboard.service.act import Act, new_id, perform
from dashboard.service.commanding import MAX_TEXT, required_text
from dashboard.service.rooms.requests import CloseRoom, InviteToRoom, OpenRoom, RemoveFromRoom
from dashboard.service.rooms.seeing import (
    Stored,
    leads_room,
    own_part,
    room_to_act_in,
    take_part,
    touch_room,
)
from dashboard.service.rooms.speaking import add_notice
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import tables

MAX_PARTICIPANTS = 60


def open_room(
    services: Services, actor: Principal, request: OpenRoom, now: int, idempotency_key: str
) -> Outcome:
    """Open a matter's consultation room; `Done.value` is {"room_id", "matter_id", "was_open"}.

    Two officers who open at once meet in the same room: the second only asks further units in. Refused: topic_missing,
    no_such_unit, receiver_outside, next_in_the_past, matter_closed.
    """

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id)
        topic = required_text(request.topic, "topic_missing")
        if request.meets_at is not None and request.meets_at <= now:
            raise Refusal("next_in_the_past")
        room, was_open = _room_for(act, matter, topic, request.host[:MAX_TEXT], request.meets_at, None)
        _ask_in_units(act, room, matter, request.units)
        if not was_open:
            _tell_opened(act, matter, room)
        return {"room_id": room["id"], "matter_id": matter.id, "was_open": was_open}

    subject = f"matter:{request.matter_id}"
    return perform(services, actor, "open_room", subject, now, idempotency_key, request, decide)


def open_for_consultation(act: Act, command: Command) -> None:
    """Open the room of a whistle that was raised to a consultation, with every unit it had called."""
    matter = act.work.matter(command.matter_id)
    if matter is None or not matter.is_open:
        return
    host, meets_at = command.consultation_host or "", command.consultation_at
    room, was_open = _room_for(act, matter, command.objective or command.title, host, meets_at, command.id)
    called = [one.receiver_id for one in act.work.receipts_of(command.id) if one.kind == "unit"]
    for unit in called[:MAX_PARTICIPANTS]:
        if unit in act.pack.units:
            take_part(act, room, "unit", unit, act.pack.units.get(unit).short)
    if not was_open:
        _tell_opened(act, matter, room)


def invite_to_room(
    services: Services, actor: Principal, request: InviteToRoom, now: int, idempotency_key: str
) -> Outcome:
    """Ask a unit or another centre into a room; `Done.value` is {"room_id", "name"}.

    Refused: no_such_room, room_closed, no_such_unit, no_such_division, receiver_outside, already_in_room, room_full.
    """

    def decide(act: Act) -> Row:
        room = room_to_act_in(act, request.room_id)
        matter = leads_room(act, room)
        name = _part_name(act, request.kind, request.id)
        column = tables.room_participants.c
        inside = act.connection.execute(
            select(column.id).where((column.room_id == room["id"]) & column.left_at.is_(None))
        ).all()
        if len(inside) >= MAX_PARTICIPANTS:
            raise Refusal("room_full", limit=MAX_PARTICIPANTS)
        if not take_part(act, room, request.kind, request.id, name):
            raise Refusal("already_in_room", name=name)
        add_notice(act, room, "invited", name)
        act.tell("RoomInvited", matter=matter.id, no=matter.no, name=name, by=mask_name(actor.name))
        return {"room_id": room["id"], "name": name}

    subject = f"room:{request.room_id}"
    return perform(services, actor, "invite_to_room", subject, now, idempotency_key, request, decide)


def remove_from_room(
    services: Services, actor: Principal, request: RemoveFromRoom, now: int, idempotency_key: str
) -> Outcome:
    """Take a unit or a centre out of a room; `Done.value` is {"room_id", "name"}.

    Refused: no_such_room, room_closed, not_in_room, reason_missing.
    """

    def decide(act: Act) -> Row:
        room = room_to_act_in(act, request.room_id)
        matter = leads_room(act, room)
        reason = required_text(request.reason, "reason_missing")
        table = tables.room_participants
        mine = (table.c.room_id == room["id"]) & (table.c.kind == request.kind) & (table.c.id == request.id)
        found = act.connection.execute(select(table.c.name).where(mine & table.c.left_at.is_(None))).first()
        if found is None:
            raise Refusal("not_in_room")
        act.connection.execute(update(table).where(mine).values(left_at=now))
        add_notice(act, room, "removed", found.name, reason)
        act.tell("RoomLeft", matter=matter.id, no=matter.no, name=found.name, reason=reason)
        return {"room_id": room["id"], "name": found.name}

    subject = f"room:{request.room_id}"
    return perform(services, actor, "invite_to_room", subject, now, idempotency_key, request, decide)


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


def units_to_invite(services: Services, actor: Principal) -> list[Row]:
    """Return the units that the actor may ask into a room, those of the city first."""
    if not may(actor, "invite_to_room"):
        return []
    divisions, city = services.pack.divisions, services.city
    reach = [one for one in services.pack.units if _in_reach(services, actor, one.region)]
    return [
        {"id": one.id, "name": one.short, "region": divisions.get(one.region).name}
        for one in sorted(reach, key=lambda one: (one.region != city, one.region, one.short))
    ]


def centres_to_invite(services: Services, actor: Principal) -> list[Row]:
    """Return the centres (city, counties) that the actor may ask into a room, its own left out."""
    if not may(actor, "invite_to_room"):
        return []
    divisions = services.pack.divisions
    found = [*divisions.at_level("city"), *divisions.at_level("region")]
    return [
        {"id": one.code, "name": one.name}
        for one in found
        if one.code != actor.jurisdiction
        and (
            divisions.is_within(actor.jurisdiction, one.code)
            or divisions.is_within(one.code, actor.jurisdiction)
        )
    ]


def _in_reach(services: Services, actor: Principal, region: str) -> bool:
    return region == services.city or services.pack.divisions.is_within(region, actor.jurisdiction)


def _room_for(
    act: Act, matter: Matter, topic: str, host: str, meets_at: int | None, command_id: str | None
) -> tuple[Stored, bool]:
    table = tables.rooms
    found = act.connection.execute(
        select(table).where((table.c.matter_id == matter.id) & (table.c.state == "open"))
    ).mappings()
    known = found.first()
    if known is not None:
        changed = {"host": host, "meets_at": meets_at} if meets_at is not None else {}
        touch_room(act, known["id"], **changed)
        return dict(known), True
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
    act.connection.execute(insert(table), room)
    take_part(act, room, *own_part(act, matter))
    if matter.unit and matter.unit in act.pack.units:
        take_part(act, room, "unit", matter.unit, act.pack.units.get(matter.unit).short)
    return room, False


def _ask_in_units(act: Act, room: Stored, matter: Matter, units: tuple[str, ...]) -> None:
    if len(units) > MAX_PARTICIPANTS:
        raise Refusal("room_full", limit=MAX_PARTICIPANTS)
    for unit in units:
        name = _part_name(act, "unit", unit)
        if take_part(act, room, "unit", unit, name) and unit != matter.unit:
            act.tell("RoomInvited", matter=matter.id, no=matter.no, name=name, by=mask_name(act.actor.name))


def _part_name(act: Act, kind: str, part_id: str) -> str:
    """Return the name of a unit or a centre that the actor may ask in; another district's only the city may."""
    if kind == "unit":
        if part_id not in act.pack.units:
            raise Refusal("no_such_unit", unit=part_id)
        unit = act.pack.units.get(part_id)
        if not _in_reach(act.services, act.actor, unit.region):
            raise Refusal("receiver_outside", receiver=unit.short)
        return unit.short
    if part_id not in act.pack.divisions:
        raise Refusal("no_such_division", division=part_id)
    division = act.pack.divisions.get(part_id)
    # Upwards one may always ask; sideways only the city brings two centres into one room.
    above = act.pack.divisions.is_within(act.actor.jurisdiction, part_id)
    if division.level not in ("city", "region", "township") or not (above or act.in_jurisdiction((part_id,))):
        raise Refusal("receiver_outside", receiver=division.name)
    return division.name


def _tell_opened(act: Act, matter: Matter, room: Stored) -> None:
    act.tell(
        "RoomOpened", matter=matter.id, no=matter.no, title=matter.title, topic=room["topic"],
        by=mask_name(act.actor.name),
    )  # fmt: skip
