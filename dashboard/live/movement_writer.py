"""Writes the movement of every view at once: who moved is found, and coded, for all of them.

Positions and steps are the same in every view of a level of detail and are kept once, by places: the fleet's slots at
one level, behind them those at the next. What a view alone remembers is in `view_rows.py`. One pass over the rows of
all views codes all deltas, and a view costs no more than cutting its bytes out
(docs/decisions/one-pass-for-all-views.md). What is written is kind 1 and 2 of `docs/wire.md`; `movement.py` reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dashboard.live.drawn_fleet import DrawnPlaces
from dashboard.live.fleet import BoolArray, Int32Array, Uint8Array
from dashboard.live.movement import HABIT_EXPECTS
from dashboard.live.movement_frames import (
    DELTA_HEADER_ROW,
    FAR_ROW,
    STATE_ROW,
    MovementSnapshot,
    Quantum,
    pack_snapshot,
)
from dashboard.live.movement_sets import Sets, sets_of
from dashboard.live.view import ViewClass
from dashboard.live.view_rows import IndexArray, ViewRows
from dashboard.live.wire import Kind, first_byte

# What became of a worker in one tick.
_NEAR, _FAR, _RESTATED = 1, 2, 4


class _Steps(NamedTuple):
    """Places that moved: the near ones with their pair and its two differences, and those too far for a step."""

    near: IndexArray
    pairs: Uint8Array
    off_x: Int32Array
    off_y: Int32Array
    far: IndexArray


class _Part(NamedTuple):
    """A part of the deltas: the bytes of all views, how many entries each view has, and where its bytes begin."""

    coded: bytes
    counts: IndexArray
    bounds: IndexArray


class MovementWriter:
    """The streams of all open views.

    Args:
        quanta: the levels of detail.
        places: where everybody stands at the beginning, at each of them; nobody walked there from nowhere.
    """

    def __init__(self, quanta: Sequence[Quantum], places: DrawnPlaces) -> None:
        n = places.x.size
        self._places = places
        self._levels = {quantum: level * (n // len(quanta)) for level, quantum in enumerate(quanta)}
        self._quantum: dict[ViewClass, Quantum] = {}
        self._step_x: npt.NDArray[np.int16] = np.zeros(n, np.int16)
        self._step_y: npt.NDArray[np.int16] = np.zeros(n, np.int16)
        self._rows = ViewRows(nobody=n)
        # By place, one more for nobody; filled for one tick.
        self._marks: Uint8Array = np.zeros(n + 1, np.uint8)
        self._turns: IndexArray = np.zeros(n + 1, np.intp)

    def __contains__(self, view: ViewClass) -> bool:
        return view in self._quantum

    def __len__(self) -> int:
        return len(self._quantum)

    def open(self, view: ViewClass, quantum: Quantum, slots: npt.ArrayLike) -> None:
        """Begin to write for a view at the present places.

        Args:
            quantum: its level of detail.
            slots: whom it shows, ascending.

        Raises:
            ValueError: more workers than a view can have.
        """
        self._rows.open(view, np.asarray(slots, np.intp) + self._levels[quantum], self._places.now)
        self._quantum[view] = quantum

    def close(self, view: ViewClass) -> None:
        """Write no more for a view; does nothing for one that is not open."""
        self._rows.close(view)
        self._quantum.pop(view, None)

    def number(self, view: ViewClass) -> int:
        """Return the number of a view's last delta."""
        return int(self._rows.numbers[self._rows.which(view)])

    def snapshot_frame(self, view: ViewClass) -> bytes:
        """Build the frame that brings a new screen to exactly where the view's screens are."""
        rows, places, quantum = self._rows, self._places, self._quantum[view]
        own, which = rows.places[view], rows.which(view)
        tick_at = float(rows.told_at[which])
        return pack_snapshot(
            MovementSnapshot(
                number=int(rows.numbers[which]),
                tick_at=tick_at,
                quantum=quantum,
                slots=(own - self._levels[quantum]).astype(np.uint16),
                x=places.x[own],
                y=places.y[own],
                state=places.state[own],
                age_s=places.age_s(own, tick_at),
                step_x=self._step_x[own].astype(np.int8),
                step_y=self._step_y[own].astype(np.int8),
                habit=rows.habit_of(which),
            )
        )

    def advance(self, places: DrawnPlaces) -> list[tuple[ViewClass, bytes]]:
        """Go on to the next instant; returns the delta of every view in which anything changed."""
        steps = self._walk(places)
        restated = np.flatnonzero(places.state != self._places.state)
        self._places = places
        if not (steps.near.size or steps.far.size or restated.size):
            return []
        marks = self._marks_of_rows(steps, restated)
        is_near = (marks & _NEAR).view(np.bool_)
        near = np.flatnonzero(is_near)
        bounds = near.searchsorted(self._rows.starts)
        sets = sets_of(is_near, near, bounds, self._rows.habit >= HABIT_EXPECTS, self._rows.starts)
        pairs, wide = self._pairs(steps, near, bounds)
        far = self._far(marks) if steps.far.size else self._nothing()
        states = self._states(marks) if restated.size else self._nothing()
        has_frame = (pairs.counts + far.counts + states.counts) != 0
        self._rows.learn(near, has_frame)
        self._rows.numbers += has_frame
        self._rows.told_at[has_frame] = places.now
        heads = np.zeros(has_frame.size, DELTA_HEADER_ROW)
        heads["kind"], heads["coding"] = first_byte(Kind.FLEET_DELTA), sets.coding
        heads["number"], heads["tick_at"] = self._rows.numbers, places.now
        heads["set_bytes"], heads["moved"] = sets.ends - sets.begins, pairs.counts
        heads["wide"], heads["far"], heads["states"] = wide.counts, far.counts, states.counts
        return self._cut(has_frame, heads.tobytes(), sets, pairs, (wide, far, states))

    def _walk(self, places: DrawnPlaces) -> _Steps:
        """Find who moved, and how far off the step before; the kept steps are then those to `places`."""
        dx, dy = places.x - self._places.x, places.y - self._places.y
        moved = np.flatnonzero((dx | dy) != 0)
        # From here on of the few that moved: at ten ticks a second one in twenty-five.
        dx, dy = dx[moved], dy[moved]
        off_x, off_y = dx - self._step_x[moved], dy - self._step_y[moved]
        is_near = (np.abs(off_x) <= 127) & (np.abs(off_y) <= 127)
        far = _NOBODY
        if not is_near.all():
            far, moved = moved[~is_near], moved[is_near]
            dx, dy, off_x, off_y = dx[is_near], dy[is_near], off_x[is_near], off_y[is_near]
            self._step_x[far] = self._step_y[far] = 0
        self._step_x[moved], self._step_y[moved] = _limited(dx), _limited(dy)
        high, low = off_x + 8, off_y + 8
        both = high | low
        pairs = ((high << 4) | low).astype(np.uint8)
        # Outside 0..15 in either, or 0 in both, which is the mark of a wide pair.
        pairs[((both & ~15) != 0) | (both == 0)] = 0
        return _Steps(moved, pairs, off_x, off_y, far)

    def _marks_of_rows(self, steps: _Steps, restated: IndexArray) -> Uint8Array:
        """Say of every row what became of its worker."""
        marks = self._marks
        marks[steps.near] = _NEAR
        marks[steps.far] = _FAR
        marks[restated] |= _RESTATED
        found = marks.take(self._rows.place_of_row)
        marks[steps.near] = marks[steps.far] = marks[restated] = 0
        return found

    def _pairs(self, steps: _Steps, rows: IndexArray, bounds: IndexArray) -> tuple[_Part, _Part]:
        """Code the steps of the rows that moved: the pairs, and the wide pairs that some of them stand for."""
        self._turns[steps.near] = np.arange(steps.near.size)
        turns = self._turns.take(self._rows.place_of_row.take(rows))
        pairs = steps.pairs.take(turns)
        part = _Part(pairs.tobytes(), np.diff(bounds), bounds)
        wide = np.flatnonzero(pairs == 0)
        if not wide.size:
            return part, self._nothing()
        turns = turns.take(wide)
        coded = np.stack((steps.off_x.take(turns), steps.off_y.take(turns)), 1).astype(np.int8)
        bounds = wide.searchsorted(bounds)
        return part, _Part(coded.tobytes(), np.diff(bounds), 2 * bounds)

    def _far(self, marks: Uint8Array) -> _Part:
        """Code absolute places."""
        rows = np.flatnonzero(marks & _FAR)
        own, coded = self._rows.place_of_row[rows], np.empty(rows.size, FAR_ROW)
        coded["index"] = self._rows.indices(rows)
        coded["x"], coded["y"] = self._places.x[own], self._places.y[own]
        return self._part(coded, rows)

    def _states(self, marks: Uint8Array) -> _Part:
        rows = np.flatnonzero(marks & _RESTATED)
        own, coded = self._rows.place_of_row[rows], np.empty(rows.size, STATE_ROW)
        coded["index"], coded["state"] = self._rows.indices(rows), self._places.state[own]
        coded["age_s"] = self._places.age_s(own, self._places.now)
        return self._part(coded, rows)

    def _part(self, coded: npt.NDArray[np.void], rows: IndexArray) -> _Part:
        bounds = rows.searchsorted(self._rows.starts)
        return _Part(coded.tobytes(), np.diff(bounds), coded.itemsize * bounds)

    def _nothing(self) -> _Part:
        return _Part(b"", np.zeros(len(self), np.intp), np.zeros(len(self) + 1, np.intp))

    def _cut(
        self, has_frame: BoolArray, heads: bytes, sets: Sets, pairs: _Part, rare: tuple[_Part, ...]
    ) -> list[tuple[ViewClass, bytes]]:
        """Cut every view's frame out of what was coded for all."""
        size = DELTA_HEADER_ROW.itemsize
        begins, ends, bounds = sets.begins.tolist(), sets.ends.tolist(), pairs.bounds.tolist()
        has_rare = np.add.reduce([part.counts for part in rare]).tolist()
        rare_parts = [(part.coded, part.bounds.tolist()) for part in rare if part.coded]
        frames = []
        for which, (view, has) in enumerate(zip(self._rows.places, has_frame.tolist(), strict=True)):
            if not has:
                continue
            frame = (
                heads[size * which : size * (which + 1)]
                + sets.coded[begins[which] : ends[which]]
                + pairs.coded[bounds[which] : bounds[which + 1]]
            )
            if has_rare[which]:
                for coded, at in rare_parts:
                    frame += coded[at[which] : at[which + 1]]
            frames.append((view, frame))
        return frames


_NOBODY: IndexArray = np.zeros(0, np.intp)


def _limited(steps: Int32Array) -> Int32Array:
    """Clamp to what a kept step can hold; `np.clip` takes four times as long on so few."""
    return np.minimum(np.maximum(steps, -127), 127)
