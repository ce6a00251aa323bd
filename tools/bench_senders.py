"""The servers that `bench_fanout` puts side by side: each holds screens and sends them what is published to it.

An ASGI application under the product's own gunicorn worker (`BENCH_SENDER` is a way and a port), or, run as a module,
the `websockets` library's broadcast. A frame is published to that port as a little-endian u32 length and the payload,
and answered with one byte once it was handed on.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from websockets.asyncio.server import ServerConnection, broadcast, serve

from dashboard.domain.divisions import Division, Divisions
from dashboard.domain.principal import Principal
from dashboard.live.wire import Kind, first_byte
from data_feeds.bus import Bus
from data_feeds.live_line import Line, websocket_message
from data_feeds.live_outbox import direct_transport
from data_feeds.live_socket import LiveHub

CITY, GRID = "371100", "371102001001001"
FRAME_BYTES = 10_240


def frame_bytes(size: int = FRAME_BYTES) -> bytes:
    """Return a frame of random bytes that a screen takes for movement."""
    return bytes((first_byte(Kind.FLEET_DELTA),)) + os.urandom(size - 1)


class Hub:
    """The product's own hub, channel and outboxes; only what it would say by itself (time, boards) is left out."""

    def __init__(self) -> None:
        places = (
            (CITY, "city", None),
            (GRID[:6], "region", CITY),
            (GRID[:9], "township", GRID[:6]),
            (GRID[:12], "village", GRID[:9]),
            (GRID, "grid", GRID[:12]),
        )
        levels: Any = [
            Division(code, code, level, parent, 119.5, 35.4, "", True)  # type: ignore[arg-type]
            for code, level, parent in places
        ]
        pack: Any = SimpleNamespace(divisions=Divisions(levels))
        clock: Any = SimpleNamespace(now_ms=lambda: 1_795_401_600_000, rate=1.0, is_demonstration=False)
        worker = SimpleNamespace(
            slot=0, worker_id="w", name="", grid=GRID, township=GRID[:9], region=GRID[:6], assessed=True
        )
        source: Any = SimpleNamespace()
        self._hub = LiveHub(Bus("unix:///nowhere"), None, clock, pack, source=source)
        self._hub._city.fleet_fold.set_roster([worker])
        self._viewer = Principal("kiosk:bench", "", "kiosk", "viewer_wall", CITY)

    async def serve(self, scope: Any, receive: Any, send: Any) -> None:
        """Hold one screen."""
        await self._hub.serve(scope, receive, send, self._viewer)

    async def publish(self, frame: bytes) -> None:
        """Send a frame as the channel sends its own."""
        for channel in self._hub._channels.values():
            channel.send_movement(frame)


class Sends:
    """A bare loop of ASGI sends: one slow screen would hold up all others."""

    def __init__(self) -> None:
        self._sends: set[Any] = set()

    async def serve(self, scope: Any, receive: Any, send: Any) -> None:
        """Hold one screen."""
        await receive()
        await send({"type": "websocket.accept"})
        target = self._target(send)
        self._sends.add(target)
        while (await receive())["type"] != "websocket.disconnect":
            pass
        self._sends.discard(target)

    async def publish(self, frame: bytes) -> None:
        """Await each screen in turn."""
        message = {"type": "websocket.send", "bytes": frame}
        for send in self._sends:
            await send(message)

    def _target(self, send: Any) -> Any:
        return send


class Transports(Sends):
    """The least that Python and uvloop can do: a prebuilt frame to every transport, no queue, no limit."""

    async def publish(self, frame: bytes) -> None:
        """Write to each transport."""
        message = websocket_message(frame)
        for transport in self._sends:
            transport.write(message)

    def _target(self, send: Any) -> Any:
        transport = direct_transport(send)
        if transport is None:
            raise SystemExit("no transport below this server's send")
        return transport.transport if isinstance(transport, Line) else transport


def _asgi(way: Any, port: int) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await way.serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await receive()
            async with await _publisher(way.publish, port):
                await send({"type": "lifespan.startup.complete"})
                await receive()
            await send({"type": "lifespan.shutdown.complete"})

    return app


def _fastapi(port: int) -> Any:
    """As FastAPI's own documentation has a connection manager."""
    screens: list[WebSocket] = []

    async def publish(frame: bytes) -> None:
        for socket in screens:
            await socket.send_bytes(frame)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        async with await _publisher(publish, port):
            yield

    app = FastAPI(lifespan=life)

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        screens.append(socket)
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            screens.remove(socket)

    return app


class _Publisher(asyncio.Protocol):
    """Takes frames in: as little as can be, because every way is charged for it."""

    def __init__(self, publish: Callable[[bytes], Awaitable[None]]) -> None:
        self._publish = publish
        self._got = bytearray()
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        if len(self._got) >= 4 and len(self._got) - 4 == int.from_bytes(self._got[:4], "little"):
            task = asyncio.get_running_loop().create_task(self._hand_on(bytes(self._got[4:])))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            self._got.clear()

    async def _hand_on(self, frame: bytes) -> None:
        await self._publish(frame)
        self._transport.write(b"k")  # only then comes the next


async def _publisher(publish: Callable[[bytes], Awaitable[None]], port: int) -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(lambda: _Publisher(publish), "127.0.0.1", port)


async def _websockets_library(port: int) -> None:
    screens: set[ServerConnection] = set()

    async def hold(connection: ServerConnection) -> None:
        screens.add(connection)
        await connection.wait_closed()
        screens.discard(connection)

    async def publish(frame: bytes) -> None:
        broadcast(screens, frame)

    async with (
        serve(hold, "127.0.0.1", port, compression=None, ping_interval=None, backlog=2_048),
        await _publisher(publish, port + 1),
    ):
        await asyncio.get_running_loop().create_future()


WAYS = {"hub": Hub, "sends": Sends, "transports": Transports}


def make_app() -> Any:
    """The application that `BENCH_SENDER` names; gunicorn calls this."""
    way, port = os.environ["BENCH_SENDER"].split(":")
    return _fastapi(int(port)) if way == "fastapi" else _asgi(WAYS[way](), int(port))


if __name__ == "__main__":
    import uvloop

    uvloop.run(_websockets_library(int(sys.argv[1])))
