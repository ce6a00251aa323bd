"""Asking whom to send: the city's rows and the fleet's fixes, ranked by the rules of the domain."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from dashboard.domain import recommendation as rules
from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.recommendation import KnownUnit, KnownWorker, Recommendation, WorkerFix
from dashboard.domain.refusal import Refusal, Refused
from dashboard.domain.rights import no_right
from dashboard.service.act import Act
from dashboard.service.dispatch_catalogue import directions_in_force, units_for
from dashboard.service.roster import workers_where
from dashboard.service.services import Services
from dashboard.store import tables

NEAREST_WORKERS = 60


def recommend(
    services: Services, actor: Principal, matter_id: str, workers: Sequence[WorkerFix], now: int
) -> Recommendation | Refused:
    """Rank units and workers for a matter. `workers` are fixes around it (any number; off-duty ones too, so that
    they can be named as left out). Refused: no_right, no_such_matter."""
    refused = no_right(actor, "recommend")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        try:
            matter = act.matter(matter_id)
        except Refusal as refusal:
            return refusal.refused
        place = None if matter.lon is None or matter.lat is None else (matter.lon, matter.lat)
        nearest = sorted(
            workers, key=lambda one: rules.distance_m((one.lon, one.lat), place) if place else one.slot
        )
        fixes = {one.slot: one for one in nearest[:NEAREST_WORKERS]}
        known = [
            KnownWorker(one.worker_id, mask_name(one.name), one.grid, one.skills, fixes[one.slot])
            for one in workers_where(connection, fixes)
            if act.in_jurisdiction((one.grid,))
        ]
        directions = directions_in_force(connection, services.pack)
        units = units_for(services.pack, directions, matter.category, matter.region, matter.township)
        inside = [one for one in units if act.in_jurisdiction((one.region,))]
        loads = _unit_loads(connection, [one.id for one in inside])
        known_units = [
            KnownUnit(one.id, one.short, one.code, one.region, one.lon, one.lat, *loads[one.id])
            for one in inside
        ]
    return rules.recommend(
        place, matter.grid, matter.category, known_units, known, services.pack.divisions, now
    )


def _unit_loads(connection: Connection, units: list[str]) -> dict[str, tuple[int, int]]:
    matters = tables.matters.c
    open_matters: dict[str, int] = dict(
        connection.execute(
            select(matters.unit, func.count())
            .where(matters.closed_at.is_(None) & matters.unit.in_(units))
            .group_by(matters.unit)
        ).all()
    )
    receipts, commands = tables.receipts.c, tables.commands.c
    whistles: dict[str, int] = dict(
        connection.execute(
            select(receipts.receiver_id, func.count())
            .join_from(tables.receipts, tables.commands, receipts.command_id == commands.id)
            .where(
                (commands.kind == "whistle")
                & commands.state.in_(("running", "conferring"))
                & receipts.receiver_id.in_(units)
                & receipts.left_at.is_(None)
            )
            .group_by(receipts.receiver_id)
        ).all()
    )
    return {unit: (open_matters.get(unit, 0), whistles.get(unit, 0)) for unit in units}
