"""Counts what passes between browsers and a server: bytes as they lie on the line, and requests.

A browser counts neither what its service worker fetches nor what a socket brings; the line has both.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_REQUEST = re.compile(rb"^(?:GET|HEAD|POST|PUT|DELETE) \S+ HTTP/1\.1\r\n", re.MULTILINE)
_CHUNK = 1 << 16


@dataclass
class Line:
    """What passed so far; read from another thread, which for two numbers needs no lock."""

    port: int = 0
    down_bytes: int = 0  # to the browser: heads, bodies, frames of sockets
    requests: int = 0


@contextmanager
def counting_proxy(host: str, port: int) -> Iterator[Line]:
    """Pass every connection on to a server; yields what is counted, with the port to ask instead."""
    line = Line()
    is_open = threading.Event()
    loop = asyncio.new_event_loop()

    async def passing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_down: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                if is_down:
                    line.down_bytes += len(data)
                else:
                    line.requests += len(_REQUEST.findall(data))
                writer.write(data)
                await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(host, port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(
            passing(reader, far_writer, is_down=False), passing(far_reader, writer, is_down=True)
        )

    async def serve() -> None:
        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        line.port = server.sockets[0].getsockname()[1]
        is_open.set()
        async with server:
            await server.serve_forever()

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(serving)

    serving = loop.create_task(serve())
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    is_open.wait(10)
    try:
        yield line
    finally:
        loop.call_soon_threadsafe(serving.cancel)
        thread.join(5)
