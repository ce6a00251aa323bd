"""Walls whose words must be larger, and walls of 3 x 3 panels: fewer and larger cells, in all six scenes.

One page for all: a desk builds the wall anew and chooses the scene, as it would.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from dash import Dash
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_wall_control import CALM
from tests.browser.test_wall_scenes import CROWD, PLACED, on_each_other
from tests.browser.wall_harness import serving, wall_app
from tests.browser.wall_page import HD, change, numbers_on_seams, open_wall, overflowing

pytestmark = pytest.mark.browser

CROWDED = ["hotline", "grid", "district", "whistle"]
SCENES = ["overview", "incident", *CROWDED]
# Lit width, mm, of a wall that is read from 5 m, by how much larger its words must be.
WIDTH_MM = {1.0: 3_630, 1.25: 1_707, 1.5: 1_422}
LABEL_PX, FOOT_PX = (
    36,
    30,
)  # of a 3840 wall; provenance on the overview and the incident has the lower one (look.md)
PAINTED = "new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))"

# What a scene says at any size, for its question; and what has given way where there are so few cells.
STAYS = {
    "overview": (".wall-due", ".wall-calls .headline"),
    "incident": (".incident-clock .left", ".in-unit", ".incident-open .in-item"),
    "hotline": ("[data-panel=hotline-calls] .huge", "[data-panel=hotline-now] .large"),
    "grid": ("[data-panel=grid-workers] .large", "[data-panel=grid-tiers] [data-tier]", "[data-county]"),
    "district": ("[data-region=whole]", "[data-region=departments] .overdue"),
    "whistle": ("[data-panel=whistle-present] .huge", ".scene-whistle .clock"),
}
GONE = {
    "overview": {3: (".wall-strip", ".wall-ticker"), 2: (".wall-map-foot", ".wall-topics")},
    "incident": {3: (".incident-log", ".incident-facts"), 2: (".incident-map-foot", ".incident-decided")},
    "hotline": {3: ("[data-panel=hotline-beside]",), 2: ("[data-panel=hotline-topics]",)},
    "grid": {3: ("[data-town]", "[data-stage]"), 2: (".scene-map-foot",)},
    "district": {3: ("[data-crossing]",), 2: ("[data-rate]",)},
    "whistle": {3: ("[data-panel=whistle-record]",), 2: ("[data-panel=whistle-undecided]",)},
}


@pytest.fixture(scope="module")
def app() -> Dash:
    return wall_app()


@pytest.fixture(scope="module")
def wall(chromium: Browser, app: Dash) -> Iterator[Page]:
    app.server.config["orders"].update(held=True, scene="overview", revision=1)
    with serving(app) as address:
        page = open_wall(chromium, f"{address}?free", HD)
        expect(page.locator("#wall-scene-line")).to_contain_text("保持")
        change(page, CALM)
        yield page
        assert page.faults == []
        page.close()


def built(page: Page, app: Dash, scene: str, width_mm: int = 0, panels: tuple[int, int] = (1, 1)) -> None:
    """A desk says how the wall is built and what it is to show; returns when that is so."""
    row = app.server.config["orders"]
    row.update(
        scene=scene,
        matter_id="m-G0417" if scene == "incident" else None,
        width_mm=width_mm,
        panels=list(panels),
        revision=row["revision"] + 1,
    )
    page.evaluate("live.emit('news', null)")  # as when its socket opens: it asks at once
    expect(page.locator("[data-page]")).to_have_attribute("data-revision", str(row["revision"]))
    expect(page.locator(f"#wall-scene-{scene}")).to_have_attribute("data-shown", "true")
    settle(page)


def settle(page: Page) -> None:
    """A second of the wall, painted: rows are moved off seams with it."""
    page.evaluate("live.go(0)")
    page.evaluate(PAINTED)
    page.evaluate("live.go(0)")


def faults(page: Page, floor_px: float) -> list[str]:
    placed: list[list[Any]] = page.evaluate(PLACED)
    found = [f"overflows: {one}" for one in overflowing(page)]
    found += [
        f"outside: {one[0][:20]} {[round(at) for at in one[1:5]]}"
        for one in placed
        if one[1] < -1 or one[2] < -1 or one[3] > 3841 or one[4] > 2161
    ]
    found += [f"too small: {one[0][:20]} {one[5]:.1f}" for one in placed if one[5] < floor_px - 0.2]
    return found + ([] if len(placed) > 12 else [f"only {len(placed)} texts"])


def says_what_it_must(page: Page, scene: str, cells: int) -> None:
    host = page.locator(f"#wall-scene-{scene}")
    expect(host).to_have_attribute("data-cells", str(cells))
    expect(page.locator("[data-page]")).to_have_attribute("data-legible", "true")
    for selector in STAYS[scene]:
        expect(host.locator(selector).first).to_be_visible()
    for fewer, selectors in GONE[scene].items():
        for selector in selectors:
            if cells <= fewer:
                expect(host.locator(f"{selector}:visible")).to_have_count(0)
            elif cells == 4:
                expect(host.locator(selector).first).to_be_visible()


@pytest.mark.parametrize("scene", SCENES)
def test_larger_words_leave_room_for_whole_panels_and_cut_nothing(wall: Page, app: Dash, scene: str) -> None:
    """At 1.0, 1.25 and 1.5, on an ordinary morning and on the worst."""
    found: dict[str, list[str]] = {}
    for scale, cells in ((1.0, 4), (1.25, 3), (1.5, 2)):
        change(wall, "live.reset();" + CALM)
        built(wall, app, scene, WIDTH_MM[scale])
        says_what_it_must(wall, scene, cells)
        for crowd in ("", CROWD) if scene in CROWDED else ("",):
            if crowd:
                change(wall, crowd + CALM)
                settle(wall)
            look = f"at {scale}{' crowded' if crowd else ''}"
            found[look] = faults(wall, (LABEL_PX if scene in CROWDED else FOOT_PX) * scale)
            if scene in ("hotline", "district", "whistle"):
                found[look] += on_each_other(wall.evaluate(PLACED))
    assert {look: what for look, what in found.items() if what} == {}


@pytest.mark.parametrize("scene", SCENES)
def test_no_number_lies_on_a_seam_of_three_by_three(wall: Page, app: Dash, scene: str) -> None:
    found: dict[str, list[str]] = {}
    for scale in (1.0, 1.25):
        change(wall, "live.reset();" + CALM)
        built(wall, app, scene, WIDTH_MM[scale], (3, 3))
        for crowd in ("", CROWD) if scene in CROWDED else ("",):
            if crowd:
                change(wall, crowd + CALM)
                settle(wall)
            look = f"at {scale}{' crowded' if crowd else ''}"
            found[look] = numbers_on_seams(wall, 3, 3) + faults(wall, FOOT_PX)
    assert {look: what for look, what in found.items() if what} == {}
