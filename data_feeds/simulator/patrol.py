"""Movement of the workers on duty: from place to place inside the own grid, with stops, errands and calls."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from data_feeds.simulator.ground import WAYPOINTS, Floats, Ground
from data_feeds.simulator.parameters import FleetParameters
from data_feeds.simulator.shifts import Bools

NEAR_M = 15.0  # close enough to count as there
ERRAND_MEAN_MS = 25 * 60_000  # assumed: how long an errand beyond the grid takes, there and back

Slots = npt.NDArray[np.intp]


class Patrol:
    """Positions of all workers in metres, advanced in one sweep.

    A worker walks to the next place, stops there for about as long as makes the share of moving workers
    right, and goes on. Called workers (`send`) go straight to the place named and stay until released.
    """

    def __init__(self, ground: Ground, parameters: FleetParameters, seed: int) -> None:
        self._ground = ground
        self._parameters = parameters
        self._chance = np.random.default_rng(seed)
        count = len(ground.codes)
        self.at: Floats = ground.homes.copy()
        self._target: Floats = ground.homes.copy()
        rides = self._chance.random(count) < parameters.ebike_share
        walk = self._chance.uniform(*parameters.walk_mps, count)
        self.speed_mps: Floats = np.where(rides, self._chance.uniform(*parameters.ebike_mps, count), walk)
        self.is_called: Bools = np.zeros(count, dtype=bool)
        self._outside: Bools = np.zeros(count, dtype=bool)
        self._rests_until = np.zeros(count)
        self._pace: Floats = self.speed_mps.copy()
        self._advanced_at: int | None = None
        self._rest_ratio = (1 - parameters.moving_share) / parameters.moving_share

    def scatter(self, now: int) -> None:
        """Put everybody somewhere on their round, so that a day that began long ago looks like it."""
        slots = np.arange(len(self.at))
        first, second = (self._drawn_places(slots) for _ in range(2))
        share = self._chance.random((len(slots), 1))
        self.at = first + (second - first) * share
        self._target = second
        # Who stops has some of a stop as long as their legs take still before them.
        rest_ms = np.hypot(*(second - first).T) / self._pace * 1000 * self._rest_ratio
        rests = self._chance.random(len(slots)) >= self._parameters.moving_share
        left_ms = rest_ms * self._chance.uniform(0.05, 1.2, len(slots))
        self._rests_until = np.where(rests, now + left_ms, 0.0)
        self._advanced_at = now

    def advance(self, now: int, on_duty: Bools) -> None:
        """Move everybody on duty up to `now`; the others stay at their grid's point."""
        if self._advanced_at is None:
            self.scatter(now)
        before = self._advanced_at if self._advanced_at is not None else now
        self._advanced_at = now
        seconds = max(0, now - before) / 1000
        walking = on_duty & (self._rests_until <= now)
        way = self._target - self.at
        left_m = np.hypot(way[:, 0], way[:, 1])
        step_m = np.where(walking, self._pace * seconds, 0.0)
        share = np.minimum(1.0, step_m / np.maximum(left_m, 1e-6))
        self.at += way * share[:, None]
        arrived = np.flatnonzero(walking & (left_m <= step_m + NEAR_M) & ~self.is_called)
        self._go_on(arrived, now)
        away = np.flatnonzero(~on_duty & ~self.is_called)
        self.at[away] = self._ground.homes[away]

    def moving(self, now: int) -> Bools:
        """Return who is walking or riding at `now`."""
        way = self._target - self.at
        return (self._rests_until <= now) & (np.hypot(way[:, 0], way[:, 1]) > 1.0)

    def send(self, slot: int, lon: float, lat: float, speed_mps: float) -> None:
        """Call a worker to a place (WGS-84); they go at `speed_mps` and stay until released."""
        self._target[slot] = self._ground.to_metres(np.array([lon, lat]))
        self._pace[slot] = speed_mps
        self._rests_until[slot] = 0
        self.is_called[slot] = True

    def release(self, slot: int) -> None:
        """Let a called worker return to the own grid."""
        self.is_called[slot] = False
        self._pace[slot] = self.speed_mps[slot]
        self._target[slot] = self._ground.homes[slot]

    def metres_to(self, slot: int, lon: float, lat: float) -> float:
        """Return the straight distance from a worker to a place."""
        way = self._ground.to_metres(np.array([lon, lat])) - self.at[slot]
        return float(np.hypot(way[0], way[1]))

    def degrees(self, slots: Slots) -> Floats:
        """Return lon, lat of some workers."""
        return self._ground.to_degrees(self.at[slots])

    def _go_on(self, slots: Slots, now: int) -> None:
        """Choose the next place of workers who reached theirs, and how long they stop before they set out."""
        if not len(slots):
            return
        targets = self._drawn_places(slots)
        # An errand lasts a while: to have `outside_share` out at any time, so many of the legs must be errands.
        legs = np.hypot(*(targets - self.at[slots]).T) / self._pace[slots] * 1000
        round_ms = np.maximum(legs * (1 + self._rest_ratio), 60_000)
        errand = self._chance.random(len(slots)) < self._parameters.outside_share * round_ms / ERRAND_MEAN_MS
        angle = self._chance.uniform(0, 2 * np.pi, len(slots))
        away_m = self._chance.uniform(250, 700, len(slots))
        aside = self._ground.homes[slots] + np.stack([np.cos(angle), np.sin(angle)], axis=1) * away_m[:, None]
        # Who has just been beyond the grid goes back first.
        errand &= ~self._outside[slots]
        self._target[slots] = np.where(errand[:, None], aside, targets)
        self._outside[slots] = errand
        self._rests_until[slots] = now + legs * self._rest_ratio * self._chance.uniform(0.5, 1.5, len(slots))

    def _drawn_places(self, slots: Slots) -> Floats:
        return self._ground.waypoints[slots, self._chance.integers(0, WAYPOINTS, len(slots))]
