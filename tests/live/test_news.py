"""News that are no entries of the log: who hears them over a real Redis, and what nobody hears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from dashboard.domain.principal import Principal
from dashboard.domain.rights import RIGHT_OF_SECTION, may
from dashboard.live.wire import Kind
from dashboard.store.news import POSTS, PRESENCE, TELLINGS, WALLS, WALLS_SHOWN, News
from data_feeds import live_news
from data_feeds.bus import Bus
from data_feeds.embedded_redis import EmbeddedRedis
from data_feeds.nudge import NewsTeller, read_news, write_news
from tests.live.live_city import CITY, City, Screen, city, officer

EAST, SOUTH = "371102", "371103"
PATIENCE_S = 30.0  # of a machine that does other things too; nothing here waits for time


def counts(screen: Screen) -> dict[str, int]:
    """The newest counts that a screen was sent."""
    told = [one["params"] for one in screen.notices if one["code"] == "news"]
    return told[-1] if told else {}


def told_of(screen: Screen, kind: str) -> int:
    return counts(screen).get(kind, -1)


@asynccontextmanager
async def teller(redis_url: str) -> AsyncIterator[NewsTeller]:
    """Another process of the product, that commits and tells."""
    bus = Bus(redis_url)
    news = NewsTeller(bus)
    news.bind(asyncio.get_running_loop())
    yield news
    await bus.close()


async def until(screen: Screen, holds: Callable[[Screen], bool]) -> None:
    """Read what a screen is sent until something holds of it."""
    await screen.until(holds, PATIENCE_S)


async def hears(town: City) -> None:
    """Wait until the hub hears news: from then on what is told is counted, and nothing else."""
    async with asyncio.timeout(PATIENCE_S):
        while town.hub.stats()["bus"] != "up":
            await asyncio.sleep(0.01)


@asynccontextmanager
async def as_(town: City, who: Principal, query: str = "") -> AsyncIterator[Screen]:
    town.who["principal"] = who
    async with town.screen(query) as screen:
        await until(screen, lambda it: bool(it.hello) and counts(it) != {})
        yield screen


async def marked(news: NewsTeller, *screens: Screen) -> None:
    """Tell something that every given desk hears, after whatever was told before, and wait until each has heard."""
    before = [told_of(screen, TELLINGS) for screen in screens]
    news([News(TELLINGS, (EAST, SOUTH))])
    for screen, count in zip(screens, before, strict=True):
        await until(screen, lambda it, count=count: told_of(it, TELLINGS) > count)


async def test_news_reach_the_screens_that_may_know_and_no_others(redis_flush: str) -> None:
    async with city(redis_flush) as town, teller(redis_flush) as news:
        await hears(town)
        async with (
            as_(town, officer(EAST)) as east, as_(town, officer(SOUTH)) as south,
            as_(town, officer(CITY)) as whole, as_(town, officer(CITY), "view=wall") as wall,
        ):  # fmt: skip
            news([News(POSTS, (EAST,), is_exact=True), News("audit")])
            await until(east, lambda it: told_of(it, POSTS) == 1)
            news([News(TELLINGS, (SOUTH,))])
            await until(south, lambda it: told_of(it, TELLINGS) == 1)
            await until(whole, lambda it: told_of(it, TELLINGS) == 1)
            await marked(news, east, south, whole)
            # Each heard what is its own and what marks the end, and nothing else.
            assert counts(east) == {POSTS: 1, TELLINGS: 1, WALLS: 0, WALLS_SHOWN: 0, PRESENCE: 0}
            assert counts(south) == {POSTS: 0, TELLINGS: 2, WALLS: 0, WALLS_SHOWN: 0, PRESENCE: 0}
            assert counts(whole) == {POSTS: 0, TELLINGS: 2, WALLS: 0, WALLS_SHOWN: 0, PRESENCE: 0}
            assert counts(wall) == {WALLS: 0}
            news([News(WALLS, (CITY,))])
            await until(wall, lambda it: told_of(it, WALLS) == 1)
            await until(whole, lambda it: told_of(it, WALLS) == 1)
            assert (told_of(east, WALLS), told_of(south, WALLS)) == (
                0,
                0,
            )  # a wall of the city is no county's


async def test_what_several_acts_of_a_moment_changed_is_one_message(redis_flush: str) -> None:
    async with city(redis_flush) as town, teller(redis_flush) as news:
        await hears(town)
        async with as_(town, officer()) as screen:
            for _ in range(20):
                news([News(TELLINGS, (EAST,))])
            await until(screen, lambda it: told_of(it, TELLINGS) > 0)
            await marked(news, screen)
            assert told_of(screen, TELLINGS) == 2


async def test_a_screen_that_joins_is_told_how_often_so_that_it_knows_the_next_news(redis_flush: str) -> None:
    async with city(redis_flush) as town, teller(redis_flush) as news:
        await hears(town)
        async with as_(town, officer(EAST)) as first:
            await marked(news, first)
            async with as_(town, officer(EAST)) as second:
                assert (
                    counts(second)
                    == counts(first)
                    == {POSTS: 0, TELLINGS: 1, WALLS: 0, WALLS_SHOWN: 0, PRESENCE: 0}
                )


def administrators(hub: Any) -> Any:
    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await hub.administrators.serve(receive, send, administrators.who)  # type: ignore[attr-defined]

    return app


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "auditor"])
async def test_an_administrator_hears_of_the_own_sections_and_receives_nothing_else(
    redis_flush: str, role: str
) -> None:
    who = Principal("a1", "吴**", "officer", role, CITY)
    administrators.who = who  # type: ignore[attr-defined]
    own = {section for section, right in RIGHT_OF_SECTION.items() if may(who, right)}
    async with city(redis_flush, around=administrators) as town, teller(redis_flush) as news:
        await hears(town)
        async with as_(town, who) as page:
            assert counts(page) == dict.fromkeys(own, 0)
            assert page.hello["view"] == {"jurisdiction": CITY, "surface": "admin", "resumed": True}
            news([*(News(section) for section in RIGHT_OF_SECTION), News(TELLINGS, (EAST,))])
            await until(page, lambda it: counts(it) == dict.fromkeys(own, 1))
            await page.socket.send("t17.5")
            await until(page, lambda it: it.times[-1].echo == 17.5)
            assert set(page.kinds) == {Kind.HELLO, Kind.TIME, Kind.NOTICE}


async def test_while_redis_is_away_everybody_is_told_that_anything_may_have_changed(
    own_redis: EmbeddedRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_news, "OUTAGE_TELL_S", 0.05)
    own_redis.start()
    async with city(own_redis.url) as town:
        await hears(town)
        async with as_(town, officer()) as screen:
            own_redis.kill()
            await until(screen, lambda it: min(counts(it).values()) >= 3)
            own_redis.start()
            await hears(town)
            before = counts(screen)
            async with teller(own_redis.url) as news:
                await marked(news, screen)
            assert told_of(screen, TELLINGS) > before[TELLINGS]


def test_news_go_over_the_bus_as_they_are_and_what_cannot_be_read_may_be_anything() -> None:
    told = {News(POSTS, (EAST,), is_exact=True), News(TELLINGS, (EAST, SOUTH)), News("audit")}
    assert read_news(write_news(told)) == told
    for broken in (b"", b"{", b"7", b"[1]", b'[["posts"]]', b'[["nothing",[],false]]', b'[["posts",5,true]]'):
        assert read_news(broken) is None
