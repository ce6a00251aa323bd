"""The busy desk on every screen size, in both languages and themes: no named part lies on another or is cut."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.desk_busy import BURST, busy_desk
from tests.browser.desk_city import MINUTE, OFFICER, DeskCity
from tests.browser.loop_desk import PATIENCE_MS, LoopDesk, choose
from tests.browser.waiting import lasting

pytestmark = pytest.mark.browser

FAULTS = Path(__file__).with_name("desk_fits.js").read_text(encoding="utf-8")
SCREENS = ((1366, 768), (1440, 900), (1920, 1080))
BINS, BIN_MS = 288, 5 * MINUTE
MIDNIGHT = 1_795_363_200_000  # of 2026-11-23 in the city


def hotline(city: DeskCity) -> dict[str, Any]:
    """A hotline that misses its targets, so that each figure has something beside it."""
    now = city.clock.now_ms()
    expected = [round(6 + 20 * max(0.0, math.sin((at - 70) / 51))) for at in range(BINS)]
    return {
        "hotline": {
            "at": now, "day": "2026-11-23", "source": {"as_of": now, "state": "fresh"},
            "bins": {
                "start_at": MIDNIGHT, "width_ms": BIN_MS, "expected": expected, "low": [one * 0.7 for one in expected],
                "high": [one * 1.3 + 2 for one in expected], "actual": expected[: (now - MIDNIGHT) // BIN_MS],
            },
            "queue": {"waiting": 117, "longest_wait_ms": 128_000, "within_15s": 0.825, "target": 0.9},
            "connected_24h": 0.942, "agents": {"talk": 71, "wrap": 9, "idle": 4, "rest": 12, "short": 13, "needed": 97},
        },
        "fleet": {"on_duty": 3_975, "platform_total": 4_383, "tasked": 717, "lost": 12},
    }  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopDesk]:
    with busy_desk(tmp_path_factory.mktemp("fits"), hotline) as opened:
        yield opened


@pytest.fixture(scope="module", params=["en", "zh"])
def page(request: pytest.FixtureRequest, desk: LoopDesk, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    opened = desk.sit_down(context, replace(OFFICER, language=request.param))
    opened.locator("#desk-hand-items li").first.wait_for()
    choose(opened, desk.city.matter(BURST)["id"], BURST)
    opened.locator("#desk-drawer-recommended table").wait_for()
    opened.locator("#desk-volume-place .xtick text").first.wait_for(state="attached")
    yield opened
    context.close()


def test_nothing_lies_on_anything_or_is_cut_on_any_screen(page: Page) -> None:
    found: dict[str, list[str]] = {}
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        for _ in range(2):
            theme = page.evaluate("document.documentElement.dataset.theme")
            faults = lasting(
                lambda: page.evaluate(FAULTS)
            )  # a page that is being drawn anew has faults for a frame
            if faults:
                found[f"{width}x{height} {theme}"] = faults
            page.locator("#desk-theme").click()
            page.wait_for_function("(was) => document.documentElement.dataset.theme !== was", arg=theme)
    assert found == {}


def test_switches_without_room_are_behind_one_button(page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    button, layer = page.locator("#map-layers"), page.locator("[data-layer=gaps]")
    button.wait_for()
    assert not layer.is_visible()
    before = button.text_content() or ""
    button.click()
    layer.click()
    page.wait_for_function("(was) => document.querySelector('#map-layers').textContent !== was", arg=before)
    assert layer.get_attribute("aria-pressed") == "true"
    page.keyboard.press("Escape")
    layer.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.id") == "map-layers"
    layer.evaluate("(node) => node.click()")  # as it was, for the next language
