"""吹哨 statistics per unit: called, on time, late, refused, how long it took; and what each has in hand now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import no_right
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import tables

DAY_MS = 24 * 60 * 60_000
WINDOW_DAYS = 30


@dataclass(frozen=True, slots=True)
class UnitCalls:
    """What one unit made of the whistles of a window.

    `called` is split into `on_time`, `late`, `refused` and `pending` (still within its time); receivers that were taken
    back before their end are in none of them. `late_offline` are those of `late` whose own device said that they were
    in time. `average_min` runs from the call to the proven arrival, None without one. `rated` counts the ratings
    behind the averages `punctual`, `competent`, `solved` (1-5, None without any).
    """

    unit: str
    name: str
    called: int = 0
    on_time: int = 0
    late: int = 0
    refused: int = 0
    pending: int = 0
    late_offline: int = 0
    average_min: float | None = None
    rated: int = 0
    punctual: float | None = None
    competent: float | None = None
    solved: float | None = None

    @property
    def judged(self) -> int:
        """The calls of which it is known whether the unit came in time."""
        return self.on_time + self.late + self.refused


def whistle_statistics(
    services: Services,
    actor: Principal,
    now: int,
    units: Collection[str] | None = None,
    days: int = WINDOW_DAYS,
) -> list[UnitCalls] | Refused:
    """Return the statistics of the last `days` days for the units inside the actor's jurisdiction, most called first.

    Args:
        units: only these; None takes every unit that was called. A liaison gets its own unit alone.
    """
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    since_at = now - days * DAY_MS
    receipts, commands, ratings = tables.receipts.c, tables.commands.c, tables.ratings.c
    called = (
        select(
            receipts.receiver_id, receipts.name, receipts.arrived_at, receipts.declined_at, receipts.late,
            receipts.said_in_time, receipts.due_at, receipts.added_at, commands.issued_at,
        )
        .join(tables.commands, commands.id == receipts.command_id)
        .where((commands.kind == "whistle") & (commands.issued_at >= since_at))
        # Who is taken back after its end was late all the same: nobody is spared a lateness by being replaced.
        .where((commands.state != "recalled") & (receipts.recalled_at.is_(None) | receipts.late))
    )  # fmt: skip
    marks = (
        select(
            ratings.receiver_id, func.count(), func.avg(ratings.punctual), func.avg(ratings.competent),
            func.avg(ratings.solved),
        )
        .where(ratings.rated_at >= since_at)
        .group_by(ratings.receiver_id)
    )  # fmt: skip
    if units is not None:
        called = called.where(receipts.receiver_id.in_(list(units)))
        marks = marks.where(ratings.receiver_id.in_(list(units)))
    with services.store.read() as connection:
        rows = connection.execute(called).all()
        rated = {row[0]: row[1:] for row in connection.execute(marks)}
    by_unit: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        if _may_see(services, actor, row.receiver_id):
            by_unit[row.receiver_id].append(row)
    found = [_counted(unit, calls, rated.get(unit), now) for unit, calls in by_unit.items()]
    return sorted(found, key=lambda one: (-one.called, one.unit))


def whistle_record(
    services: Services, regions: Collection[str], day_at: int, now: int
) -> dict[str, dict[str, Any]]:
    """Return what became of the whistles in each region: {"raised_today", "resolved_today", "on_site_30d"}.

    `on_site_30d` is [came in time, called and judged] of the units called in the last 30 days, counted as in
    `whistle_statistics`; a whistle counts where its place is, one that was taken back nowhere.

    Args:
        day_at: the midnight that began today, UTC ms.
    """
    receipts, commands = tables.receipts.c, tables.commands.c
    told = (commands.kind == "whistle") & (commands.state != "recalled")
    called = (
        select(
            commands.region, receipts.name, receipts.arrived_at, receipts.declined_at, receipts.late,
            receipts.said_in_time, receipts.due_at, receipts.added_at, commands.issued_at,
        )
        .join(tables.commands, commands.id == receipts.command_id)
        .where(told & (commands.issued_at >= now - WINDOW_DAYS * DAY_MS))
        .where(receipts.recalled_at.is_(None) | receipts.late)
    )  # fmt: skip
    today = select(commands.region, commands.issued_at, commands.state, commands.state_at).where(
        told & ((commands.issued_at >= day_at) | (commands.state_at >= day_at))
    )
    with services.store.read() as connection:
        calls, whistles = connection.execute(called).all(), connection.execute(today).all()
    found = {}
    for region in regions:
        own = [one for one in calls if one.region == region]
        counted = _counted(region, own, None, now) if own else UnitCalls(region, "")
        here = [one for one in whistles if one.region == region]
        found[region] = {
            "raised_today": sum(one.issued_at >= day_at for one in here),
            "resolved_today": sum(
                one.state in ("resolved", "done") and one.state_at >= day_at for one in here
            ),
            "on_site_30d": [counted.on_time, counted.judged],
        }
    return found


def whistles_in_hand(services: Services, units: Collection[str]) -> dict[str, list[Row]]:
    """Return the running whistles of each unit: {"no", "stage", "command_id", "is_on_site"}, oldest first."""
    receipts, commands = tables.receipts.c, tables.commands.c
    statement = (
        select(receipts.receiver_id, receipts.stage, receipts.arrived_at, commands.no, commands.id)
        .join(tables.commands, commands.id == receipts.command_id)
        .where(receipts.receiver_id.in_(list(units)))
        .where((commands.kind == "whistle") & commands.state.not_in(("done", "recalled")))
        .where(receipts.left_at.is_(None) & receipts.declined_at.is_(None) & receipts.recalled_at.is_(None))
        .order_by(commands.issued_at)
    )
    found: dict[str, list[Row]] = defaultdict(list)
    with services.store.read() as connection:
        for row in connection.execute(statement):
            found[row.receiver_id].append(
                {
                    "no": row.no,
                    "stage": row.stage,
                    "command_id": row.id,
                    "is_on_site": row.arrived_at is not None,
                }
            )
    return dict(found)


def _may_see(services: Services, actor: Principal, unit_id: str) -> bool:
    if actor.own_receiver is not None:
        return unit_id == actor.own_receiver
    if unit_id not in services.pack.units:
        return False
    return services.pack.divisions.is_within(services.pack.units.get(unit_id).region, actor.jurisdiction)


def _counted(unit: str, calls: list[Any], marks: Any, now: int) -> UnitCalls:
    refused = [one for one in calls if one.declined_at is not None]
    others = [one for one in calls if one.declined_at is None]
    late = [one for one in others if one.late or (one.arrived_at is None and one.due_at < now)]
    pending = [one for one in others if one.arrived_at is None and one not in late]
    taken = [one.arrived_at - (one.added_at or one.issued_at) for one in others if one.arrived_at is not None]
    count, *averages = marks if marks is not None else (0, None, None, None)
    punctual, competent, solved = (None if one is None else round(float(one), 1) for one in averages)
    return UnitCalls(
        unit=unit,
        name=calls[-1].name,
        called=len(calls),
        on_time=len(others) - len(late) - len(pending),
        late=len(late),
        refused=len(refused),
        pending=len(pending),
        late_offline=sum(bool(one.said_in_time) for one in late),
        average_min=round(sum(taken) / len(taken) / 60_000, 1) if taken else None,
        rated=int(count),
        punctual=punctual,
        competent=competent,
        solved=solved,
    )
