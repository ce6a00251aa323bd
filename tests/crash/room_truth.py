"""What must hold of consultations whatever was killed: who was called was told of everything, once, at that instant."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection, select

from dashboard.citypack import CityPack
from dashboard.store import tables
from dashboard.store.event_log import Entry

# Which means reach whom; written down here a second time, so that the product's own table is held against it.
REACHING = {
    "unit": ("unit_page", "sms", "phone"),
    "centre": ("screen", "sms", "phone"),
    "specialist": ("sms", "phone"),
}
NAMED = {
    "invited": "invited", "booked": "invited", "moved": "moved", "removed": "called_off", "cancelled": "called_off",
    "signed": "signed",
}  # fmt: skip
"""Kind of a room's message -> the key of the pack that names its means."""

Call = tuple[str, int, str, str]
"""Room, message, kind and id of one participant who was called."""


def who_was_called_was_told(connection: Connection, entries: list[Entry], pack: CityPack) -> int:
    """Hold messages, log and tellings of every room against each other; returns how many calls there were."""
    messages = {
        (row.room_id, row.no): row
        for row in connection.execute(
            select(tables.room_messages).where(tables.room_messages.c.kind.in_(NAMED))
        )
    }
    calls: dict[Call, Entry] = {}
    for entry in entries:
        for no, kind, part_id in entry.params.get("calls", ()):
            call = (entry.params["room"], no, kind, part_id)
            assert call not in calls, f"called twice by one message: {call}"
            calls[call] = entry
    in_log = {(room, no) for room, no, _, _ in calls}
    # A room without anybody but its officers is moved and signed without a call.
    silent = {key for key in set(messages) - in_log if messages[key].kind in ("moved", "signed")}
    assert in_log | silent == set(messages), f"messages and log differ: {in_log ^ set(messages)}"
    told_at = {call: messages[call[:2]].at for call in calls}
    assert told_at == {call: entry.at for call, entry in calls.items()}, (
        "called at another instant than logged"
    )
    _tellings_are_those_of(connection, calls, messages, pack)
    _called_were_in_the_room(connection, calls, messages)
    return len(calls)


def _tellings_are_those_of(
    connection: Connection, calls: dict[Call, Entry], messages: dict[tuple[str, int], Any], pack: CityPack
) -> None:
    wanted: Counter[tuple[Any, ...]] = Counter()
    for room, no, kind, part_id in calls:
        message = messages[(room, no)]
        named = getattr(pack.rooms, NAMED[message.kind])
        recipient = {"centre": ("desk", f"duty_officer@{part_id}")}.get(kind, (kind, part_id))
        for means in [one for one in REACHING[kind] if one in named] or [REACHING[kind][0]]:
            wanted[(f"{room}:{no}", f"room-{message.kind}", means, *recipient, message.at)] += 1
    column = tables.tellings.c
    found = Counter(
        (row.origin_id, row.policy_id, row.means, row.recipient_kind, row.recipient, row.made_at)
        for row in connection.execute(
            select(tables.tellings).where((column.origin == "room") & (column.means != "webhook"))
        )
    )
    assert found == wanted, f"not told: {wanted - found}; told and not called: {found - wanted}"


def _called_were_in_the_room(
    connection: Connection, calls: dict[Call, Entry], messages: dict[tuple[str, int], Any]
) -> None:
    """Follow who was in each room when, by who was called into it, and hold it against the room's own list."""
    inside: dict[str, set[tuple[str, str]]] = {}
    gone: set[tuple[str, str, str]] = set()
    by_message: dict[tuple[str, int], set[tuple[str, str]]] = {}
    for room, no, kind, part_id in calls:
        by_message.setdefault((room, no), set()).add((kind, part_id))
    for (room, no), called in sorted(by_message.items()):
        what, here = messages[(room, no)].kind, inside.setdefault(room, set())
        if what == "invited":
            assert not called & here, f"asked in though in the room already: {room}:{no}"
            here |= called
            gone -= {(room, *one) for one in called}
        elif what == "removed":
            assert called <= here
            here -= called
            gone |= {(room, *one) for one in called}
        elif what in ("moved", "signed"):
            parts = {one for one in called if one[0] != "specialist"}
            assert parts == here, f"{what} {room}:{no}: told {parts}, in the room were {here}"
    part = tables.room_participants.c
    rows = connection.execute(
        select(part.room_id, part.kind, part.id, part.left_at).where(part.kind != "officer")
    ).all()
    assert {(row.room_id, row.kind, row.id) for row in rows if row.left_at is None} == {
        (room, *one) for room, each in inside.items() for one in each
    }, "somebody is in a room who was never called, or was called and is not in it"
    assert {(row.room_id, row.kind, row.id) for row in rows if row.left_at is not None} == gone
