"""Taking in what the platforms report: many readings in one transaction, each with its clocks and its log entry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import func, select

from dashboard.domain.address import whole_address
from dashboard.domain.matter import NUMBER_PREFIX, Matter
from dashboard.domain.principal import Principal
from dashboard.domain.readings import GridEventReading, HotlineOrderReading
from dashboard.domain.words import STAGE_WORDS, both
from dashboard.service.act import Act
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.closing import end_orders
from dashboard.service.districts.waiting import freshen_asks
from dashboard.service.machines.children import bound_children
from dashboard.service.merging.carrying import not_called_back
from dashboard.service.merging.finding import freshen_merge_ask, propose_new
from dashboard.service.reported_matter import entered_at, filled, matter_id_of, moved, new_matter
from dashboard.service.services import Services
from dashboard.store import audit, citizens, tables
from dashboard.store.citizens import Citizen
from dashboard.store.numbers import matter_numbers

BATCH = 200  # readings per transaction: one fsync for many, and an officer's act waits at most that long
Reading = TypeVar("Reading", HotlineOrderReading, GridEventReading)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a delivery: new, changed and unchanged readings, and the last place in the log."""

    new: int
    changed: int
    unchanged: int
    seq: int


def intake_orders(services: Services, readings: Sequence[HotlineOrderReading], now: int) -> Taken:
    """Take in hotline orders; the same reading twice changes nothing.

    Raises:
        StoreBusy: the batch being written and those after it are not in; deliver all of them again.
    """
    return _take(services, readings, now, "order", lambda one: one.order_no)


def intake_grid_events(services: Services, readings: Sequence[GridEventReading], now: int) -> Taken:
    """Take in grid events; the same reading twice changes nothing. Raises StoreBusy as `intake_orders`."""
    return _take(services, readings, now, "event", lambda one: one.event_no)


def _take(
    services: Services, readings: Sequence[Reading], now: int, kind: str, external: Callable[[Reading], str]
) -> Taken:
    total = Taken(0, 0, 0, 0)
    for start in range(0, len(readings), BATCH):
        # The newest of several readings of one thing in a delivery is the one that counts.
        newest = {(one.source, external(one)): one for one in readings[start : start + BATCH]}
        taken = _take_batch(services, newest, now, kind)
        total = Taken(
            total.new + taken.new, total.changed + taken.changed, total.unchanged + taken.unchanged,
            taken.seq or total.seq,
        )  # fmt: skip
    if total.seq:
        services.after_commit()
    return total


def _take_batch(services: Services, readings: dict[tuple[str, str], Any], now: int, kind: str) -> Taken:
    actor = Principal("feed", "", "system", "system", services.city)
    with services.store.write() as connection:
        act = Act(services, connection, actor, now)
        known: dict[tuple[str, str], Matter] = {}
        for source in {source for source, _ in readings}:
            ids = [external for at, external in readings if at == source]
            known |= {(source, no): one for no, one in act.work.matters_by_external(source, ids).items()}
        digests = {key: _digest(one) for key, one in readings.items()}
        changed = {
            key: one
            for key, one in readings.items()
            if key in known and known[key].reading_digest != digests[key]
        }
        new = {key: one for key, one in readings.items() if key not in known}
        touched = [known[key].id for key in changed]
        act.work.load_clocks(touched)
        act.work.commands_of(touched)
        sealed: list[tuple[str, Citizen]] = []
        numbers = iter(matter_numbers(connection, NUMBER_PREFIX[kind], len(new)) if new else ())
        carried = _carried(act, new)
        for key, reading in new.items():
            matter = new_matter(act, kind, key, reading, digests[key], next(numbers))
            _open(act, replace(matter, merged=1 + carried.get(key[1], 0)))
            _note_citizen(sealed, matter.id, reading)
        for key, reading in changed.items():
            _update(act, known[key], reading, digests[key])
            _note_citizen(sealed, known[key].id, reading)
        propose_new(act, [one for one in act.work.matters if act.work.is_fresh(one.id)])
        for key, reading in readings.items():
            if reading.merged_into and (key in new or key in changed):
                _count_into_carrier(act, kind, key, reading, known.get(key))
        if sealed:
            citizens.keep(connection, services.seal, sealed)
        seq = act.commit()
        if new or changed:
            detail = {"new": len(new), "changed": len(changed), "seq": seq}
            audit.record(connection, actor, "intake", kind, "done", detail, now)
    return Taken(len(new), len(changed), len(readings) - len(new) - len(changed), seq)


def take_one(act: Act, reading: GridEventReading, *, worker: str | None) -> Matter:
    """Open one grid event inside an act of its own: a report that was made to us, with `worker` in charge of it."""
    no = matter_numbers(act.connection, NUMBER_PREFIX["event"], 1)[0]
    key = (reading.source, reading.event_no)
    matter = replace(new_matter(act, "event", key, reading, _digest(reading), no), worker=worker)
    _open(act, matter)
    propose_new(act, [matter])
    sealed: list[tuple[str, Citizen]] = []
    _note_citizen(sealed, matter.id, reading)
    if sealed:
        citizens.keep(act.connection, act.services.seal, sealed)
    return matter


def _open(act: Act, matter: Matter) -> None:
    act.work.is_new(matter.id)
    act.change(matter)
    if matter.is_open:
        keep_clocks(act, matter.id)
        act.tell("MatterOpened", matter=matter.id, no=matter.no, title=matter.title, place=matter.place)


def _digest(reading: Any) -> str:
    return hashlib.sha256(repr(reading).encode()).hexdigest()[:32]


def _update(act: Act, matter: Matter, reading: Any, digest: str) -> None:
    status_changed = reading.status != matter.source_status
    after = replace(filled(act, matter, reading, digest), source_status=reading.status)
    if matter.carrier is not None:
        # It stands where it stood when it was merged; what its source says is followed when it is taken out again.
        act.work.matters.put(after)
        return
    source_ends = reading.merged_into is not None or reading.status in matter.machine.terminal
    held = after.whistle is not None and _holds(act, after.whistle, source_ends)
    held = held or (source_ends and _citizens_wait(act, matter))
    follows = status_changed and matter.machine.follows_source(matter.stage, reading.status)
    reopened = (
        not matter.is_open and not reading.merged_into and reading.status not in matter.machine.terminal
    )
    if (reading.merged_into and matter.is_open) and not held:
        after = replace(after, closed_at=act.now)
    elif reopened:
        after = replace(after, stage=reading.status, stage_at=act.now, closed_at=None)
    elif follows and not held:
        after = moved(
            after, reading.status, entered_at(after, reading, act.now), reading.closed_at or act.now
        )
    visible = (
        replace(after, reading_digest=matter.reading_digest, source_status=matter.source_status) != matter
    )
    if not visible and not (status_changed and held):
        act.work.matters.put(after)
        if after.is_open:
            act.tell("MatterUpdated", matter=matter.id, no=matter.no)
        return
    if not matter.is_open and not after.is_open:
        act.change(after)
        return
    kind = _event_kind(matter, after, reading, held and status_changed)
    act.change(
        replace(after, version=matter.version + 1, touched_at=act.now, touched_by="", touched_kind=kind)
    )
    if not after.is_open:
        end_orders(act, matter.id)
    elif (after.title, after.scope) != (matter.title, matter.scope):
        freshen_asks(act, after)
        freshen_merge_ask(act, after)
    bound_children(act, matter, after)
    keep_clocks(act, matter.id)
    act.tell(
        kind, matter=matter.id, no=matter.no, title=after.title, place=after.place,
        stage=after.stage, stage_before=matter.stage, status=reading.status,
        **both(STAGE_WORDS, after.stage, "stage_name"), **both(STAGE_WORDS, reading.status, "status_name"),
    )  # fmt: skip


def _event_kind(before: Matter, after: Matter, reading: Any, held: bool) -> str:
    if held:
        return "SourceHeld"
    if reading.merged_into and not after.is_open:
        return "MatterMerged"
    if not after.is_open:
        return "MatterClosed"
    if not before.is_open:
        return "MatterReopened"
    return "MatterMoved" if after.stage != before.stage else "MatterUpdated"


def _citizens_wait(act: Act, matter: Matter) -> bool:
    """Say whether a matter here still has merged citizens to call back: its source may not end it before."""
    return matter.is_open and matter.carried > 0 and bool(not_called_back(act, matter))


def _holds(act: Act, command_id: str, source_ends: bool) -> bool:
    """Say whether a whistle keeps its matter from following the source: undecided, or its units are still there."""
    command = act.work.command(command_id)
    if command is None:
        return False
    if command.state in ("running", "conferring", "consultation"):
        return True
    return source_ends and any(one.is_on_site for one in act.work.receipts_of(command_id))


def _note_citizen(sealed: list[tuple[str, Citizen]], matter_id: str, reading: Any) -> None:
    citizen = Citizen(
        reading.citizen_name,
        reading.citizen_phone,
        reading.text,
        getattr(reading, "secret", False),
        whole_address(reading.address, reading.place, reading.title),
    )
    if citizen.name or citizen.phone or citizen.words or citizen.address:
        sealed.append((matter_id, citizen))


def _carried(act: Act, new: dict[tuple[str, str], Any]) -> dict[str, int]:
    """Return how many known matters already say that they were merged into each of the new ones."""
    if not new:
        return {}
    column = tables.matters.c
    rows = act.connection.execute(
        select(column.merged_into, func.count())
        .where(column.merged_into.in_([external for _, external in new]))
        .group_by(column.merged_into)
    )
    return {row[0]: row[1] for row in rows}


def _count_into_carrier(
    act: Act, kind: str, key: tuple[str, str], reading: Any, before: Matter | None
) -> None:
    if before is not None and (before.merged_into == reading.merged_into or before.carrier is not None):
        return
    carrier = act.work.matter(matter_id_of(kind, key[0], reading.merged_into))
    if carrier is None or not carrier.is_open:
        return
    act.change(replace(carrier, merged=carrier.merged + 1, touched_at=act.now))
    act.tell("MergeCounted", matter=carrier.id, no=carrier.no, title=carrier.title, count=carrier.merged + 1)
