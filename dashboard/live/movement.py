"""Movement as a screen reads it: a snapshot of the workers of one view, then deltas (docs/wire.md).

A view shows `n` workers in slot order; frames speak of them by index. Positions are whole quanta of longitude
and latitude. A delta names who moved (as gaps, as gaps against the set that was expected to move, or as a
bitmap, whichever is shortest), then for each the difference to where its last step would have carried it:
walkers and riders keep their pace, so that difference almost always fits two nibbles. `movement_writer.py` writes them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dashboard.live.fleet import Int32Array, Int64Array, Uint8Array, Uint16Array
from dashboard.live.movement_frames import (
    BITMAP,
    DELTA_HEADER,
    GAPS_AGAINST_EXPECTED,
    MovementDelta,
    MovementSnapshot,
    Quantum,
)
from dashboard.live.wire import WireError

# Habit of moving, 0..252: h - h/4 + 63 when in a delta's set, h - h/4 when not. Of the thresholds tried on
# 1 Hz walkers and riders, 80 leaves the fewest exceptions to name (381 of 4,383; the last set alone: 643).
HABIT_GAIN = 63
HABIT_EXPECTS = 80


class MovementState:
    """What one view shows of the fleet, to whom reads its frames."""

    def __init__(self, slots: npt.ArrayLike, quantum: Quantum) -> None:
        self.slots: Uint16Array = np.asarray(slots, np.uint16)
        self.quantum = quantum
        n = self.slots.size
        self.number = 0
        self.tick_at = 0.0
        self.x: Int32Array = np.zeros(n, np.int32)
        self.y: Int32Array = np.zeros(n, np.int32)
        self.state: Uint8Array = np.zeros(n, np.uint8)
        self.fix_at: Int64Array = np.zeros(n, np.int64)
        self.step_x: npt.NDArray[np.int16] = np.zeros(n, np.int16)
        self.step_y: npt.NDArray[np.int16] = np.zeros(n, np.int16)
        self.habit: Uint8Array = np.zeros(n, np.uint8)

    @property
    def n(self) -> int:
        """Workers in the view."""
        return int(self.slots.size)

    def apply(self, delta: MovementDelta) -> npt.NDArray[np.intp]:
        """Take a delta in, as a screen does; returns the indices that moved.

        Raises:
            WireError: a frame is missing before this one, or it names workers that the view does not have.
        """
        if delta.number != (self.number + 1) & 0xFFFFFFFF:
            raise WireError(2, f"frame {delta.number} after frame {self.number}")
        near = _read_set(delta, self.habit >= HABIT_EXPECTS)
        moved = np.flatnonzero(near)
        if moved.size != delta.pairs.size:
            raise WireError(
                DELTA_HEADER.size, f"the set names {moved.size} workers, {delta.pairs.size} moved"
            )
        wide = delta.pairs == 0
        if np.count_nonzero(wide) != delta.wide.shape[0]:
            raise WireError(DELTA_HEADER.size, "wide steps do not match their marks")
        if (delta.far["index"] >= self.n).any() or (delta.states["index"] >= self.n).any():
            raise WireError(DELTA_HEADER.size, "a worker beyond the view")
        off_x = (delta.pairs >> 4).astype(np.int16) - 8
        off_y = (delta.pairs & 15).astype(np.int16) - 8
        off_x[wide], off_y[wide] = delta.wide[:, 0], delta.wide[:, 1]
        dx, dy = self.step_x[moved] + off_x, self.step_y[moved] + off_y
        self.x[moved] += dx
        self.y[moved] += dy
        self.step_x[moved] = np.clip(dx, -127, 127)
        self.step_y[moved] = np.clip(dy, -127, 127)
        far = delta.far["index"]
        self.x[far], self.y[far] = delta.far["x"], delta.far["y"]
        self.step_x[far] = self.step_y[far] = 0
        self._learn(near)
        self.number, self.tick_at = delta.number, delta.tick_at
        index = delta.states["index"]
        self.state[index] = delta.states["state"]
        self.fix_at[index] = (delta.tick_at - 1000 * delta.states["age_s"].astype(np.int64)).astype(np.int64)
        return np.concatenate((moved, far.astype(np.intp)))

    @classmethod
    def from_snapshot(cls, snapshot: MovementSnapshot) -> MovementState:
        """Start where a snapshot says."""
        state = cls(snapshot.slots, snapshot.quantum)
        state.number, state.tick_at = snapshot.number, snapshot.tick_at
        state.x, state.y = snapshot.x.astype(np.int32), snapshot.y.astype(np.int32)
        state.state, state.habit = snapshot.state.copy(), snapshot.habit.copy()
        state.fix_at = (snapshot.tick_at - 1000 * snapshot.age_s.astype(np.int64)).astype(np.int64)
        state.step_x, state.step_y = snapshot.step_x.astype(np.int16), snapshot.step_y.astype(np.int16)
        return state

    def _learn(self, near: npt.NDArray[np.bool_]) -> None:
        self.habit -= self.habit >> 2
        self.habit[near] += HABIT_GAIN


def _read_set(delta: MovementDelta, expected: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    n = expected.size
    if delta.set_coding == BITMAP:
        if delta.set_bytes.size != (n + 7) // 8:
            raise WireError(DELTA_HEADER.size, "bitmap of another length")
        bits = np.unpackbits(delta.set_bytes, bitorder="little")
        if bits[n:].any():
            raise WireError(DELTA_HEADER.size, "a worker beyond the view")
        return bits[:n].astype(np.bool_)
    steps = delta.set_bytes.astype(np.int64)
    names = steps != 255
    if steps.size and not names[-1]:
        raise WireError(DELTA_HEADER.size + steps.size, "a gap that names nobody")
    indices = (np.cumsum(np.where(names, steps + 1, 255)) - 1)[names]
    if indices.size and indices[-1] >= n:
        raise WireError(DELTA_HEADER.size, "a worker beyond the view")
    found = np.zeros(n, np.bool_)
    found[indices] = True
    return found ^ expected if delta.set_coding == GAPS_AGAINST_EXPECTED else found
