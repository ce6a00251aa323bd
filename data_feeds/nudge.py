"""Tell the worker that something may be due sooner than it thinks; never waits and never fails an act."""

from __future__ import annotations

import asyncio
import contextlib

from data_feeds.bus import Bus, BusDown


class Nudge:
    """Callable from any thread once the event loop that owns the bus is known.

    A lost nudge costs nothing but time: the worker also looks by itself.
    """

    def __init__(self, bus: Bus, channel: str) -> None:
        self._bus = bus
        self._channel = channel
        self._loop: asyncio.AbstractEventLoop | None = None

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Name the loop on which the bus runs; before that a nudge is dropped."""
        self._loop = loop

    def __call__(self) -> None:
        """Send one nudge from whatever thread an act was committed in."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            asyncio.run_coroutine_threadsafe(self._send(), loop)

    async def _send(self) -> None:
        with contextlib.suppress(BusDown):
            await self._bus.publish(self._channel, b"")
