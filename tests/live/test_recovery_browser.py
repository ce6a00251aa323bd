"""A page comes back by itself from a lost or silent server, a sleep, a set clock; on a played clock, without a wait."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from tests.live.browser_page import open_static, probe

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
MORNING_MS = 1_795_401_000_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(chromium_path: str) -> AsyncIterator[Page]:
    async with open_static(chromium_path) as page:
        await page.clock.install(time=MORNING_MS / 1_000)
        yield page


@pytest_asyncio.fixture(loop_scope="module")
async def page(opened: Page) -> Page:
    """A page that has its first picture, on a clock that stands until it is moved."""
    await opened.reload()
    now_ms = await opened.evaluate("Date.now()")
    await opened.clock.pause_at((now_ms + SECOND) / 1_000)
    await probe(opened, "recovery")
    await pass_(opened, 3 * SECOND)
    assert (await look(opened))["state"] == "live"
    return opened


async def pass_(page: Page, ms: int, step_ms: int = SECOND) -> None:
    """Let time pass, and what was sent in it be read."""
    for _ in range(0, ms, step_ms):
        await page.clock.run_for(step_ms)
        await page.evaluate("look().then(() => null)")


async def look(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate("look()")
    return found


async def test_a_server_lost_for_a_minute_that_returns_with_another_epoch_is_read_anew(page: Page) -> None:
    await page.evaluate("server.kill()")
    assert (await look(page))["state"] == "reconnecting"
    await pass_(page, MINUTE)
    gone = await look(page)
    assert gone["state"] == "reconnecting"
    assert gone["matters"] == ["m1"]  # what was known stays on screen
    assert (gone["attempts"][-1]["epoch"], gone["attempts"][-1]["seq"]) == ("epoch-1", "7")
    await page.evaluate(
        "Object.assign(server, { isUp: true, epoch: 'epoch-2', seq: 2, matters: [{ id: 'm9' }] })"
    )
    await pass_(page, 11 * SECOND)
    back = await look(page)
    assert (back["state"], back["epoch"], back["matters"]) == ("live", "epoch-2", ["m9"])
    assert back["missed"]["is_fresh"] is True
    assert 60 * SECOND <= back["missed"]["away_ms"] <= 75 * SECOND
    assert back["open"] == 1


async def test_it_asks_without_end_at_jittered_distances_that_stop_growing(page: Page) -> None:
    await page.evaluate("server.kill()")
    before = len((await look(page))["attempts"])
    await page.clock.run_for(HOUR)
    at = [one["at"] for one in (await look(page))["attempts"][before:]]
    waits = [later - sooner for sooner, later in pairwise(at)]
    assert len(at) > 300
    assert max(waits) <= 6_100
    assert min(waits[8:]) >= 3_000
    assert (
        len({round(wait) for wait in waits[8:]}) > len(waits) // 2
    )  # five hundred screens do not ask together
    await page.evaluate("server.isUp = true")
    await pass_(page, 11 * SECOND)
    assert (await look(page))["state"] == "live"


async def test_a_silent_server_is_said_within_five_seconds_and_replaced_within_ten(page: Page) -> None:
    await page.evaluate("server.isSilent = true")
    await pass_(page, 4 * SECOND)
    assert (await look(page))["state"] == "late"
    await pass_(page, 2 * SECOND)
    assert (await look(page))["state"] == "down"
    before = len((await look(page))["attempts"])
    await pass_(page, 4 * SECOND)
    assert len((await look(page))["attempts"]) == before + 1
    await pass_(page, 30 * SECOND)  # the new one is as silent
    silent = await look(page)
    assert silent["state"] in ("down", "reconnecting")
    assert silent["open"] <= 1
    assert len(silent["attempts"]) >= before + 3
    await page.evaluate("server.isSilent = false")
    await pass_(page, 20 * SECOND)
    assert (await look(page))["state"] == "live"


async def test_a_connection_that_nobody_answers_is_given_up_and_tried_again(page: Page) -> None:
    await page.evaluate("server.kill(); server.isUp = 'half-open'")
    before = len((await look(page))["attempts"])
    await pass_(page, 45 * SECOND)
    found = await look(page)
    assert found["state"] == "reconnecting"
    assert len(found["attempts"]) - before >= 2
    await page.evaluate("server.isUp = true")
    await pass_(page, 22 * SECOND)
    assert (await look(page))["state"] == "live"


@pytest.mark.parametrize("counts_sleep", [True, False], ids=["steady_clock_ran", "steady_clock_stood"])
async def test_a_laptop_that_slept_three_hours_says_so_at_once_and_is_right_again(
    page: Page, counts_sleep: bool
) -> None:
    """Machines differ in whether their steady clock counts a sleep; the server behind the dead socket went on."""
    await page.evaluate("server.isSilent = true")  # the socket is open and dead: nobody told this machine
    if counts_sleep:
        await page.clock.fast_forward(3 * HOUR)
    else:
        await page.clock.set_system_time((await page.evaluate("Date.now()") + 3 * HOUR) / 1_000)
        await page.evaluate(f"server.ahead += {3 * HOUR}")
        await pass_(page, SECOND)
    woken = await look(page)
    assert woken["state"] != "live"
    await pass_(page, 5 * SECOND)
    assert len((await look(page))["attempts"]) > len(
        woken["attempts"]
    )  # it does not wait for the usual eight seconds
    await page.evaluate("server.isSilent = false")
    await pass_(page, 20 * SECOND)
    found = await look(page)
    assert found["state"] == "live"
    assert abs(found["off_ms"]) < 100
    assert found["left"] == found["true_left"]
    assert found["fresh"] == "fresh"
    assert found["open"] == 1


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_machine_whose_time_is_set_counts_on_and_keeps_its_socket(page: Page, hours: int) -> None:
    before = await look(page)
    await page.clock.set_system_time((await page.evaluate("Date.now()") + hours * HOUR) / 1_000)
    set_ = await look(page)
    assert (set_["left"], set_["fresh"]) == (before["left"], "fresh")
    assert set_["off_ms"] == before["off_ms"]
    await pass_(page, 10 * SECOND)
    found = await look(page)
    assert (found["state"], found["fresh"], found["left"]) == ("live", "fresh", found["true_left"])
    assert len(found["attempts"]) == len(before["attempts"])
    assert "down" not in found["states"]


async def test_a_hidden_page_follows_on_and_is_whole_when_it_is_shown(page: Page) -> None:
    await page.evaluate("show('hidden')")
    await pass_(page, MINUTE)
    await page.evaluate("server.kill(); server.matters = [{ id: 'm2' }]; server.seq = 9; server.isUp = true")
    await pass_(page, 3 * SECOND)
    await page.evaluate("show('visible')")
    await pass_(page, 2 * SECOND)
    found = await look(page)
    assert (found["state"], found["matters"], found["open"]) == ("live", ["m2"], 1)
