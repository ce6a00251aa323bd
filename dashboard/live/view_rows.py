"""The workers of every open view as rows, one view behind the other, and what each view remembers of its frames.

A view's rows begin at a multiple of eight, so that a bitmap of all rows is the views' bitmaps one behind the other and
eight habits are one word; the rows that fill a view up to there are nobody's.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from dashboard.live.fleet import BoolArray, Uint8Array
from dashboard.live.movement import HABIT_GAIN
from dashboard.live.view import ViewClass

IndexArray = npt.NDArray[np.intp]

MAX_WORKERS = 0xFFFF  # in one view: its count on the wire has 16 bits
ROWS_OF_A_WORD = 8
_QUARTERS = np.uint64(0x3F3F3F3F3F3F3F3F)  # what is left of eight habits shifted by two as one word
_TWO = np.uint64(2)


class ViewRows:
    """Rows of the open views.

    Args:
        nobody: a place that no worker has; the rows between two views belong to it.

    Attributes:
        places: each view's places (a worker at a level of detail), ascending; the views in the order of their rows.
        starts: each view's first row, and behind the last the number of rows.
        place_of_row: the place of each row.
        habit: of moving, for each row (docs/wire.md).
        numbers: of each view's last delta.
        told_at: the instant of each view's last delta.
    """

    def __init__(self, nobody: int) -> None:
        self.places: dict[ViewClass, IndexArray] = {}
        self.starts: IndexArray = np.zeros(1, np.intp)
        self.place_of_row: IndexArray = np.zeros(0, np.intp)
        self.habit: Uint8Array = np.zeros(0, np.uint8)
        self.numbers: npt.NDArray[np.uint32] = np.zeros(0, np.uint32)
        self.told_at: npt.NDArray[np.float64] = np.zeros(0, np.float64)
        self._view_of_word: IndexArray = np.zeros(0, np.intp)
        self._nobody = nobody

    def open(self, view: ViewClass, places: IndexArray, now: float) -> None:
        """Add the rows of a view that begins at `now`; what it begins with counts as its first delta.

        Raises:
            ValueError: more workers than a view can have.
        """
        if places.size > MAX_WORKERS:
            raise ValueError(f"a view shows at most {MAX_WORKERS:,} workers, not {places.size:,}")
        self.close(view)
        self._lay_out({**self.places, view: places})
        self.numbers[-1], self.told_at[-1] = 1, now

    def close(self, view: ViewClass) -> None:
        """Take the rows of a view out; does nothing for one that is not open."""
        if view in self.places:
            self._lay_out({name: places for name, places in self.places.items() if name != view})

    def which(self, view: ViewClass) -> int:
        """Return which of the views this is, in the order of their rows."""
        return list(self.places).index(view)

    def habit_of(self, which: int) -> Uint8Array:
        """Return the habits of one view's workers."""
        first = int(self.starts[which])
        return self.habit[first : first + list(self.places.values())[which].size]

    def indices(self, rows: IndexArray) -> IndexArray:
        """Return the index of each row within its view."""
        return rows - self.starts[self._view_of_word[rows // ROWS_OF_A_WORD]]

    def learn(self, moved: IndexArray, has_frame: BoolArray) -> None:
        """Let the habits of the views that have a frame age by it, and grow where a row moved."""
        words = self.habit.view(np.uint64)
        # A quarter of each byte is never more than the byte, so that none borrows from its neighbour.
        quarters = (words >> _TWO) & _QUARTERS
        if not has_frame.all():
            quarters *= has_frame.take(self._view_of_word)
        words -= quarters
        self.habit[moved] += HABIT_GAIN

    def _lay_out(self, views: Mapping[ViewClass, IndexArray]) -> None:
        """Put the rows of these views one behind the other; those that are open keep what they remember."""
        before = {view: which for which, view in enumerate(self.places)}
        starts, habit, numbers, told_at = self.starts, self.habit, self.numbers, self.told_at
        words = [-(-places.size // ROWS_OF_A_WORD) for places in views.values()]
        self.places = dict(views)
        self.starts = np.cumsum([0, *words], dtype=np.intp) * ROWS_OF_A_WORD
        self.place_of_row = np.full(self.starts[-1], self._nobody, np.intp)
        self.habit = np.zeros(self.starts[-1], np.uint8)
        self.numbers = np.zeros(len(views), np.uint32)
        self.told_at = np.zeros(len(views), np.float64)
        self._view_of_word = np.repeat(np.arange(len(views)), words)
        for which, (view, places) in enumerate(views.items()):
            first = int(self.starts[which])
            self.place_of_row[first : first + places.size] = places
            if view in before:
                was = before[view]
                self.habit[first : int(self.starts[which + 1])] = habit[starts[was] : starts[was + 1]]
                self.numbers[which], self.told_at[which] = numbers[was], told_at[was]
