"""What a wall says that it shows, over a real socket and a real Redis, as every desk reads it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from dashboard.domain.principal import Principal
from dashboard.domain.wall import wall_id
from dashboard.store.news import WALLS, WALLS_SHOWN, News
from data_feeds import bus_names as names
from data_feeds.bus import Bus
from data_feeds.heard_lines import SILENT_AFTER_S, HeardLines
from data_feeds.live_screens import SceneShown, read_text
from data_feeds.live_walls import WallBook
from data_feeds.nudge import read_news
from tests.live.live_city import CITY, City, city, officer
from tests.live.test_news import as_, counts, hears, told_of, until

EAST = "371102"
HALL = wall_id(CITY, "大厅")


def kiosk(name: str = "大厅", place: str = CITY) -> Principal:
    return Principal(f"kiosk:{name}", name, "kiosk", "viewer_wall", place)


async def said(town: City, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What is known of the hall, once it is so."""
    async with asyncio.timeout(30):
        while not holds(found := (await town.hub.walls.read()).get(HALL, {})):
            await asyncio.sleep(0.01)
    return found


async def test_a_wall_says_what_it_shows_and_the_desks_are_told(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        await hears(town)
        async with as_(town, officer()) as desk, as_(town, officer(EAST)) as county:
            async with as_(town, kiosk()) as wall:
                await until(desk, lambda it: told_of(it, WALLS_SHOWN) >= 1)
                before = told_of(desk, WALLS_SHOWN)
                await wall.socket.send("wincident:m-1")
                shown = await said(town, lambda one: one.get("scene") == "incident")
                assert (shown["connected"], shown["matter_id"]) == (True, "m-1")
                assert shown["since_at"] == shown["heard_at"] == town.clock.now
                await until(desk, lambda it: told_of(it, WALLS_SHOWN) > before)
                await wall.socket.send("t5")
                await until(wall, lambda it: any(time.echo == 5 for time in it.times))
                assert counts(wall) == {WALLS: 0}  # else each wall that turns would have every wall ask
            gone = await said(town, lambda one: not one.get("connected"))
            assert gone["scene"] == "incident"
            await until(desk, lambda it: told_of(it, WALLS_SHOWN) > before + 1)
            assert told_of(county, WALLS_SHOWN) == 0


async def test_a_wall_that_shows_the_same_tells_nothing_and_keeps_its_since(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        await hears(town)
        async with as_(town, officer()) as desk, as_(town, kiosk()) as wall:
            await wall.socket.send("whotline")
            first = await said(town, lambda one: one.get("scene") == "hotline")
            town.clock.advance(minutes=1)
            await wall.socket.send("whotline")
            await wall.socket.send("wgrid")  # behind it: what was said before has been read
            second = await said(town, lambda one: one.get("scene") == "grid")
            assert second["since_at"] == first["since_at"] + 60_000
            await until(desk, lambda it: told_of(it, WALLS_SHOWN) >= 1)


async def test_two_screens_of_one_name_are_one_wall_until_both_are_gone(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        await hears(town)
        async with as_(town, kiosk()):
            async with as_(town, kiosk()):
                await said(town, lambda one: one.get("connected") is True)
            await said(town, lambda one: one.get("connected") is True)
        await said(town, lambda one: one.get("connected") is False)


async def test_an_officer_who_looks_at_the_wall_is_no_wall(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        await hears(town)
        async with as_(town, officer(), "view=wall") as looking:
            await looking.socket.send("whotline")
            await looking.socket.send("t5")
            await until(looking, lambda it: it.times[-1].echo == 5)
            assert await town.hub.walls.read() == {}


class Process:
    """A web process beside others on one Redis, with a clock of its own and one for all."""

    def __init__(self, bus: Bus, product_ms: list[int]) -> None:
        self.steady_s = 0.0
        self.book = WallBook(bus, lambda: product_ms[0], lambda: self.steady_s)

    async def hall(self) -> dict[str, Any]:
        return (await self.book.read()).get(HALL, {})


async def test_a_wall_whose_process_died_is_not_taken_for_connected(redis_flush: str) -> None:
    """At any rate of the product's clock: what counts is how long nothing was heard."""
    bus, product_ms = Bus(redis_flush), [1_000]
    dying, reader = Process(bus, product_ms), Process(bus, product_ms)
    dying.book.joined(kiosk())
    await dying.book._say()
    assert (await reader.hall())["connected"] is True
    for _ in range(10):  # it says the same again; at a hundredfold rate each time is minutes later
        product_ms[0] += 500_000
        reader.steady_s += 5
        await dying.book._say()
        assert (await reader.hall())["connected"] is True
    reader.steady_s += SILENT_AFTER_S - 0.1
    assert (await reader.hall())["connected"] is True
    reader.steady_s += 0.1
    gone = await reader.hall()
    assert (gone["connected"], gone["heard_at"]) == (False, product_ms[0])
    await bus.close()


class ListenedBus(Bus):
    """A bus that keeps what was told over it."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.told: list[News] = []

    async def publish(self, channel: str, data: bytes) -> None:
        self.told.extend(read_news(data) or ())
        await super().publish(channel, data)


async def test_desks_are_told_of_a_wall_whose_process_died_without_a_word(redis_flush: str) -> None:
    """By another process, once, at the moment at which it counts as gone; not while the wall is back elsewhere."""
    bus, heard, product_ms = Bus(redis_flush), ListenedBus(redis_flush), [1_000]
    dying, living = Process(bus, product_ms), Process(heard, product_ms)
    told = heard.told
    dying.book.joined(kiosk())
    await dying.book._say()
    told.clear()
    await living.book._sweep()
    living.steady_s += SILENT_AFTER_S - 0.1
    await living.book._sweep()
    assert told == []
    assert living.book._look_again_s == pytest.approx(0.15)  # it looks again just when that is so
    living.steady_s += 0.15
    await living.book._sweep()
    assert told == [News(WALLS_SHOWN, (CITY,))]
    living.steady_s += 5
    await living.book._sweep()
    assert len(told) == 1
    living.book.joined(kiosk())  # it opens again at the living one, which falls silent over it as well
    await living.book._say()
    told.clear()
    living.steady_s += 5
    await living.book._say()
    await living.book._sweep()
    assert told == []
    await bus.close()
    await heard.close()


async def test_a_process_that_lost_a_wall_does_not_take_it_from_the_one_that_has_it(redis_flush: str) -> None:
    bus, product_ms = Bus(redis_flush), [1_000]
    first, second, desk = (Process(bus, product_ms) for _ in range(3))
    first.book.joined(kiosk())
    first.book.says(kiosk(), SceneShown("grid"))
    await first.book._say()
    product_ms[0] += 8_000  # the wall is back at the other process before the first has missed it
    second.book.joined(kiosk())
    second.book.says(kiosk(), SceneShown("hotline"))
    await second.book._say()
    first.book.left(kiosk())
    await first.book._say()
    found = await desk.hall()
    assert (found["connected"], found["scene"], found["since_at"]) == (True, "hotline", 9_000)
    product_ms[0] += 1_000
    second.book.left(kiosk())
    await second.book._say()
    found = await desk.hall()
    assert (found["connected"], found["scene"], found["heard_at"]) == (False, "hotline", 10_000)
    await bus.close()


async def test_what_a_dead_process_said_is_swept_out_once_others_say_more(redis_flush: str) -> None:
    bus, product_ms = Bus(redis_flush), [1_000]
    dead, living = Process(bus, product_ms), Process(bus, product_ms)
    for one in (dead, living):
        one.book.joined(kiosk())
    dead.book.joined(kiosk("二"))
    await dead.book._say()
    await living.book._say()
    await living.book._sweep()
    living.steady_s += SILENT_AFTER_S
    await living.book._say()
    assert len(await bus.fields(names.WALLS)) == 3
    await living.book._sweep()
    left = await bus.fields(names.WALLS)
    assert sorted(field.partition("@")[0] for field in left) == sorted([HALL, wall_id(CITY, "二")])
    read = await living.book.read()
    assert {wall: one["connected"] for wall, one in read.items()} == {HALL: True, wall_id(CITY, "二"): False}
    await bus.close()


def test_a_line_is_as_old_as_the_last_reading_that_changed_it() -> None:
    steady = [100.0]
    heard = HeardLines(lambda: steady[0])
    assert heard.silent_s({"a": b"1", "b": b"1"}) == {"a": 0, "b": 0}
    steady[0] += 7
    assert heard.silent_s({"a": b"1", "b": b"2"}) == {"a": 7, "b": 0}
    assert heard.silent_s({"a": b"1"}) == {"a": 7}
    steady[0] += 1
    assert heard.silent_s({"a": b"1", "b": b"2"}) == {"a": 8, "b": 0}  # one that comes back is new


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("woverview", SceneShown("overview")),
        ("wincident:m-0123456789abcdef", SceneShown("incident", "m-0123456789abcdef")),
        ("wweather", None), ("w", None), ("wincident:", None), ("wincident:a b", None),
        ("wincident:" + "a" * 41, None), ("wGRID", None), ("w1", None),
    ],
)  # fmt: skip
def test_a_wall_may_say_a_scene_and_nothing_else(text: str, said: SceneShown | None) -> None:
    assert read_text(text) == said


async def test_a_wall_that_leaves_while_others_are_told_of_is_told_of_next(redis_flush: str) -> None:
    """Its last word is not lost between two writes to Redis."""
    bus = Bus(redis_flush)
    book = WallBook(bus, lambda: 1_000)
    first, second = kiosk("一"), kiosk("二")
    book.joined(first)
    book.joined(second)
    put, left = bus.put_field, []

    async def slowly(hash_name: str, field: str, data: bytes) -> None:
        if not left:  # it goes while the first of the two is written
            left.append(book.left(second))
        await put(hash_name, field, data)

    bus.put_field = slowly  # type: ignore[method-assign]
    keeping = asyncio.create_task(book.keep())
    async with asyncio.timeout(30):
        while (await book.read()).get(wall_id(CITY, "二"), {}).get("connected") is not False:
            await asyncio.sleep(0.01)
    assert (await book.read())[wall_id(CITY, "一")]["connected"] is True
    keeping.cancel()
    await bus.close()
