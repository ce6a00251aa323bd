"""Tellings of a consultation: one is asked in, its time was moved, one need not come any more, its minutes are signed.

They belong to a message of the room, not to a clock, and are written in the transaction that writes the message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.telling import Telling, ended, received, room_means_for, room_origin
from dashboard.domain.words import ROLE_WORDS
from dashboard.service.act import Act
from dashboard.service.telling.failing import show_failed
from dashboard.service.telling.planning import Occasion, keep_tellings, phrase, telling
from dashboard.service.telling.recipients import Recipient, webhooks_of
from dashboard.store import tables

ROLES: Final = {"unit": "unit_liaison", "centre": "duty_officer", "specialist": "specialist"}


@dataclass(frozen=True, slots=True)
class Call:
    """One participant who is told something: by which message of the room, who (`kind` unit, centre or specialist)."""

    message_no: int
    kind: str
    id: str
    name: str


def tell_room(
    act: Act,
    room_id: str,
    matter: Matter,
    what: str,
    calls: Sequence[Call],
    happened: tuple[str, str],
) -> dict[str, Any]:
    """Keep the tellings of what happened in a room, and return what its log line carries of them.

    Args:
        what: invited, booked, moved, removed, cancelled or signed: the kind of the room's message.
        happened: what is said, Chinese and English; "{name}" in it becomes whom it is said to.

    After the line was told, `hear` gives it to the desks of other counties that were called.
    """
    planned: list[Telling] = []
    for call in calls:
        pair = phrase(matter.no, matter, *(one.format(name=call.name) for one in happened))
        occasion = Occasion(
            "room", room_origin(room_id, call.message_no), f"room:{room_id}", matter, f"room-{what}", *pair
        )
        for role, means, recipient, scope in _recipients(act, matter, what, call):
            planned.append(telling(act, occasion, role, means, recipient, scope=scope))
    kept = keep_tellings(act, planned, matter)
    return {
        "room": room_id,
        "calls": [[one.message_no, one.kind, one.id] for one in calls],
        "tellings": [
            {"id": one.id, "means": one.means, "say": one.text, "say_en": one.text_en, "place": one.place}
            for one in kept
            if one.means == "screen"
        ],
    }


def hear(act: Act, calls: Sequence[Call]) -> None:
    """Give the line told last to the centres that it is about, whose county the matter may not lie in."""
    places = tuple(one.id for one in calls if one.kind == "centre")
    if places:
        act.also_for(places)


def note_entered(act: Act, room_id: str, kind: str, part_id: str) -> None:
    """Take a participant who reads or speaks in the room as told what it was told of it, by whatever means."""
    recipient = f"{ROLES['centre']}@{part_id}" if kind == "centre" else part_id
    by = f"{mask_name(act.actor.name)} {ROLE_WORDS.get(act.actor.role, ('', ''))[0]}".strip()
    _settle(act, room_id, recipient, lambda one: received(one, by, act.now))


def note_answered(act: Act, room_id: str, specialist_id: str) -> None:
    """Take a specialist whose word was recorded as told by hand: somebody has spoken with them."""
    by = mask_name(act.actor.name)
    _settle(act, room_id, specialist_id, lambda one: ended(one, "by_hand", act.now, by))


def _recipients(
    act: Act, matter: Matter, what: str, call: Call
) -> Iterator[tuple[str, str, Recipient, tuple[str, ...]]]:
    """Yield (role, means, recipient, scope) for everybody whom a call tells."""
    named = act.pack.rooms.means_of(what)
    role = ROLES[call.kind]
    if call.kind == "centre":
        # The desk of another county: what it was told is its own to confirm, and no other desk's.
        scope: tuple[str, ...] = (call.id,)
        recipient = Recipient("desk", f"{role}@{call.id}", call.name)
    else:
        scope, recipient = matter.scope, Recipient(call.kind, call.id, call.name)
    for means in room_means_for(call.kind, named):
        yield role, means, recipient, scope
    if "webhook" in named and call.kind != "specialist":
        for webhook in webhooks_of(act, tuple(dict.fromkeys((*matter.scope, *scope)))):
            yield role, "webhook", webhook, matter.scope


def _settle(act: Act, room_id: str, recipient: str, settled: Callable[[Telling], Telling]) -> None:
    """Change what a room told one participant and nobody has confirmed yet; the ask of failures follows."""
    column = tables.tellings.c
    found = act.work.tellings.load(
        act.connection,
        (column.chain == f"room:{room_id}")
        & (column.recipient == recipient)
        & column.recipient_kind.in_(("unit", "desk", "specialist"))
        & column.state.in_(("waiting", "sent", "failed")),
    )
    for one in found:
        act.work.tellings.put(settled(one))
    if any(one.state == "failed" for one in found):
        matter = act.work.matter(found[0].matter_id)
        assert matter is not None
        show_failed(act, matter)
