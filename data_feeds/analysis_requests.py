"""The day's requests counted and placed for the analysis: what is watched, what is usual, and what has come.

Orders have a place; a call that was answered without an order has a topic alone, and counts for its whole category.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import numpy as np

from dashboard.analysis.expected import BIN_MS, BINS, is_worked, kind_of_day
from dashboard.analysis.hot_spots import HISTORY_MS, HotSpot, Placed, UsualPlaces, find_hot_spot
from dashboard.analysis.surge import BEFORE, Watched, heights, standing
from dashboard.analysis.usual_requests import UsualDay, usual_day
from dashboard.service import Services
from dashboard.service.analysis_reads import CameIn, enquiries_per_bin, orders_that_came, orders_touched
from data_feeds.hotline_day import HotlineDay

MIX_DAYS: Final = 28
DAY_MS: Final = BINS * BIN_MS
HOUR_MS: Final = 12 * BIN_MS
TOPIC_DIGITS: Final = 4
OVERLAP_MS: Final = 10 * 60_000  # an order's transaction carries the instant at which it began
# Powers of ten of the chance at which something is said, found on the recording's early weeks (docs/hotline.md).
SURGE_RARITY: Final = 5.5
# While the calls themselves are far beyond the day's band, the question is which topic it is, and one look in a hundred
# may err. Far beyond: half of the last hour's bins above a band whose upper end one in twenty passes (assumed).
SURGE_RARITY_BEYOND: Final = 2.0
BEYOND_OF: Final = 12
BEYOND_LEAST: Final = 6
HOT_SPOT_CHANCE: Final = 3.2e-7
# Before any day is known: of calls 0.471 are passed on (S-YC), and one order in 22 comes by other ways (S-HEZE).
ORDERS_PER_CALL: Final = 0.49


class DayRequests:
    """One local day's orders; every method blocks.

    Args:
        services: for the store and the pack.
        day: today's calls and what is expected of them.
    """

    def __init__(self, services: Services, day: HotlineDay) -> None:
        self._services = services
        self._midnight_at = day.midnight_at
        self._day = day
        pack = services.pack
        self._categories = [one.code for one in pack.categories.at_level(2, "hotline")]
        self._townships = [one.code for one in pack.divisions.at_level("township")]
        self._category = {code: number for number, code in enumerate(self._categories)}
        self._township = {code: number for number, code in enumerate(self._townships)}
        self.watched = self._watch()
        # The day before stands in front: no window ends at midnight, and each has the steps that sharpen it.
        self._first_at = day.midnight_at - BEFORE * BIN_MS
        past = orders_that_came(services, day.midnight_at - HISTORY_MS, self._first_at)
        self._usual, self._usual_before = self._learn(day, past)
        self._past = self._placed(past)
        self._places = UsualPlaces([one for known in self._past.values() for one in known], self._offset_ms)
        self._came: dict[str, CameIn] = {}
        self._read_to: int | None = None
        whole = {one.day for one in day.history}
        self._days = max(1.0, float(min(len(whole), MIX_DAYS)))

    @property
    def _offset_ms(self) -> int:
        return self._services.pack.calendar.offset_ms

    def read(self, now: int, margin_ms: int = 0) -> None:
        """Take in the orders that came or changed since the last time, however late they come.

        A platform that comes back after an outage tells its morning at once, long after it happened.
        """
        if self._read_to is None:
            found = orders_that_came(self._services, self._first_at, now + 1)
        else:
            since = self._read_to - OVERLAP_MS - margin_ms
            found = orders_touched(self._services, since, self._first_at)
        self._came.update((one.id, one) for one in found)
        self._read_to = now

    def surges(self, now: int) -> list[list[Any]]:
        """Return the rows of the surges that stand (docs/wire.md)."""
        step = (now - self._midnight_at) // BIN_MS  # the one that runs
        begins = self._midnight_at + (step + 1 - BEFORE) * BIN_MS
        counts = np.zeros((BEFORE, self.watched.places))
        for one in self._came.values():
            if begins <= one.opened_at <= now:
                counts[(one.opened_at - begins) // BIN_MS, list(self._places_of(one))] += 1
        for (at, category), count in enquiries_per_bin(self._services, begins, now + 1, BIN_MS).items():
            if (row := self._category.get(category[:TOPIC_DIGITS])) is not None:
                counts[at, self.watched.pairs + row] += count
        expected = np.concatenate(
            [
                self._usual_before.between(step + 1 - BEFORE, min(0, step + 1)),
                self._usual.between(max(0, step + 1 - BEFORE), step + 1),
            ]
        )
        expected[-1] = expected[-1] * ((now - begins) % BIN_MS) / BIN_MS  # of the step that runs, its part
        of_categories = SURGE_RARITY_BEYOND if self.calls_are_beyond(now) else SURGE_RARITY
        found = standing(counts, expected, self.watched, heights(self.watched, SURGE_RARITY, of_categories))
        return [
            [
                *self._names(one.place),
                begins + one.onset * BIN_MS,
                one.counted,
                round(one.expected, 2),
                self._region(one.place),
            ]
            for one in found
        ]

    def calls_are_beyond(self, now: int) -> bool:
        """Say whether the calls of the last hour lie far beyond what the day's beginning let expect."""
        bins = self._day.calls.bins(now)
        lately = range(max(0, len(bins) - BEYOND_OF), len(bins))
        return sum(bool(bins[at] > self._day.expectation.high[at]) for at in lately) >= BEYOND_LEAST

    def hot_spots(self, now: int) -> list[list[Any]]:
        """Return the rows of the hot spots that stand, the greatest first (docs/wire.md)."""
        by_category = self._placed(list(self._came.values()))
        found: list[tuple[str, HotSpot]] = []
        for category, lately in sorted(by_category.items()):
            known = [*self._past.get(category, []), *(one for one in lately if one.at <= now)]
            while True:  # several at once: what the first explains is taken out
                spot = find_hot_spot(known, self._places, self._days, now, HOT_SPOT_CHANCE)
                if spot is None:
                    break
                found.append((category, spot))
                known = [one for one in known if one.id not in spot.members]
        found.sort(key=lambda pair: (-len(pair[1].members), pair[0]))
        return [
            [
                category,
                round(spot.lon, 5),
                round(spot.lat, 5),
                round(spot.radius_m),
                spot.begun_at,
                len(spot.members),
                round(spot.expected, 2),
                [[one, self._came[one].region or ""] for one in spot.members],
                self._region_of(spot),
            ]
            for category, spot in found
        ]

    def _region_of(self, spot: HotSpot) -> str:
        """Return the region that all members lie in; none of its own where they lie in several."""
        regions = {self._came[one].region for one in spot.members}
        return (regions.pop() or "") if len(regions) == 1 else ""

    def _watch(self) -> Watched:
        rows, columns = len(self._categories), len(self._townships)
        pairs = rows * columns
        return Watched(
            pairs + np.repeat(np.arange(rows), columns),
            pairs + rows + np.tile(np.arange(columns), rows),
            rows,
            columns,
        )

    def _places_of(self, one: CameIn) -> tuple[int, ...]:
        """Return the watched counts that an order adds to."""
        row = self._category.get(one.category[:TOPIC_DIGITS])
        column = self._township.get(one.township or "")
        pairs = self.watched.pairs
        whole = () if row is None else (pairs + row,)
        place = () if column is None else (pairs + len(self._categories) + column,)
        if row is None or column is None:
            return (*whole, *place)
        return (row * len(self._townships) + column, *whole, *place)

    def _names(self, place: int) -> tuple[str, str]:
        columns = len(self._townships)
        if place < self.watched.pairs:
            return self._categories[place // columns], self._townships[place % columns]
        place -= self.watched.pairs
        if place < len(self._categories):
            return self._categories[place], ""
        return "", self._townships[place - len(self._categories)]

    def _region(self, place: int) -> str:
        township = self._names(place)[1]
        return (self._services.pack.divisions.region_of(township) or "") if township else ""

    def _learn(self, day: HotlineDay, past: Sequence[CameIn]) -> tuple[UsualDay, UsualDay]:
        """What is usual of today and of the day before, from the days whose calls are known as a whole.

        Before there are such days the pack tells.
        """
        calendar = self._services.pack.calendar
        known = [one for one in day.history if (day.date - one.day).days <= MIX_DAYS]
        number = {one.day: place for place, one in enumerate(known)}
        by_hour = np.zeros((len(known), 24, self.watched.places))
        for one in past:
            place = number.get(calendar.local_date(one.opened_at))
            if place is not None:
                hour = (one.opened_at + self._offset_ms) // 3_600_000 % 24
                by_hour[place, hour, list(self._places_of(one))] += 1
        begins = calendar.midnight_at(day.date - timedelta(days=MIX_DAYS))
        told = enquiries_per_bin(self._services, begins, self._midnight_at, HOUR_MS)
        for (hours, category), count in told.items():
            place = number.get(day.date - timedelta(days=MIX_DAYS - hours // 24))
            row = self._category.get(category[:TOPIC_DIGITS])
            if place is not None and row is not None:
                by_hour[place, hours % 24, self.watched.pairs + row] += count
        pairs = self.watched.pairs
        profile_of = np.concatenate([self.watched.category_of, np.arange(pairs, self.watched.places)])
        rests = [not is_worked(one.kind, one.day) for one in known]
        yesterday = day.date - timedelta(days=1)
        kind = kind_of_day(calendar, yesterday, self._services.pack.heating)
        prior = self._prior(day)
        today, before = (
            usual_day(by_hour, rests, not is_worked(of_kind, of_day), profile_of, prior)
            for of_day, of_kind in ((day.date, day.kind), (yesterday, kind))
        )
        return today, before

    def _prior(self, day: HotlineDay) -> np.ndarray[Any, np.dtype[np.float64]]:
        """What comes an hour before any day is known: the mix of topics, the townships alike."""
        calls = day.expectation.expected.reshape(24, 12).sum(axis=1)
        all_shares = np.array([day.mix.shares.get(code, 0.0) for code in self._categories])
        shares = all_shares * ORDERS_PER_CALL
        columns = len(self._townships)
        alike = np.repeat(shares / max(1, columns), columns)
        of_place = np.full(columns, shares.sum() / max(1, columns))
        found: np.ndarray[Any, np.dtype[np.float64]] = np.outer(
            calls, np.concatenate([alike, all_shares * day.mix.per_call, of_place])
        )
        return found

    def _placed(self, orders: Sequence[CameIn]) -> dict[str, list[Placed]]:
        found: dict[str, list[Placed]] = defaultdict(list)
        for one in orders:
            if one.lon is not None and one.lat is not None:
                found[one.category[:TOPIC_DIGITS]].append(Placed(one.id, one.opened_at, one.lon, one.lat))
        return found
