"""Frames straight to a socket stand whole and in order between what goes by its transport."""

from __future__ import annotations

import asyncio
import random
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from dashboard.live.wire import decode_json
from data_feeds.live_flow import offer_movement_to_all
from data_feeds.live_line import NOWHERE, Line, send_to_all, websocket_message
from data_feeds.live_outbox import MOVEMENT_LIMIT_FRAMES, Flow, Outbox, OutboxCounts
from tests.feeds.certificates import Authority
from tests.live.raw_screen import BINARY, CLOSE, PING
from tests.live.test_hub import until

DELTA, SNAPSHOT, NOTICE = 0x12, 0x11, 0x18
LONG = 30_000  # bytes of a delta: a few fill what the kernel holds here


class _Protocol(asyncio.Protocol):
    """What the product's protocol does for its line, and nothing else."""

    line: Line

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.line = Line(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.line.lost()


class Screen:
    """An outbox above a real socket, and the peer's end of it."""

    def __init__(self, line: Line, peer: socket.socket, channel: Channel) -> None:
        self.line, self.peer = line, peer
        self.outbox = Outbox(self._send, _no_pictures, channel.snapshot, channel.counts, line)
        self.got = b""

    async def _send(self, message: Any) -> None:
        self.line.write(websocket_message(message["bytes"]))

    def take(self, most: int) -> int:
        """Read what is there, at most so many bytes."""
        try:
            found = self.peer.recv(most)
        except BlockingIOError:
            return 0
        self.got += found
        return len(found)


class Channel:
    """Screens of one view, whose deltas are numbered."""

    def __init__(self) -> None:
        self.counts = OutboxCounts()
        self.flow: Flow = {}
        self.screens: list[Screen] = []
        self.number = 0
        self._tasks: list[asyncio.Task[None]] = []

    def snapshot(self) -> bytes:
        return struct.pack("<BI", SNAPSHOT, self.number)

    async def open(self) -> Screen:
        """Add a screen and let it have its snapshot."""
        ours, peer = socket.socketpair()
        for end in (ours, peer):
            end.setblocking(False)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)  # the least there is
        _, protocol = await asyncio.get_running_loop().connect_accepted_socket(_Protocol, ours)
        screen = Screen(protocol.line, peer, self)
        screen.outbox.flow = self.flow
        screen.outbox.want_movement()
        self._tasks.append(asyncio.create_task(screen.outbox.run()))
        self.screens.append(screen)
        await until(lambda: screen.outbox in self.flow.values())
        return screen

    def offer(self, size: int = 100) -> None:
        """Offer everybody the next delta."""
        self.number += 1
        delta = struct.pack("<BI", DELTA, self.number) + bytes(size)
        offer_movement_to_all({screen.outbox for screen in self.screens}, self.flow, delta)

    async def until_all_flow(self) -> None:
        """Read at every screen until nothing waits for any of them here."""
        async with asyncio.timeout(30):
            while len(self.flow) < len(self.screens):
                for screen in self.screens:
                    screen.take(1 << 20)
                await asyncio.sleep(0)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for screen in self.screens:
            screen.line.abort()
            screen.peer.close()


@asynccontextmanager
async def channel() -> AsyncIterator[Channel]:
    opened = Channel()
    try:
        yield opened
    finally:
        await opened.close()


async def _no_pictures() -> list[bytes]:
    return []


def frames(data: bytes) -> list[tuple[int, bytes]]:
    """Cut a stream of a server's frames; every byte has to belong to one."""
    found, place = [], 0
    while place < len(data):
        assert data[place] & 0xF0 == 0x80, "a frame begins here, unfragmented"
        size, start = data[place + 1], place + 2
        assert size < 127
        if size == 126:
            size, start = int.from_bytes(data[start : start + 2], "big"), start + 2
        assert start + size <= len(data), "the last frame is whole"
        found.append((data[place] & 15, data[start : start + size]))
        place = start + size
    return found


def follow(data: bytes) -> int:
    """Follow deltas as a screen does and return the number it comes to; none may be missing, late or there twice."""
    number = None
    for code, payload in frames(data):
        if code != BINARY or payload[0] == NOTICE:
            continue
        (said,) = struct.unpack_from("<I", payload, 1)
        assert payload[0] == SNAPSHOT or said == number + 1
        number = said
    assert number is not None
    return number


# -- sending to sockets ------------------------------------------------------------------------------------


def test_each_socket_gets_the_message_and_a_full_one_says_how_much_it_took() -> None:
    pairs = [socket.socketpair() for _ in range(3)]
    try:
        full, message = pairs[1][0], b"m" * 50_000
        full.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        while send_to_all([full.fileno()], b"x") == []:
            pass
        assert send_to_all([one.fileno() for one, _ in pairs], message) == [(full.fileno(), 0)]
        for _, peer in (pairs[0], pairs[2]):
            assert peer.recv(len(message) + 1) == message
    finally:
        for pair in pairs:
            for end in pair:
                end.close()


def test_a_socket_that_waits_when_it_is_full_is_not_waited_for() -> None:
    ours, peer = socket.socketpair()
    with ours, peer:
        assert ours.getblocking()
        message = b"m" * 10_000_000
        ((descriptor, took),) = send_to_all([ours.fileno()], message)
        assert descriptor == ours.fileno()
        assert 0 < took < len(message)


def test_a_socket_whose_peer_is_gone_takes_nothing_and_raises_nothing() -> None:
    ours, peer = socket.socketpair()
    with ours:
        peer.close()
        assert send_to_all([ours.fileno()], b"m") == [(ours.fileno(), 0)]


# -- screens -----------------------------------------------------------------------------------------------


async def test_a_screen_that_waits_for_nothing_gets_the_frame_before_the_call_returns() -> None:
    async with channel() as opened:
        screen = await opened.open()
        before = opened.counts.sent_directly
        opened.offer()
        opened.offer()
        screen.take(1 << 20)
        assert follow(screen.got) == 2
        assert opened.counts.sent_directly == before + 2


@pytest.mark.parametrize("seed", range(6))
async def test_a_slow_reader_gets_whole_frames_in_order_with_pings_between(seed: int) -> None:
    """Its kernel's buffer is full at any byte of any frame, also of a ping's."""
    chance = random.Random(seed)
    async with channel() as opened:
        slow, healthy = await opened.open(), await opened.open()
        pings = 0
        for turn in range(400):
            opened.offer(chance.choice((1, 90, 3_000, LONG)))
            if chance.random() < 0.3:
                pings += 1
                slow.line.write(bytes((0x80 | PING, 4)) + struct.pack("<I", pings))
            if chance.random() < 0.5:
                slow.take(chance.choice((1, 700, 20_000, 200_000)))
            while healthy.take(1 << 20):
                pass
            if turn % 3 == 0:
                await asyncio.sleep(0)
            if turn % 80 == 79:
                await opened.until_all_flow()
        await opened.until_all_flow()
        opened.offer()
        while slow.take(1 << 20) or healthy.take(1 << 20):
            pass
        assert follow(slow.got) == follow(healthy.got) == opened.number
        assert opened.counts.movement_dropped, "it has been slow"
        said = [payload for code, payload in frames(slow.got) if code == PING]
        assert said == [struct.pack("<I", number) for number in range(1, pings + 1)]


async def test_what_a_socket_did_not_take_goes_by_the_transport_and_nothing_overtakes_it() -> None:
    async with channel() as opened:
        screen = await opened.open()
        while screen.outbox in opened.flow.values():
            opened.offer(LONG)
        held = opened.number
        assert screen.line.get_write_buffer_size()
        for _ in range(2):
            opened.offer(LONG)
        await opened.until_all_flow()
        opened.offer()
        while screen.take(1 << 20):
            pass
        assert follow(screen.got) == held + 3
        assert opened.counts.movement_dropped == 0


async def test_one_that_stays_behind_loses_movement_and_is_told_how_much() -> None:
    async with channel() as opened:
        screen = await opened.open()
        while screen.outbox in opened.flow.values():
            opened.offer(LONG)
        for _ in range(MOVEMENT_LIMIT_FRAMES + 2):
            opened.offer(LONG)
        assert screen.outbox.movement_lost == MOVEMENT_LIMIT_FRAMES + 2
        await opened.until_all_flow()
        while screen.take(1 << 20):
            pass
        notices = [payload for code, payload in frames(screen.got) if code == BINARY and payload[0] == NOTICE]
        assert len(notices) == 1
        assert decode_json(notices[0])["params"] == {"frames": MOVEMENT_LIMIT_FRAMES + 2}
        assert follow(screen.got) == opened.number


async def test_who_is_asked_for_a_sign_of_life_while_the_kernel_is_full_is_sent_nothing_past_the_ping() -> (
    None
):
    async with channel() as opened:
        screen = await opened.open()
        filling = websocket_message(bytes(200))
        while not send_to_all([screen.line.descriptor], filling):  # the transport knows nothing of it
            screen.got = b""
        taken = 0
        while screen.take(1 << 20):
            taken += 1
        assert taken, "what filled the kernel, its last message torn"
        opened.offer()
        assert screen.outbox in opened.flow.values()
        ping = bytes((0x80 | PING, 4)) + b"life"
        while not screen.line.get_write_buffer_size():
            screen.line.write(ping)
        assert screen.outbox not in opened.flow.values()


async def test_a_peer_that_is_gone_takes_nothing_from_the_others() -> None:
    async with channel() as opened:
        gone, healthy = await opened.open(), await opened.open()
        gone.peer.close()
        opened.offer()
        opened.offer()
        await until(lambda: gone.line.descriptor == NOWHERE)
        opened.offer()
        healthy.take(1 << 20)
        assert follow(healthy.got) == 3
        assert list(opened.flow.values()) == [healthy.outbox]


async def test_the_number_of_a_lost_socket_is_sent_nothing_when_it_is_anothers() -> None:
    async with channel() as opened:
        lost = await opened.open()
        number = lost.line.descriptor
        lost.line.abort()
        opened.offer()
        await until(lambda: lost.line.descriptor == NOWHERE)
        others = [socket.socketpair() for _ in range(8)]
        try:
            pairs = {one.fileno(): other for pair in others for one, other in (pair, pair[::-1])}
            assert number in pairs, "the kernel gives the lowest free number"
            opened.offer()
            pairs[number].setblocking(False)
            with pytest.raises(BlockingIOError):
                pairs[number].recv(1)
        finally:
            for pair in others:
                for end in pair:
                    end.close()


async def test_a_closed_line_is_sent_nothing_more_though_its_socket_is_still_open() -> None:
    async with channel() as opened:
        screen = await opened.open()
        screen.take(1 << 20)
        screen.line.write(bytes((0x80 | CLOSE, 2, 3, 232)))
        screen.line.close()
        for _ in range(3):
            opened.offer()
        await until(lambda: screen.line.descriptor == NOWHERE)
        screen.take(1 << 20)
        assert frames(screen.got)[-1] == (CLOSE, bytes((3, 232)))


async def test_behind_tls_frames_go_by_the_transport(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(authority.server())
    theirs = ssl.create_default_context(cafile=str(authority.file))
    lines: list[Line] = []

    class Served(_Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            lines.append(self.line)

    server = await asyncio.get_running_loop().create_server(Served, "127.0.0.1", 0, ssl=ours)
    async with server, channel() as opened:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname(), ssl=theirs)
        await until(lambda: lines)
        screen = Screen(lines[0], socket.socket(), opened)
        assert lines[0].descriptor == NOWHERE
        task = asyncio.create_task(screen.outbox.run())
        screen.outbox.flow = opened.flow
        screen.outbox.want_movement()
        opened.screens.append(screen)
        got = await reader.readexactly(2 + 5)
        await until(lambda: screen.outbox._is_idle)
        opened.offer(10)
        got += await reader.readexactly(2 + 15)
        assert follow(got) == 1
        assert not opened.flow
        task.cancel()
        writer.transport.abort()
