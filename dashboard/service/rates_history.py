"""The three rates day by day, kept by the worker: a trend costs a few rows, whatever number of orders the store has."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import no_right
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import tables

RATES: Final = ("response", "resolved", "satisfied")
WEEKS: Final = 12
# Thirteen weeks: twelve to show and the one before, to compare the first with.
KEPT_READY_DAYS: Final = 13 * 7
# An answer, a sign limit in working hours or a call-back may change a day that is over. What comes later than this
# (a redo after weeks) changes the matter and no longer the day's row (assumed; docs/briefs.md).
RECOUNTED_DAYS: Final = 10
AGAIN_AFTER_MS: Final = 10 * 60_000  # today's row is at most so old
OLD_AGAIN_AFTER_MS: Final = 12 * 60 * 60_000


@dataclass(frozen=True, slots=True)
class DayToCount:
    """A local day [from_at, until_at) whose row is missing or old."""

    day: date
    from_at: int
    until_at: int


def days_to_count(services: Services, now: int) -> list[DayToCount]:
    """Return which days have to be counted now: today first, then the newest; none before the first order."""
    calendar = services.calendar
    today = calendar.local_date(now)
    column = tables.rate_days.c
    first_wanted = today - timedelta(days=KEPT_READY_DAYS)
    with services.store.read() as connection:
        first_at = connection.execute(
            select(func.min(tables.matters.c.opened_at)).where(tables.matters.c.kind == "order")
        ).scalar()
        counted = dict(
            connection.execute(
                select(column.day, column.counted_at).where(column.day >= first_wanted.isoformat())
            ).all()
        )
    if first_at is None:
        return []
    first = max(calendar.local_date(int(first_at)), first_wanted)
    days = (today - timedelta(days=back) for back in range((today - first).days + 1))
    return [
        DayToCount(one, calendar.midnight_at(one), calendar.midnight_at(one + timedelta(days=1)))
        for one in days
        if _is_due((today - one).days, counted.get(one.isoformat()), now)
    ]


def _is_due(age_days: int, counted_at: int | None, now: int) -> bool:
    if counted_at is None:
        return True
    if age_days > RECOUNTED_DAYS:
        return False
    return now - counted_at >= (AGAIN_AFTER_MS if age_days <= 1 else OLD_AGAIN_AFTER_MS)


def keep_day(
    services: Services, day: date, counts: Mapping[tuple[str, str], Mapping[str, int]], now: int
) -> None:
    """Keep what was counted of a day in place of what was; `counts` is (region, unit) -> counts by column."""
    named = day.isoformat()
    rows = [{"day": named, "region": region, "unit": unit, **one} for (region, unit), one in counts.items()]
    with services.store.write() as connection:
        connection.execute(delete(tables.daily_rates).where(tables.daily_rates.c.day == named))
        connection.execute(delete(tables.rate_days).where(tables.rate_days.c.day == named))
        if rows:
            connection.execute(insert(tables.daily_rates), rows)
        connection.execute(insert(tables.rate_days), {"day": named, "counted_at": now})


def rates_between(
    connection: Connection, first: date, end: date, regions: Collection[str], by: str = "region"
) -> dict[str, dict[str, int]]:
    """Return the sums of the days [first, end) by "region", "unit" or "day": key -> column -> count."""
    column = tables.daily_rates.c
    names = [one.name for one in column if one.name not in ("day", "region", "unit")]
    key = column[by]
    statement = (
        select(key, *(func.sum(column[name]).label(name) for name in names))
        .where((column.day >= first.isoformat()) & (column.day < end.isoformat()))
        .where(column.region.in_(list(regions)))
        .group_by(key)
        .order_by(key)
    )
    return {
        str(row[0]): {name: int(value) for name, value in zip(names, row[1:], strict=True)}
        for row in connection.execute(statement)
    }


def regions_inside(services: Services, place: str) -> list[str]:
    """Return the regions inside a jurisdiction; a township's is the one that it lies in."""
    divisions = services.pack.divisions
    return [
        one.code
        for one in divisions.regions
        if divisions.is_within(one.code, place) or divisions.is_within(place, one.code)
    ]


def weeks_before(today: date, weeks: int = WEEKS) -> list[date]:
    """Return the Mondays of the last whole weeks and of the one that runs, the oldest first."""
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(days=7 * back) for back in range(weeks - 1, -1, -1)]


def rate_history(services: Services, actor: Principal, now: int) -> Row | Refused:
    """Return {"weeks": [monday, ...], "rates": {rate: [[yes, all], ...]}, "regions": [{"region", "name", rate: …}]}.

    Twelve weeks, the last one running, of the actor's jurisdiction and of each region in it; regions in the city's own
    order, never ranked. Refused: no_right.
    """
    refused = no_right(actor, "see_briefs")
    if refused is not None:
        return refused
    mondays = weeks_before(services.calendar.local_date(now))
    codes = regions_inside(services, actor.jurisdiction)
    with services.store.read() as connection:
        weeks = [rates_between(connection, one, one + timedelta(days=7), codes) for one in mondays]
    return {
        "weeks": [one.isoformat() for one in mondays],
        "rates": {rate: [pair_of(week.values(), rate) for week in weeks] for rate in RATES},
        "regions": [
            {"region": code, "name": services.pack.divisions.get(code).name}
            | {rate: [pair_of([week.get(code, {})], rate) for week in weeks] for rate in RATES}
            for code in codes
        ],
    }


def pair_of(sums: Collection[Mapping[str, int]] | Any, rate: str) -> list[int]:
    """Return [yes, all] of a rate over some sums."""
    found: Sequence[Mapping[str, int]] = list(sums)
    return [sum(one.get(f"{rate}_{part}", 0) for one in found) for part in ("yes", "all")]


def percent(yes: int, of: int) -> float | None:
    """Return a share in per cent with one decimal, None of nothing."""
    return round(100 * yes / of, 1) if of else None
