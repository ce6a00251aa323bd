"""Cursor-on-Target over real sockets: TCP, TLS and UDP, silence, clients that do not read, Redis away."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from dashboard.live.fleet import SOS
from data_feeds import cot_server, device_lines
from data_feeds.cot_datagrams import CotDatagramServer
from data_feeds.cot_desk import CotDesk
from data_feeds.cot_server import SILENT_S, STRANGER_S, CotServer
from data_feeds.cot_tls import open_context
from tests.fake_clock import FakeClock
from tests.feeds.certificates import Authority
from tests.feeds.cot_client import UID, alert, auth, event, frame, message, ours
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import NOW, ROSTER
from tests.feeds.listening import ListeningPlace, SocketClient


class Client(SocketClient):
    """One client."""

    @classmethod
    async def connect(cls, port: int, context: ssl.SSLContext | None = None) -> Client:
        return cls(*await asyncio.open_connection("127.0.0.1", port, ssl=context))

    async def answer(self) -> bytes:
        return await self.reader.readuntil(b"</event>")

    async def authenticate(self, device: str = "dev-0") -> Client:
        self.writer.write(auth(device))
        assert b"t-x-takp-v" in await self.answer()
        return self

    async def ping(self) -> None:
        """Ask for a sign of life; what was sent before has been heard then."""
        self.writer.write(event(type_="t-x-c-t"))
        assert b"t-x-c-t-r" in await self.answer()


class Place(ListeningPlace):
    """A server with its entrance, listening."""

    def __init__(self, entrance: Entrance, **options) -> None:
        self.entrance = entrance
        desk = CotDesk(entrance.door, entrance.tally, entrance.keys)
        self.server = CotServer(desk, entrance.tally, FakeClock(NOW), "127.0.0.1", 0, **options)

    async def counts(self, **counts: int) -> None:
        """Wait until so much was counted."""
        while any(self.entrance.counts.get(f"cot.{name}", 0) != number for name, number in counts.items()):
            await asyncio.sleep(0.002)


@contextlib.asynccontextmanager
async def listening(**options) -> AsyncIterator[Place]:
    place = Place(Entrance(), **options)
    async with place.listening():
        yield place


@pytest_asyncio.fixture
async def place() -> AsyncIterator[Place]:
    async with listening() as opened:
        yield opened


async def test_from_auth_to_the_end(place: Place) -> None:
    client = await (await Client.connect(place.server.port)).authenticate()
    assert place.server.figures() == {"connections": 1, "devices": 1, "waiting": 0}
    client.writer.write(event() + frame(message(at=NOW + 1)) + event(at=NOW + 2, prologue=""))
    await client.ping()
    assert place.entrance.counts == {"cot.authenticated": 1, "cot.accepted": 3}
    client.writer.close()
    await place.has(connections=0, devices=0)


async def test_auth_and_positions_in_one_segment_and_in_many(place: Place) -> None:
    client = await Client.connect(place.server.port)
    client.writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream = auth() + event() + frame(message(at=NOW + 1))
    for start in range(0, len(stream), 11):
        client.writer.write(stream[start : start + 11])
        await asyncio.sleep(0)
    assert b"t-x-takp-v" in await client.answer()
    await place.counts(accepted=2)
    other = await Client.connect(place.server.port)
    other.writer.write(auth("dev-1") + event(uid="dev-1"))
    await place.counts(accepted=3)


async def test_after_the_negotiation_the_line_speaks_protobuf(place: Place) -> None:
    client = await (await Client.connect(place.server.port)).authenticate()
    ask = event('<TakControl><TakRequest version="1"/></TakControl>', type_="t-x-takp-q")
    client.writer.write(ask)
    assert b'status="true"' in await client.answer()
    client.writer.write(event(type_="t-x-c-t"))
    head = await client.reader.readexactly(2)
    assert head[0] == 0xBF
    assert b"t-x-c-t-r" in await client.reader.readexactly(head[1])


async def test_what_one_sends_never_holds_up_another(place: Place) -> None:
    good = await (await Client.connect(place.server.port)).authenticate()
    bad = [
        await (await Client.connect(place.server.port)).authenticate(f"dev-{number}") for number in (1, 2, 3)
    ]
    bad[0].writer.write(b"GET / HTTP/1.1\r\n" * 4_000)
    bad[1].writer.write(b"<event" + b"<a>" * 100_000)
    bad[2].writer.write(event()[:-3])
    for number in range(20):
        good.writer.write(event(at=NOW + number))
        await good.ping()
    assert place.entrance.counts["cot.accepted"] == 20
    assert place.server.figures()["devices"] == 4


async def test_a_wrong_key_is_hung_up_on_without_a_word(place: Place) -> None:
    client = await Client.connect(place.server.port)
    client.writer.write(auth(key="A" * 26) + event())
    assert await client.reader.read() == b""
    await place.has(connections=0, devices=0)
    assert place.entrance.counts == {"cot.unauthorised": 1}


async def test_a_frame_whose_length_cannot_be_ends_the_line(place: Place) -> None:
    client = await (await Client.connect(place.server.port)).authenticate()
    client.writer.write(b"\xbf\xff\xff\xff\x7f" + bytes(100))
    assert await client.is_hung_up()


async def test_a_new_line_of_a_device_ends_its_old_one(place: Place) -> None:
    old = await (await Client.connect(place.server.port)).authenticate()
    new = await (await Client.connect(place.server.port)).authenticate()
    assert await old.is_hung_up()
    await place.has(connections=1, devices=1)
    await new.ping()


async def test_the_silent_are_hung_up_on_and_strangers_sooner(place: Place) -> None:
    known = await (await Client.connect(place.server.port)).authenticate()
    stranger = await Client.connect(place.server.port)
    stranger.writer.write(b"<auth><cot ")  # and never the rest
    await place.has(connections=2, devices=1)
    now_s = asyncio.get_running_loop().time()
    place.server.sweep(now_s + STRANGER_S - 1)
    assert place.server.figures()["connections"] == 2
    place.server.sweep(now_s + STRANGER_S + 1)
    assert await stranger.is_hung_up()
    known.writer.write(event()[:50])  # bytes that make no document are no sign of life
    await asyncio.sleep(0.02)
    place.server.sweep(now_s + SILENT_S + 1)
    assert await known.is_hung_up()
    assert place.entrance.counts["cot.silent"] == 2


async def test_a_client_that_does_not_read_is_hung_up_on(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_lines, "UNREAD_LIMIT_BYTES", 2_000)
    other = await (await Client.connect(place.server.port)).authenticate("dev-1")
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        deaf.connect(("127.0.0.1", place.server.port))
        deaf.setblocking(False)
        await place.has(connections=2, devices=1)
        for line in place.server.lines:  # the kernel would hold megabytes
            line._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        loop = asyncio.get_running_loop()
        with contextlib.suppress(ConnectionError):
            await loop.sock_sendall(deaf, auth())
            while True:
                await loop.sock_sendall(deaf, event(type_="t-x-c-t") * 50)
    assert place.entrance.counts["cot.limited"] == 1
    await other.ping()


async def test_more_connections_than_are_held_are_not(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_lines, "STRANGERS_LIMIT", 2)
    known = await (await Client.connect(place.server.port)).authenticate()
    strangers = [await Client.connect(place.server.port) for _ in range(2)]
    await place.has(connections=3, devices=1)
    assert await (await Client.connect(place.server.port)).is_hung_up()
    await strangers[0].authenticate("dev-1")
    monkeypatch.setattr(device_lines, "CONNECTIONS_LIMIT", 3)
    assert await (await Client.connect(place.server.port)).is_hung_up()
    for client in (*strangers, known):
        client.writer.close()
    await place.has(connections=0, devices=0)
    assert place.server.lines.strangers == {}
    assert place.entrance.counts["cot.limited"] == 2


async def test_while_redis_is_away_nothing_is_read_and_nothing_is_lost(place: Place) -> None:
    client = await (await Client.connect(place.server.port)).authenticate()
    other = await (await Client.connect(place.server.port)).authenticate("dev-1")
    for line in place.server.lines:  # the kernel would hold megabytes
        line._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    client.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    place.entrance.bus.state = "down"
    client.writer.write(event(at=NOW - 10_000))
    await place.has(connections=2, devices=2, waiting=1)
    sent = 0
    with contextlib.suppress(TimeoutError):  # until the kernel's buffers are full
        while sent < 20_000:
            client.writer.write(event(at=NOW - 9_999 + sent))
            sent += 1
            async with asyncio.timeout(0.1):
                await client.writer.drain()
    assert sent < 20_000, "the client is held up"
    (line,) = place.server._waiting
    assert cot_server.HELD_BYTES <= line.waiting_bytes < cot_server.HELD_BYTES + 300_000, (
        "one read more at most"
    )
    await other.ping()  # who has nothing to say for Redis is answered
    place.server.sweep(asyncio.get_running_loop().time() + SILENT_S + 1)
    assert line in place.server.lines, "who waits for us is not silent"
    assert not place.server.hear_waiting(asyncio.get_running_loop().time)
    assert place.entrance.counts == {"cot.authenticated": 2, "cot.silent": 1}
    place.entrance.bus.state = "up"
    client.writer.write_eof()
    await place.counts(accepted=1 + sent)
    await place.has(connections=0, devices=0)


async def test_those_that_waited_are_heard_in_turns_that_hold_nobody_up(place: Place) -> None:
    clients = [await (await Client.connect(place.server.port)).authenticate(f"dev-{n}") for n in range(3)]
    place.entrance.bus.state = "down"
    for number, client in enumerate(clients):
        client.writer.write(event(uid=f"dev-{number}") * 2)
    await place.has(connections=3, devices=3, waiting=3)
    place.entrance.bus.state = "up"
    hours = iter(range(100))
    turns = [
        (place.server.hear_waiting(lambda: next(hours)), place.server.figures()["waiting"]) for _ in range(3)
    ]
    assert turns == [(True, 2), (True, 1), (False, 0)]
    assert place.entrance.counts["cot.accepted"] == 3
    assert place.entrance.counts["cot.duplicate"] == 3


async def test_a_device_that_loses_its_patience_is_heard_with_what_waited_on_its_older_lines(
    place: Place,
) -> None:
    place.entrance.bus.state = "down"
    lines = []
    for number in range(3):
        lines.append(await (await Client.connect(place.server.port)).authenticate())
        at = NOW + 10 * number
        lines[-1].writer.write((alert(at=at) if number == 0 else b"") + event(at=at) + event(at=at + 1))
        await place.has(connections=1, devices=1, waiting=1)
        while place.server.lines.line_of("dev-0").session.waiting_bytes < len(event()):
            await asyncio.sleep(0.002)
    for line in lines[:2]:
        assert await line.is_hung_up()
    place.entrance.bus.state = "up"
    await lines[2].ping()
    assert place.entrance.counts == {"cot.authenticated": 3, "cot.help": 1, "cot.accepted": 6}
    assert place.entrance.board.state[0] & SOS
    assert place.server.figures()["waiting"] == 0
    lines[2].writer.write(event(at=NOW + 100))
    await place.counts(accepted=7)


async def test_a_client_that_hangs_up_meanwhile_is_heard_all_the_same(place: Place) -> None:
    place.entrance.bus.state = "down"
    client = await (await Client.connect(place.server.port)).authenticate()
    client.writer.write(alert() + event())
    await place.has(connections=1, devices=1, waiting=1)
    client.writer.close()
    await place.has(connections=0, devices=1, waiting=1)
    place.entrance.bus.state = "up"
    await place.has(connections=0, devices=0)
    assert place.entrance.counts == {"cot.authenticated": 1, "cot.help": 1, "cot.accepted": 1}


async def test_a_device_that_is_none_any_more_when_it_is_heard_is_hung_up_on(place: Place) -> None:
    client = await (await Client.connect(place.server.port)).authenticate()
    place.entrance.bus.state = "down"
    client.writer.write(event())
    await place.has(connections=1, devices=1, waiting=1)
    place.entrance.keys.know_devices(ROSTER[1:])
    place.entrance.bus.state = "up"
    assert await client.is_hung_up()
    await place.has(connections=0, devices=0)
    assert place.entrance.counts == {"cot.authenticated": 1, "cot.unauthorised": 1}


async def test_what_cannot_be_kept_for_a_device_is_counted(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cot_server, "INHERITED_LIMIT_BYTES", 100)
    old = await (await Client.connect(place.server.port)).authenticate()
    place.entrance.bus.state = "down"
    old.writer.write(event() * 4)
    await place.has(connections=1, devices=1, waiting=1)
    new = await (await Client.connect(place.server.port)).authenticate()
    assert await old.is_hung_up()
    await place.has(connections=1, devices=1)
    assert place.entrance.counts["cot.dropped"] == 1
    place.entrance.bus.state = "up"
    await new.ping()


async def test_stopping_hangs_up_and_frees_the_port() -> None:
    async with listening() as place:
        client = await (await Client.connect(place.server.port)).authenticate()
    assert await client.is_hung_up()
    with pytest.raises(ConnectionRefusedError):
        await Client.connect(place.server.port)
    assert place.server.figures() == {"connections": 0, "devices": 0, "waiting": 0}


async def test_a_taken_port_and_a_missing_certificate_are_an_oserror_for_the_supervisor(place: Place) -> None:
    for options in (
        {"port": place.server.port},
        {"port": 0, "open_context": partial(open_context, Path("/nowhere.pem"), None, None)},
    ):
        other = CotServer(place.server.desk, place.server.tally, FakeClock(NOW), "127.0.0.1", **options)
        with pytest.raises(OSError, match=r"address|No such file"):
            await other.serve(lambda: None)


async def test_through_tls_a_certificate_says_who_a_device_is(tmp_path: Path) -> None:
    authority, stranger = Authority(tmp_path), Authority(tmp_path, "stranger")
    opens = partial(open_context, authority.server(), None, authority.file)
    async with listening(open_context=opens) as place:

        async def connect(certificate: Path | None) -> Client:
            context = ssl.create_default_context(cafile=str(authority.file))
            if certificate is not None:
                context.load_cert_chain(certificate)
            return await Client.connect(place.server.port, context)

        by_certificate = await connect(authority.device("dev-0", 1, UID))
        assert b"t-x-takp-v" in await by_certificate.answer()
        by_certificate.writer.write(event())
        await by_certificate.ping()
        by_key = await (await connect(None)).authenticate("dev-1")
        by_key.writer.write(event(at=NOW + 1))
        await by_key.ping()
        assert place.entrance.counts == {"cot.authenticated": 2, "cot.accepted": 2}
        for certificate in (
            authority.device("dev-2", 2),
            authority.device("dev-9"),
            stranger.device("dev-2"),
        ):
            with contextlib.suppress(ssl.SSLError):
                assert await (await connect(certificate)).is_hung_up()
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await (await Client.connect(place.server.port)).authenticate("dev-3")  # in the clear
        await place.has(connections=2, devices=2)
        assert place.entrance.counts == {"cot.authenticated": 2, "cot.accepted": 2, "cot.unauthorised": 2}


async def test_datagrams_are_heard_and_dropped_while_redis_is_away() -> None:
    entrance, up = Entrance(), asyncio.Event()
    desk = CotDesk(entrance.door, entrance.tally, entrance.keys)
    server = CotDatagramServer(desk, entrance.tally, FakeClock(NOW), "127.0.0.1", 0)
    serving = asyncio.create_task(server.serve(up.set))
    await up.wait()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", server.port))

        async def send(datagram: bytes, count: str) -> None:
            before = entrance.counts.get(count, 0)
            sender.send(datagram)
            while entrance.counts.get(count, 0) == before:
                await asyncio.sleep(0.002)

        await send(event(ours()), "cot.accepted")
        await send(b"\xbf\x01\xbf" + message(ours(), at=NOW + 1), "cot.accepted")
        await send(event(), "cot.unauthorised")
        await send(bytes(60_000), "cot.malformed")
        entrance.bus.state = "down"
        await send(event(ours(), at=NOW + 2), "cot.dropped")
        entrance.bus.state = "up"
        await send(event(ours(), at=NOW + 2), "cot.accepted")
    serving.cancel()
    await asyncio.wait([serving])
    assert (server.figures(), entrance.board.fix_at[0]) == ({}, NOW + 2)
