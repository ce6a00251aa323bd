"""Who has which matter open, over real sockets and a real Redis: told to those who may see it, and to nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.principal import Principal
from dashboard.store.news import PRESENCE
from data_feeds import bus_names as names
from data_feeds.bus import Bus
from data_feeds.heard_lines import SILENT_AFTER_S
from data_feeds.live_desks import DeskBook
from data_feeds.live_screens import MatterOpened, read_text
from tests.live.live_city import CITY, City, city, officer
from tests.live.test_news import as_, hears, told_of, until

EAST, WEST = "371102", "371103"
COLLEAGUE = Principal("account-b", "陈秀英", "officer", "duty_officer", CITY)
NEIGHBOUR = Principal("account-c", "赵敏", "officer", "duty_officer", WEST)


def matter(matter_id: str, region: str) -> dict[str, Any]:
    return {"id": matter_id, "no": "G0001", "scope": [region], "title": "燃气异味"}


async def seen_by(
    town: City, who: Principal, holds: Callable[[list[dict[str, Any]]], bool]
) -> list[dict[str, Any]]:
    """What `who` is told of others, once it is so."""
    async with asyncio.timeout(30):
        while not holds(found := await town.hub.desks.read(who)):
            await asyncio.sleep(0.01)
    return found


async def test_a_colleague_is_seen_in_a_matter_by_those_who_may_see_it(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        await hears(town)
        town.hub.picture.matters["m-1"] = matter("m-1", EAST)
        async with as_(town, officer()) as desk, as_(town, NEIGHBOUR) as elsewhere:
            async with as_(town, COLLEAGUE) as other:
                before = told_of(desk, PRESENCE)
                await other.socket.send("m:m-1")
                (one,) = await seen_by(town, officer(), bool)
                assert one == {"matter_id": "m-1", "name": "陈**", "since_at": town.clock.now}
                await until(desk, lambda it: told_of(it, PRESENCE) > before)
                assert await town.hub.desks.read(COLLEAGUE) == []  # nobody is told of oneself
                assert await town.hub.desks.read(NEIGHBOUR) == []
            await seen_by(
                town, officer(), lambda found: not found
            )  # the socket went, and so did the colleague
            assert told_of(elsewhere, PRESENCE) == 0


async def test_what_one_may_not_see_one_cannot_be_in(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        await hears(town)
        town.hub.picture.matters["m-1"] = matter("m-1", EAST)
        town.hub.picture.matters["m-2"] = matter("m-2", WEST)
        async with as_(town, NEIGHBOUR) as desk:
            await desk.socket.send("m:m-1")
            await desk.socket.send("m:m-2")
            assert [one["matter_id"] for one in await seen_by(town, officer(), bool)] == ["m-2"]


async def test_a_process_that_fell_silent_is_forgotten_however_fast_the_products_clock_runs(
    redis_flush: str,
) -> None:
    async with city(redis_flush) as town:
        await hears(town)
        town.hub.picture.matters["m-1"] = matter("m-1", EAST)
        steady = [0.0]
        elsewhere = DeskBook(
            town.bus, town.clock.now_ms, town.hub.picture.matters.get, town.hub._sees, lambda: steady[0]
        )
        async with as_(town, COLLEAGUE) as desk:
            await desk.socket.send("m:m-1")
            await seen_by(town, officer(), bool)
            (saying,) = [task for task in town.hub._tasks if task.get_name() == "live desks"]
            saying.cancel()
            await asyncio.wait([saying])
            assert len(await elsewhere.read(officer())) == 1
            steady[0] += SILENT_AFTER_S - 0.1
            town.clock.advance(minutes=10)
            assert len(await elsewhere.read(officer())) == 1
            steady[0] += 0.1
            assert await elsewhere.read(officer()) == []


class Two:
    """Two web processes of one centre on one Redis, whose steady clock is the test's."""

    def __init__(self, redis: str) -> None:
        self.bus, self.steady_s = Bus(redis), 0.0
        rows = {"m-1": matter("m-1", EAST)}
        self.living, self.other = (
            DeskBook(self.bus, lambda: 1_000, rows.get, lambda *_: True, lambda: self.steady_s)
            for _ in range(2)
        )

    async def seen(self) -> list[str]:
        return [one["matter_id"] for one in await self.living.read(officer())]

    async def told_during(self, act: Callable[[], Awaitable[None]]) -> int:
        """How often presence is news while `act` is done: what comes between two marks of the test's own."""
        first, last, told, begun = b"[]", b"[ ]", 0, asyncio.Event()

        async def listen() -> None:
            nonlocal told
            async for message in self.bus.subscribe([names.NEWS]):
                begun.set()
                if message.data == last:
                    return
                told += message.data.count(PRESENCE.encode())

        async with asyncio.timeout(30):
            listening = asyncio.create_task(listen())
            while not begun.is_set():  # it hears once its subscription stands
                await self.bus.publish(names.NEWS, first)
                await asyncio.sleep(0.01)
            await act()
            await self.bus.publish(names.NEWS, last)
            await listening
        return told


async def test_a_killed_process_is_forgotten_by_itself_and_the_desks_are_told_once(redis_flush: str) -> None:
    two = Two(redis_flush)
    two.other.says(object(), COLLEAGUE, "m-1")
    await two.other.say()
    assert await two.seen() == ["m-1"]
    two.steady_s = SILENT_AFTER_S - 0.1
    assert await two.told_during(two.living.lapse) == 0
    assert await two.seen() == ["m-1"]
    two.steady_s = SILENT_AFTER_S
    assert await two.told_during(two.living.lapse) == 1
    assert await two.seen() == []
    assert await two.bus.fields(names.PRESENCE) == {}
    assert await two.told_during(two.living.lapse) == 0
    await two.bus.close()


async def test_who_was_only_slow_is_there_again_and_the_desks_are_told(redis_flush: str) -> None:
    two = Two(redis_flush)
    two.other.says(object(), COLLEAGUE, "m-1")
    await two.other.say()
    assert await two.seen() == ["m-1"]
    two.steady_s = SILENT_AFTER_S
    await two.living.lapse()
    assert await two.told_during(two.other.say) == 1
    assert await two.seen() == ["m-1"]
    assert await two.told_during(two.other.say) == 0
    await two.bus.close()


@pytest.mark.parametrize(("said", "read"), [("m:m-1", MatterOpened("m-1")), ("m:", MatterOpened(None))])
def test_what_a_desk_says_is_read(said: str, read: MatterOpened) -> None:
    assert read_text(said) == read


@given(st.text(max_size=70))
def test_whatever_else_begins_so_is_refused(rest: str) -> None:
    read = read_text("m" + rest)
    assert read is None or isinstance(read, MatterOpened)
