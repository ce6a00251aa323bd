"""Server CPU of sending one frame to many local screens: an outbox each, against a bare loop of ASGI sends."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import sys
import time
from asyncio.subprocess import PIPE
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 60
_HANDSHAKE = (
    b"GET %s HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
WAYS = {"bare ASGI send": b"/bare", "outbox, send": b"/outbox-send", "outbox, transport": b"/outbox"}


class _Sink(asyncio.Protocol):
    """A screen that reads and forgets."""

    def __init__(self, path: bytes, opened: asyncio.Event) -> None:
        self._path = path
        self._opened = opened
        self.received = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(_HANDSHAKE % (self._path, base64.b64encode(os.urandom(16))))

    def data_received(self, data: bytes) -> None:
        if not self._opened.is_set():
            _, _, data = data.partition(b"\r\n\r\n")
            self._opened.set()
        self.received += len(data)


async def measure_fanout(frame: bytes, screens: int) -> dict[str, float]:
    """Return microseconds of server CPU per screen and frame, by way of sending."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tools.bench_fanout", str(port), cwd=ROOT, stdin=PIPE, stdout=PIPE
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        await server.stdout.readline()
        found: dict[str, float] = {}
        for name, path in WAYS.items():
            sinks = await _open(port, path, screens)
            order = {"frame": frame.hex(), "path": path.decode(), "rounds": ROUNDS}
            server.stdin.write(json.dumps(order).encode() + b"\n")
            cpu_s = float(await server.stdout.readline())
            await asyncio.sleep(0.1)
            missing = sum(sink.received < ROUNDS * len(frame) for sink, _ in sinks)
            if missing:
                raise SystemExit(f"{name}: {missing} screens did not get every frame")
            for _, transport in sinks:
                transport.close()
            found[name] = cpu_s / (ROUNDS * screens) * 1e6
        return found
    finally:
        server.kill()
        await server.wait()


async def _open(port: int, path: bytes, screens: int) -> list[tuple[_Sink, asyncio.Transport]]:
    loop = asyncio.get_running_loop()
    sinks = []
    for _ in range(screens):
        opened = asyncio.Event()
        transport, sink = await loop.create_connection(partial(_Sink, path, opened), "127.0.0.1", port)
        await opened.wait()
        sinks.append((sink, transport))
    return sinks


async def _serve(port: int) -> None:
    """The server's side: holds screens, and on each order sends its frame to all of one way."""
    import uvicorn

    from data_feeds.live_outbox import Outbox, OutboxCounts, direct_transport, websocket_message

    bare: set[Any] = set()
    outboxes: dict[str, set[Outbox]] = {"/outbox": set(), "/outbox-send": set()}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        if scope["path"] == "/bare":
            bare.add(send)
            while (await receive())["type"] != "websocket.disconnect":
                pass
            bare.discard(send)
            return
        direct = direct_transport(send) if scope["path"] == "/outbox" else None
        outbox = Outbox(send, _no_frames, lambda: b"", OutboxCounts(), direct)
        outboxes[scope["path"]].add(outbox)
        outbox.want_movement()
        pump = asyncio.create_task(outbox.run())
        while (await receive())["type"] != "websocket.disconnect":
            pass
        pump.cancel()
        outboxes[scope["path"]].discard(outbox)

    async def order(line: bytes) -> float:
        asked = json.loads(line)
        frame = bytes.fromhex(asked["frame"])
        began = time.process_time()
        for _ in range(asked["rounds"]):
            if asked["path"] == "/bare":
                message = {"type": "websocket.send", "bytes": frame}
                for send in bare:
                    await send(message)
            else:
                whole = websocket_message(frame)
                for outbox in outboxes[asked["path"]]:
                    outbox.offer_movement(frame, whole)
            await asyncio.sleep(0.02)  # a tick: screens read, tasks run
        return time.process_time() - began

    server = uvicorn.Server(
        uvicorn.Config(
            app,
            port=port,
            lifespan="off",
            log_level="error",
            loop="uvloop",
            ws_per_message_deflate=False,
            backlog=512,
        )
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.01)
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        print(await order(line), flush=True)
    server.should_exit = True
    await serving


async def _no_frames() -> list[bytes]:
    return []


if __name__ == "__main__":
    import uvloop

    uvloop.run(_serve(int(sys.argv[1])))
