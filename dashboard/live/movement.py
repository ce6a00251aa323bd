"""Movement on the screen wire: a snapshot of the workers of one view, then deltas (docs/wire.md).

A view shows `n` workers in slot order; frames speak of them by index. Positions are whole quanta of longitude
and latitude. A delta names who moved (as gaps, as gaps against the set that was expected to move, or as a
bitmap, whichever is shortest), then for each the difference to where its last step would have carried it:
walkers and riders keep their pace, so that difference almost always fits two nibbles.
"""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

from dashboard.live.fleet import LOST, STALE, Int32Array, Int64Array, Uint8Array, Uint16Array
from dashboard.live.movement_frames import (
    AGE_UNKNOWN_S,
    BITMAP,
    DELTA_HEADER,
    FAR_ROW,
    GAPS,
    GAPS_AGAINST_EXPECTED,
    SNAPSHOT_HEADER,
    STATE_ROW,
    MovementDelta,
    MovementSnapshot,
    Quantum,
)
from dashboard.live.wire import Kind, WireError, first_byte

# Habit of moving, 0..252: h - h/4 + 63 when in a delta's set, h - h/4 when not. Of the thresholds tried on
# 1 Hz walkers and riders, 80 leaves the fewest exceptions to name (381 of 4,383; the last set alone: 643).
_HABIT_GAIN = 63
_HABIT_EXPECTS = 80
_NOBODY = np.zeros(0, np.intp)
_NO_PAIRS = np.zeros((0, 2), np.int8)


class MovementState:
    """What one view shows of the fleet; writer and reader hold equal ones."""

    def __init__(self, slots: npt.ArrayLike, quantum: Quantum) -> None:
        self.slots: Uint16Array = np.asarray(slots, np.uint16)
        self.places: npt.NDArray[np.intp] = self.slots.astype(np.intp)  # the same, as numpy looks up fastest
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

    def snapshot_frame(self) -> bytes:
        """Build the frame that brings a new screen to exactly this state."""
        header = SNAPSHOT_HEADER.pack(
            first_byte(Kind.FLEET_SNAPSHOT),
            0,
            self.number,
            self.tick_at,
            self.n,
            self.quantum.lon_e6,
            self.quantum.lat_e6,
        )
        columns = (
            self.x.astype("<i4"),
            self.y.astype("<i4"),
            self.slots.astype("<u2"),
            self._age_s().astype("<u2"),
            self.state,
            self.step_x.astype("i1"),
            self.step_y.astype("i1"),
            self.habit,
        )
        return header + zlib.compress(b"".join(column.tobytes() for column in columns), 1)

    def encode(
        self, x: Int32Array, y: Int32Array, state: Uint8Array, fix_at: Int64Array, now: float
    ) -> bytes:
        """Advance to new positions and states; returns the delta frame, empty bytes when nothing changed.

        Args:
            x, y: int32 quanta, one per worker of the view.
            state: u8 with derived bits.
            fix_at: int64 ms; sent only (as an age) for workers that turned stale or lost.
            now: server ms of this tick.
        """
        dx, dy = x - self.x, y - self.y
        moved = np.flatnonzero((dx != 0) | (dy != 0))
        restated = np.flatnonzero(state != self.state)
        self.fix_at = fix_at
        if not restated.size and not moved.size:
            return b""
        # Of the few that changed, not of all: with a view for every township this runs seventy times a tick.
        dx, dy = dx[moved], dy[moved]
        off_x, off_y = dx - self.step_x[moved], dy - self.step_y[moved]
        is_near = np.abs(off_x) <= 127
        is_near &= np.abs(off_y) <= 127
        far = _NOBODY
        if not is_near.all():
            far, moved = moved[~is_near], moved[is_near]
            dx, dy, off_x, off_y = dx[is_near], dy[is_near], off_x[is_near], off_y[is_near]
            self.step_x[far] = self.step_y[far] = 0
        high, low = off_x + 8, off_y + 8
        # Outside 0..15 in either, or 0 in both, which is the mark of a wide pair.
        wide = ((high | low) & ~15) != 0
        wide |= (high | low) == 0
        pairs = ((high << 4) | low).astype(np.uint8)
        pairs[wide] = 0
        near = np.zeros(self.n, np.bool_)
        near[moved] = True
        coding, set_bytes = _shortest_set(near, self.habit >= _HABIT_EXPECTS)
        self.step_x[moved] = _limited(dx)
        self.step_y[moved] = _limited(dy)
        self.x, self.y, self.state = x.copy(), y.copy(), state.copy()
        self._learn(near)
        self.number = (self.number + 1) & 0xFFFFFFFF
        self.tick_at = now
        wide_pairs = np.stack((off_x[wide], off_y[wide]), 1).astype("i1") if wide.any() else _NO_PAIRS
        header = DELTA_HEADER.pack(
            first_byte(Kind.FLEET_DELTA),
            coding,
            self.number,
            now,
            len(set_bytes),
            moved.size,
            wide_pairs.shape[0],
            far.size,
            restated.size,
        )
        return b"".join(
            (
                header,
                set_bytes,
                pairs.tobytes(),
                wide_pairs.tobytes(),
                self._far_rows(far) if far.size else b"",
                self._state_rows(restated) if restated.size else b"",
            )
        )

    def apply(self, delta: MovementDelta) -> npt.NDArray[np.intp]:
        """Take a delta in, as a screen does; returns the indices that moved.

        Raises:
            WireError: a frame is missing before this one, or it names workers that the view does not have.
        """
        if delta.number != (self.number + 1) & 0xFFFFFFFF:
            raise WireError(2, f"frame {delta.number} after frame {self.number}")
        near = _read_set(delta, self.habit >= _HABIT_EXPECTS)
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

    def settle(self) -> None:
        """Forget paces and habits, after the first positions: nobody walked there from nowhere."""
        self.step_x[:] = 0
        self.step_y[:] = 0
        self.habit[:] = 0

    def _far_rows(self, far: npt.NDArray[np.intp]) -> bytes:
        rows = np.zeros(far.size, FAR_ROW)
        rows["index"], rows["x"], rows["y"] = far, self.x[far], self.y[far]
        return rows.tobytes()

    def _state_rows(self, restated: npt.NDArray[np.intp]) -> bytes:
        rows = np.zeros(restated.size, STATE_ROW)
        rows["index"], rows["state"] = restated, self.state[restated]
        rows["age_s"] = self._age_s()[restated]
        return rows.tobytes()

    def _learn(self, near: npt.NDArray[np.bool_]) -> None:
        self.habit -= self.habit >> 2
        self.habit[near] += _HABIT_GAIN

    def _age_s(self) -> Uint16Array:
        silent = (self.state & (STALE | LOST)) != 0
        age_s = np.clip((self.tick_at - self.fix_at) // 1000, 0, AGE_UNKNOWN_S)
        return np.where(silent, age_s, 0).astype(np.uint16)


def _limited(steps: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Clamp to what a kept step can hold; `np.clip` takes four times as long on so few."""
    return np.minimum(np.maximum(steps, -127), 127)


def _shortest_set(near: npt.NDArray[np.bool_], expected: npt.NDArray[np.bool_]) -> tuple[int, bytes]:
    plain = _gap_bytes(np.flatnonzero(near))
    against = _gap_bytes(np.flatnonzero(near ^ expected))
    coding, shortest = (GAPS, plain) if len(plain) <= len(against) else (GAPS_AGAINST_EXPECTED, against)
    if len(shortest) > (near.size + 7) // 8:
        return BITMAP, np.packbits(near, bitorder="little").tobytes()
    return coding, shortest


def _gap_bytes(indices: npt.NDArray[np.intp]) -> bytes:
    """Code sorted indices as how many are skipped before each; 255 skips 255 and names none."""
    if not indices.size:
        return b""
    gaps = np.empty_like(indices)
    gaps[0] = indices[0]
    np.subtract(indices[1:], indices[:-1], out=gaps[1:])
    gaps[1:] -= 1
    if not (gaps >= 255).any():
        return gaps.astype(np.uint8).tobytes()
    return b"".join(b"\xff" * (gap // 255) + bytes((gap % 255,)) for gap in gaps.tolist())


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
