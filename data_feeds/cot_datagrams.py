"""Cursor-on-Target over UDP: one event a datagram, with its device's key or from a listed address; none is answered."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Final

from data_feeds.bus import BusDown
from data_feeds.clock import Clock
from data_feeds.cot_addresses import AddressBook
from data_feeds.cot_desk import CotDesk
from data_feeds.decoders.cot import SOURCE
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import TurnedAway

_KERNEL_BUFFER_BYTES: Final = 4 << 20  # a whole fleet in one tenth of a second; the machine may allow less


class CotDatagramServer:
    """The listener; what it hears counts as `cot`, as over TCP.

    Args:
        host, port: where to listen; port 0 takes a free one, which `port` then says.
        addresses: whom datagrams without a key are believed to come from, for the health.
        group: a multicast group that is listened to in the place of `host`, and the address of the interface that it is
            joined on.
    """

    name = f"{SOURCE}_udp"

    def __init__(
        self,
        desk: CotDesk,
        tally: FeedTally,
        clock: Clock,
        host: str,
        port: int,
        *,
        addresses: AddressBook | None = None,
        group: tuple[str, str] | None = None,
    ) -> None:
        self.port = port
        self._desk = desk
        self._tally = tally
        self._clock = clock
        self._host = host
        self._addresses = addresses
        self._group = group

    async def serve(self, listening: Callable[[], None]) -> None:
        """Listen until cancelled.

        Raises:
            OSError: the port is taken or may not be had, or the group cannot be joined.
        """
        loop = asyncio.get_running_loop()
        if self._group is None:
            transport, _ = await loop.create_datagram_endpoint(
                lambda: _Ear(self), local_addr=(self._host, self.port)
            )
        else:
            transport, _ = await loop.create_datagram_endpoint(
                lambda: _Ear(self), sock=_joined(self._group, self.port)
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
        """Return how many devices are believed by their address alone, where any are."""
        return {"unauthenticated_by_address": len(self._addresses)} if self._addresses else {}

    def hear(self, datagram: bytes, address: str) -> None:
        """Take one datagram."""
        try:
            with contextlib.suppress(TurnedAway):  # counted
                self._desk.hear_datagram(datagram, address, self._clock.now_ms())
        except BusDown:
            self._tally.count(SOURCE, "dropped")


def _joined(group: tuple[str, str], port: int) -> socket.socket:
    address, interface = group
    found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        found.setblocking(False)
        found.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # a group may have other ears on the machine
        found.bind((address, port))
        membership = socket.inet_aton(address) + socket.inet_aton(interface)
        found.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
    except OSError:
        found.close()
        raise
    return found


class _Ear(asyncio.DatagramProtocol):
    """The socket's end."""

    def __init__(self, server: CotDatagramServer) -> None:
        self._server = server

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        self._server.hear(data, address[0])
