"""Who is on duty: strength by hour, and for each worker whether the shift has them."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from dashboard.domain.workdays import DAY_MS, HOUR_MS, WorkingCalendar
from data_feeds.simulator.parameters import FleetParameters
from data_feeds.simulator.seeded import stream

STAGGER_MS = 25 * 60_000  # workers come and go within so long of the rota, each at their own time
NIGHT_BELOW = 0.1  # of the day's shape: only the night watch is out then

Bools = npt.NDArray[np.bool_]


class Shifts:
    """Decides duty for `count` workers on any day; the same seed gives the same rota."""

    def __init__(
        self, parameters: FleetParameters, calendar: WorkingCalendar, full_time: Bools, seed: int
    ) -> None:
        self._parameters = parameters
        self._calendar = calendar
        self._full_time = full_time
        self._seed = seed
        self._day: date | None = None
        self._rank = np.zeros(len(full_time))
        self._night_rank = np.zeros(len(full_time))
        self._stagger_ms = np.zeros(len(full_time))

    def strength(self, now: int) -> float:
        """Return the share of workers that the rota wants on duty at an instant."""
        shape = float(self._shape(np.array([self._local_ms(now)]))[0])
        if shape < NIGHT_BELOW:
            return max(self._parameters.on_duty_night, shape * self._peak(now))
        return shape * self._peak(now)

    def on_duty(self, now: int) -> Bools:
        """Return for each worker whether they are on duty at an instant."""
        self._draw(self._calendar.local_date(now))
        shape = self._shape(self._local_ms(now) + self._stagger_ms)
        day_watch = self._rank < shape * self._peak(now)
        night_watch = (shape < NIGHT_BELOW) & (self._night_rank < self._parameters.on_duty_night)
        return np.asarray(day_watch | night_watch)

    def _peak(self, now: int) -> float:
        is_worked = self._calendar.is_workday(self._calendar.local_date(now))
        return self._parameters.on_duty_peak * (1.0 if is_worked else self._parameters.weekend_share)

    def _local_ms(self, now: int) -> int:
        return (now + self._calendar.offset_ms) % DAY_MS

    def _shape(self, local_ms: npt.NDArray[np.float64] | npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Interpolate the hourly shape between the middles of hours, round midnight."""
        hours = (local_ms / HOUR_MS - 0.5) % 24
        values = np.array([*self._parameters.shape, self._parameters.shape[0]])
        return np.asarray(np.interp(hours, np.arange(25), values))

    def _draw(self, day: date) -> None:
        """Draw the rota of a day: full-time workers are called on before the others."""
        if day == self._day:
            return
        self._day = day
        chance = np.random.default_rng(stream(self._seed, "shift", day).randrange(2**63))
        count = len(self._full_time)
        order = np.argsort(chance.random(count) - 0.6 * self._full_time, kind="stable")
        self._rank[order] = (np.arange(count) + 0.5) / count
        self._night_rank = chance.random(count)
        self._stagger_ms = chance.uniform(-STAGGER_MS, STAGGER_MS, count)
