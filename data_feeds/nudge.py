"""Telling other processes over the bus that something was committed; never waits and never fails an act.

Whatever is said here may be lost with Redis: who listens looks by itself too, or asks anew once Redis is back.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Collection, Coroutine
from typing import Any, Final

from dashboard.store.news import DESK_NEWS, HOTLINE_NEWS, SECTION_NEWS, News
from data_feeds.bus import Bus, BusDown
from data_feeds.bus_names import NEWS

GATHER_S: Final = 0.25  # one message for what several acts of a moment changed
_KNOWN: Final = frozenset((*DESK_NEWS, *HOTLINE_NEWS, *SECTION_NEWS))


class _Sender:
    """Sends from any thread once the event loop that owns the bus is known; before that nothing is sent."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._loop: asyncio.AbstractEventLoop | None = None

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Name the loop on which the bus runs."""
        self._loop = loop

    def _start(self, sending: Coroutine[Any, Any, None]) -> None:
        loop = self._loop
        if loop is None or loop.is_closed():
            sending.close()
        else:
            asyncio.run_coroutine_threadsafe(sending, loop)

    async def _publish(self, channel: str, data: bytes) -> None:
        with contextlib.suppress(BusDown):
            await self._bus.publish(channel, data)


class Nudge(_Sender):
    """Tells the worker that something may be due sooner than it thinks."""

    def __init__(self, bus: Bus, channel: str) -> None:
        super().__init__(bus)
        self._channel = channel

    def __call__(self) -> None:
        """Send one nudge from whatever thread an act was committed in."""
        self._start(self._publish(self._channel, b""))


class NewsTeller(_Sender):
    """Tells every web process what a commit changed besides the log (`Store.on_news`)."""

    def __init__(self, bus: Bus) -> None:
        super().__init__(bus)
        self._gathered: set[News] = set()  # touched in the loop alone

    def __call__(self, news: Collection[News]) -> None:
        """Send these, with what else is committed within `GATHER_S`, from whatever thread."""
        self._start(self._gather(news))

    async def _gather(self, news: Collection[News]) -> None:
        is_first = not self._gathered
        self._gathered.update(news)
        if not is_first:
            return  # the first one sends them all
        await asyncio.sleep(GATHER_S)
        going, self._gathered = self._gathered, set()
        await self._publish(NEWS, write_news(going))


def write_news(news: Collection[News]) -> bytes:
    """Return news as they go over the bus, in a fixed order."""
    rows = sorted([one.of, list(one.scope), one.is_exact] for one in news)
    return json.dumps(rows, separators=(",", ":")).encode()


def read_news(data: bytes) -> frozenset[News] | None:
    """Return the news of one message, None for what cannot be read: then anything may have changed."""
    try:
        found = frozenset(
            News(of, tuple(map(str, scope)), bool(exact)) for of, scope, exact in json.loads(data)
        )
    except (ValueError, TypeError, RecursionError):
        return None
    return found if all(one.of in _KNOWN for one in found) else None
