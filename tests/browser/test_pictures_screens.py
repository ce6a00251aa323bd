"""The wall's scenes and the desk with its dialogs, as they were accepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.desk_busy import BURST, SMOKE, busy_desk
from tests.browser.desk_city import OFFICER, DeskCity
from tests.browser.frozen import counted_ids, frozen
from tests.browser.kept_pictures import difference, grain_of, taken
from tests.browser.loop_desk import LoopDesk, choose
from tests.browser.wall_harness import serving, wall_app
from tests.browser.wall_morning import NOW, health, hotline
from tests.browser.wall_page import HD, UHD

pytestmark = pytest.mark.browser
SMALL = {"width": 1440, "height": 900}
SCENES = {
    "overview": "overview",
    "incident": "incident&matter=m-G0417",
    "hotline": "hotline",
    "grid": "grid",
    "district": "district",
    "whistle": "whistle",
}  # name -> what the address asks for


@pytest.fixture(scope="module")
def wall() -> Iterator[str]:
    with serving(wall_app()) as address:
        yield address


# A wall of four times the points is the same layout in larger words (test_wall_cells.py); one scene shows the letters.
@pytest.mark.parametrize(
    ("scene", "size"),
    [*((scene, HD) for scene in SCENES), ("overview", UHD)],
    ids=lambda of: of if isinstance(of, str) else str(of["width"]),
)
def test_a_scene_of_the_wall_looks_as_it_was_accepted(
    chromium: Browser, wall: str, scene: str, size: dict[str, int]
) -> None:
    with frozen(chromium, NOW, size) as context:
        page = context.new_page()
        page.goto(f"{wall}?scene={SCENES[scene]}")
        expect(page.locator("html[data-mounted]")).to_be_attached()
        said = difference(taken(page), f"wall-{scene}-{size['width']}", grain_of(chromium))
    assert said == ""


def boards(city: DeskCity) -> dict[str, Any]:
    """The hotline, the platforms and where the workers are, as of this moment of the desk's morning."""
    now = city.clock.now_ms()
    fleet = city.live.fleet
    rows = zip(fleet.lon_e6, fleet.lat_e6, fleet.state, strict=True)
    return {
        "hotline": hotline(now - 1_000),
        "health": health(now),
        "workers": [[int(value) for value in row] for row in rows],
    }


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopDesk]:
    with counted_ids(), busy_desk(tmp_path_factory.mktemp("pictures"), boards) as opened:
        yield opened


def sat_down(context: BrowserContext, desk: LoopDesk, language: str = "zh") -> Page:
    """The desk with the burst chosen, all parts of the drawer there, the map on it, the graph drawn.

    No notice waits: a desk says itself what it has shown, at a random moment, and their number would not be the same.
    """
    context.route("**/api/v1/tellings/waiting", lambda route: route.fulfill(json={"value": []}))
    page = desk.sit_down(context, replace(OFFICER, language=language))
    choose(page, desk.city.matter(BURST)["id"], BURST)
    expect(page.locator("#desk-drawer-features .feature.room")).to_be_visible()
    expect(page.locator("#desk-drawer-recommended table")).to_be_visible()
    expect(page.locator("#desk-hand-items li").first).to_be_visible()
    expect(page.locator("#desk-presence")).to_be_visible()
    expect(page.locator("#desk-map-pane[data-place]")).to_be_attached()
    expect(page.locator("#desk-volume-place .js-plotly-plot .main-svg").first).to_be_visible()
    return page


def test_the_desk_looks_as_it_was_accepted(chromium: Browser, desk: LoopDesk) -> None:
    grain = grain_of(chromium)
    wrong = []
    with frozen(chromium, desk.city.clock.now_ms(), HD) as context:
        page = sat_down(context, desk)
        wrong.append(difference(taken(page), "desk-dark-zh", grain))
        page.keyboard.press("p")
        expect(page.locator("#desk-walls [data-do=push]")).to_be_focused()
        wrong.append(difference(taken(page), "desk-walls-dark-zh", grain))
        page.locator("#desk-walls-close").click()
        expect(page.locator("#desk-walls")).to_be_hidden()
        choose(page, desk.city.matter(SMOKE)["id"], SMOKE)
        page.keyboard.press("w")
        expect(page.locator("#desk-dialog [data-dialog=whistle]")).to_be_visible()
        wrong.append(difference(taken(page), "desk-whistle-dark-zh", grain))
    assert [one for one in wrong if one] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_desk_in_the_light_looks_as_it_was_accepted(
    chromium: Browser, desk: LoopDesk, language: str
) -> None:
    size = SMALL if language == "en" else HD
    with frozen(chromium, desk.city.clock.now_ms(), size, "light") as context:
        page = sat_down(context, desk, language)
        said = difference(taken(page), f"desk-light-{language}", grain_of(chromium))
    assert said == ""
