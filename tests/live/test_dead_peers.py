"""A peer that is gone is told from one that is slow, whether anything waits for it or not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import data_feeds.live_outbox as live_outbox
import data_feeds.live_server as live_server
from dashboard.live.wire import Kind, decode_time, kind_of
from tests.live.live_city import CITY, City, city
from tests.live.raw_screen import BINARY, CONTINUATION, PING, PONG, TEXT, RawScreen, frame
from tests.live.test_hub import has_all, until

# The product's own times scaled by a tenth.
PING_S, PONG_S = 0.3, 0.5
HASTY = {"ws_ping_interval": PING_S, "ws_ping_timeout": PONG_S}


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_server, "PONG_WITHIN_S", PONG_S)
    monkeypatch.setattr(live_server, "LOOK_EVERY_S", 0.1)
    monkeypatch.setattr(live_outbox, "STALL_S", 60.0)  # so that it is the peer's silence that ends it here


async def gone(town: City, screens: int = 0) -> None:
    await until(lambda: town.hub.stats()["screens"] == screens)


async def load(town: City, version: int, size: int = 400_000) -> None:
    """Commit an entry whose row weighs `size` bytes."""
    row = {"id": "m1", "scope": [CITY], "version": version, "filler": "x" * size}
    await town.relay.relay(town.truth.commit(matters=[row]))


async def test_a_peer_that_answers_no_ping_is_ended_though_nothing_waits_for_it(redis_flush: str) -> None:
    async with city(redis_flush, **HASTY) as town:
        silent = await RawScreen.open(town.port)
        async with town.screen() as healthy:
            await healthy.until(has_all)
            await gone(town, 1)
            assert town.hub.stats()["closed_dead"] == 1
            await healthy.socket.send("t1")
            await healthy.until(lambda it: any(time.echo == 1 for time in it.times))
        silent.close()


async def test_a_pong_that_came_while_the_server_itself_stood_counts(
    redis_flush: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_server, "LATE_PONG_S", 30.0)  # of a machine that does other things too
    async with (
        city(redis_flush, ws_ping_interval=1_000, ws_ping_timeout=1_000) as town,
        town.screen() as healthy,
    ):
        await healthy.until(has_all)
        (screen,) = town.hub._screens
        protocol = screen.outbox._direct.get_protocol()
        protocol.send_keepalive_ping()
        protocol.pong_timer.cancel()
        protocol.keepalive_timeout()  # as after a stall: the timer is due and nothing has been read since the ping
        await until(lambda: protocol.pending_ping_payload is None)
        assert (protocol.pong_timer, protocol.is_ended, town.hub.stats()["closed_dead"]) == (None, False, 0)


async def test_a_peer_that_takes_nothing_is_ended_though_no_ping_could_be_sent(redis_flush: str) -> None:
    async with city(redis_flush, **HASTY) as town:
        stopped = await RawScreen.open(town.port, receive_buffer=4_096)
        await until(lambda: town.hub.stats()["bus"] == "up" and town.hub.stats()["screens"] == 1)
        for version in range(40):
            await load(town, version)
        await gone(town)
        assert town.hub.stats()["closed_dead"] == 1
        stopped.close()


async def test_a_slow_line_whose_answers_wait_behind_a_large_picture_is_left_alone(redis_flush: str) -> None:
    async with city(redis_flush, ws_ping_interval=1_000, ws_ping_timeout=PONG_S) as town:
        slow = await RawScreen.open(town.port, receive_buffer=4_096)
        await until(lambda: town.hub.stats()["bus"] == "up" and town.hub.stats()["screens"] == 1)
        await load(town, 0, size=6_000_000)
        await until(lambda: waiting_bytes(town) > 0)
        (screen,) = town.hub._screens
        screen.outbox._direct.get_protocol().send_keepalive_ping()
        for _ in range(12):  # in all three times as long as a peer may be silent
            await shrink(town, slow)
            await asyncio.sleep(PONG_S / 4)
        assert waiting_bytes(town) > 0, "the large frame was still on its way all the while"
        assert town.hub._screens == {screen}
        assert town.hub.stats()["closed_dead"] == 0
        slow.close()
        await gone(town)


async def shrink(town: City, slow: RawScreen) -> None:
    """Take what the kernel has until the server could hand it more."""
    before = waiting_bytes(town)
    while waiting_bytes(town) >= before:
        assert await asyncio.get_running_loop().sock_recv(slow.socket, 20_000)


@pytest.mark.parametrize("interval_s", [3.0, 0.3, 0.1])
async def test_screens_are_asked_for_a_sign_of_life_together_and_never_late(
    redis_flush: str, interval_s: float
) -> None:
    """But not all at once: they come one after the other, and stay as far apart."""
    loop = asyncio.get_running_loop()
    async with city(redis_flush, ws_ping_interval=interval_s, ws_ping_timeout=60.0) as town:
        peers = []
        for number in range(3):
            peers.append(await RawScreen.open(town.port))
            await until(lambda number=number: town.hub.stats()["screens"] == number + 1)
            newest = max(town.hub._screens, key=lambda screen: int(screen.id.partition("-")[2]))
            protocol: Any = newest.outbox._direct.get_protocol()
            before_s = loop.time()
            protocol.schedule_ping()
            due_s = protocol.ping_timer.when()
            assert before_s < due_s <= loop.time() + interval_s + 0.002
            if interval_s > live_server.PINGS_APART_S + 0.002:
                assert due_s % live_server.PINGS_APART_S == 0
                assert due_s > before_s + interval_s - live_server.PINGS_APART_S
        for peer in peers:
            peer.close()


async def test_a_peer_that_answers_is_kept(redis_flush: str) -> None:
    async with city(redis_flush, **HASTY) as town:
        answering = await RawScreen.open(town.port)
        for _ in range(6):
            while (found := await answering.next_frame()) is not None and found[0] != PING:
                pass
            assert found is not None
            await answering.send(frame(PONG, found[1]))
        assert town.hub.stats()["screens"] == 1
        answering.close()


async def test_a_screen_that_is_sent_away_and_does_not_go_is_cut(redis_flush: str) -> None:
    """Its polite close waits behind what it does not take; without a cut the socket would stay for ever."""
    async with city(redis_flush, ws_ping_interval=1_000, ws_ping_timeout=PONG_S) as town:
        stopped = await RawScreen.open(town.port, receive_buffer=4_096)
        await until(lambda: town.hub.stats()["bus"] == "up" and town.hub.stats()["screens"] == 1)
        await load(town, 0, size=4_000_000)
        await until(lambda: waiting_bytes(town) > 0)
        (screen,) = town.hub._screens
        transport = screen.outbox._direct
        protocol: Any = transport.get_protocol()
        screen.outbox.close(4408, "too slow")
        protocol.send_keepalive_ping()  # its turn: had it come before the load, the peer might have been gone by then
        await until(lambda: transport.get_write_buffer_size() == 0 and transport.is_closing())
        stopped.close()


def waiting_bytes(town: City) -> int:
    return sum(screen.outbox._direct.get_write_buffer_size() for screen in town.hub._screens)


@pytest.mark.parametrize(
    "flood",
    [
        pytest.param(frame(PING, b"x" * 125) * 50, id="pings whose answers are not read"),
        pytest.param(frame(TEXT, b"t", fin=False) + frame(CONTINUATION, fin=False) * 50, id="empty parts"),
    ],
)
async def test_frames_that_would_heap_up_here_end_their_screen(redis_flush: str, flood: bytes) -> None:
    async with city(redis_flush) as town:
        attacker = await RawScreen.open(town.port)
        await until(lambda: town.hub.stats()["screens"] == 1)
        await attacker.send(flood)
        await gone(town)
        attacker.close()


async def test_a_few_pings_and_parts_are_answered(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        polite = await RawScreen.open(town.port)
        await polite.send(frame(PING, b"are you there"))
        await polite.send(frame(TEXT, b"t4", fin=False) + frame(CONTINUATION, b"2"))
        seen: set[Any] = set()
        while not {"pong", 42.0} <= seen:
            found = await polite.next_frame()
            assert found is not None
            opcode, payload = found
            if opcode == PONG:
                assert payload == b"are you there"
                seen.add("pong")
            elif opcode == BINARY and kind_of(payload) is Kind.TIME:
                seen.add(decode_time(payload).echo)
        polite.close()
