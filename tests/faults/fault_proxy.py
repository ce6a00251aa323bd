"""A line between browsers and a server that can be made slow, silent or dead, and whole again.

Stands for `tc netem`, which not every kernel has and which needs root: what TCP shows a program of a bad line is late
bytes, no bytes, a reset, or a peer that takes everything and answers nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

CHUNK = 1 << 16
LOOK_S = 0.02
RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, for no time: closing sends RST

State = Literal["whole", "stalled", "refusing", "half-open"]
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class FaultProxy:
    """One line to `far`; what it is set to counts from the next byte on.

    Args:
        latency_s: how much later each chunk arrives, in each direction; order is kept.
        state: "stalled" holds every byte until it is whole again; "refusing" resets who connects; "half-open" takes
            connections and bytes, throws them away and never answers, and whoever was on such a line stays there.
    """

    far: int
    port: int = 0
    latency_s: float = 0.0
    state: State = "whole"
    _loop: asyncio.AbstractEventLoop = field(init=False)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _lost: set[asyncio.StreamWriter] = field(default_factory=set)

    def set(self, state: State, *, latency_s: float = 0.0) -> None:
        """Make the line so; may be called from any thread."""

        def change() -> None:
            self.state, self.latency_s = state, latency_s
            if state == "half-open":
                self._lost |= self._open

        self._loop.call_soon_threadsafe(change)

    def reset(self) -> None:
        """Reset every connection that is open now, and refuse new ones until it is whole again."""

        def cut() -> None:
            self.state = "refusing"
            for writer in list(self._open):
                _reset(writer)

        self._loop.call_soon_threadsafe(cut)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.state == "refusing":
            _reset(writer)
            return
        if self.state == "half-open":
            self._lost.add(writer)
            with contextlib.suppress(OSError):
                while await reader.read(CHUNK):
                    pass
            writer.close()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.far)
        except OSError:
            _reset(writer)
            return
        ends = {writer, far_writer}
        self._open |= ends
        try:
            await asyncio.gather(self._pass((reader, far_writer)), self._pass((far_reader, writer)))
        finally:
            self._open -= ends
            self._lost -= ends

    async def _pass(self, way: Stream) -> None:
        """Read on while earlier chunks are on their way: latency is no bandwidth."""
        reader, writer = way
        on_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)

        async def deliver() -> None:
            while True:
                due_at, data = await on_way.get()
                await asyncio.sleep(max(0.0, due_at - self._loop.time()))
                while self.state == "stalled":
                    await asyncio.sleep(LOOK_S)
                if writer in self._lost:
                    continue
                if not data:
                    writer.close()
                    return
                writer.write(data)
                await writer.drain()

        async def take() -> None:
            while True:
                data = await reader.read(CHUNK)
                await on_way.put((self._loop.time() + self.latency_s, data))
                if not data:
                    return

        with contextlib.suppress(OSError):
            await asyncio.gather(take(), deliver())
        writer.close()


@contextmanager
def fault_proxy(far: int) -> Iterator[FaultProxy]:
    """Serve a line to a port of this machine, in a thread of its own."""
    line, is_open = FaultProxy(far), threading.Event()
    end: asyncio.Event

    async def serve() -> None:
        nonlocal end
        end, line._loop = asyncio.Event(), asyncio.get_running_loop()
        server = await asyncio.start_server(line._connected, "127.0.0.1", 0)
        line.port = server.sockets[0].getsockname()[1]
        is_open.set()
        await end.wait()
        server.close()

    # Whatever is still on its way is cancelled when `serve` returns.
    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert is_open.wait(10)
    try:
        yield line
    finally:
        line._loop.call_soon_threadsafe(end.set)
        thread.join(10)


def _reset(writer: asyncio.StreamWriter) -> None:
    found: socket.socket | None = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        if found is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
