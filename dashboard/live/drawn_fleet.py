"""The fleet as screens may see it: nobody off duty has a live position, every place is a whole quantum."""

from __future__ import annotations

import numpy as np

from dashboard.live.fleet import ASSESSED, REPORTING, Fleet, Int32Array, Int64Array, Uint8Array
from dashboard.live.movement import MovementState
from dashboard.live.movement_frames import Quantum


class DrawnFleet:
    """One instant of the fleet, quantised once for all view classes of a level of detail."""

    def __init__(
        self, lon_e6: Int32Array, lat_e6: Int32Array, state: Uint8Array, fix_at: Int64Array, now: int
    ) -> None:
        self.lon_e6 = lon_e6
        self.lat_e6 = lat_e6
        self.state = state
        self.fix_at = fix_at
        self.now = now
        self._quanta: dict[Quantum, tuple[Int32Array, Int32Array]] = {}

    def quantised(self, quantum: Quantum) -> tuple[Int32Array, Int32Array]:
        """Return longitude and latitude as the nearest whole quanta."""
        known = self._quanta.get(quantum)
        if known is None:
            x = (self.lon_e6 + quantum.lon_e6 // 2) // quantum.lon_e6
            y = (self.lat_e6 + quantum.lat_e6 // 2) // quantum.lat_e6
            known = self._quanta[quantum] = (x.astype(np.int32), y.astype(np.int32))
        return known

    def advance(self, stream: MovementState) -> bytes:
        """Bring a stream to this instant; returns its delta frame, empty when nothing changed for it."""
        x, y = self.quantised(stream.quantum)
        at = stream.places
        return stream.encode(x.take(at), y.take(at), self.state.take(at), self.fix_at.take(at), self.now)


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
