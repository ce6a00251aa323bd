"""Cursor-on-Target over TCP, in the clear or through TLS: one connection per device, none of which holds others up."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

from data_feeds.bus import BusDown
from data_feeds.clock import Clock
from data_feeds.cot_desk import CotCaller, CotDesk
from data_feeds.cot_tls import Subject, subject_of
from data_feeds.decoders.cot import SOURCE
from data_feeds.decoders.cot.session import Said, Session
from data_feeds.device_lines import BACKLOG, DeviceLine, DeviceLines
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import TurnedAway

SILENT_S: Final = 600.0  # a client that moves little reports every few minutes; ATAK pings within 15 s
STRANGER_S: Final = 30.0  # `<auth>` is the first thing that is sent
HELD_BYTES: Final = (
    8_192  # a dozen positions of each device while Redis is away; the rest stays with the client
)
INHERITED_LIMIT_BYTES: Final = (
    65_536  # a hundred positions of a device that lost its patience while Redis was away
)
_HANDSHAKE_S: Final = 15.0
_SWEEP_S: Final = 5.0
_LOOK_S: Final = 0.25  # how soon what waits for Redis is heard once it is back
_HEARING_S: Final = 0.05  # a whole fleet's minute may have gathered: everybody else has a turn in between


class CotServer:
    """The listener.

    Args:
        host, port: where to listen; port 0 takes a free one, which `port` then says.
        open_context: returns the context for TLS, read anew at each start so that a renewed certificate is taken up;
            None for plain TCP. Raises OSError.
    """

    name = SOURCE

    def __init__(
        self,
        desk: CotDesk,
        tally: FeedTally,
        clock: Clock,
        host: str,
        port: int,
        open_context: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        self.desk = desk
        self.tally = tally
        self.clock = clock
        self.port = port
        self._host = host
        self._open_context = open_context
        self.lines: DeviceLines[_Line] = DeviceLines(tally, SOURCE, SILENT_S, STRANGER_S)
        self._waiting: dict[_Line, None] = {}  # whose next event waits for Redis, in the order of its coming

    async def serve(self, listening: Callable[[], None]) -> None:
        """Listen until cancelled, then hang up.

        Raises:
            OSError: the port is taken or may not be had, or a certificate cannot be read.
        """
        loop = asyncio.get_running_loop()
        context = None if self._open_context is None else self._open_context()
        server = await loop.create_server(
            lambda: _Line(self),
            self._host,
            self.port,
            backlog=BACKLOG,
            ssl=context,
            ssl_handshake_timeout=None if context is None else _HANDSHAKE_S,
        )
        try:
            self.port = server.sockets[0].getsockname()[1]
            listening()
            swept_s, are_left = loop.time(), False
            while True:
                await asyncio.sleep(0 if are_left else _LOOK_S)
                are_left = self.hear_waiting(loop.time)
                if loop.time() - swept_s >= _SWEEP_S:
                    swept_s = loop.time()
                    self.sweep(swept_s)
        finally:
            server.close()
            self.lines.hang_up()
            await server.wait_closed()

    def figures(self) -> dict[str, int]:
        """Return how many are connected, how many of them are known devices, and how many wait for Redis."""
        return {
            "connections": len(self.lines),
            "devices": self.lines.devices,
            "waiting": len(self._waiting),
        }

    def hear_waiting(self, time_s: Callable[[], float]) -> bool:
        """Hear those that wait, for a while, unless Redis is still away; returns whether some are left to be heard."""
        until_s = time_s() + _HEARING_S
        for line in list(self._waiting):
            line.hear()
            if line.is_waiting:
                return False
            if time_s() >= until_s:
                break
        return bool(self._waiting)

    def sweep(self, at_s: float) -> None:
        """Hang up on the silent and on those who stayed strangers; who waits for us is not silent."""
        self.lines.hang_up_on_silent(at_s, lambda line: line.is_waiting)

    def known(self, line: _Line, device: str) -> None:
        """Note that a line belongs to a device now; its older line is dead: hang up, and hear what waited there."""
        older = self.lines.assign(line, device)
        if older is not None:
            if older.is_waiting and older.waiting_bytes <= INHERITED_LIMIT_BYTES:
                line.inherit(older)
            elif older.is_waiting:
                older.draw()
                self.tally.count(SOURCE, "dropped")
            self._waiting.pop(older, None)
            older.hang_up()

    def wait(self, line: _Line, is_waiting: bool) -> None:
        """Note that a line waits for Redis, or does not any more."""
        if is_waiting:
            self._waiting[line] = None
        else:
            self._waiting.pop(line, None)
            if line not in self.lines:
                self.lines.release(line)

    def disconnected(self, line: _Line) -> None:
        """Forget a connection; one that waits for Redis is heard all the same, and its device known until then."""
        if self.lines.forget(line) and not line.is_waiting:
            self.lines.release(line)


class _Line(DeviceLine):
    """One connection."""

    def __init__(self, server: CotServer) -> None:
        super().__init__(server.tally, SOURCE)
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._held: Said | None = None  # drawn from the session, and Redis was away
        self._earlier: Iterator[Said] = iter(())  # what waited on the device's older lines
        self._earlier_bytes = 0
        self._is_paused = False
        self.session = Session(self.stranger_since_s)
        self.caller = CotCaller(self.session, "")

    @property
    def heard_at_s(self) -> float:
        return self.session.heard_at_s

    @property
    def is_waiting(self) -> bool:
        """Whether what it says next waits for Redis; little more is read from it meanwhile."""
        return self._held is not None

    @property
    def waiting_bytes(self) -> int:
        """How much waits here, unread and inherited."""
        return self.session.waiting_bytes + self._earlier_bytes

    def inherit(self, older: _Line) -> None:
        """Take over what waits on an older line of the device; it comes before what waits here."""
        own = () if self._held is None else (self._held,)
        self._earlier_bytes += older.waiting_bytes
        self._earlier = chain(self._earlier, older.draw(), own)
        self._held = next(self._earlier)

    def draw(self) -> Iterator[Said]:
        """Give out what waits, the oldest first; it waits here no more."""
        held, self._held = self._held, None
        now = () if held is None else (held,)
        return chain(now, self._earlier, self.session.said(self._loop.time()))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.opened(transport)
        self.caller.address = self.address
        if not self._server.lines.take(self):
            return
        certificate = transport.get_extra_info("peercert")
        if certificate:
            self._show(subject_of(certificate))

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._server.disconnected(self)

    def data_received(self, data: bytes) -> None:
        self.session.feed(data)
        if self.is_waiting:
            self._read_or_not()
        else:
            self.hear()

    def hear(self) -> None:
        """Hear what is there in whole, up to where Redis is away."""
        server, now = self._server, self._server.clock.now_ms()
        was_waiting, answers = self.is_waiting, list[bytes]()
        is_at_end = False
        if was_waiting:
            self.session.heard_at_s = self._loop.time()
        for said in self.draw():
            try:
                answers.append(server.desk.hear(self.caller, said, now))
            except BusDown:
                self._held = said
                break
            except TurnedAway:
                is_at_end = True
                break
        self._note_device()
        self.write(b"".join(answers))
        if was_waiting != self.is_waiting:
            server.wait(self, self.is_waiting)
        if is_at_end:
            self.hang_up()
        if not self.is_waiting:
            self._earlier_bytes = 0
        self._read_or_not()

    def _read_or_not(self) -> None:
        """Stop reading where enough waits: the client's own buffer fills up, and it knows that it is not heard."""
        is_full = self.is_waiting and self.session.waiting_bytes >= HELD_BYTES
        if self._transport is not None and is_full != self._is_paused:
            self._is_paused = is_full
            (self._transport.pause_reading if is_full else self._transport.resume_reading)()

    def _show(self, subject: Subject | None) -> None:
        desk, now = self._server.desk, self._server.clock.now_ms()
        try:
            self.write(desk.admit_certificate(self.caller, subject, now))
        except TurnedAway:
            self.hang_up()
        self._note_device()

    def _note_device(self) -> None:
        if self.caller.device is not None and self.device is None:
            self._server.known(self, self.caller.device)
