"""Asking units and other centres into a consultation, and out of it again; each is told, by a telling of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select, update

from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.rights import may
from dashboard.domain.sentences import LATER, sentence
from dashboard.domain.words import together
from dashboard.service.act import Act, perform
from dashboard.service.commanding import local_minute, required_text
from dashboard.service.rooms.requests import InviteToRoom, RemoveFromRoom
from dashboard.service.rooms.seeing import Stored, leads_room, room_to_act_in, take_part
from dashboard.service.rooms.speaking import add_notice
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.telling.room import Call, hear, tell_room
from dashboard.store import tables

MAX_PARTICIPANTS = 60
NOT_NEEDED: Final = sentence("not_needed", name=LATER)


def ask_in(act: Act, room: Stored, matter: Matter, parts: Iterable[tuple[str, str, str]]) -> bool:
    """Put (kind, id, name) into a room and tell each that was not in it; returns whether any was not."""
    calls = [
        Call(add_notice(act, room, "invited", name), kind, part_id, name)
        for kind, part_id, name in parts
        if take_part(act, room, kind, part_id, name)
    ]
    if not calls:
        return False
    at = local_minute(act.services, room["meets_at"])
    said = sentence("asked_in_at" if at else "asked_in", name=LATER, at=at)
    told = tell_room(act, room["id"], matter, "invited", calls, said)
    act.tell(
        "RoomInvited", matter=matter.id, no=matter.no, **together((one.name for one in calls), "name"),
        by=mask_name(act.actor.name), **told,
    )  # fmt: skip
    hear(act, calls)
    return True


def invite_to_room(
    services: Services, actor: Principal, request: InviteToRoom, now: int, idempotency_key: str
) -> Outcome:
    """Ask a unit or another centre into a room; `Done.value` is {"room_id", "name"}.

    Refused: no_such_room, room_closed, no_such_unit, no_such_division, receiver_outside, already_in_room, room_full.
    """

    def decide(act: Act) -> Row:
        room = room_to_act_in(act, request.room_id)
        matter = leads_room(act, room)
        name = part_name(act, request.kind, request.id)
        column = tables.room_participants.c
        inside = act.connection.execute(
            select(column.id).where((column.room_id == room["id"]) & column.left_at.is_(None))
        ).all()
        if len(inside) >= MAX_PARTICIPANTS:
            raise Refusal("room_full", limit=MAX_PARTICIPANTS)
        if not ask_in(act, room, matter, [(request.kind, request.id, name)]):
            raise Refusal("already_in_room", name=name)
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
        call = Call(
            add_notice(act, room, "removed", found.name, reason), request.kind, request.id, found.name
        )
        told = tell_room(act, room["id"], matter, "removed", [call], NOT_NEEDED)
        act.tell("RoomLeft", matter=matter.id, no=matter.no, name=found.name, reason=reason, **told)
        hear(act, [call])
        return {"room_id": room["id"], "name": found.name}

    subject = f"room:{request.room_id}"
    return perform(services, actor, "invite_to_room", subject, now, idempotency_key, request, decide)


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


def part_name(act: Act, kind: str, part_id: str) -> str:
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
