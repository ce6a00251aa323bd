"""The latest believable position of every device, and which of them changed since the last tick.

Rules on a fix, in this order; each outcome is counted under its name:
quarantined (its device is kept apart), duplicate (same instant as the last), out_of_order (older than the last), coarse
(accuracy beyond `COARSE_M`), impossible_speed (too far from the last fix, unless a second fix agrees with it), late
(older than a minute, yet news), accepted. A place that is taken and known less exactly than an arrival has to be, or of
which nobody says how exactly, is marked vague. Off duty no place is kept: the worker stands at the own grid's centre.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from math import cos, radians, sqrt
from typing import Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from dashboard.live.fleet import (
    OUT_OF_GRID,
    REPORTING,
    SOS,
    STOPPED,
    TASKED,
    UNBELIEVED,
    VAGUE,
    FixBatch,
    FleetSnapshot,
)
from dashboard.live.fleet_frames import roster_mark
from data_feeds.board_columns import share_columns
from data_feeds.decoders.positions import FixItem

SPEED_LIMIT_MPS: Final = 60.0  # 216 km/h: nobody on duty in a city moves faster
JITTER_M: Final = 200.0  # a fix may lie this far off without anyone having moved
COARSE_M: Final = 1_000.0  # a network fix of this accuracy says nothing about a grid
LATE_AFTER_MS: Final = 60_000
STANDING_MPS: Final = 0.3
SOS_LASTS_MS: Final = 10 * 60_000  # clients send an alarm with one fix and never take it back

METRES_PER_DEGREE: Final = 111_320.0


class RosterEntry(Protocol):
    """What the board needs of a roster row; `dashboard.service.roster` returns such rows."""

    @property
    def slot(self) -> int: ...
    @property
    def device_id(self) -> str: ...
    @property
    def worker_id(self) -> str: ...
    @property
    def grid(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def key_generation(self) -> int: ...


class StandingPlace(NamedTuple):
    """Where a slot was believed to be, and as of when."""

    lon: float
    lat: float
    state: int
    fix_at: int


class PositionBoard:
    """One row per roster slot. Columns are arrays: single numbers are read and written there almost as fast as in a
    list, and `columns` are the same memory for numpy, which takes whole batches (`board_batches`) and ticks.

    Args:
        roster: rows with dense slots.
        centres: grid code -> (lon, lat), where a worker stands while off duty.
        exact_m: how exactly a place has to be known to prove an arrival: the pack's `[arrival] within_m`.
    """

    def __init__(
        self, roster: Sequence[RosterEntry], centres: dict[str, tuple[float, float]], exact_m: float
    ) -> None:
        self.exact_m = exact_m
        self.size = 1 + max((row.slot for row in roster), default=-1)
        self.slot_of = {row.device_id: row.slot for row in roster}
        self.mark = roster_mark((row.slot, row.worker_id) for row in roster)
        self.worker: list[str] = [""] * self.size
        self.device: list[str] = [""] * self.size
        self.region: list[str] = [""] * self.size
        self.grid: list[str] = [""] * self.size
        self.home: list[tuple[float, float]] = [(0.0, 0.0)] * self.size
        for row in roster:
            self.worker[row.slot], self.region[row.slot] = row.worker_id, row.region
            self.device[row.slot] = row.device_id
            self.grid[row.slot] = row.grid
            self.home[row.slot] = centres.get(row.grid, (0.0, 0.0))
        self.fix_at = array("q", bytes(8 * self.size))
        self.lon = array("d", bytes(8 * self.size))
        self.lat = array("d", bytes(8 * self.size))
        self.state = array("B", bytes(self.size))
        self.is_changed = array("B", bytes(self.size))
        self.sos_until = array("q", bytes(8 * self.size))
        self.alarm_at = array("q", bytes(8 * self.size))  # of the newest fix that said anything about help
        self.doubted: dict[int, tuple[float, float, int]] = {}
        self.held: set[int] = set()  # slots whose device is kept apart
        self.leaped: list[int] = []  # slots that leaped since somebody looked
        self.columns = share_columns(
            self.fix_at, self.lon, self.lat, self.state, self.is_changed, self.sos_until, self.alarm_at,
            self.home, self.region,
        )  # fmt: skip
        home_lats = [lat for _, lat in self.home if lat]
        middle = sum(home_lats) / len(home_lats) if home_lats else 0.0
        # Equirectangular at the city's middle: over 100 km it errs by less than 1 %, and the rule is coarse.
        self.metres_per_degree_lon = METRES_PER_DEGREE * cos(radians(middle))

    def take(self, slot: int, fix: FixItem, now: int) -> str:
        """Take in one checked fix (WGS-84) of the device in `slot`; returns the outcome's name."""
        if fix.alarm is not None:
            self.hear_help(slot, fix.alarm, fix.at, now)
        if slot in self.held:
            return "quarantined"
        at, last_at = fix.at, self.fix_at[slot]
        if at <= last_at:
            return "duplicate" if at == last_at else "out_of_order"
        before = self.state[slot]
        on_duty = fix.duty if fix.duty is not None else bool(before & REPORTING) or last_at == 0
        if not on_duty:
            self.lon[slot], self.lat[slot] = self.home[slot]
            self.state[slot] = STOPPED
            self.fix_at[slot] = at
            self.sos_until[slot] = 0
            self.doubted.pop(slot, None)
            self.is_changed[slot] = 1
            return "accepted"
        if fix.accuracy_m is not None and fix.accuracy_m > COARSE_M:
            return "coarse"
        lon, lat = fix.lon, fix.lat
        moved_mps = 0.0
        if before & REPORTING:
            seconds = (at - last_at) / 1000
            metres = self._metres(lon - self.lon[slot], lat - self.lat[slot])
            if metres > SPEED_LIMIT_MPS * seconds + JITTER_M and not self._confirms(slot, fix):
                self.doubted[slot] = (lon, lat, at)
                self.leaped.append(slot)
                return "impossible_speed"
            moved_mps = metres / seconds
        state = before & OUT_OF_GRID | REPORTING
        if fix.task if fix.task is not None else before & TASKED:
            state |= TASKED
        if (fix.speed_mps if fix.speed_mps is not None else moved_mps) < STANDING_MPS:
            state |= STOPPED
        if at < self.sos_until[slot]:
            state |= SOS
        if fix.accuracy_m is None or fix.accuracy_m > self.exact_m:
            state |= VAGUE
        self.lon[slot], self.lat[slot], self.fix_at[slot], self.state[slot] = lon, lat, at, state
        if self.doubted:
            self.doubted.pop(slot, None)
        self.is_changed[slot] = 1
        return "accepted" if at >= now - LATE_AFTER_MS else "late"

    def hear_help(self, slot: int, is_wanted: bool, at: int, now: int) -> None:
        """A call for help counts even where the fix that carries it is not believed, and however late it comes.

        The newest word about help decides: a fix sent again or from a dead zone neither revives a call that was
        ended nor ends a newer one.
        """
        if at < self.alarm_at[slot] or (at == self.alarm_at[slot] and not is_wanted):
            return
        self.alarm_at[slot] = at
        self.sos_until[slot] = now + SOS_LASTS_MS if is_wanted else 0
        if self.state[slot] & REPORTING:
            self.state[slot] = self.state[slot] | SOS if is_wanted else self.state[slot] & ~SOS
            self.is_changed[slot] = 1

    def place_of(self, slot: int) -> StandingPlace | None:
        """Return where a slot is believed to be, None before its first fix."""
        if not self.fix_at[slot]:
            return None
        return StandingPlace(self.lon[slot], self.lat[slot], self.state[slot], self.fix_at[slot])

    def hold(self, slot: int, place: StandingPlace | None) -> None:
        """Keep a slot apart: it stands, marked as not believed, where it was before (here and now without that)."""
        self.held.add(slot)
        if place is not None:
            sos = self.state[slot] & SOS
            self.lon[slot], self.lat[slot], state, self.fix_at[slot] = place
            self.state[slot] = state & ~SOS | sos
        if self.fix_at[slot]:
            self.state[slot] = self.state[slot] | UNBELIEVED
            self.is_changed[slot] = 1
        self.doubted.pop(slot, None)

    def follow(self, batch: FixBatch) -> None:
        """Take over what another board of the same roster published, where it is not older than what is known here.

        A call for help that is new here lasts from now; whoever heard it says when it ended.
        """
        columns = (batch.slots, batch.fix_at, batch.lon_e6, batch.lat_e6, batch.state)
        for slot, at, lon_e6, lat_e6, state in zip(*(column.tolist() for column in columns), strict=True):
            if slot >= self.size or self.is_changed[slot]:
                continue
            is_unbelieved = bool(state & UNBELIEVED)  # then it stands where it was before
            if slot in self.held and not is_unbelieved:
                continue
            if at < self.fix_at[slot] and not (is_unbelieved and not self.state[slot] & UNBELIEVED):
                continue
            if (state ^ self.state[slot]) & SOS:
                self.sos_until[slot] = batch.tick_at + SOS_LASTS_MS if state & SOS else 0
                self.alarm_at[slot] = max(self.alarm_at[slot], at)
            self.lon[slot], self.lat[slot] = lon_e6 / 1e6, lat_e6 / 1e6
            self.fix_at[slot], self.state[slot] = at, state
            self.doubted.pop(slot, None)

    def take_changes(self) -> list[int]:
        """Return the slots that changed since the last call, sorted."""
        slots = np.flatnonzero(self.columns.is_changed)
        self.columns.is_changed[slots] = 0
        return slots.tolist()

    def give_back(self, slots: Iterable[int]) -> None:
        """Count slots as changed again that `take_changes` returned and that could not be published."""
        for slot in slots:
            self.is_changed[slot] = 1

    def carry_over(self, old: PositionBoard) -> None:
        """Keep what an older board knew of the workers that are still here, whatever their slot is now.

        Everybody with a position counts as changed: whoever follows the fleet begins anew with a new roster.
        """
        slot_before = {worker: slot for slot, worker in enumerate(old.worker) if worker}
        for slot, worker in enumerate(self.worker):
            before = slot_before.get(worker)
            if before is None:
                continue
            self.sos_until[slot], self.alarm_at[slot] = old.sos_until[before], old.alarm_at[before]
            if not old.fix_at[before]:
                continue
            self.fix_at[slot], self.state[slot] = old.fix_at[before], old.state[before]
            self.lon[slot], self.lat[slot] = old.lon[before], old.lat[before]
            if before in old.held:
                self.held.add(slot)
            if before in old.doubted:
                self.doubted[slot] = old.doubted[before]
            self.is_changed[slot] = 1

    def restore(self, snapshot: FleetSnapshot, now: int) -> int:
        """Start from the last snapshot; skips instants after `now` (another clock wrote them), and all of a snapshot
        of another roster, whose slots are other people.

        Returns:
            how many devices have a position again.
        """
        if snapshot.roster != self.mark:
            return 0
        count = 0
        for slot in range(min(self.size, int(snapshot.fix_at.size))):
            at = int(snapshot.fix_at[slot])
            if slot in self.held and not int(snapshot.state[slot]) & UNBELIEVED:
                continue  # kept before its device was
            if 0 < at <= now and at > self.fix_at[slot]:
                self.fix_at[slot], self.state[slot] = at, int(snapshot.state[slot])
                self.lon[slot] = int(snapshot.lon_e6[slot]) / 1e6
                self.lat[slot] = int(snapshot.lat_e6[slot]) / 1e6
                if self.state[slot] & SOS:
                    self.sos_until[slot] = at + SOS_LASTS_MS
                count += 1
        return count

    def set_out_of_grid(self, slots: npt.ArrayLike, outside: npt.ArrayLike) -> None:
        """Set or clear the out-of-grid bit of each slot; no slot comes twice."""
        slots = np.asarray(slots, np.int64)
        inside = self.columns.state[slots] & np.uint8(0xFF & ~OUT_OF_GRID)
        self.columns.state[slots] = np.where(outside, inside | np.uint8(OUT_OF_GRID), inside)

    def _confirms(self, slot: int, fix: FixItem) -> bool:
        """A second fix near the doubted one: the device is there, it was the old position that was wrong."""
        doubted = self.doubted.get(slot)
        if doubted is None or fix.at <= doubted[2]:
            return False
        metres = self._metres(fix.lon - doubted[0], fix.lat - doubted[1])
        return metres <= SPEED_LIMIT_MPS * (fix.at - doubted[2]) / 1000 + JITTER_M

    def _metres(self, lon_degrees: float, lat_degrees: float) -> float:
        x, y = lon_degrees * self.metres_per_degree_lon, lat_degrees * METRES_PER_DEGREE
        return sqrt(x * x + y * y)
