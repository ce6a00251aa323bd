"""Workers whose every move is told apart from the one before, on any screen and on the bus: what the scale bench times.

A fix's way has two legs: from its sender to the bus (the feeds and their tick) and from the bus to the screen (the web
process, its frames, the socket). Whoever listens on the bus beside the web processes tells them apart.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.live.fleet import FixBatch
from dashboard.live.fleet_frames import unpack_fixes
from dashboard.live.movement import MovementState
from data_feeds.bus import Bus
from data_feeds.bus_names import fleet_channel

# A twenty-first of the fleet: some of them in every batch, because 21 shares no factor with BATCHES of the load.
PROBES: Final = tuple(range(50, 4_383, 21))
PROBE_STEP_E6: Final = 88  # millionths of a degree of longitude: two quanta of a wall, 8 m
MOST_AT_ONCE: Final = 50  # moves; what looks like more is a probe that has not reported yet

Moves = npt.NDArray[np.int64]
Seen = tuple[int, int, float]
"""A probe, the number of its move, the wall clock in seconds."""


def probe_lon_e6(probe: int) -> int:
    """Return where a probe starts: whole quanta of walls and desks (44 and 6 millionths of a degree)."""
    return 119_000_000 // 132 * 132 + 132 * probe


_START_E6: Final = np.array([probe_lon_e6(probe) for probe in PROBES], np.int64)
_PROBES: Final = np.array(PROBES)


class ProbeWatch:
    """What one place has seen of the probes."""

    def __init__(self) -> None:
        self._moves: Moves = np.full(len(PROBES), -1)
        self._of_stream: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]] = (np.zeros(0, np.intp),) * 2

    def begin(self, state: MovementState) -> None:
        """Take what a stream's snapshot shows as known."""
        place = np.minimum(np.searchsorted(state.slots, _PROBES), max(0, state.n - 1))
        known = np.flatnonzero(state.slots[place] == _PROBES) if state.n else np.zeros(0, np.intp)
        self._of_stream = (known, place[known])
        self._moves[known] = self._read(state)

    def look(self, state: MovementState, at: float) -> list[Seen]:
        """Return every move that a stream shows since the last time, those too that a later one overtook."""
        return self._learn(self._of_stream[0], self._read(state), at)

    def hear(self, batch: FixBatch, at: float) -> list[Seen]:
        """Return every move that a frame of the feeds brings."""
        _, mine, theirs = np.intersect1d(_PROBES, batch.slots, return_indices=True)
        return self._learn(mine, _move(batch.lon_e6[theirs].astype(np.int64), mine), at)

    def _read(self, state: MovementState) -> Moves:
        known, place = self._of_stream
        return _move(state.x[place].astype(np.int64) * state.quantum.lon_e6, known)

    def _learn(self, known: npt.NDArray[np.intp], moves: Moves, at: float) -> list[Seen]:
        before = self._moves[known]
        self._moves[known] = moves
        return [
            (int(_PROBES[known[place]]), move, at)
            for place in np.flatnonzero(moves > before).tolist()
            if moves[place] - before[place] <= MOST_AT_ONCE
            for move in range(int(before[place]) + 1, int(moves[place]) + 1)
        ]


async def hear_bus(url: str, regions: Sequence[str], seen: list[Seen]) -> None:
    """Note when each move of a probe passes the bus, until cancelled."""
    bus, watch = Bus(url), ProbeWatch()
    try:
        async for message in bus.subscribe([fleet_channel(one) for one in regions]):
            seen.extend(watch.hear(unpack_fixes(message.data), time.time()))
    finally:
        await bus.close()


def _move(lon_e6: Moves, of: npt.NDArray[np.intp]) -> Moves:
    return np.rint((lon_e6 - _START_E6[of]) / PROBE_STEP_E6).astype(np.int64)
