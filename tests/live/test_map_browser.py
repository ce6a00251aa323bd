"""What the worker layer draws, leaves out and finds, in a real Chromium without a server behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page

from tests.live.browser_page import open_static, probe

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
# A pointer compares the places of its cells; in a uniform crowd of 50,000 on a wall that is under twenty a cell.
COMPARED_AT_MOST = {4_383: 400, 50_000: 3_000}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(chromium_path: str) -> AsyncIterator[Page]:
    """One page for all tests here: they keep nothing in it."""
    async with open_static(chromium_path) as opened:
        yield opened


async def test_nobody_glides_over_a_leap_a_corrected_datum_or_on_and_off_duty(page: Page) -> None:
    found = await probe(page, "glides")
    half_way = pytest.approx(0.5, abs=1e-6)
    assert found["step"] == half_way
    assert found["thirty_seconds_by_bicycle"] == half_way
    for leap in ("leap", "datum_correction", "leap_of_coarse_quanta", "off_duty", "back_on_duty"):
        assert found[leap] == 1, leap
    assert found["second_step_under_way"] is True


async def test_what_is_seen_at_once_is_told_from_a_step_too_small_to_see(page: Page) -> None:
    found = await probe(page, "glides")
    assert (found["only_a_state"], found["only_a_leap"]) == (True, True)
    assert found["only_a_step"] is False


@pytest.mark.parametrize("crowd", [4_383, 50_000])
async def test_a_pointer_finds_the_nearest_first_and_looks_at_few(page: Page, crowd: int) -> None:
    found = await probe(page, "picking", [crowd, 1920, 1080])
    assert found["wrong"] == 0
    assert 0 < found["most"] <= COMPARED_AT_MOST[crowd]
    assert found["after_a_move"] == {"before": [9, 3], "old_place": [], "new_place": [3, 9]}
    assert found["nobody"] == []
