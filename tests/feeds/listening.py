"""A wire's server that listens while a test runs, and what its clients have in common."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from data_feeds.stream_servers import StreamServer
from data_feeds.task_ending import end_tasks


class SocketClient:
    """A device with a socket of its own."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def is_hung_up(self) -> bool:
        """Wait until the other side closes; what still came does not matter."""
        with contextlib.suppress(ConnectionError):
            while await self.reader.read(4096):
                pass
        return True


class ListeningPlace:
    """A server with its entrance."""

    server: StreamServer

    async def has(self, **figures: int) -> None:
        """Wait until the server's figures are these; those of which nothing is said are 0."""
        while self.server.figures() != dict.fromkeys(self.server.figures(), 0) | figures:
            await asyncio.sleep(0.002)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Serve while the context lasts."""
        up = asyncio.Event()
        serving = asyncio.create_task(self.server.serve(up.set))
        await up.wait()
        yield
        await end_tasks([serving])
