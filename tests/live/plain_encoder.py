"""One view written by itself, plainly: what `MovementWriter` writes for many at once has to be these very bytes."""

from __future__ import annotations

from typing import Any

import numpy as np

from dashboard.live.drawn_fleet import DrawnPlaces
from dashboard.live.fleet import LOST, STALE
from dashboard.live.movement import MovementState
from dashboard.live.movement_frames import (
    AGE_UNKNOWN_S,
    BITMAP,
    DELTA_HEADER,
    FAR_ROW,
    GAPS,
    GAPS_AGAINST_EXPECTED,
    STATE_ROW,
    MovementSnapshot,
    pack_snapshot,
)
from dashboard.live.wire import Kind, first_byte


class PlainEncoder(MovementState):
    """A view as its screens have it, and the deltas that bring them on."""

    def begin(self, places: DrawnPlaces) -> None:
        """Stand where everybody is; nobody walked there from nowhere."""
        at = self.slots.astype(np.intp)
        self.x, self.y, self.state = places.x[at], places.y[at], places.state[at]
        self.fix_at, self.number, self.tick_at = places.fix_at[at], 1, places.now

    def encode(self, places: DrawnPlaces) -> bytes:
        """Return the delta to `places`, empty where nothing changed."""
        at = self.slots.astype(np.intp)
        x, y, state, self.fix_at = places.x[at], places.y[at], places.state[at], places.fix_at[at]
        dx, dy = x - self.x, y - self.y
        off_x, off_y = dx - self.step_x, dy - self.step_y
        moves = (dx != 0) | (dy != 0)
        near = moves & (np.abs(off_x) <= 127) & (np.abs(off_y) <= 127)
        far, moved = np.flatnonzero(moves & ~near), np.flatnonzero(near)
        restated = np.flatnonzero(state != self.state)
        if not moves.any() and not restated.size:
            return b""
        pairs, wide = bytearray(), bytearray()
        for index in moved.tolist():
            high, low = int(off_x[index]) + 8, int(off_y[index]) + 8
            if 0 <= high <= 15 and 0 <= low <= 15 and (high or low):
                pairs.append(high << 4 | low)
            else:
                pairs.append(0)
                wide += np.array([off_x[index], off_y[index]], np.int8).tobytes()
        coding, set_bytes = _shortest_set(near, self.habit >= 80)
        self.x, self.y, self.state = x, y, state
        self.number, self.tick_at = (self.number + 1) & 0xFFFFFFFF, places.now
        self.step_x[far] = self.step_y[far] = 0
        self.step_x[moved], self.step_y[moved] = np.clip(dx[moved], -127, 127), np.clip(dy[moved], -127, 127)
        self.habit -= self.habit >> 2
        self.habit[near] += 63
        head = DELTA_HEADER.pack(
            first_byte(Kind.FLEET_DELTA), coding, self.number, self.tick_at,
            len(set_bytes), moved.size, len(wide) // 2, far.size, restated.size,
        )  # fmt: skip
        far_rows, state_rows = np.zeros(far.size, FAR_ROW), np.zeros(restated.size, STATE_ROW)
        far_rows["index"], far_rows["x"], far_rows["y"] = far, x[far], y[far]
        state_rows["index"], state_rows["state"] = restated, state[restated]
        state_rows["age_s"] = self._age_s()[restated]
        return head + set_bytes + bytes(pairs) + bytes(wide) + far_rows.tobytes() + state_rows.tobytes()

    def snapshot_frame(self) -> bytes:
        """Return what brings a new screen to exactly this state."""
        return pack_snapshot(
            MovementSnapshot(
                self.number, self.tick_at, self.quantum, self.slots, self.x, self.y, self.state, self._age_s(),
                self.step_x.astype(np.int8), self.step_y.astype(np.int8), self.habit,
            )
        )  # fmt: skip

    def _age_s(self) -> Any:
        silent = (self.state & (STALE | LOST)) != 0
        age_s = np.clip((self.tick_at - self.fix_at) // 1000, 0, AGE_UNKNOWN_S)
        return np.where(silent, age_s, 0).astype(np.uint16)


def _shortest_set(near: Any, expected: Any) -> tuple[int, bytes]:
    plain, against = _gaps(np.flatnonzero(near)), _gaps(np.flatnonzero(near ^ expected))
    bitmap = np.packbits(near, bitorder="little").tobytes()
    codings = ((GAPS, plain), (GAPS_AGAINST_EXPECTED, against), (BITMAP, bitmap))
    return min(codings, key=lambda coding: len(coding[1]))


def _gaps(indices: Any) -> bytes:
    coded, next_index = bytearray(), 0
    for index in indices.tolist():
        coded += b"\xff" * ((index - next_index) // 255) + bytes(((index - next_index) % 255,))
        next_index = index + 1
    return bytes(coded)
