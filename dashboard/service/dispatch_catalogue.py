"""The dispatch catalogue (派单目录): which kind of unit leads a category, which assist, at what level; row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select

from dashboard.citypack import CityPack
from dashboard.citypack.units import DIRECTED_LEVELS, Direction, Unit
from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal, Refused
from dashboard.domain.rights import no_right
from dashboard.service.act import Act, perform
from dashboard.service.commanding import local_minute, required_text
from dashboard.service.services import Services
from dashboard.store import tables


@dataclass(frozen=True, slots=True)
class EditDirection:
    """A new version of a category's row; `based_on` is the version that was looked at, 0 for the pack's."""

    category: str
    lead: str
    assists: tuple[str, ...]
    level: str
    based_on: int
    why: str


def directions_in_force(connection: Connection, pack: CityPack) -> dict[str, Direction]:
    """Return category -> its row: the newest that officers wrote, else the pack's."""
    edited = {row["category"]: _direction(row) for row in _newest(connection).values()}
    return {**pack.units.directory, **edited}


def units_for(
    pack: CityPack,
    directions: Mapping[str, Direction],
    category: str,
    region: str | None,
    township: str | None,
) -> tuple[Unit, ...]:
    """Return the units for a category at a place, lead first; see `Units.for_category`."""
    for length in (6, 4, 2):
        direction = directions.get(category[:length]) if len(category) >= length else None
        if direction is not None:
            return pack.units.named_by(direction, region, township)
    return ()


def edit_direction(
    services: Services, actor: Principal, request: EditDirection, now: int, idempotency_key: str
) -> Outcome:
    """Write a new version of a row; recommendations and routing help go by it from then on, orders already given stay.

    `Done.value` is the version. Refused: reason_missing, no_such_category, no_such_unit_kind, no_such_level,
    direction_moved_on (somebody wrote another version meanwhile), direction_unchanged.
    """

    def decide(act: Act) -> int:
        why = required_text(request.why, "reason_missing")
        if request.category not in services.pack.units.directory:
            raise Refusal("no_such_category", category=request.category)
        kinds = services.pack.units.kinds
        unknown = [kind for kind in (request.lead, *request.assists) if kind not in kinds]
        if unknown:
            raise Refusal("no_such_unit_kind", kind=unknown[0])
        if request.level not in DIRECTED_LEVELS:
            raise Refusal("no_such_level", level=request.level)
        newest = _newest(act.connection).get(request.category)
        version = newest["version"] if newest else 0
        if version != request.based_on:
            raise Refusal(
                "direction_moved_on",
                version=version,
                by=mask_name(newest["made_name"]) if newest else "",
                when=local_minute(services, newest["made_at"]) if newest else "",
            )
        before = _direction(newest) if newest else services.pack.units.directory[request.category]
        assists = tuple(one for one in dict.fromkeys(request.assists) if one != request.lead)
        after = Direction(request.category, request.lead, assists, request.level)
        if after == before:
            raise Refusal("direction_unchanged", version=version)
        act.connection.execute(
            insert(tables.directions),
            {
                "category": request.category,
                "version": version + 1,
                "lead": after.lead,
                "assists": ";".join(after.assists),
                "level": after.level,
                "made_at": now,
                "made_by": actor.id,
                "made_name": actor.name,
                "why": why,
            },
        )
        act.changes[f"directions:{request.category}"] = {
            name: [getattr(before, name), getattr(after, name)]
            for name in ("lead", "assists", "level")
            if getattr(before, name) != getattr(after, name)
        }
        return version + 1

    return perform(
        services, actor, "edit_catalogue", request.category[:20], now, idempotency_key, request, decide
    )


def dispatch_catalogue(services: Services, actor: Principal) -> list[dict[str, Any]] | Refused:
    """Return every row in force with its version (0: the pack's), who wrote it, when and why. Refused: no_right."""
    refused = no_right(actor, "edit_catalogue")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        edited = _newest(connection)
        rows = directions_in_force(connection, services.pack)
    found = []
    for category, one in sorted(rows.items()):
        made = edited.get(category, {})
        found.append(
            {
                "category": category,
                "lead": one.lead,
                "assists": one.assists,
                "level": one.level,
                "version": made.get("version", 0),
                "made_at": made.get("made_at"),
                "made_by": mask_name(made["made_name"]) if made else "",
                "why": made.get("why", ""),
            }
        )
    return found


def _newest(connection: Connection) -> dict[str, dict[str, Any]]:
    """Return category -> the newest version that officers wrote."""
    column = tables.directions.c
    last = (
        select(column.category, func.max(column.version).label("version"))
        .group_by(column.category)
        .subquery()
    )
    statement = select(tables.directions).join(
        last, (column.category == last.c.category) & (column.version == last.c.version)
    )
    return {row["category"]: dict(row) for row in connection.execute(statement).mappings()}


def _direction(row: Mapping[str, Any]) -> Direction:
    assists = tuple(part for part in row["assists"].split(";") if part)
    return Direction(row["category"], row["lead"], assists, row["level"])
