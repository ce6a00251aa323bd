"""JT/T 808 over TCP: one connection per terminal, thousands of them, none of which can hold the others up."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Final, cast

from data_feeds.clock import Clock
from data_feeds.decoders.jt808 import SOURCE
from data_feeds.decoders.jt808.session import Session
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import TurnedAway
from data_feeds.jt808_desk import Caller, Jt808Desk

SILENT_S: Final = 600.0  # terminals say that they live every few minutes at most
STRANGER_S: Final = 60.0  # time to register and authenticate
CONNECTIONS_LIMIT: Final = 20_000
STRANGERS_LIMIT: Final = 10_000  # of one address at once: a fleet behind one carrier comes back together
UNREAD_LIMIT_BYTES: Final = 65_536  # answers that a terminal did not read: it never will
_SWEEP_S: Final = 5.0
_BACKLOG: Final = 4_096


class Jt808Server:
    """The listener.

    Args:
        host, port: where to listen; port 0 takes a free one, which `port` then says.
    """

    name = SOURCE

    def __init__(self, desk: Jt808Desk, tally: FeedTally, clock: Clock, host: str, port: int) -> None:
        self.desk = desk
        self.tally = tally
        self.clock = clock
        self.port = port
        self._host = host
        self._lines: set[_Line] = set()
        self._strangers: Counter[str] = Counter()
        self._line_of: dict[str, _Line] = {}

    async def serve(self, listening: Callable[[], None]) -> None:
        """Listen until cancelled, then hang up.

        Raises:
            OSError: the port is taken or may not be had.
        """
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Line(self), self._host, self.port, backlog=_BACKLOG)
        try:
            self.port = server.sockets[0].getsockname()[1]
            listening()
            while True:
                await asyncio.sleep(_SWEEP_S)
                self.sweep(loop.time())
        finally:
            server.close()
            for line in list(self._lines):
                line.hang_up()
            await server.wait_closed()

    def figures(self) -> dict[str, int]:
        """Return how many are connected, and how many of them are authenticated."""
        return {"connections": len(self._lines), "terminals": len(self._line_of)}

    def sweep(self, at_s: float) -> None:
        """Hang up on the silent and on those who stayed strangers; ask for parts that are missing."""
        for line in list(self._lines):
            limit_s, since_s = (
                (STRANGER_S, line.stranger_since_s)
                if line.caller.terminal is None
                else (SILENT_S, line.session.heard_at_s)
            )
            if at_s - since_s > limit_s:
                self.tally.count(SOURCE, "silent")
                line.hang_up()
            elif line.session.gives_parts_up(at_s):
                self.tally.count(SOURCE, "incomplete")
            else:
                line.write(line.session.request_parts(at_s))

    def connected(self, line: _Line) -> bool:
        """Take a new connection in; False where there are too many."""
        address = line.caller.address
        if len(self._lines) >= CONNECTIONS_LIMIT or self._strangers[address] >= STRANGERS_LIMIT:
            self.tally.count(SOURCE, "limited")
            return False
        self._lines.add(line)
        self._strangers[address] += 1
        return True

    def known(self, line: _Line, device: str | None) -> None:
        """Note that a line belongs to a device now, or to nobody again; a device's older line is dead: hang up."""
        if line.device is not None and self._line_of.get(line.device) is line:
            del self._line_of[line.device]
        if (line.device is None) != (device is None):
            self._count_stranger(line.caller.address, 1 if device is None else -1)
        line.device = device
        if device is not None:
            older, self._line_of[device] = self._line_of.get(device), line
            if older is not None:
                older.hang_up()

    def disconnected(self, line: _Line) -> None:
        """Forget a connection."""
        if line in self._lines:
            self._lines.discard(line)
            self.known(line, None)
            self._count_stranger(line.caller.address, -1)

    def _count_stranger(self, address: str, number: int) -> None:
        self._strangers[address] += number
        if not self._strangers[address]:
            del self._strangers[address]


class _Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, server: Jt808Server) -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self.stranger_since_s = self._loop.time()
        self.session = Session(self.stranger_since_s)
        self.caller = Caller(self.session, "")
        self.device: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is not one by descent
        peer = transport.get_extra_info("peername")
        self.caller.address = peer[0] if peer else ""
        if not self._server.connected(self):
            self._transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._server.disconnected(self)

    def data_received(self, data: bytes) -> None:
        server, caller = self._server, self.caller
        now, answers = server.clock.now_ms(), []
        is_at_end = False
        try:
            for said in self.session.feed(data, self._loop.time()):
                answers.append(server.desk.hear(caller, said, now))
        except TurnedAway:
            is_at_end = True
        device = caller.terminal.device_id if caller.terminal else None
        if device != self.device:
            self.stranger_since_s = self._loop.time()
            server.known(self, device)
        self.write(b"".join(answers))
        if is_at_end:
            self.hang_up()

    def write(self, answer: bytes) -> None:
        """Send an answer; who does not read what it is answered is hung up on."""
        if answer and self._transport is not None:
            self._transport.write(answer)
            if self._transport.get_write_buffer_size() > UNREAD_LIMIT_BYTES:
                self._server.tally.count(SOURCE, "limited")
                self.hang_up()

    def hang_up(self) -> None:
        """Close at once; what the other side did not read is lost."""
        if self._transport is not None:
            self._transport.abort()
