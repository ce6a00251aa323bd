"""The product's own protocol writes by its line: pings, answers and closes stand where they belong among the frames."""

from __future__ import annotations

import struct
from typing import Any

from data_feeds.live_line import NOWHERE
from tests.live.live_city import City, city
from tests.live.raw_screen import BINARY, CLOSE, PING, PONG, TEXT, RawScreen, frame
from tests.live.test_hub import until

DELTA = 0x12


async def _in_flow(town: City) -> tuple[Any, Any]:
    """The one screen's channel and protocol, once it takes frames straight."""
    await until(lambda: town.hub.stats()["bus"] == "up" and len(town.hub._screens) == 1)
    (screen,) = town.hub._screens
    await until(lambda: screen.outbox in screen.channel._flow.values())
    return screen.channel, screen.outbox._direct.get_protocol()


async def test_nothing_follows_the_answer_to_a_peers_close(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        peer = await RawScreen.open(town.port)
        channel_, protocol = await _in_flow(town)
        channel_.send_movement(bytes((DELTA,)) + b"before")
        protocol.data_received(frame(CLOSE, struct.pack("!H", 1000)))
        channel_.send_movement(bytes((DELTA,)) + b"behind")
        seen = []
        while (found := await peer.next_frame()) is not None:
            seen.append(found)
        assert seen[-1] == (CLOSE, struct.pack("!H", 1000))
        assert (BINARY, bytes((DELTA,)) + b"before") in seen
        peer.close()


async def test_a_lost_connection_is_forgotten_whoever_ended_it(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        peer = await RawScreen.open(town.port)
        channel_, protocol = await _in_flow(town)
        line = protocol.transport
        line.transport.abort()  # past the line, as the event loop does it when the peer resets
        await until(lambda: line.descriptor == NOWHERE)
        assert not channel_._flow
        peer.close()


async def test_answers_to_pings_stand_between_the_frames_that_they_came_between(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        peer = await RawScreen.open(town.port)
        channel_, protocol = await _in_flow(town)
        for number in range(3):
            channel_.send_movement(bytes((DELTA, number)))
            protocol.data_received(frame(PING, bytes((number,))))
        seen: list[tuple[int, bytes]] = []
        while len(seen) < 6:
            found = await peer.next_frame()
            assert found is not None
            if found[0] == PONG or found[1][:1] == bytes((DELTA,)):
                seen.append(found)
        assert seen == [
            one for number in range(3) for one in ((BINARY, bytes((DELTA, number))), (PONG, bytes((number,))))
        ]
        peer.close()


async def test_a_screen_that_says_what_it_may_not_is_sent_nothing_behind_the_close(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        peer = await RawScreen.open(town.port)
        channel_, _ = await _in_flow(town)
        await peer.send(frame(TEXT, b"tell me more"))
        await until(lambda: not channel_._flow)
        channel_.send_movement(bytes((DELTA,)) + b"behind")
        assert await peer.close_code() == 1008
        await peer.send(frame(CLOSE, struct.pack("!H", 1008)))
        assert await peer.next_frame() is None
        peer.close()
