"""Calls of a day: how many, when, about what, from where; drawn whole from the seed and the date."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.citypack import CityPack
from dashboard.domain.workdays import DAY_MS, HOUR_MS
from data_feeds.simulator.parameters import CallParameters
from data_feeds.simulator.seeded import log_normal, stream

HOUR_BLUR_MS = 8 * 60_000  # arrivals do not step at the full hour
LONGEST_TALK_MS = 30 * 60_000


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One caller: when they ring, how long they would talk, and how long they would wait."""

    call_id: str
    at: int
    category: str
    origin_number: str
    talk_ms: int
    wrap_ms: int
    patience_ms: int
    grid: str
    becomes_order: bool


@dataclass(frozen=True, slots=True)
class Surge:
    """More calls from an instant on: the whole volume times `factor`, categories times their boosts.

    `township` is where the added calls come from, None for the whole city. The factor rises over
    `rise_ms` and falls back over `fall_ms` after `until_at`.
    """

    name: str
    from_at: int
    until_at: int
    factor: float
    boosts: tuple[tuple[str, float], ...]
    townships: tuple[str, ...] = ()
    rise_ms: int = 10 * 60_000
    fall_ms: int = 60 * 60_000

    def added(self, at: int) -> float:
        """Return how much of the usual volume is added at an instant (0.87 where the factor is 1.87)."""
        if at < self.from_at or at >= self.until_at + self.fall_ms:
            return 0.0
        rise = min(1.0, (at - self.from_at) / self.rise_ms)
        fall = min(1.0, (self.until_at + self.fall_ms - at) / self.fall_ms)
        return (self.factor - 1.0) * min(rise, fall)


class CallPlanner:
    """Draws the calls of any day."""

    def __init__(self, pack: CityPack, parameters: CallParameters, seed: int) -> None:
        self._pack = pack
        self._parameters = parameters
        self._seed = seed
        self._grids = [grid.code for grid in pack.divisions.at_level("grid")]
        self._grids_of: dict[str, list[str]] = {}
        for grid in self._grids:
            self._grids_of.setdefault(pack.divisions.township_of(grid) or "", []).append(grid)
        leaves = [one for one in pack.categories.at_level(2, "hotline") if one.share_pct]
        self._categories = [one.code for one in leaves]
        self._shares = [one.share_pct or 0.0 for one in leaves]

    def expected(self, day: date) -> float:
        """Return the mean number of calls of a date."""
        factors = self._parameters.day_factor[day.weekday()] * self._parameters.month_factor[day.month - 1]
        return self._parameters.per_day * factors

    def day(self, day: date, surges: Sequence[Surge] = ()) -> list[PlannedCall]:
        """Return the calls of a local date in order of arrival, those of surges among them."""
        chance = stream(self._seed, "calls", day)
        mean = log_normal(chance, self.expected(day), self._parameters.day_spread)
        midnight_at = self._pack.calendar.midnight_at(day)
        calls = self._draw(chance, day, f"C{day:%y%m%d}", _poisson(chance, mean), midnight_at)
        for number, surge in enumerate(surges, start=1):
            calls += self.surge_calls(surge, number, day)
        return sorted(calls, key=lambda call: (call.at, call.call_id))

    def spread(self, chance: random.Random, day: date, prefix: str, mean: float) -> list[PlannedCall]:
        """Return so many requests of a date by other ways than the phone, spread as the calls are."""
        return self._draw(chance, day, prefix, _poisson(chance, mean), self._pack.calendar.midnight_at(day))

    def surge_calls(self, surge: Surge, number: int, day: date) -> list[PlannedCall]:
        """Return the calls that the `number`-th surge adds to a date."""
        chance = stream(self._seed, "surge", surge.name, surge.from_at, day)
        prefix, midnight_at = f"S{number}{day:%y%m%d}", self._pack.calendar.midnight_at(day)
        most = max(surge.factor - 1.0, 0.0)
        count = _poisson(chance, self.expected(day) * most)
        boosts = dict(surge.boosts)
        calls = self._draw(chance, day, prefix, count, midnight_at, boosts, surge.townships)
        return [call for call in calls if chance.random() * most < surge.added(call.at)]

    def _draw(
        self,
        chance: random.Random,
        day: date,
        prefix: str,
        count: int,
        midnight_at: int,
        boosts: dict[str, float] | None = None,
        townships: Sequence[str] = (),
    ) -> list[PlannedCall]:
        is_worked = self._pack.calendar.is_workday(day)
        profile = self._parameters.weekday if is_worked else self._parameters.weekend
        hours = chance.choices(range(24), profile, k=count)
        by_hour = {hour: self._weights(hour, boosts or {}) for hour in set(hours)}
        grids = [grid for township in townships for grid in self._grids_of.get(township, ())] or self._grids
        return [
            self._call(chance, f"{prefix}{number:05d}", hour, midnight_at, by_hour[hour], grids)
            for number, hour in enumerate(hours, start=1)
        ]

    def _call(
        self,
        chance: random.Random,
        call_id: str,
        hour: int,
        midnight_at: int,
        weights: list[float],
        grids: list[str],
    ) -> PlannedCall:
        numbers = self._parameters
        into_day = hour * HOUR_MS + chance.random() * HOUR_MS + chance.gauss(0, HOUR_BLUR_MS)
        category = chance.choices(self._categories, weights)[0]
        share = (
            numbers.directory_order_share if category.startswith("09") else _passed_on(numbers.order_share)
        )
        return PlannedCall(
            call_id=call_id,
            at=midnight_at + round(into_day % DAY_MS),
            category=category,
            origin_number=_origin(chance, numbers.origin_numbers),
            talk_ms=min(
                LONGEST_TALK_MS, round(log_normal(chance, numbers.talk_median_ms, numbers.talk_sigma))
            ),
            wrap_ms=round(log_normal(chance, numbers.wrap_median_ms, numbers.wrap_sigma)),
            patience_ms=round(chance.expovariate(1 / numbers.patience_mean_ms)),
            grid=chance.choice(grids),
            becomes_order=chance.random() < share,
        )

    def _weights(self, hour: int, boosts: dict[str, float]) -> list[float]:
        weights = []
        for category, share in zip(self._categories, self._shares, strict=True):
            factor = boosts.get(category, 1.0)
            for hint in self._parameters.hints:
                if hint.category == category and hint.hours[0] <= hour < hint.hours[1]:
                    factor *= hint.factor
            weights.append(share * factor)
        return weights


def _passed_on(order_share: float) -> float:
    """Return the share of calls with a real subject that become orders, so that all calls together meet it.

    Directory calls (12.26 % of all, S-HEZE) hardly ever do.
    """
    return min(1.0, order_share / (1 - 0.1226))


def _origin(chance: random.Random, numbers: dict[str, float]) -> str:
    draw = chance.random()
    for number, share in numbers.items():
        draw -= share
        if draw < 0:
            return number
    return "12345"


def _poisson(chance: random.Random, mean: float) -> int:
    """Draw a count; above 50 the normal approximation is right to a call."""
    if mean > 50:
        return max(0, round(chance.gauss(mean, mean**0.5)))
    count, waited = 0, chance.expovariate(1.0)
    while waited < mean:
        count += 1
        waited += chance.expovariate(1.0)
    return count
