"""The workers' phones: which report now, with what, and which are silent or without network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_feeds.simulator.ground import Ground
from data_feeds.simulator.parameters import FleetParameters
from data_feeds.simulator.patrol import Patrol
from data_feeds.simulator.shifts import Bools, Shifts

FIRST_REPORTS_MS = 9_000  # everybody is known this soon after the start
OFF_DUTY_INTERVAL_MS = 30 * 60_000  # a phone off duty says so again, never where it is
SILENT_MS = (11 * 60_000, 40 * 60_000)  # assumed: a lost phone comes back after so long
ALREADY_SILENT_MS = (10.5 * 60_000, 35 * 60_000)  # at the start: fixes this old, so that lost phones are seen
SEEN_MS = (3 * 60_000, 20 * 60_000)  # assumed: time with network between two dead spells
HELD_LIMIT = 60  # fixes a phone keeps in a dead spell
DAY_MS = 86_400_000
ACCURACY_M = (4.0, 18.0)


@dataclass(frozen=True, slots=True)
class Fix:
    """One report. Off duty `lon` and `lat` are the grid's own point: a phone off duty does not tell its place."""

    slot: int
    at: int
    lon: float
    lat: float
    speed_mps: float
    accuracy_m: float
    duty: bool
    task: bool
    alarm: bool


class Phones:
    """Decides at each tick what the phones send."""

    def __init__(
        self, ground: Ground, patrol: Patrol, shifts: Shifts, parameters: FleetParameters, seed: int
    ) -> None:
        self._ground = ground
        self._patrol = patrol
        self._shifts = shifts
        self._parameters = parameters
        self._chance = np.random.default_rng(seed)
        count = len(ground.codes)
        self.on_duty: Bools = np.zeros(count, dtype=bool)
        self.on_task: Bools = np.zeros(count, dtype=bool)
        in_hills = np.isin(ground.townships, parameters.dead_zone_townships)
        self._in_dead_zone: Bools = in_hills & (self._chance.random(count) < parameters.dead_zone_share)
        self._is_hidden: Bools = np.zeros(count, dtype=bool)
        self._turns_at = np.zeros(count)
        self._held: dict[int, list[Fix]] = {}
        self._report_at = np.zeros(count)
        self._silent_until = np.zeros(count)
        self._alarm_until = np.zeros(count)
        self._ticked_at: int | None = None

    def tick(self, now: int) -> list[Fix]:
        """Advance everybody to `now` and return the fixes that leave the phones now, oldest first a phone."""
        if self._ticked_at is None:
            return self._begin(now)
        passed_ms = max(0, now - self._ticked_at)
        self._ticked_at = now
        before = self.on_duty
        self.on_duty = self._shifts.on_duty(now) | self._patrol.is_called
        self._patrol.advance(now, self.on_duty)
        self._report_at[before != self.on_duty] = now
        self._fall_silent(now, passed_ms)
        self._lose_network(now)
        self._call_for_help(now, passed_ms)
        due = np.flatnonzero(self._report_at <= now)
        self._plan_next(due, now)
        fixes = self._fixes(due, now)
        return [*self._heard(fixes, now), *self._caught_up()]

    def take_back(self, fixes: list[Fix], now: int) -> None:
        """Report again soon: these fixes did not arrive."""
        self._report_at[[fix.slot for fix in fixes]] = now + 2_000

    def call_for_help(self, slot: int, now: int, lasts_ms: int = 4 * 60_000) -> None:
        """Press a worker's alarm."""
        self._alarm_until[slot] = now + lasts_ms
        self._report_at[slot] = now

    def _begin(self, now: int) -> list[Fix]:
        self._ticked_at = now
        self.on_duty = self._shifts.on_duty(now)
        self._patrol.advance(now, self.on_duty)
        count = len(self.on_duty)
        self._turns_at = now + FIRST_REPORTS_MS + self._chance.uniform(0, SEEN_MS[1], count)
        self._report_at = now + self._chance.uniform(0, FIRST_REPORTS_MS, count)
        lost = np.flatnonzero(self.on_duty & (self._chance.random(count) < self._parameters.lost_share))
        self._silent_until[lost] = now + self._chance.uniform(*SILENT_MS, len(lost))
        ages = self._chance.uniform(*ALREADY_SILENT_MS, len(lost))
        return [
            fix
            for slot, age_ms in zip(lost.tolist(), ages.tolist(), strict=True)
            for fix in self._fixes(np.array([slot]), now - round(age_ms))
        ]

    def _fixes(self, slots: np.ndarray[tuple[int], np.dtype[np.intp]], at: int) -> list[Fix]:
        """Write the reports of some phones."""
        if not len(slots):
            return []
        off = ~self.on_duty[slots]
        places = self._patrol.degrees(slots)
        homes = self._ground.to_degrees(self._ground.homes[slots])
        places[off] = homes[off]
        speeds = np.where(self._patrol.moving(at)[slots] & ~off, self._patrol.speed_mps[slots], 0.0)
        accuracy = self._chance.uniform(*ACCURACY_M, len(slots))
        duty, task, alarm = ~off, self.on_task[slots] & ~off, self._alarm_until[slots] > at
        columns = (slots, places[:, 0], places[:, 1], speeds, accuracy, duty, task, alarm)
        return [
            Fix(slot, at, round(lon, 6), round(lat, 6), round(speed, 2), round(near, 1), on, busy, help_)
            for slot, lon, lat, speed, near, on, busy, help_ in zip(
                *(column.tolist() for column in columns), strict=True
            )
        ]

    def _plan_next(self, slots: np.ndarray[tuple[int], np.dtype[np.intp]], now: int) -> None:
        moving = self._patrol.moving(now)[slots]
        interval = np.where(moving, self._parameters.moving_interval_ms, self._parameters.stopped_interval_ms)
        interval = np.where(self.on_duty[slots], interval, OFF_DUTY_INTERVAL_MS)
        self._report_at[slots] = now + interval * self._chance.uniform(0.92, 1.08, len(slots))

    def _fall_silent(self, now: int, passed_ms: int) -> None:
        """Lose phones at the rate that keeps `lost_share` of those on duty silent."""
        share, mean_ms = self._parameters.lost_share, sum(SILENT_MS) / 2
        rate = share / (1 - share) / mean_ms
        falls = self.on_duty & (self._silent_until <= now)
        falls &= self._chance.random(len(falls)) < rate * passed_ms
        slots = np.flatnonzero(falls)
        self._silent_until[slots] = now + self._chance.uniform(*SILENT_MS, len(slots))

    def _lose_network(self, now: int) -> None:
        """Turn dead spells in the hills on and off."""
        turns = np.flatnonzero(self._in_dead_zone & (self._turns_at <= now))
        self._is_hidden[turns] = ~self._is_hidden[turns] & self.on_duty[turns]
        low = np.where(self._is_hidden[turns], self._parameters.dead_zone_ms[0], SEEN_MS[0])
        high = np.where(self._is_hidden[turns], self._parameters.dead_zone_ms[1], SEEN_MS[1])
        self._turns_at[turns] = now + self._chance.uniform(low, high)

    def _call_for_help(self, now: int, passed_ms: int) -> None:
        if self._chance.random() < self._parameters.sos_per_day * passed_ms / DAY_MS:
            slots = np.flatnonzero(self.on_duty)
            if len(slots):
                self.call_for_help(int(self._chance.choice(slots)), now)

    def _heard(self, fixes: list[Fix], now: int) -> list[Fix]:
        """Drop what silent phones would say, hold back what phones without network would."""
        heard = []
        for fix in fixes:
            if fix.duty and self._is_hidden[fix.slot]:
                held = self._held.setdefault(fix.slot, [])
                held.append(fix)
                del held[:-HELD_LIMIT]
            elif not fix.duty or fix.alarm or self._silent_until[fix.slot] <= now:
                heard.append(fix)
        return heard

    def _caught_up(self) -> list[Fix]:
        """Let go what was held back by phones that have network again."""
        back = [slot for slot in self._held if not self._is_hidden[slot]]
        return [fix for slot in back for fix in self._held.pop(slot)]
