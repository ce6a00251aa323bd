"""Sockets that are no view of the live picture: a hello, the time every second as a sign of life, and few values."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

from dashboard.domain.principal import Principal
from dashboard.live.wire import Kind, encode_json
from data_feeds.live_outbox import CLOSE_POLICY, CLOSE_RESTART, Outbox, OutboxCounts, direct_transport
from data_feeds.live_screens import Recheck, Socket, TimeAsked, first_ends, read_text, sign_out_strangers
from data_feeds.live_server import DEAD

TIME_EVERY_S: Final = 1.0
RECHECK_EVERY_S: Final = 10.0  # how long a socket outlives its session

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class Told(Protocol):
    """What the sockets need of the live picture's process."""

    def time_frame(self, echo: float = 0.0) -> bytes:
        """Return the time as a frame."""

    def hello(self, **more: Any) -> dict[str, Any]:
        """Return what every hello says."""


class NarrowSockets:
    """The sockets of one page in one process; who inherits says what they are told."""

    surface = ""
    """What the hello calls this view."""

    def __init__(self, told: Told, counts: OutboxCounts) -> None:
        self._told = told
        self._outbox_counts = counts
        self._sockets: set[Socket] = set()
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._sockets)

    def loops(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """Return what must run for ever, by name."""
        return {f"{self.surface} time": self._tell_time, f"{self.surface} rights": self._recheck}

    def greet(self, one: Socket) -> None:
        """Give a socket what it is to know at once."""
        raise NotImplementedError

    def is_same(self, now: Principal, then: Principal) -> bool:
        """Say whether a socket's person still sees what the socket was opened for."""
        raise NotImplementedError

    async def serve(
        self, receive: Receive, send: Send, principal: Principal, recheck: Recheck | None = None
    ) -> None:
        """Serve one page until its socket ends: a raw ASGI WebSocket, not yet accepted."""
        if (await receive())["type"] != "websocket.connect":
            return
        await send({"type": "websocket.accept"})
        transport = direct_transport(send)
        outbox = Outbox(send, _no_picture, bytes, self._outbox_counts, transport)
        now_s = asyncio.get_running_loop().time()
        one = Socket(principal=principal, outbox=outbox, recheck=recheck, asked_s=now_s)
        view = {"jurisdiction": principal.jurisdiction, "surface": self.surface, "resumed": True}
        outbox.offer_first(encode_json(Kind.HELLO, self._told.hello(view=view)))
        outbox.offer_first(self._told.time_frame())
        self.greet(one)
        self._sockets.add(one)
        self._empty.clear()
        try:
            await first_ends(outbox.run(), self._listen(one, receive))
        except TimeoutError:  # it took nothing
            self._outbox_counts.closed_slow += 1
            if transport is not None:
                transport.abort()
        finally:
            self._sockets.discard(one)
            if not self._sockets:
                self._empty.set()

    async def stop(self, wait_s: float) -> None:
        """Tell everybody that the server restarts, and end."""
        for one in list(self._sockets):
            one.outbox.close(CLOSE_RESTART, "restart")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._empty.wait()

    async def _listen(self, one: Socket, receive: Receive) -> None:
        loop = asyncio.get_running_loop()
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                self._outbox_counts.closed_dead += message.get("reason") == DEAD
                return
            said = read_text(message.get("text")) if one.may_speak(loop.time()) else None
            if isinstance(said, TimeAsked):
                one.outbox.offer_first(self._told.time_frame(said.mark))
            else:
                one.outbox.close(CLOSE_POLICY, "view-only")

    async def _tell_time(self) -> None:
        while True:
            for one in self._sockets:
                one.outbox.offer_time(self._told.time_frame())
            await asyncio.sleep(TIME_EVERY_S)

    async def _recheck(self) -> None:
        while True:
            await asyncio.sleep(RECHECK_EVERY_S / 10)
            await sign_out_strangers(self._sockets, RECHECK_EVERY_S, self.is_same)


async def _no_picture() -> list[bytes]:
    return []
