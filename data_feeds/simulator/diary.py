"""What the platforms will say, in order of time: every step of every life, told when its instant comes."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import Any

from data_feeds.simulator.life import Life

Tell = Callable[[list[dict[str, Any]]], None]


class Diary:
    """Keeps lives and tells their readings through `tell`, one platform's diary each.

    Args:
        closed_ms: how far back a closed life is still told of when it is taken in.
    """

    def __init__(self, tell: Tell, closed_ms: int = 0) -> None:
        self._tell = tell
        self._closed_ms = closed_ms
        self._ahead: list[tuple[int, int, Life]] = []
        self._count = 0

    def take(self, lives: Iterable[Life], now: int) -> int:
        """Take lives in: tell what stands at `now`, urgent and open ones first, and note what lies ahead.

        Returns:
            how many are open now.
        """
        telling: list[tuple[tuple[bool, int, int], dict[str, Any]]] = []
        open_count = 0
        for life in lives:
            if life.closed_at is not None and life.closed_at < now - self._closed_ms:
                continue
            reading = life.reading(now)
            is_open = life.is_open(now)
            open_count += is_open
            if reading is not None:
                telling.append(((not is_open, life.fixed["urgency"], -life.born_at), reading))
            for step in life.steps:
                if step.at > now:
                    self._count += 1
                    heapq.heappush(self._ahead, (step.at, self._count, life))
        telling.sort(key=lambda one: one[0])
        self._tell([reading for _, reading in telling])
        return open_count

    def advance(self, now: int) -> int:
        """Tell every step up to `now`; returns how many matters had something to tell.

        A life with several steps since the last time is told once, as it stands now.
        """
        due: dict[str, Life] = {}
        while self._ahead and self._ahead[0][0] <= now:
            _, _, life = heapq.heappop(self._ahead)
            due.setdefault(life.number, life)
        readings = [life.reading(now) for life in due.values()]
        self._tell([reading for reading in readings if reading is not None])
        return len(due)
