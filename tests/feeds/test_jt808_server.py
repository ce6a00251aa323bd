"""JT/T 808 over real sockets: segments, silence, terminals that do not read, a whole fleet at once."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from data_feeds import device_lines
from data_feeds.jt808_desk import Jt808Desk
from data_feeds.jt808_server import SILENT_S, STRANGER_S, Jt808Server
from data_feeds.terminal_book import TerminalBook
from tests.fake_clock import FakeClock
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import NOW, Row, key_of
from tests.feeds.jt808_terminal import (
    LIST,
    TerminalRow,
    answers_in,
    authentication,
    batch,
    frame,
    general,
    in_parts,
    location,
    phone_of,
    registration,
)
from tests.feeds.listening import ListeningPlace, SocketClient

FLEET = 4_383


class Terminal(SocketClient):
    """One terminal."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        super().__init__(reader, writer)
        self.number = number
        self.serial = 0

    @classmethod
    async def connect(cls, port: int, number: int = 0) -> Terminal:
        return cls(*await asyncio.open_connection("127.0.0.1", port), number)

    def frame(self, message: int, body: bytes = b"") -> bytes:
        self.serial += 1
        return frame(message, body, serial=self.serial, phone=phone_of(self.number))

    async def ask(self, message: int, body: bytes = b"") -> tuple[int, bytes]:
        """Send one message; returns its answer."""
        self.writer.write(self.frame(message, body))
        return await self.answer()

    async def answer(self) -> tuple[int, bytes]:
        await self.reader.readuntil(b"\x7e")
        (found,) = answers_in(b"\x7e" + await self.reader.readuntil(b"\x7e"))
        return found

    async def authenticate(self) -> Terminal:
        answer = await self.ask(0x0102, authentication(key_of(f"dev-{self.number}")))
        assert answer == general(0x0102, self.serial, 0)
        return self


class Place(ListeningPlace):
    """A server with its entrance, listening."""

    def __init__(self, entrance: Entrance, rows: list[TerminalRow]) -> None:
        self.entrance = entrance
        book = TerminalBook(lambda: rows)
        book.read()
        desk = Jt808Desk(entrance.door, entrance.tally, entrance.keys, book)
        self.clock = FakeClock(NOW)
        self.server = Jt808Server(desk, entrance.tally, self.clock, "127.0.0.1", 0)


@contextlib.asynccontextmanager
async def listening(entrance: Entrance, rows: list[TerminalRow]) -> AsyncIterator[Place]:
    place = Place(entrance, rows)
    async with place.listening():
        yield place


@pytest_asyncio.fixture
async def place() -> AsyncIterator[Place]:
    async with listening(Entrance(), list(LIST)) as opened:
        yield opened


async def test_from_registration_to_logout(place: Place) -> None:
    terminal = await Terminal.connect(place.server.port)
    message, body = await terminal.ask(0x0100, registration())
    assert (message, body[2], body[3:].decode()) == (0x8100, 0, key_of("dev-0"))
    await terminal.authenticate()
    assert place.server.figures() == {"connections": 1, "terminals": 1}
    assert await terminal.ask(0x0200, location()) == general(0x0200, terminal.serial, 0)
    collected = batch(location(NOW + 2000), location(NOW + 1000))
    assert await terminal.ask(0x0704, collected) == general(0x0704, terminal.serial, 0)
    assert await terminal.ask(0x0003) == general(0x0003, terminal.serial, 0)
    await place.has(connections=1, terminals=0)
    terminal.writer.close()
    await place.has(connections=0, terminals=0)
    assert place.entrance.counts["jt808.accepted"] == 3


async def test_half_frames_over_many_segments(place: Place) -> None:
    terminal = await Terminal.connect(place.server.port)
    terminal.writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream = terminal.frame(0x0102, authentication(key_of("dev-0")))
    stream += b"".join(terminal.frame(0x0200, location(NOW + 1000 * number)) for number in range(3))
    for start in range(0, len(stream), 7):
        terminal.writer.write(stream[start : start + 7])
        await asyncio.sleep(0)
    for serial, message in enumerate((0x0102, 0x0200, 0x0200, 0x0200), start=1):
        assert await terminal.answer() == general(message, serial, 0)
    assert place.entrance.counts["jt808.accepted"] == 3


async def test_what_one_sends_never_holds_up_another(place: Place) -> None:
    good = await (await Terminal.connect(place.server.port)).authenticate()
    bad = [await Terminal.connect(place.server.port, 1) for _ in range(4)]
    bad[0].writer.write(b"GET / HTTP/1.1\r\n" * 4000)
    bad[1].writer.write(bytes(range(256)) * 200)
    bad[2].writer.write(frame(0x0200, location())[:-3])
    bad[3].writer.write(b"\x7e" * 50_000)
    for number in range(20):
        position = location(NOW + 1000 * number)
        assert await good.ask(0x0200, position) == general(0x0200, good.serial, 0)
    assert place.server.figures() == {"connections": 5, "terminals": 1}


async def test_a_new_line_of_a_terminal_ends_its_old_one(place: Place) -> None:
    old = await (await Terminal.connect(place.server.port)).authenticate()
    new = await (await Terminal.connect(place.server.port)).authenticate()
    assert await old.is_hung_up()
    await place.has(connections=1, terminals=1)
    assert await new.ask(0x0002) == general(0x0002, new.serial, 0)


async def test_the_silent_are_hung_up_on_and_strangers_sooner(place: Place) -> None:
    known = await (await Terminal.connect(place.server.port)).authenticate()
    stranger = await Terminal.connect(place.server.port, 1)
    await place.has(connections=2, terminals=1)
    now_s = asyncio.get_running_loop().time()
    place.server.sweep(now_s + STRANGER_S - 1)
    assert place.server.figures() == {"connections": 2, "terminals": 1}
    place.server.sweep(now_s + STRANGER_S + 1)
    assert await stranger.is_hung_up()
    place.server.sweep(now_s + SILENT_S - 1)
    await place.has(connections=1, terminals=1)
    place.server.sweep(now_s + SILENT_S + 1)
    assert await known.is_hung_up()
    assert place.entrance.counts["jt808.silent"] == 2


async def test_a_terminal_that_logged_out_has_a_strangers_time_again(place: Place) -> None:
    terminal = await (await Terminal.connect(place.server.port)).authenticate()
    (line,) = place.server.lines
    line.stranger_since_s -= 10_000
    await terminal.ask(0x0003)
    place.server.sweep(asyncio.get_running_loop().time() + 1)
    assert await terminal.ask(0x0102, b"wrong") == general(0x0102, terminal.serial, 1)


async def test_bytes_that_make_no_frame_are_no_sign_of_life(place: Place) -> None:
    terminal = await (await Terminal.connect(place.server.port)).authenticate()
    (line,) = place.server.lines
    line.session.heard_at_s -= SILENT_S + 1
    terminal.writer.write(b"\x7e\x00\x7e" * 10 + b"drip")
    await terminal.writer.drain()
    await asyncio.sleep(0.05)
    place.server.sweep(asyncio.get_running_loop().time())
    assert await terminal.is_hung_up()


async def test_missing_parts_are_asked_for_and_given_up(place: Place) -> None:
    terminal = await (await Terminal.connect(place.server.port)).authenticate()
    first, *_ = in_parts(0x0704, bytes(900), 400, serial=20, phone=phone_of(0))
    terminal.writer.write(first)
    assert await terminal.answer() == general(0x0704, 20, 0)
    at_s = asyncio.get_running_loop().time()
    for _ in range(3):
        at_s += 6
        place.server.sweep(at_s)
        assert await terminal.answer() == (0x8003, b"\x00\x14\x02\x00\x02\x00\x03")
    place.server.sweep(at_s + 6)
    assert place.entrance.counts["jt808.incomplete"] == 1


async def test_a_terminal_that_does_not_read_its_answers_is_hung_up_on(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_lines, "UNREAD_LIMIT_BYTES", 2_000)
    other = await (await Terminal.connect(place.server.port, 1)).authenticate()
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        deaf.connect(("127.0.0.1", place.server.port))
        deaf.setblocking(False)
        await place.has(connections=2, terminals=1)
        for line in place.server.lines:  # the kernel would hold megabytes
            line._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        loop, beats = asyncio.get_running_loop(), frame(0x0004, phone=phone_of(0)) * 200
        with contextlib.suppress(ConnectionError):
            while True:
                await loop.sock_sendall(deaf, beats)
    assert place.entrance.counts["jt808.limited"] == 1
    assert await other.ask(0x0200, location()) == general(0x0200, other.serial, 0)


async def test_more_connections_than_are_held_are_not(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_lines, "STRANGERS_LIMIT", 2)
    known = await (await Terminal.connect(place.server.port)).authenticate()
    strangers = [await Terminal.connect(place.server.port, 1) for _ in range(2)]
    await place.has(connections=3, terminals=1)
    assert await (await Terminal.connect(place.server.port, 1)).is_hung_up()
    await strangers[0].authenticate()
    await place.has(connections=3, terminals=2)
    fourth = await Terminal.connect(place.server.port, 2)
    await place.has(connections=4, terminals=2)
    monkeypatch.setattr(device_lines, "CONNECTIONS_LIMIT", 4)
    assert await (await Terminal.connect(place.server.port, 2)).is_hung_up()
    fourth.writer.close()
    known.writer.close()
    await place.has(connections=2, terminals=1)
    assert place.server.lines.strangers == {"127.0.0.1": 1}
    assert place.entrance.counts["jt808.limited"] == 2


async def test_stopping_hangs_up_and_frees_the_port() -> None:
    async with listening(Entrance(), list(LIST)) as place:
        terminal = await (await Terminal.connect(place.server.port)).authenticate()
    assert await terminal.is_hung_up()
    with pytest.raises(ConnectionRefusedError):
        await Terminal.connect(place.server.port)
    assert place.server.figures() == {"connections": 0, "terminals": 0}


async def test_a_taken_port_is_an_oserror_for_the_supervisor(place: Place) -> None:
    other = Jt808Server(place.server.desk, place.server.tally, place.clock, "127.0.0.1", place.server.port)
    with pytest.raises(OSError, match="address"):
        await other.serve(lambda: None)


async def test_a_whole_fleet_comes_at_once_and_every_one_is_on_the_board() -> None:
    """4,383 terminals connect, authenticate and report, all at the same time, over one machine's sockets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * FLEET + 500
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip(f"only {hard} files may be open here, and {wanted} are needed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    roster = [Row(number, f"dev-{number}", f"w{number}", "g1", "371102") for number in range(FLEET)]
    rows = [TerminalRow(phone_of(number), f"dev-{number}") for number in range(FLEET)]

    class Reporter(asyncio.Protocol):
        """Sends its code and a position in one go, and counts what it is answered."""

        def __init__(self, number: int) -> None:
            self.stream = b"".join(
                frame(message, body, serial=serial, phone=phone_of(number))
                for serial, (message, body) in enumerate(
                    [
                        (0x0102, authentication(entrance.keys.key_of(f"dev-{number}"))),
                        (0x0200, here),
                    ]
                )
            )
            self.answered = b""
            self.is_done = asyncio.get_running_loop().create_future()

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            transport.write(self.stream)

        def data_received(self, data: bytes) -> None:
            self.answered += data
            if self.answered.count(b"\x7e") == 4 and not self.is_done.done():
                self.is_done.set_result(None)

    entrance, here = Entrance(roster), location(NOW)
    async with listening(entrance, rows) as place:
        loop = asyncio.get_running_loop()
        opened = [
            loop.create_connection(lambda number=number: Reporter(number), "127.0.0.1", place.server.port)
            for number in range(FLEET)
        ]
        fleet = await asyncio.gather(*opened)
        await asyncio.gather(*(reporter.is_done for _, reporter in fleet))
        assert place.server.figures() == {"connections": FLEET, "terminals": FLEET}
        assert entrance.counts == {"jt808.authenticated": FLEET, "jt808.accepted": FLEET}
        assert set(entrance.board.fix_at) == {NOW}
        for transport, _ in fleet:
            transport.abort()
        await place.has(connections=0, terminals=0)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
