"""The hotline's results of the month, kept up from what changed: one worker at a time does it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from dashboard.analysis.hotline_board import counted_rows
from dashboard.analysis.results import CITY, MonthResults
from dashboard.service import Services, mark_citizens
from dashboard.service.hotline_reads import sign_due_at
from dashboard.service.result_reads import (
    DAY_MS,
    answers_per_day,
    group_matters,
    open_by_place,
    repeat_callers,
    results_of_month,
    results_touched,
    returns_by_unit,
)

OVERLAP_MS: Final = 120_000  # an act that is being committed carries the instant at which it began
TREND_WEEKS: Final = 8
TREND_EVERY_MS: Final = 3_600_000
SLOW_EVERY_MS: Final = 600_000  # repeat callers and groups: a month of orders is looked through
REPEAT_DAYS: Final = 30
REPEAT_LEAST: Final = 3  # times within these days: what the page calls a repeat caller
GROUP_LEAST: Final = 5  # citizens behind one open order: what the page calls a group matter
SHOWN: Final = 30  # of a region; the city is given so many of all of them (data_feeds/live_boards.py)


class HotlineResults:
    """One month's results, from the store; every method blocks and is called in a thread.

    Args:
        services: for the store, the pack and the policies.
        now: the month is the one that holds this instant.
    """

    def __init__(self, services: Services, now: int) -> None:
        self._services = services
        calendar = services.pack.calendar
        month = calendar.local_date(now).replace(day=1)
        self._month_at = calendar.midnight_at(month)
        self._ends_at = calendar.midnight_at((month + timedelta(days=32)).replace(day=1))
        self._results = MonthResults(month, self._month_at, sign_due_at(services))
        self._results.take(results_of_month(services, self._month_at))
        self._read_to = now
        self._trend: list[dict[str, Any]] = []
        self._trend_at = self._slow_at = -TREND_EVERY_MS
        self._slow: dict[str, Any] = {}
        divisions = services.pack.divisions
        self._regions = [one.code for one in divisions.regions]
        self._townships = [one.code for one in divisions.at_level("township")]
        self._units = {one.id: one for one in services.pack.units}

    def holds(self, now: int) -> bool:
        """Say whether `now` still lies in this month."""
        return self._month_at <= now < self._ends_at

    def read(self, now: int, rate: float = 1.0) -> None:
        """Take in what changed since the last time; `rate` is server ms per real ms."""
        since_at = self._read_to - round(OVERLAP_MS * max(1.0, rate))
        self._results.take(results_touched(self._services, since_at))
        self._read_to = now

    def rates(self, now: int) -> dict[str, Any]:
        """Return the rates of the regions (docs/feeds.md, `zs:rates`), whistles left out."""
        return self._results.rates(self._regions, now)

    def picture(self, now: int) -> dict[str, Any]:
        """Return what the hotline's page shows of results (docs/feeds.md, `zs:hotline:results`)."""
        if now - self._trend_at >= TREND_EVERY_MS:
            self._trend, self._trend_at = self._weeks(now), now
        if now - self._slow_at >= SLOW_EVERY_MS:
            self._slow, self._slow_at = self._repeats_and_groups(now), now
        divisions = self._services.pack.divisions
        counted = open_by_place(self._services)
        open_of = _open_of(counted)
        rows = {
            row.pop("place"): row for row in self._results.rows([CITY, *self._regions, *self._townships], now)
        }
        for place, row in rows.items():
            row["open"], row["redo"] = open_of.get(place, (0, 0))
        return {
            "at": now,
            "month": f"{self._results.month:%Y-%m}",
            "city": rows[CITY]
            | {"unplaced": sum(count for (region, _), (count, _) in counted.items() if not region)},
            "regions": [{"region": code, **rows[code]} for code in self._regions],
            "townships": [
                {"township": code, "region": divisions.region_of(code) or "", **rows[code]}
                for code in self._townships
                if _says_anything(rows[code])
            ],
            "units": self._unit_rows(),
            "trend": self._trend,
            "repeat": {"days": REPEAT_DAYS, "least": REPEAT_LEAST},
            "group": {"least": GROUP_LEAST},
            **self._slow,
        }

    def _unit_rows(self) -> list[dict[str, Any]]:
        """Units that sent anything back, or were given what another had sent back; the most first."""
        asked = returns_by_unit(self._services, self._month_at)
        has = self._results.units()
        nothing = {"asked": 0, "upheld": 0, "forced": 0, "waiting": 0}
        none_had = {"dispatched": 0, "bounced": 0, "twice": 0}
        rows = [
            {
                "unit": unit, "region": self._units[unit].region,
                **none_had, **has.get(unit, {}), **nothing, **asked.get(unit, {}),
            }
            for unit in {*asked, *(one for one, counts in has.items() if counts["bounced"])}
            if unit in self._units
        ]  # fmt: skip
        return sorted(rows, key=lambda row: (-int(row["asked"]), -int(row["bounced"]), row["unit"]))

    def _weeks(self, now: int) -> list[dict[str, Any]]:
        """The last eight weeks, each with its answers; the last one runs."""
        calendar = self._services.pack.calendar
        today = calendar.local_date(now)
        first = today - timedelta(days=today.weekday(), weeks=TREND_WEEKS - 1)
        start_at = calendar.midnight_at(first)
        days = answers_per_day(self._services, start_at, start_at + TREND_WEEKS * 7 * DAY_MS)
        weeks = []
        for week in range(TREND_WEEKS):
            of = [days.get(week * 7 + day, [0, 0, 0, 0]) for day in range(7)]
            sums = [sum(one[place] for one in of) for place in range(4)]
            begins = first + timedelta(weeks=week)
            weeks.append({"week": begins.isoformat(), "resolved": sums[:2], "satisfied": sums[2:]})
        return weeks

    def _repeats_and_groups(self, now: int) -> dict[str, Any]:
        since_at = now - REPEAT_DAYS * DAY_MS
        mark_citizens(self._services, since_at)
        repeats, repeat_counts = repeat_callers(self._services, since_at, REPEAT_LEAST, SHOWN)
        groups, group_counts = group_matters(self._services, GROUP_LEAST, SHOWN)
        return {
            "repeats": repeats,
            "repeat_counts": counted_rows(repeat_counts, "region"),
            "groups": groups,
            "group_counts": counted_rows(group_counts, "region"),
        }


def _open_of(counted: dict[tuple[str, str], tuple[int, int]]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for (region, township), (count, again) in counted.items():
        for place in {CITY, region, township}:
            before = found.get(place, (0, 0))
            found[place] = (before[0] + count, before[1] + again)
    return found


def _says_anything(row: dict[str, Any]) -> bool:
    return bool(
        row["open"] or row["call_back"]["closed"] or row["call_back"]["waiting"] or row["response"][1]
    )
