"""JT/T 808 over TCP: one connection per terminal, thousands of them, none of which can hold the others up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from data_feeds.clock import Clock
from data_feeds.decoders.jt808 import SOURCE
from data_feeds.decoders.jt808.session import Session
from data_feeds.device_lines import BACKLOG, DeviceLine, DeviceLines
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import TurnedAway
from data_feeds.jt808_desk import Caller, Jt808Desk

SILENT_S: Final = 600.0  # terminals say that they live every few minutes at most
STRANGER_S: Final = 60.0  # time to register and authenticate
_SWEEP_S: Final = 5.0


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
        self.lines: DeviceLines[_Line] = DeviceLines(tally, SOURCE, SILENT_S, STRANGER_S)
        self._host = host

    async def serve(self, listening: Callable[[], None]) -> None:
        """Listen until cancelled, then hang up.

        Raises:
            OSError: the port is taken or may not be had.
        """
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Line(self), self._host, self.port, backlog=BACKLOG)
        try:
            self.port = server.sockets[0].getsockname()[1]
            listening()
            while True:
                await asyncio.sleep(_SWEEP_S)
                self.sweep(loop.time())
        finally:
            server.close()
            self.lines.hang_up()
            await server.wait_closed()

    def figures(self) -> dict[str, int]:
        """Return how many are connected, and how many of them are authenticated."""
        return {"connections": len(self.lines), "terminals": self.lines.devices}

    def sweep(self, at_s: float) -> None:
        """Hang up on the silent and on those who stayed strangers; ask for parts that are missing."""
        for line in self.lines.hang_up_on_silent(at_s):
            if line.session.gives_parts_up(at_s):
                self.tally.count(SOURCE, "incomplete")
            else:
                line.write(line.session.request_parts(at_s))


class _Line(DeviceLine):
    """One connection."""

    def __init__(self, server: Jt808Server) -> None:
        super().__init__(server.tally, SOURCE)
        self._server = server
        self._loop = asyncio.get_running_loop()
        self.session = Session(self.stranger_since_s)
        self.caller = Caller(self.session, "")

    @property
    def heard_at_s(self) -> float:
        return self.session.heard_at_s

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.opened(transport)
        self.caller.address = self.address
        self._server.lines.take(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if self._server.lines.forget(self):
            self._server.lines.release(self)

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
            older = server.lines.assign(self, device)
            if older is not None:  # dead
                older.hang_up()
        self.write(b"".join(answers))
        if is_at_end:
            self.hang_up()
