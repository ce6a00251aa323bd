"""A hall of screens that loses its server, and one whose screens stop reading; the probes do the same at full size."""

from __future__ import annotations

import asyncio
import random

from dashboard.live.wire import Kind, decode_json
from tests.live.light_screen import FaithfulScreen
from tests.live.live_city import CITY, City, city
from tests.live.raw_screen import RawScreen
from tests.live.test_hub import until

STORM = 60


async def entries(town: City, count: int) -> None:
    for _ in range(count):
        await town.relay.relay(town.truth.commit(scope=[CITY], matters=[{"id": "m1", "scope": [CITY]}]))


async def test_a_storm_of_returning_screens_misses_nothing_and_sees_nothing_twice(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        await until(lambda: town.hub.stats()["bus"] == "up" and town.hub.is_ready)
        screens = [FaithfulScreen(town.port, random.Random(seed)) for seed in range(STORM)]
        following = [asyncio.create_task(screen.follow()) for screen in screens]
        await until(lambda: all(screen.is_whole for screen in screens))
        for _ in range(2):
            await entries(town, 5)
            for screen in list(town.hub._screens):
                screen.outbox._direct.abort()  # type: ignore[union-attr]
            await entries(town, 20)
            await until(lambda: all(screen.is_whole and screen.broken_at is None for screen in screens), 15)
        await until(lambda: all(screen.seq == 50 for screen in screens))
        assert [(screen.gaps, screen.duplicates) for screen in screens] == [(0, 0)] * STORM
        assert [screen.pictures for screen in screens] == [1] * STORM, "they came back by their cursors"
        assert all(len(screen.breaks) >= 2 for screen in screens)
        for screen in screens:
            screen.stop()
        for task in following:
            task.cancel()


async def test_screens_that_stop_reading_cost_the_others_no_frame(redis_flush: str) -> None:
    """Every frame reaches the healthy one, and what waits for each stopped one stays within its bounds."""
    async with city(redis_flush) as town:
        await until(lambda: town.hub.stats()["bus"] == "up" and town.hub.is_ready)
        stopped = [await RawScreen.open(town.port, receive_buffer=4_096) for _ in range(30)]
        async with town.screen() as healthy:
            await healthy.until(lambda it: it.model is not None and it.movement is not None)
            for version in range(12):
                row = {"id": "m1", "scope": [CITY], "version": version, "filler": "x" * 100_000}
                await town.relay.relay(town.truth.commit(scope=[CITY], matters=[row]))
                while True:
                    frame = await healthy.socket.recv()
                    assert isinstance(frame, bytes)
                    if healthy.take(frame) is Kind.CHANGES:
                        break
                assert decode_json(frame)["seq_from"] == decode_json(frame)["seq_to"] == version + 1
                waiting = [screen.outbox.waiting_bytes for screen in town.hub._screens]
                assert max(waiting) <= 1 << 20
        for screen in stopped:
            screen.close()
