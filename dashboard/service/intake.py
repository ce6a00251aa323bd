"""Taking in what the platforms report: many readings in one transaction, each with its clocks and its log entry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import func, select

from dashboard.domain.clocks import final_due_at
from dashboard.domain.masking import mask_text
from dashboard.domain.matter import MACHINES, NUMBER_PREFIX, Matter
from dashboard.domain.principal import Principal
from dashboard.domain.readings import GridEventReading, HotlineOrderReading
from dashboard.domain.words import STAGE_WORDS, both
from dashboard.service.act import Act
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.closing import end_orders
from dashboard.service.placing import place, scope_of
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


def matter_id_of(kind: str, source: str, external_id: str) -> str:
    """Return the id of a matter: the same wherever and whenever it is taken in."""
    return hashlib.sha256(f"{kind}|{source}|{external_id}".encode()).hexdigest()[:20]


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
            matter = _new_matter(act, kind, key, reading, digests[key], next(numbers))
            act.work.is_new(matter.id)
            act.change(replace(matter, merged=1 + carried.get(key[1], 0)))
            if matter.is_open:
                keep_clocks(act, matter.id)
                act.tell(
                    "MatterOpened", matter=matter.id, no=matter.no, title=matter.title, place=matter.place
                )
            _note_citizen(sealed, matter.id, reading)
        for key, reading in changed.items():
            _update(act, known[key], reading, digests[key])
            _note_citizen(sealed, known[key].id, reading)
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


def _digest(reading: Any) -> str:
    return hashlib.sha256(repr(reading).encode()).hexdigest()[:32]


def _new_matter(act: Act, kind: str, key: tuple[str, str], reading: Any, digest: str, no: str) -> Matter:
    source, external_id = key
    machine = MACHINES[kind]
    opened_at = reading.opened_at if kind == "order" else reading.reported_at
    matter = Matter(
        id=matter_id_of(kind, source, external_id),
        no=no,
        kind=kind,
        source=source,
        external_id=external_id,
        source_status=reading.status,
        title="",
        urgency=reading.urgency,
        category=reading.category,
        stage=reading.status,
        stage_at=opened_at,
        opened_at=opened_at,
        scope=(),
        version=1,
        touched_at=act.now,
        touched_kind="MatterOpened",
    )
    matter = _filled(act, matter, reading, digest)
    matter = replace(matter, stage_at=_entered_at(matter, reading, _last_known_at(reading, opened_at)))
    ended = reading.status in machine.terminal or reading.merged_into
    if ended:
        matter = replace(matter, closed_at=reading.closed_at or act.now)
    return matter


def _filled(act: Act, matter: Matter, reading: Any, digest: str) -> Matter:
    """Return the matter with everything the reading says except its stage."""
    before = matter
    at = place(
        act.pack, reading.lon, reading.lat, reading.grid, reading.village, reading.township, reading.region
    )
    unit = reading.unit if reading.unit and reading.unit in act.pack.units else None
    # What an officer dispatched stays until the source itself names a unit.
    unit = unit or matter.unit
    unit_region = act.pack.units.get(unit).region if unit else None
    category = act.pack.categories.get(reading.category)
    title = mask_text(reading.title) or (category.name if category else reading.category)
    scope = scope_of(act.pack, at.finest, (unit_region, *_regions_called(act, matter.id)))
    matter = replace(
        matter,
        title=title,
        urgency=reading.urgency if matter.touched_kind != "UrgencySet" else matter.urgency,
        category=reading.category,
        region=at.region,
        township=at.township,
        village=at.village,
        grid=at.grid,
        place=mask_text(reading.place) or _place_name(act, at.finest),
        lon=at.lon,
        lat=at.lat,
        unit=unit,
        channel=reading.channel,
        merged_into=reading.merged_into,
        returned=reading.returned,
        resolved=reading.resolved,
        satisfied=reading.satisfied,
        scope=scope,
        reading_digest=digest,
    )
    if matter.kind == "order":
        matter = replace(
            matter,
            origin_number=reading.origin_number,
            superior_source=reading.superior_source,
            request_type=reading.request_type,
            # The first dispatch counts: a bounce does not start the clock anew.
            dispatched_at=matter.dispatched_at or reading.dispatched_at,
            signed_at=reading.signed_at or matter.signed_at,
            replied_at=reading.replied_at or matter.replied_at,
        )
    else:
        matter = replace(
            matter,
            grid_level=reading.level,
            reporter=reading.reporter,
            dispatched_at=matter.dispatched_at or reading.assigned_at,
            signed_at=reading.on_site_at or matter.signed_at,
            replied_at=reading.disposed_at or matter.replied_at,
        )
    given = reading.due_at if matter.kind == "order" else None
    return replace(matter, final_due_at=_final_due_at(act, before, matter, given))


def _final_due_at(act: Act, before: Matter, matter: Matter, given: int | None) -> int | None:
    """Return when the matter as a whole must end.

    The source's own date counts, and a later one is an extension that it granted. Without one the limit counts, anew
    only when what it depends on changed: a reading that says the same must not undo an officer's extension.
    """
    known = before.final_due_at
    if given is not None:
        return given if known is None else max(given, known)
    if known is not None and _limit_basis(before) == _limit_basis(matter):
        return known
    return final_due_at(matter, act.services.policies, act.services.calendar)


def _limit_basis(matter: Matter) -> tuple[object, ...]:
    return matter.urgency, matter.category, matter.dispatched_at, matter.grid_level


def _update(act: Act, matter: Matter, reading: Any, digest: str) -> None:
    status_changed = reading.status != matter.source_status
    filled = replace(_filled(act, matter, reading, digest), source_status=reading.status)
    held = filled.whistle is not None and _whistle_undecided(act, filled.whistle)
    follows = status_changed and matter.machine.follows_source(matter.stage, reading.status)
    reopened = (
        not matter.is_open and not reading.merged_into and reading.status not in matter.machine.terminal
    )
    if (reading.merged_into and matter.is_open) and not held:
        filled = replace(filled, closed_at=act.now)
    elif reopened:
        filled = replace(filled, stage=reading.status, stage_at=act.now, closed_at=None)
    elif follows and not held:
        filled = moved(
            filled, reading.status, _entered_at(filled, reading, act.now), reading.closed_at or act.now
        )
    visible = (
        replace(filled, reading_digest=matter.reading_digest, source_status=matter.source_status) != matter
    )
    if not visible and not (status_changed and held):
        act.work.matters.put(filled)
        if filled.is_open:
            act.tell("MatterUpdated", matter=matter.id, no=matter.no)
        return
    if not matter.is_open and not filled.is_open:
        act.change(filled)
        return
    kind = _event_kind(matter, filled, reading, held and status_changed)
    act.change(
        replace(filled, version=matter.version + 1, touched_at=act.now, touched_by="", touched_kind=kind)
    )
    if not filled.is_open:
        end_orders(act, matter.id)
    keep_clocks(act, matter.id)
    act.tell(
        kind, matter=matter.id, no=matter.no, title=filled.title, place=filled.place,
        stage=filled.stage, stage_before=matter.stage, status=reading.status,
        **both(STAGE_WORDS, filled.stage, "stage_name"), **both(STAGE_WORDS, reading.status, "status_name"),
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


def moved(matter: Matter, stage: str, stage_at: int, closed_at: int) -> Matter:
    """Return the matter in another stage; a terminal stage closes it."""
    ended = stage in matter.machine.terminal
    return replace(
        matter,
        stage=stage,
        stage_at=stage_at,
        acknowledged=False,
        closed_at=closed_at if ended else None,
    )


def _entered_at(matter: Matter, reading: Any, otherwise: int) -> int:
    """Return when the source says the stage began; it tells for some stages only."""
    if matter.kind == "order":
        said = {
            "TO_SIGN": reading.dispatched_at,
            "HANDLING": reading.signed_at,
            "REPLIED": reading.replied_at,
        }
    else:
        said = {
            "SELF_HANDLING": reading.verified_at,
            "CALLED": reading.verified_at,
            "ASSIGNED": reading.assigned_at,
            "ACCEPTED": reading.assigned_at,
            "ON_SITE": reading.on_site_at,
            "DISPOSED": reading.disposed_at,
            "CHECKING": reading.disposed_at,
        }
    return said.get(reading.status) or otherwise


def _last_known_at(reading: Any, opened_at: int) -> int:
    """Return the last instant that a source tells of: a stage that it gives no time for began then at the earliest."""
    names = (
        "dispatched_at", "signed_at", "replied_at", "verified_at", "assigned_at", "on_site_at", "disposed_at",
    )  # fmt: skip
    return max((getattr(reading, name, None) or opened_at for name in names), default=opened_at)


def _whistle_undecided(act: Act, command_id: str) -> bool:
    command = act.work.command(command_id)
    return command is not None and command.state in ("running", "conferring", "consultation")


def _regions_called(act: Act, matter_id: str) -> tuple[str | None, ...]:
    commands = act.work.commands.where(matter_id=matter_id)
    return tuple(one.region for command in commands for one in act.work.receipts_of(command.id))


def _place_name(act: Act, finest: str | None) -> str:
    return act.pack.divisions.place_name(finest) if finest else ""


def _note_citizen(sealed: list[tuple[str, Citizen]], matter_id: str, reading: Any) -> None:
    citizen = Citizen(
        reading.citizen_name, reading.citizen_phone, reading.text, getattr(reading, "secret", False)
    )
    if citizen.name or citizen.phone or citizen.words:
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
    if before is not None and before.merged_into == reading.merged_into:
        return
    carrier = act.work.matter(matter_id_of(kind, key[0], reading.merged_into))
    if carrier is None or not carrier.is_open:
        return
    act.change(replace(carrier, merged=carrier.merged + 1, touched_at=act.now))
    act.tell("MergeCounted", matter=carrier.id, no=carrier.no, title=carrier.title, count=carrier.merged + 1)
