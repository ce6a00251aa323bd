"""How uvicorn serves the live socket: keep-alive, dead peers, and how much may wait in the kernel for one screen.

A peer is dead when it answers no ping for `PONG_WITHIN_S`, or when bytes wait for it and it takes none for as long:
whichever happens first, at the latest `PING_EVERY_S + PONG_WITHIN_S` after its last sign of life. uvicorn's own
keep-alive would also end a screen behind a slow line, whose answer waits behind a large picture, and would leave a
dead one's socket open until TCP gives up, because a polite close waits behind what the peer does not take.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import socket
from asyncio import BaseTransport, TimerHandle
from typing import Any, Final

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.protocol import State

from data_feeds.live_line import Line

PING_EVERY_S: Final = 3.0
PONG_WITHIN_S: Final = 5.0  # the slowest answer that still counts; a phone's radio wakes within 2 s
PINGS_APART_S: Final = 0.25  # those of all screens that fall due within it go out together, at its beginning
_TIMER_S: Final = (
    0.002  # as exact as timers are; else who was asked at one beginning is asked before the next
)
# After the loop itself stood for longer than `PONG_WITHIN_S` its timers run before it reads: the pong that came
# meanwhile is in the socket's buffer, and is read within this.
LATE_PONG_S: Final = 0.05
LOOK_EVERY_S: Final = 1.0  # at a peer for which bytes wait
# A browser sends neither pings nor parts, other clients a few.
PINGS_BETWEEN_OURS: Final = 30
FRAGMENTS_OF_A_MESSAGE: Final = 16
CLOSE_NO_TEXT: Final = 1007  # RFC 6455, 7.4.1
DEAD: Final = "dead peer"  # reasons in the application's disconnect message
TOO_MANY: Final = "too many frames"
# Bytes that the kernel may hold unsent for one screen: what more there is waits here, where it is seen and counted.
# 64 KiB are a second of a 512 kbit/s line.
UNSENT_IN_KERNEL: Final = 64 * 1024


class ScreenProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, with an end for peers that are gone, and an answer to what it would let hang or fail on."""

    is_ended = False
    _pings = 0  # of the peer, since our last one
    _least_waiting = 0
    _watch: TimerHandle | None = None

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.queue = _Inbox()  # type: ignore[assignment]  # what uvicorn uses of its queue

    def connection_made(self, transport: BaseTransport) -> None:
        """Write by a line, and bound what the kernel may hold unsent for this screen."""
        super().connection_made(transport)
        self.transport = Line(self.transport)
        opened: socket.socket | None = transport.get_extra_info("socket")
        lowat = getattr(socket, "TCP_NOTSENT_LOWAT", None)
        if opened is not None and lowat is not None:
            with contextlib.suppress(OSError):  # a socket of another family
                opened.setsockopt(socket.IPPROTO_TCP, lowat, UNSENT_IN_KERNEL)

    def connection_lost(self, exc: Exception | None) -> None:
        """End; from here on the socket's number may be another's."""
        if isinstance(self.transport, Line):
            self.transport.lost()
        super().connection_lost(exc)

    def schedule_ping(self) -> None:
        """Ask again in time, together with others: each ping at a moment of its own, and its pong, wakes us."""
        assert self.ping_interval is not None
        now_s = self.loop.time()
        due_s = now_s + max(0.0, self.ping_interval - self.last_ping_rtt)
        together_s = math.floor((due_s + _TIMER_S) / PINGS_APART_S) * PINGS_APART_S
        self.ping_timer = self.loop.call_at(
            together_s if together_s > now_s else due_s, self.send_keepalive_ping
        )

    def send_keepalive_ping(self) -> None:
        """Ask a peer for a sign of life; while bytes wait for it, look whether it takes them instead."""
        self._pings = 0
        if self.transport.get_write_buffer_size():
            self._watch_buffer()
        else:
            super().send_keepalive_ping()

    def data_received(self, data: bytes) -> None:
        """Take bytes in; a handshake that uvicorn's parser cannot read is refused, by itself it would hang for ever."""
        try:
            super().data_received(data)
        except UnicodeError:  # an address or a header beyond ASCII
            self._refuse_handshake()
            return
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self._refuse_handshake()

    def handle_parser_exception(self) -> None:
        """Close on frames that are none; before the handshake is answered there is nothing to close yet."""
        if self.conn.close_sent is None:
            self._refuse_handshake()
        else:
            super().handle_parser_exception()

    def send_receive_event_to_app(self) -> None:
        """Hand a message on; text that is none ends the socket by 1007, without a line in the log for each."""
        if self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.frames = []
                if self.conn.state is State.OPEN:  # else the peer's own close came in the same breath
                    self.conn.send_close(CLOSE_NO_TEXT)
                    self.handle_parser_exception()
                return
        super().send_receive_event_to_app()

    async def send(self, message: ASGISendEvent) -> None:
        """Send, unless the peer's fault has closed the socket meanwhile, of which the application hears next."""
        await self.writable.wait()
        if self.close_sent and self.initial_response is None:
            raise ClientDisconnected
        await super().send(message)
        if message["type"] == "websocket.accept":
            # What a browser says when it opens a socket would otherwise stay three times as long as the screen does.
            self.request = self.response = None  # type: ignore[assignment]
            self.scope["headers"] = []

    def handle_ping(self) -> None:
        """Answer a peer's ping; whoever asks without end is ended, the answers would heap up here unread."""
        self._pings += 1
        if self._pings > PINGS_BETWEEN_OURS:
            self._end(TOO_MANY)
        else:
            super().handle_ping()

    def handle_cont(self, event: Frame) -> None:
        """Take a part of a message; parts of no length pass every limit in bytes, so they are counted."""
        if len(self.frames) >= FRAGMENTS_OF_A_MESSAGE:
            self._end(TOO_MANY)
        else:
            super().handle_cont(event)

    def keepalive_timeout(self) -> None:
        """Look once more whether the answer to a ping has come: `handle_pong` cancels this too."""
        self.pong_timer = self.loop.call_later(LATE_PONG_S, self._no_pong)

    def stop_keepalive(self) -> None:
        """End the watch too."""
        super().stop_keepalive()
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _no_pong(self) -> None:
        """End a peer that answered no ping: it takes no good-bye either."""
        self.pong_timer = None
        self._end(DEAD)

    def _watch_buffer(self) -> None:
        self._least_waiting = self.transport.get_write_buffer_size()
        self._look_again(max(1, round(PONG_WITHIN_S / LOOK_EVERY_S)))

    def _look_again(self, looks_left: int) -> None:
        self._watch = self.loop.call_later(LOOK_EVERY_S, self._look, looks_left - 1)

    def _look(self, looks_left: int) -> None:
        """A buffer that shrinks is a slow line; one that does not is a dead peer.

        Looks are counted, not time: a server that was held up itself for some seconds has not seen its peers be silent.
        """
        self._watch = None
        waiting = self.transport.get_write_buffer_size()
        if not waiting:
            self.send_keepalive_ping()
        elif waiting < self._least_waiting:
            self._watch_buffer()
        elif not looks_left:
            self._end(DEAD)
        else:
            self._look_again(looks_left)

    def _refuse_handshake(self) -> None:
        if self.close_sent or self.transport.is_closing():
            return
        self.handshake_complete = self.close_sent = True
        answer = b"".join(self.conn.data_to_send())
        self.transport.write(
            answer or b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        )
        self.transport.close()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": 1006, "reason": "no handshake"})

    def _end(self, reason: str) -> None:
        if not (self.is_ended or self.disconnected):
            self.is_ended = True
            self.queue.put_nowait({"type": "websocket.disconnect", "code": 1006, "reason": reason})
            self.transport.abort()


class _Inbox:
    """What the peer said and the application has not read: for one reader, and a seventh of an `asyncio.Queue`."""

    __slots__ = ("_messages", "_reader")

    def __init__(self) -> None:
        self._messages: list[ASGIReceiveEvent] = []
        self._reader: asyncio.Future[None] | None = None

    def empty(self) -> bool:
        return not self._messages

    def put_nowait(self, message: ASGIReceiveEvent) -> None:
        self._messages.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> ASGIReceiveEvent:
        while not self._messages:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        return self._messages.pop(0)


SERVED: Final[dict[str, Any]] = {
    "ws": ScreenProtocol,
    "ws_ping_interval": PING_EVERY_S,
    "ws_ping_timeout": PONG_WITHIN_S,
    "ws_per_message_deflate": False,  # measured: 12 x the cost a screen
    "ws_max_size": 1
    << 12,  # bytes; a screen says at most 64 characters at once, and nobody else has a socket
}
"""What uvicorn's `Config` needs to serve screens."""
