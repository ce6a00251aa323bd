"""The fleet as screens may see it: nobody off duty has a live position, every place is a whole quantum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dashboard.live.fleet import (
    ASSESSED,
    LOST,
    REPORTING,
    STALE,
    Fleet,
    Int32Array,
    Int64Array,
    Uint8Array,
    Uint16Array,
)
from dashboard.live.movement_frames import AGE_UNKNOWN_S, Quantum


@dataclass(frozen=True, slots=True)
class DrawnPlaces:
    """Every slot of the fleet at one instant, at one or several levels of detail: one level behind the other.

    Args:
        x, y: int32 quanta.
        state: u8 with derived bits.
        fix_at: int64 ms; a screen is told it only as the age of who is stale or lost.
        now: server ms of this instant.
    """

    x: Int32Array
    y: Int32Array
    state: Uint8Array
    fix_at: Int64Array
    now: float

    def age_s(self, slots: npt.NDArray[np.intp], at: float) -> Uint16Array:
        """Return for how many seconds these slots were silent at an instant; 0 for who is neither stale nor lost."""
        is_silent = (self.state[slots] & (STALE | LOST)) != 0
        age_s = np.clip((at - self.fix_at[slots]) // 1000, 0, AGE_UNKNOWN_S)
        return np.where(is_silent, age_s, 0).astype(np.uint16)


class DrawnFleet:
    """One instant of the fleet, the same for all levels of detail."""

    def __init__(
        self, lon_e6: Int32Array, lat_e6: Int32Array, state: Uint8Array, fix_at: Int64Array, now: int
    ) -> None:
        self.lon_e6 = lon_e6
        self.lat_e6 = lat_e6
        self.state = state
        self.fix_at = fix_at
        self.now = now

    def places(self, *quanta: Quantum) -> DrawnPlaces:
        """Return everybody at the nearest whole quanta of these levels."""
        x = [(self.lon_e6 + quantum.lon_e6 // 2) // quantum.lon_e6 for quantum in quanta]
        y = [(self.lat_e6 + quantum.lat_e6 // 2) // quantum.lat_e6 for quantum in quanta]
        return DrawnPlaces(
            np.concatenate(x).astype(np.int32),
            np.concatenate(y).astype(np.int32),
            np.concatenate([self.state] * len(quanta)),
            np.concatenate([self.fix_at] * len(quanta)),
            self.now,
        )


def draw(fleet: Fleet, post_lon_e6: Int32Array, post_lat_e6: Int32Array, now: int) -> DrawnFleet:
    """Return the fleet at `now`; who is off duty stands at the grid's post and shows no state."""
    on_duty = (fleet.state & REPORTING) != 0
    return DrawnFleet(
        np.where(on_duty, fleet.lon_e6, post_lon_e6),
        np.where(on_duty, fleet.lat_e6, post_lat_e6),
        np.where(on_duty, fleet.drawn_state(now), 0).astype(np.uint8)
        | np.where(fleet.assessed, ASSESSED, 0).astype(np.uint8),
        np.where(on_duty, fleet.fix_at, 0),
        now,
    )
