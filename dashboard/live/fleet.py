"""The fleet of grid workers as arrays: one slot per worker, position, state bits and instant of the last fix.

Slots are dense and stable (roster order). Positions are WGS-84 in millionths of a degree, instants UTC ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

# State byte of one worker as the feeds publish it.
REPORTING = 0x01  # on duty: the phone reports
TASKED = 0x02  # carries an order
SOS = 0x04  # asked for help
OUT_OF_GRID = 0x08  # more than 100 m outside the own grid
STOPPED = 0x10  # not moving
VAGUE = 0x80  # known less exactly than an arrival has to be, or nobody says how exactly; from the feeds alone
UNBELIEVED = 0x40  # its device is kept apart: it stands where it was believed last; from the feeds alone
# Derived from the age of the fix by whoever draws; they travel only on the screen wire.
STALE = 0x20
LOST = 0x40  # and from UNBELIEVED, however old
ASSESSED = 0x80  # under assessment; from the roster, on the screen wire alone
REPORTED_BITS = REPORTING | TASKED | SOS | OUT_OF_GRID | STOPPED

STALE_AFTER_MS = 60_000  # look.md, map symbols: stale from 1 to 10 min
LOST_AFTER_MS = 10 * 60_000  # look.md: 失联 after 10 min of silence while on duty

METRES_PER_DEGREE = 111_320.0  # mean length of a degree of latitude
# A fix may lie this far ahead of the tick that carries it: the feeds take phones' clocks up to 60 s fast.
FIX_AHEAD_MS = 120_000

Int32Array = npt.NDArray[np.int32]
Int64Array = npt.NDArray[np.int64]
Uint8Array = npt.NDArray[np.uint8]
Uint16Array = npt.NDArray[np.uint16]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FixBatch:
    """Fixes of one tick as columns of equal length; `seq`, `tick_at` and the mark of `roster` are the publisher's."""

    seq: int
    tick_at: int
    roster: int
    slots: Uint16Array
    lon_e6: Int32Array
    lat_e6: Int32Array
    state: Uint8Array
    fix_at: Int64Array

    def __len__(self) -> int:
        return int(self.slots.size)


@dataclass(frozen=True, slots=True)
class FleetSnapshot:
    """Every slot of a roster's fleet at `taken_at`; a slot that never reported has `fix_at` 0."""

    taken_at: int
    roster: int
    lon_e6: Int32Array
    lat_e6: Int32Array
    state: Uint8Array
    fix_at: Int64Array


class Fleet:
    """Positions and states of `n` workers; the last fix wins, an older fix never replaces a newer one.

    Args:
        n: workers on the platform.
        region: index into `regions` per slot; zeros when absent.
        regions: region codes.
        assessed: which workers are under assessment; all when absent.
    """

    def __init__(
        self,
        n: int,
        region: npt.ArrayLike | None = None,
        regions: Sequence[str] = (),
        assessed: npt.ArrayLike | None = None,
    ) -> None:
        self.n = n
        self.lon_e6: Int32Array = np.zeros(n, np.int32)
        self.lat_e6: Int32Array = np.zeros(n, np.int32)
        self.fix_at: Int64Array = np.zeros(n, np.int64)
        self.state: Uint8Array = np.zeros(n, np.uint8)
        self.is_vague: BoolArray = np.zeros(n, np.bool_)
        self.is_unbelieved: BoolArray = np.zeros(n, np.bool_)
        self.region: Uint8Array = np.zeros(n, np.uint8) if region is None else np.asarray(region, np.uint8)
        self.assessed: BoolArray = (
            np.ones(n, np.bool_) if assessed is None else np.asarray(assessed, np.bool_)
        )
        self.regions = tuple(regions)

    def apply(self, batch: FixBatch) -> Uint16Array:
        """Take a batch in, return the slots that changed; skips older fixes, slots beyond the roster and garbage."""
        usable = _believable(batch.lon_e6, batch.lat_e6, batch.fix_at, batch.tick_at)
        usable &= batch.slots < self.n
        slots = batch.slots[usable]
        # Whoever is believed no more goes back to where they were before, which is older.
        went_back = ((batch.state[usable] & UNBELIEVED) != 0) & ~self.is_unbelieved[slots]
        usable[usable] &= (batch.fix_at[usable] >= self.fix_at[slots]) | went_back
        slots = batch.slots[usable]
        if slots.size == 0:
            return slots
        order = np.argsort(batch.fix_at[usable], kind="stable")  # newest of a doubled slot last
        slots = slots[order]
        self.lon_e6[slots] = batch.lon_e6[usable][order]
        self.lat_e6[slots] = batch.lat_e6[usable][order]
        self._take_state(slots, batch.state[usable][order])
        self.fix_at[slots] = batch.fix_at[usable][order]
        return slots

    def apply_snapshot(self, snapshot: FleetSnapshot) -> Uint16Array:
        """Take in whatever the snapshot knows later than this fleet; returns the slots that changed."""
        n = min(self.n, int(snapshot.fix_at.size))
        usable = _believable(snapshot.lon_e6, snapshot.lat_e6, snapshot.fix_at, snapshot.taken_at)[:n]
        went_back = ((snapshot.state[:n] & UNBELIEVED) != 0) & ~self.is_unbelieved[:n]
        newer = np.flatnonzero(usable & ((snapshot.fix_at[:n] > self.fix_at[:n]) | went_back)).astype(
            np.uint16
        )
        self.lon_e6[newer] = snapshot.lon_e6[newer]
        self.lat_e6[newer] = snapshot.lat_e6[newer]
        self._take_state(newer, snapshot.state[newer])
        self.fix_at[newer] = snapshot.fix_at[newer]
        return newer

    def snapshot(self, taken_at: int, roster: int) -> FleetSnapshot:
        """Copy the whole fleet."""
        state = self.state | np.where(self.is_vague, VAGUE, 0).astype(np.uint8)
        state |= np.where(self.is_unbelieved, UNBELIEVED, 0).astype(np.uint8)
        return FleetSnapshot(
            taken_at, roster, self.lon_e6.copy(), self.lat_e6.copy(), state, self.fix_at.copy()
        )

    def drawn_state(self, now: int) -> Uint8Array:
        """State bytes with `STALE` and `LOST` derived from the age of each fix; both only while on duty."""
        age = now - self.fix_at
        on_duty = (self.state & REPORTING) != 0
        drawn = self.state.copy()
        drawn[on_duty & (age > STALE_AFTER_MS) & (age <= LOST_AFTER_MS)] |= STALE
        drawn[on_duty & (age > LOST_AFTER_MS)] |= LOST
        drawn[on_duty & self.is_unbelieved] = drawn[on_duty & self.is_unbelieved] & ~np.uint8(STALE) | LOST
        return drawn

    def summary(self, now: int, members: npt.NDArray[np.bool_] | None = None) -> dict[str, Any]:
        """Count the fleet, whole and by region, optionally only the slots in the `members` mask.

        `on_duty` = `idle` + `tasked` + `lost`; `stale` are those of `idle` and `tasked` without a fix for a
        minute; `moving` is fresh and not stopped; `off_duty` is everyone else on the platform.
        """
        drawn = self.drawn_state(now)
        chosen = np.ones(self.n, np.bool_) if members is None else members
        result = self._count(drawn, chosen)
        result["by_region"] = {
            code: self._count(drawn, chosen & (self.region == index))
            for index, code in enumerate(self.regions)
        }
        return result

    def _take_state(self, slots: Uint16Array, state: Uint8Array) -> None:
        self.state[slots] = state & REPORTED_BITS
        self.is_vague[slots] = (state & VAGUE) != 0
        self.is_unbelieved[slots] = (state & UNBELIEVED) != 0

    def _count(self, drawn: Uint8Array, chosen: BoolArray) -> dict[str, Any]:
        on_duty = chosen & ((drawn & REPORTING) != 0)
        lost = on_duty & ((drawn & LOST) != 0)
        stale = on_duty & ((drawn & STALE) != 0)
        heard = on_duty & ~lost
        tasked = heard & ((drawn & TASKED) != 0)
        counts = {
            "platform_total": chosen,
            "assessed_total": chosen & self.assessed,
            "on_duty": on_duty,
            "idle": heard & ~tasked,
            "tasked": tasked,
            "lost": lost,
            "stale": stale,
            "off_duty": chosen & ~on_duty,
            "sos": on_duty & ((drawn & SOS) != 0),
            "moving": heard & ~stale & ((drawn & STOPPED) == 0),
        }
        return {name: int(np.count_nonzero(mask)) for name, mask in counts.items()}

    def near(
        self, lon: float, lat: float, k: int, members: BoolArray | None = None
    ) -> list[tuple[int, float]]:
        """Return up to `k` believed slots on duty nearest to a point, with metres, nearest first.

        Equirectangular distance: over the 100 km of a city it errs by less than 0.1 %.
        """
        on_duty = ((self.state & REPORTING) != 0) & (self.fix_at > 0) & ~self.is_unbelieved
        candidates = np.flatnonzero(on_duty if members is None else on_duty & members)
        if candidates.size == 0 or k <= 0:
            return []
        x = (self.lon_e6[candidates] / 1e6 - lon) * np.cos(np.radians(lat)) * METRES_PER_DEGREE
        y = (self.lat_e6[candidates] / 1e6 - lat) * METRES_PER_DEGREE
        metres = np.hypot(x, y)
        nearest = np.argsort(metres, kind="stable")[:k]
        return [(int(candidates[i]), float(metres[i])) for i in nearest]


def _believable(lon_e6: Int32Array, lat_e6: Int32Array, fix_at: Int64Array, at: int) -> BoolArray:
    """Mark the rows that lie on the earth and not in the future; one of a far future would stand for ever."""
    on_earth = (np.abs(lon_e6.astype(np.int64)) <= 180_000_000) & (
        np.abs(lat_e6.astype(np.int64)) <= 90_000_000
    )
    return np.asarray(on_earth & (fix_at >= 0) & (fix_at <= at + FIX_AHEAD_MS), np.bool_)
