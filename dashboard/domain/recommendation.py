"""Whom to send: candidates ranked with the reasons for each, those left out with why, and what is missing in words.

Travel time is the straight line times a detour factor at a walking or riding speed, until the city has a routing
service; the factors are arguments, the stated defaults assumed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from dashboard.domain.divisions import Divisions

# State bits of a worker, as on the wire.
ON_DUTY, TASKED, SOS = 1, 2, 4
FRESH_MS = 10 * 60_000  # older than this while on duty a worker counts as lost (assumed, state_machine.json)
DETOUR = 1.35  # road length over straight line in a built-up area (assumed)
WORKER_M_PER_MIN = (
    75.0  # 4.5 km/h on foot, inside the 0.6-1.4 m/s of the simulator's sources; most ride faster
)
RIDER_M_PER_MIN = 250.0  # an electric bicycle at 15 km/h, used beyond a kilometre
UNIT_M_PER_MIN = 420.0  # a car in town, 25 km/h (assumed)
RIDE_BEYOND_M = 1_000.0

Tier = Literal["own_grid", "own_village", "own_township", "neighbouring", "beyond"]
TIERS: tuple[Tier, ...] = ("own_grid", "own_village", "own_township", "neighbouring", "beyond")


@dataclass(frozen=True, slots=True)
class WorkerFix:
    """Where a worker is: its slot in the fleet, WGS-84 degrees, when that was known, and its state bits."""

    slot: int
    lon: float
    lat: float
    fix_at: int
    state: int


@dataclass(frozen=True, slots=True)
class KnownWorker:
    """A worker on the roster, with its fix."""

    worker_id: str
    name: str
    grid: str
    skills: tuple[str, ...]
    fix: WorkerFix


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit the directory names for the category, lead first, with what it has in hand."""

    unit_id: str
    name: str
    code: str
    region: str
    lon: float
    lat: float
    open_matters: int
    open_whistles: int


@dataclass(frozen=True, slots=True)
class Reason:
    """A catalogue key `recommend.<code>` and what fills it."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One that can be sent: how far, how long, and why it stands where it stands."""

    id: str
    kind: Literal["unit", "worker"]
    name: str
    code: str
    role: Literal["lead", "assist"]
    distance_m: int | None
    minutes: int | None
    load: int
    lon: float
    lat: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One that was looked at and not proposed, and why."""

    id: str
    name: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The whole answer, kept with the command: what was recommended, what was left out, what is missing."""

    candidates: tuple[Candidate, ...]
    left_out: tuple[LeftOut, ...]
    shortfall: tuple[Reason, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain lists and dicts, for JSON."""
        return asdict(self)


def recommend(
    place: tuple[float, float] | None,
    grid: str | None,
    category: str,
    units: Sequence[KnownUnit],
    workers: Sequence[KnownWorker],
    divisions: Divisions,
    now: int,
    *,
    top: int = 6,
) -> Recommendation:
    """Rank the units the directory names and the workers who can go.

    Units keep the directory's order (competence is not a matter of distance). Workers are ranked by tier, free
    before tasked, skill, then minutes. Left out: off duty, silent for more than ten minutes, calling for help.
    """
    candidates = [_unit(unit, position, place) for position, unit in enumerate(units)]
    left_out: list[LeftOut] = []
    ranked: list[tuple[tuple[int, int, int, int, str], Candidate]] = []
    for worker in workers:
        why_not = _why_not(worker, now)
        if why_not is not None:
            left_out.append(LeftOut(worker.worker_id, worker.name, why_not))
            continue
        ranked.append(_worker(worker, place, grid, category, divisions, now))
    ranked.sort(key=lambda one: one[0])
    candidates.extend(candidate for _, candidate in ranked[:top])
    return Recommendation(
        tuple(candidates), tuple(left_out[:top]), _shortfall(units, ranked, left_out, place)
    )


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the distance of two WGS-84 points in metres, flat-earth: exact enough inside one city."""
    mean = math.radians((a[1] + b[1]) / 2)
    dx = (b[0] - a[0]) * 111_320.0 * math.cos(mean)
    dy = (b[1] - a[1]) * 110_950.0
    return math.hypot(dx, dy)


def travel_minutes(straight_m: float, by: Literal["worker", "unit"]) -> int:
    """Return whole minutes on the way, at least one."""
    road_m = straight_m * DETOUR
    by_foot_or_bicycle = RIDER_M_PER_MIN if straight_m > RIDE_BEYOND_M else WORKER_M_PER_MIN
    speed = UNIT_M_PER_MIN if by == "unit" else by_foot_or_bicycle
    return max(1, math.ceil(road_m / speed))


def _unit(unit: KnownUnit, position: int, place: tuple[float, float] | None) -> Candidate:
    reasons = [Reason("directory_lead" if position == 0 else "directory_assist")]
    away = None if place is None else distance_m((unit.lon, unit.lat), place)
    minutes = None if away is None else travel_minutes(away, "unit")
    if away is not None:
        reasons.append(Reason("distance", {"km": round(away / 1000, 1), "minutes": minutes}))
    if unit.open_whistles:
        reasons.append(Reason("on_whistle", {"count": unit.open_whistles}))
    reasons.append(Reason("in_hand", {"count": unit.open_matters}))
    return Candidate(
        unit.unit_id, "unit", unit.name, unit.code, "lead" if position == 0 else "assist",
        None if away is None else round(away), minutes, unit.open_matters, unit.lon, unit.lat, tuple(reasons),
    )  # fmt: skip


def _worker(
    worker: KnownWorker, place: tuple[float, float] | None, grid: str | None, category: str,
    divisions: Divisions, now: int,
) -> tuple[tuple[int, int, int, int, str], Candidate]:  # fmt: skip
    here = (worker.fix.lon, worker.fix.lat)
    away = None if place is None else distance_m(here, place)
    minutes = None if away is None else travel_minutes(away, "worker")
    tier = tier_of(worker.grid, grid, divisions)
    tasked = bool(worker.fix.state & TASKED)
    skilled = any(category.startswith(skill) or skill == category for skill in worker.skills if skill)
    reasons = [Reason(tier)]
    if away is not None:
        reasons.append(Reason("distance", {"km": round(away / 1000, 1), "minutes": minutes}))
    reasons.append(Reason("tasked" if tasked else "free"))
    if skilled:
        reasons.append(Reason("skilled"))
    reasons.append(Reason("fix_age", {"seconds": max(0, (now - worker.fix.fix_at) // 1000)}))
    rank = (int(tasked), TIERS.index(tier), 0 if skilled else 1, round(away or 0), worker.worker_id)
    candidate = Candidate(
        worker.worker_id, "worker", worker.name, "网", "assist", None if away is None else round(away), minutes,
        int(tasked), worker.fix.lon, worker.fix.lat, tuple(reasons),
    )  # fmt: skip
    return rank, candidate


def tier_of(worker_grid: str, grid: str | None, divisions: Divisions) -> Tier:
    """Say how near in the tree a worker's own grid is to a place."""
    if grid is None or worker_grid not in divisions or grid not in divisions:
        return "beyond"
    if worker_grid == grid:
        return "own_grid"
    for tier, level in (("own_village", "village"), ("own_township", "township"), ("neighbouring", "region")):
        above = divisions.above(grid, level)  # type: ignore[arg-type]
        if above is not None and divisions.is_within(worker_grid, above.code):
            return tier  # type: ignore[return-value]
    return "beyond"


def _why_not(worker: KnownWorker, now: int) -> Reason | None:
    if not worker.fix.state & ON_DUTY:
        return Reason("off_duty")
    if worker.fix.state & SOS:
        return Reason("calls_for_help")
    silent_ms = now - worker.fix.fix_at
    if silent_ms > FRESH_MS:
        return Reason("silent", {"minutes": silent_ms // 60_000})
    return None


def _shortfall(
    units: Sequence[KnownUnit], ranked: Sequence[tuple[Any, Candidate]], left_out: Sequence[LeftOut],
    place: tuple[float, float] | None,
) -> tuple[Reason, ...]:  # fmt: skip
    missing: list[Reason] = []
    if place is None:
        missing.append(Reason("no_place"))
    if not units:
        missing.append(Reason("no_unit_for_category"))
    free = [one for _, one in ranked if one.load == 0]
    if not ranked:
        missing.append(Reason("no_worker_in_reach"))
    elif not free:
        missing.append(Reason("all_tasked", {"count": len(ranked)}))
    elif free[0].distance_m is not None and free[0].distance_m > RIDE_BEYOND_M:
        nearer = sum(1 for _, one in ranked if one.load and (one.distance_m or 0) < (free[0].distance_m or 0))
        silent = sum(1 for one in left_out if one.reason.code == "silent")
        km = round(free[0].distance_m / 1000, 1)
        missing.append(Reason("nearest_free_far", {"km": km, "tasked": nearer, "silent": silent}))
    return tuple(missing)
