"""The browser's client against a running hub: joins, follows, says what it does not know, and always comes back."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from dashboard.live.fleet import REPORTING, TASKED
from dashboard.live.fleet_frames import pack_fixes
from dashboard.store.news import POSTS, TELLINGS, News
from data_feeds import bus_names as names
from data_feeds.nudge import write_news
from tests.live.browser_page import STATIC, open_page, probe
from tests.live.live_city import CITY, NOW, City, city

pytestmark = pytest.mark.browser


async def until(page: Page, condition: str, timeout_ms: int = 30_000) -> None:
    await page.wait_for_function(f"() => window.live && ({condition})", timeout=timeout_ms)


@pytest_asyncio.fixture
async def town(redis_flush: str) -> AsyncIterator[City]:
    async with city(redis_flush, static=STATIC) as running:
        yield running


async def commit(town: City, **rows: Any) -> None:
    await town.relay.relay(town.truth.commit(scope=[CITY], **rows))


async def test_a_page_follows_matters_positions_and_the_servers_clock(town: City, chromium_path: str) -> None:
    async with open_page(chromium_path, f"http://127.0.0.1:{town.port}/") as page:
        await probe(page, "open_live")
        await until(page, "live.ready && live.fleet.n === 3 && live.connection.state === 'live'")
        assert abs(await page.evaluate("live.now()") - NOW) < 60_000
        await commit(town, matters=[{"id": "m1", "scope": [CITY]}])
        await until(page, "live.matters.has('m1') && live.log.length === 1 && live.seq === 1")
        fixes = pack_fixes(
            1, NOW, [1], [119_470_000], [35_430_000], [REPORTING | TASKED], [NOW], roster=town.mark
        )
        await town.bus.publish(names.fleet_channel("371102"), fixes)
        await until(page, "live.fleet.summary().tasked === 1 && live.fleet.latest_at === " + str(NOW))
        assert (await page.evaluate("live.fleet.worker(1)"))["name"] == "王**"
        await commit(town, kind="MatterClosed", gone={"matters": ["m1"]})
        await until(page, "live.matters.size === 0")
        topics = "['matters', 'log', 'fleet', 'health', 'second', 'connection']"
        await until(page, f"{topics}.every((topic) => heard.includes(topic))")


async def test_a_page_is_told_what_changed_besides_the_log_and_asks_for_all_where_it_was_not_told(
    town: City, chromium_path: str
) -> None:
    async with asyncio.timeout(30):
        while town.hub.stats()["bus"] != "up":  # the bus coming up tells everything, to whoever is there
            await asyncio.sleep(0.01)
    async with open_page(chromium_path, f"http://127.0.0.1:{town.port}/") as page:
        await probe(page, "open_live")
        await until(page, "live.ready")
        await page.evaluate(
            "() => { window.told = []; live.on('news', (kinds) => told.push(kinds && [...kinds])); }"
        )
        await town.bus.publish(names.NEWS, write_news([News(POSTS, (CITY,), is_exact=True), News("audit")]))
        await until(page, "told.length === 1 && told[0].join() === 'posts'")
        await page.evaluate("live.socket.restart('test')")
        await until(page, "told.length === 2 && told[1] === null")  # what was told meanwhile is not known
        await town.bus.publish(names.NEWS, write_news([News(TELLINGS, ("371102",))]))
        await until(page, "told.length === 3 && told[2].join() === 'tellings'")


async def test_a_page_outlives_its_server_and_returns_by_its_cursor(
    redis_flush: str, chromium_path: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe_socket:
        port = probe_socket.getsockname()[1]
    async with city(redis_flush, static=STATIC, port=port) as first:
        opened = open_page(chromium_path, f"http://127.0.0.1:{port}/")
        page = await opened.__aenter__()
        await probe(page, "open_live")
        await until(page, "live.ready")
        await commit(first, matters=[{"id": "m1", "scope": [CITY]}])
        await until(page, "live.seq === 1")
        truth = first.truth
    await until(page, "live.connection.state === 'reconnecting'")
    truth.commit(matters=[{"id": "m2", "scope": [CITY]}])
    async with city(redis_flush, truth=truth, static=STATIC, port=port) as second:
        await until(page, "live.connection.state === 'live' && live.matters.has('m2')")
        missed = await page.evaluate("live.connection.missed")
        assert missed["changes"] == 1
        assert missed["away_ms"] > 0
        assert second.hub.stats()["screens"] == 1
        await opened.__aexit__(None, None, None)


async def test_five_silent_seconds_are_said_and_the_socket_is_replaced(
    town: City, chromium_path: str
) -> None:
    async with open_page(chromium_path, f"http://127.0.0.1:{town.port}/") as page:
        await probe(page, "open_live")
        await until(page, "live.connection.state === 'live'")
        await page.evaluate("window.deafen()")
        await until(page, "live.connection.state === 'late'")
        await until(page, "live.connection.state === 'down'")
        silent = await page.evaluate("live.now() - live.connection.since")
        assert 5_000 <= silent < 9_000
        await until(page, "live.connection.state === 'live'")
        assert await page.evaluate("live.connection.missed.away_ms") >= 5_000


async def test_a_broken_frame_costs_one_reconnection(town: City, chromium_path: str) -> None:
    async with open_page(chromium_path, f"http://127.0.0.1:{town.port}/") as page:
        await probe(page, "open_live")
        await until(page, "live.connection.state === 'live'")
        opened = town.hub.stats()["opened"]
        await page.evaluate("window.feed(new Uint8Array([0x12, 9, 9]))")
        async with asyncio.timeout(30):
            while town.hub.stats()["opened"] == opened:
                await asyncio.sleep(0.05)
        await until(page, "live.connection.state === 'live'")


async def test_the_clock_countdown_and_backoff_keep_their_rules(town: City, chromium_path: str) -> None:
    async with open_page(chromium_path, f"http://127.0.0.1:{town.port}/") as page:
        found = await probe(page, "rules")
    assert found["remaining"] == ["04:12", "1:04:12", "3天04:12", "00:00", "+00:00", "+01:30", "+2:00:00"]
    assert found["due"] == ["ok", "risk", "overdue", "ok", "risk", "ok", "risk", "ok"]
    assert found["clock"] == {
        "first": 1_000_000,
        "after_5_s": 1_005_000,
        "answered": 1_006_100,
        "at_rate_60": 1_606_100,
        "slow_answer_ignored": True,
        "late_ms": 300,
        "jumped": [False, True, False],
    }
    assert found["waits"]["first"] <= 250
    assert 3_000 <= found["waits"]["longest"] <= 6_000


async def test_workers_are_drawn_by_state_glide_and_can_be_picked(town: City, chromium_path: str) -> None:
    async with open_page(chromium_path, f"http://127.0.0.1:{town.port}/") as page:
        found = await probe(page, "draw_workers")
    assert found["drawn"] == 5
    assert found["kinds"] == {"off": 1, "idle": 1, "tasked": 1, "lost": 1, "stale": 1}
    assert found["picked"] == [1]
    assert found["nobody"] == []
    assert found["half_way"] == pytest.approx(0.5, abs=0.2)
    assert found["arrived"] == 1
    assert found["pixels_of_sos"] > 100
