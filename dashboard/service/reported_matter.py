"""What a reading makes of a matter: everything it says, and nothing that was decided here."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from dashboard.domain.address import community_of, without_doors
from dashboard.domain.masking import mask_text
from dashboard.domain.matter import MACHINES, Matter
from dashboard.service.act import Act
from dashboard.service.machines.counted_end import counted_end
from dashboard.service.placing import place, scope_of, within_region


def matter_id_of(kind: str, source: str, external_id: str) -> str:
    """Return the id of a matter: the same wherever and whenever it is taken in."""
    return hashlib.sha256(f"{kind}|{source}|{external_id}".encode()).hexdigest()[:20]


def new_matter(act: Act, kind: str, key: tuple[str, str], reading: Any, digest: str, no: str) -> Matter:
    """Return a matter that was not known before; a terminal status or a carrier closes it at once.

    `key` is (source, external id), `no` its number on screens.
    """
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
    matter = filled(act, matter, reading, digest)
    matter = replace(matter, stage_at=entered_at(matter, reading, _last_known_at(reading, opened_at)))
    ended = reading.status in machine.terminal or reading.merged_into
    if ended:
        matter = replace(matter, closed_at=reading.closed_at or act.now)
    return matter


def filled(act: Act, matter: Matter, reading: Any, digest: str) -> Matter:
    """Return the matter with everything the reading says except its stage."""
    before = matter
    at = place(
        act.pack, reading.lon, reading.lat, reading.grid, reading.village, reading.township, reading.region
    )
    said_unit = reading.unit if reading.unit and reading.unit in act.pack.units else None
    # What an officer decided here stays until the source itself says something else than before.
    unit = said_unit if said_unit is not None and said_unit != matter.source_unit else matter.unit
    urgency = reading.urgency if reading.urgency != matter.source_urgency else matter.urgency
    unit_region = act.pack.units.get(unit).region if unit else None
    category = act.pack.categories.get(reading.category)
    title = mask_text(without_doors(reading.title)) or (category.name if category else reading.category)
    at = at if matter.moved_to is None else within_region(act.pack, at, matter.moved_to)
    scope = scope_of(act.pack, at.finest, (unit_region, *matter.shared_with, *_regions_called(act, matter)))
    matter = replace(
        matter,
        title=title,
        urgency=urgency,
        source_urgency=reading.urgency,
        source_unit=said_unit,
        category=reading.category,
        region=at.region,
        township=at.township,
        village=at.village,
        grid=at.grid,
        place=mask_text(community_of(reading.place)) or _place_name(act, at.finest),
        lon=at.lon,
        lat=at.lat,
        unit=unit,
        channel=reading.channel,
        merged_into=reading.merged_into,
        returned=max(reading.returned, matter.returned),
        resolved=matter.resolved if reading.resolved is None else reading.resolved,
        satisfied=matter.satisfied if reading.satisfied is None else reading.satisfied,
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


def entered_at(matter: Matter, reading: Any, otherwise: int) -> int:
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


def _regions_called(act: Act, matter: Matter) -> tuple[str | None, ...]:
    """Return the regions of those who take part; of a matter that changed hands only of those still ordered to it."""
    commands = [
        one
        for one in act.work.commands.having(matter.id)
        if one.state != "recalled" and (one.is_open or matter.moved_to is None)
    ]
    return tuple(
        one.region
        for command in commands
        for one in act.work.receipts_of(command.id)
        if one.recalled_at is None
    )


def _place_name(act: Act, finest: str | None) -> str:
    return act.pack.divisions.place_name(finest) if finest else ""


def _last_known_at(reading: Any, opened_at: int) -> int:
    """Return the last instant that a source tells of: a stage that it gives no time for began then at the earliest."""
    names = (
        "dispatched_at", "signed_at", "replied_at", "verified_at", "assigned_at", "on_site_at", "disposed_at",
    )  # fmt: skip
    return max((getattr(reading, name, None) or opened_at for name in names), default=opened_at)


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
    return counted_end(act, before, matter)


def _limit_basis(matter: Matter) -> tuple[object, ...]:
    return matter.urgency, matter.category, matter.dispatched_at, matter.grid_level
