"""Which brief is due at an instant: the day, week or month that ended before the last eight o'clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

DUE_AFTER_MIDNIGHT_MS: Final = 8 * 60 * 60_000  # 日报 at 08:00 (product.md)
# A centre that was down for longer starts anew: nobody reads a pile of old briefs (assumed).
CAUGHT_UP_DAYS: Final = 7

MidnightAt = Callable[[date], int]
"""The instant at which a local day begins, UTC ms."""


@dataclass(frozen=True, slots=True)
class BriefPeriod:
    """What a brief is about: local days [first_day, end_day), and those to compare with [before_first, first_day)."""

    kind: str
    subject: str
    first_day: date
    end_day: date
    before_first: date
    before_end: date


def daily(day: date) -> BriefPeriod:
    """The brief about one day, beside the same weekday before."""
    week = timedelta(days=7)
    one = timedelta(days=1)
    return BriefPeriod("daily", day.isoformat(), day, day + one, day - week, day - week + one)


def weekly(monday: date) -> BriefPeriod:
    """The brief about the week that begins with `monday`, beside the week before."""
    week = timedelta(days=7)
    year, number, _ = monday.isocalendar()
    return BriefPeriod("weekly", f"{year}-W{number:02d}", monday, monday + week, monday - week, monday)


def monthly(first: date) -> BriefPeriod:
    """The brief about the month that begins with `first`, beside the month before."""
    end = (first + timedelta(days=31)).replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    return BriefPeriod("monthly", f"{first:%Y-%m}", first, end, before, first)


def due_periods(today: date, now: int, midnight_at: MidnightAt) -> list[BriefPeriod]:
    """Return every brief that is due by `now`, the oldest first, as far back as briefs are caught up.

    A day's brief is due at eight the next morning, a week's on Monday's, a month's on the first's.
    """
    found = []
    for back in range(CAUGHT_UP_DAYS - 1, -1, -1):
        morning = today - timedelta(days=back)
        if midnight_at(morning) + DUE_AFTER_MIDNIGHT_MS > now:
            continue
        if morning.day == 1:
            found.append(monthly((morning - timedelta(days=1)).replace(day=1)))
        if morning.weekday() == 0:
            found.append(weekly(morning - timedelta(days=7)))
        found.append(daily(morning - timedelta(days=1)))
    return found
