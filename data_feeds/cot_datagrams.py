"""Cursor-on-Target over UDP: one event a datagram, each with its device's key; nothing is answered."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Final

from data_feeds.bus import BusDown
from data_feeds.clock import Clock
from data_feeds.cot_desk import CotDesk
from data_feeds.decoders.cot import SOURCE
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import TurnedAway

_KERNEL_BUFFER_BYTES: Final = 4 << 20  # a whole fleet in one tenth of a second; the machine may allow less


class CotDatagramServer:
    """The listener; what it hears counts as `cot`, as over TCP.

    Args:
        host, port: where to listen; port 0 takes a free one, which `port` then says.
    """

    name = f"{SOURCE}_udp"

    def __init__(self, desk: CotDesk, tally: FeedTally, clock: Clock, host: str, port: int) -> None:
        self.port = port
        self._desk = desk
        self._tally = tally
        self._clock = clock
        self._host = host

    async def serve(self, listening: Callable[[], None]) -> None:
        """Listen until cancelled.

        Raises:
            OSError: the port is taken or may not be had.
        """
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Ear(self), local_addr=(self._host, self.port)
        )
        try:
            place = transport.get_extra_info("socket")
            place.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _KERNEL_BUFFER_BYTES)
            self.port = transport.get_extra_info("sockname")[1]
            listening()
            await asyncio.Event().wait()
        finally:
            transport.abort()

    def figures(self) -> dict[str, int]:
        """Return nothing: there are no connections to count."""
        return {}

    def hear(self, datagram: bytes, address: str) -> None:
        """Take one datagram."""
        try:
            with contextlib.suppress(TurnedAway):  # counted
                self._desk.hear_datagram(datagram, address, self._clock.now_ms())
        except BusDown:
            self._tally.count(SOURCE, "dropped")


class _Ear(asyncio.DatagramProtocol):
    """The socket's end."""

    def __init__(self, server: CotDatagramServer) -> None:
        self._server = server

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        self._server.hear(data, address[0])
