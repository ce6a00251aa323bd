"""uvicorn's server, woken when it is told to end instead of ten times a second to see whether it was."""

from __future__ import annotations

import asyncio
import contextlib
from types import FrameType
from typing import Final

from uvicorn import Config, Server

LOOK_EVERY_S: Final = 1.0  # the date in its answers has seconds


class QuietServer(Server):
    """A server that sleeps while nobody asks anything of it: each look of uvicorn's wakes an idle processor."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._told: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        """Look once a second, and at once when told to end."""
        self._told, self._loop = asyncio.Event(), asyncio.get_running_loop()
        # uvicorn sets the date, and tells its master that it lives, at every tenth look of its own.
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._told.wait()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal, in the main thread and between any two of its instructions."""
        super().handle_exit(sig, frame)
        if self._told is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._told.set)
