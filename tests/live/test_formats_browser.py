"""Times and durations are written by one rule on both sides: what the server draws the page goes on writing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page

from dashboard.domain.durations import elapsed, remaining
from layouts.desk.clock_text import date_and_time, time_of_day
from tests.live.browser_page import open_static, probe

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
EDGES = (0, SECOND, MINUTE, 10 * MINUTE, HOUR, 10 * HOUR, DAY, 3 * DAY + 4 * HOUR + 12 * MINUTE, 40 * DAY)
DURATIONS = sorted(
    {sign * (edge + beside) for edge in EDGES for beside in (-1, 0, 1, 999) for sign in (1, -1)}
)
NEW_YEAR = 1_798_732_799_000  # 2026-12-31 23:59:59 in the city
INSTANTS = (0, NEW_YEAR, NEW_YEAR + SECOND, NEW_YEAR - 9 * HOUR, 1_795_401_738_000)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(chromium_path: str) -> AsyncIterator[Page]:
    async with open_static(chromium_path) as opened:
        yield opened


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_python_and_the_browser_write_the_same(page: Page, language: str) -> None:
    asked = {"durations": DURATIONS, "instants": INSTANTS, "language": language}
    found = await probe(page, "formats", asked)
    assert found["remaining"] == [remaining(one, language) for one in DURATIONS]
    assert found["elapsed"] == [elapsed(one, language) for one in DURATIONS]
    assert found["times"] == [
        [time_of_day(one), time_of_day(one, seconds=False), date_and_time(one)] for one in INSTANTS
    ]


def test_the_rule_in_words() -> None:
    written = [
        remaining(one, "zh") for one in (0, 42 * SECOND, 64 * MINUTE, 3 * DAY + 4 * HOUR + 12 * MINUTE)
    ]
    assert written == ["00:00", "00:42", "1:04:00", "3天04:12"]
    assert remaining(-(3 * DAY + 4 * HOUR), "en") == "+3d 04:00"
    assert [elapsed(one, "en") for one in (-5, 8 * MINUTE, 26 * HOUR)] == ["0:00", "8:00", "1d 02:00"]
