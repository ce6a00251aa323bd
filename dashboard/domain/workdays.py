"""Working time: which days are worked, and instants that lie some working time away.

Instants are UTC integer milliseconds; the city's offset from UTC is given once, when the calendar is
built (China has kept one offset, without summer time, since 1991).

Periods counted in days follow articles 201 and 203 of the Civil Code: the first day is not counted,
and the last one ends when business stops.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
# The longest run without a working day in a published year is nine days (Spring Festival 2026); a calendar
# in which a whole year has none is a mistake in its data, and an endless search would hide it.
LONGEST_REST_DAYS = 366


class NoWorkingDay(ValueError):
    """The calendar has no working day within a year of the date asked about."""


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Working hours and days of one city.

    `offset_ms` is local time minus UTC. `hours_ms` are (opens, closes) pairs in milliseconds after local
    midnight, in order and apart. `holidays` are days off besides weekends; `make_up_days` are weekend
    days that are worked. `published_years` are those whose holiday arrangement the State Council has
    published: outside them only what the law fixes is known.
    """

    offset_ms: int
    hours_ms: tuple[tuple[int, int], ...]
    holidays: frozenset[date]
    make_up_days: frozenset[date]
    published_years: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not self.hours_ms:
            raise ValueError("a working day needs at least one period of working hours")
        end = 0
        for opens, closes in self.hours_ms:
            if not end <= opens < closes <= DAY_MS:
                raise ValueError("working hours must be in order, apart and inside one day")
            end = closes
        both = self.holidays & self.make_up_days
        if both:
            raise ValueError(f"{min(both)} is both a holiday and a make-up working day")

    @property
    def workday_ms(self) -> int:
        """The working time of one working day."""
        return sum(closes - opens for opens, closes in self.hours_ms)

    def is_workday(self, day: date) -> bool:
        """Say whether a local date is worked."""
        if day in self.make_up_days:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def is_published(self, day: date) -> bool:
        """Say whether the year's holiday arrangement is published, so that `is_workday` is a fact."""
        return day.year in self.published_years

    def local_date(self, at: int) -> date:
        """Return the local date of an instant."""
        return date.fromordinal(EPOCH_ORDINAL + (at + self.offset_ms) // DAY_MS)

    def midnight_at(self, day: date) -> int:
        """Return the instant at which a local date begins."""
        return (day.toordinal() - EPOCH_ORDINAL) * DAY_MS - self.offset_ms

    def is_working(self, at: int) -> bool:
        """Say whether an instant lies in working hours: opening included, closing not."""
        return any(opens <= at < closes for opens, closes in self._hours_of(self.local_date(at)))

    def add_working_ms(self, start_at: int, ms: int) -> int:
        """Return the instant when `ms` of working time have passed since `start_at`.

        A negative `ms` goes back. Going forward the answer is the earliest such instant, going back the
        latest, so an answer never lies in a break. Zero moves a start outside working hours to the next
        opening. Raises NoWorkingDay.
        """
        return self._forward(start_at, ms) if ms >= 0 else self._back(start_at, -ms)

    def add_workdays(self, start_at: int, days: int) -> int:
        """Return closing time on the `days`-th working day after the local date of `start_at`.

        `days` >= 1, else ValueError. Raises NoWorkingDay.
        """
        if days < 1:
            raise ValueError(f"a limit in working days is at least one day, not {days}")
        day = self.local_date(start_at)
        for _ in range(days):
            day = self._next_workday(day, 1)
        return self.midnight_at(day) + self.hours_ms[-1][1]

    def working_ms_between(self, start_at: int, end_at: int) -> int:
        """Return the working time from `start_at` to `end_at`; negative when they are in the other order."""
        if end_at < start_at:
            return -self.working_ms_between(end_at, start_at)
        total, day, last = 0, self.local_date(start_at), self.local_date(end_at)
        while day <= last:
            for opens, closes in self._hours_of(day):
                total += max(0, min(closes, end_at) - max(opens, start_at))
            day += timedelta(days=1)
        return total

    def workdays_between(self, first: date, last: date) -> int:
        """Return how many working days lie after `first` up to and including `last`."""
        return sum(
            self.is_workday(date.fromordinal(ordinal))
            for ordinal in range(first.toordinal() + 1, last.toordinal() + 1)
        )

    def _hours_of(self, day: date) -> Iterable[tuple[int, int]]:
        if not self.is_workday(day):
            return ()
        midnight_at = self.midnight_at(day)
        return [(midnight_at + opens, midnight_at + closes) for opens, closes in self.hours_ms]

    def _forward(self, start_at: int, left_ms: int) -> int:
        day = self.local_date(start_at)
        while True:
            for opens, closes in self._hours_of(day):
                begin = max(opens, start_at)
                if begin >= closes:
                    continue
                # The closing instant itself counts as reached, except for zero, which asks for an open door.
                if left_ms <= closes - begin:
                    return begin + left_ms
                left_ms -= closes - begin
            day = self._next_workday(day, 1)

    def _back(self, start_at: int, left_ms: int) -> int:
        day = self.local_date(start_at)
        while True:
            for opens, closes in reversed(list(self._hours_of(day))):
                end = min(closes, start_at)
                if end <= opens:
                    continue
                if left_ms <= end - opens:
                    return end - left_ms
                left_ms -= end - opens
            day = self._next_workday(day, -1)

    def _next_workday(self, day: date, step: int) -> date:
        for away in range(1, LONGEST_REST_DAYS + 1):
            candidate = day + timedelta(days=step * away)
            if self.is_workday(candidate):
                return candidate
        raise NoWorkingDay(f"no working day within {LONGEST_REST_DAYS} days of {day}")
