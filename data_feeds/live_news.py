"""News that are no entries of the log, followed over the bus and counted for whom they concern."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection
from typing import Final

from dashboard.live.wire import Kind, encode_json
from dashboard.store.news import News
from data_feeds.bus import Bus, BusState
from data_feeds.bus_names import NEWS
from data_feeds.live_hearing import Hearing
from data_feeds.nudge import read_news

# While Redis is away nobody can tell, so everybody is told so often that anything may have changed.
OUTAGE_TELL_S: Final = 15.0

Heard = Callable[[Collection[News] | None], None]
"""Called in the event loop with what changed; None when it is not known and may be anything."""


class NewsFold:
    """Hears the news of all processes; `on_news(None)` after every gap, since what was said in it is lost."""

    def __init__(self, bus: Bus, clock_ms: Callable[[], int], on_news: Heard) -> None:
        self.hearing = Hearing(clock_ms)
        self._bus = bus
        self._on_news = on_news
        self._is_up = asyncio.Event()
        self._fell = asyncio.Event()
        self._fell.set()  # until it is first heard

    async def follow(self) -> None:
        """Take news in as they come, until cancelled."""
        async for message in self._bus.subscribe((NEWS,), on_state=self._bus_says):
            self._on_news(read_news(message.data))

    async def stand_in(self) -> None:
        """While the bus is away, tell by the clock, until cancelled."""
        while True:
            await self._fell.wait()
            self._fell.clear()
            while not self._is_up.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(OUTAGE_TELL_S):
                        await self._is_up.wait()
                        break
                self._on_news(None)

    def _bus_says(self, state: BusState) -> None:
        self.hearing.say(state)
        if state == "up":
            self._is_up.set()
            self._on_news(None)
        else:
            self._is_up.clear()
            self._fell.set()


class NewsCount:
    """How often each kind of news was told to one kind of screen: `{"posts": 3, "tellings": 7}`.

    A count says everything that counts before it said, so a frame that is replaced by a newer one is not missed, and a
    screen that sees another number than before asks once.
    """

    def __init__(self, kinds: Collection[str]) -> None:
        self._counts = dict.fromkeys(kinds, 0)

    def add(self, kinds: Collection[str]) -> bool:
        """Count these, where they are told here at all; says whether any was."""
        told = [kind for kind in kinds if kind in self._counts]
        for kind in told:
            self._counts[kind] += 1
        return bool(told)

    def add_all(self) -> None:
        """Count every kind: anything may have changed."""
        self.add(list(self._counts))

    def frame(self) -> bytes:
        """Return the counts as a notice."""
        return encode_json(Kind.NOTICE, {"code": "news", "params": self._counts})
