"""When screens get their next frame: as soon as everything is in that the feeds say at one tick, and not too often.

All feeds processes publish at the same multiples of the tick, a frame for each county. Over several of them, or over
the nodes of a cluster, these frames arrive some milliseconds apart, and one frame for screens should hold them all.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Final

LATE_S: Final = 0.008  # how long the first frame of a tick waits for the last one
APART_S: Final = 0.05  # no screen needs more than 20 frames a second,
AT_ONCE: Final = 2  # but what comes after the others of its tick need not wait for the next


class Beat:
    """Knows who spoke at the last tick and waits for them at this one; instants are seconds of any steady clock."""

    def __init__(self) -> None:
        self._expected: frozenset[Hashable] = frozenset()
        self._spoken: set[Hashable] = set()
        self._wanted_s: float | None = None  # since when something waits for the next frame
        self._paid_until_s = -math.inf  # by the frames sent so far, each for `APART_S`

    def hear(self, speaker: Hashable) -> None:
        """Count one frame of the feeds; a speaker heard for the second time begins a new tick."""
        if speaker in self._spoken:
            self._expected, self._spoken = frozenset(self._spoken), set()
        self._spoken.add(speaker)

    def want(self, now_s: float) -> None:
        """Say that screens have something to be told."""
        if self._wanted_s is None:
            self._wanted_s = now_s

    def due_s(self, now_s: float) -> float | None:
        """Return when to send, `now_s` or later; None while nothing waits."""
        if self._wanted_s is None:
            return None
        in_by_s = now_s if self._spoken >= self._expected else self._wanted_s + LATE_S
        return max(now_s, in_by_s, self._paid_until_s - APART_S * (AT_ONCE - 1))

    def sent(self, now_s: float) -> None:
        """Say that screens were told everything."""
        self._wanted_s = None
        self._paid_until_s = max(self._paid_until_s, now_s) + APART_S
