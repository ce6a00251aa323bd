"""The desk's map in a window of its own: chosen here and there, given back, and either of the two lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from dash import Dash
from playwright.sync_api import Browser, Error, Expect, Page

from data_feeds.http.answering import ApiParts
from data_feeds.http.map_api import map_router
from layouts.refusal import refusal_text
from tests.browser.desk_city import OFFICER, DeskCity
from tests.browser.desk_server import DeskServer

pytestmark = pytest.mark.browser
expect = Expect()  # of this module alone
expect.set_options(timeout=120_000)

LATER, BURST = "油烟直排", "热力一次管网爆管"
# Where a matter is drawn on the map of a window, in the window's pixels; null until it is.
SPOT = """(id) => {
    const { map, overlay } = window.desk.map;
    const spot = overlay?.spots?.get(id);
    const box = map?.getContainer().getBoundingClientRect();
    return spot ? [box.x + spot.x, box.y + spot.y] : null;
}"""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> DeskCity:
    return DeskCity(tmp_path_factory.mktemp("second"))


@pytest.fixture(scope="module")
def server(city: DeskCity) -> Iterator[DeskServer]:
    def register(app: Dash) -> None:
        parts = ApiParts(city.services, city.clock, None, None, refusal_text)  # type: ignore[arg-type]
        app.server.include_router(map_router(parts))

    desk = DeskServer(OFFICER, city.picture, register=register)
    desk.start()
    yield desk
    desk.stop()


@pytest.fixture(scope="module")
def desk(chromium: Browser, server: DeskServer) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(server.url)
    ready(page)
    yield page
    context.close()


def ready(page: Page) -> None:
    page.wait_for_selector("[data-ready='1']", state="attached")
    page.wait_for_function("() => window.desk?.tools ?? window.desk?.map?.tools")


def opened(desk: Page) -> Page:
    """The map's window, opened by the key; it and the desk know of each other.

    The browser may still hold the last window's name when that window is gone for the test and for the desk, and would
    open it again instead of a new one: each window here has a name of its own.
    """
    desk.evaluate("window.desk.secondScreen.windowName = `map-${crypto.randomUUID()}`")
    with desk.context.expect_page() as popup:
        desk.keyboard.press("x")
    window: Page = popup.value
    ready(window)
    expect(window.locator("[data-page]")).to_have_attribute("data-desk", "there")
    expect(desk.locator("[data-page]")).to_have_attribute("data-map", "away")
    return window


@pytest.fixture
def window(desk: Page) -> Iterator[Page]:
    found = opened(desk)
    faults: list[str] = []
    found.on("pageerror", lambda fault: faults.append(str(fault)))
    yield found
    if not found.is_closed():
        found.close()
    expect(desk.locator("#desk-map-pane")).to_be_visible()
    assert faults == []


def choose(desk: Page, row: dict[str, Any]) -> None:
    desk.evaluate("id => window.desk.queue.choose(id)", row["id"])
    desk.wait_for_function("id => window.desk.chosen === id", arg=row["id"])


def test_the_window_follows_the_desk_and_the_desk_the_window(
    desk: Page, window: Page, city: DeskCity
) -> None:
    later, burst = city.matter(LATER), city.matter(BURST)
    choose(desk, later)
    expect(window.locator("#map-chosen")).to_have_text(f"{later['no']} {LATER}")
    window.wait_for_function(f"(id) => ({SPOT})(id) !== null", arg=burst["id"])
    window.evaluate("window.desk.map.toggleFollow()")  # the spot must stay where it is clicked
    window.mouse.click(*window.evaluate(SPOT, burst["id"]))
    desk.wait_for_function("id => window.desk.chosen === id", arg=burst["id"])
    expect(desk.locator("#desk-queue .ag-row-selected [col-id=title]")).to_have_text(BURST)
    expect(window.locator("#map-chosen")).to_have_text(f"{burst['no']} {BURST}")
    with window.expect_event("close"), suppress(Error):  # it is gone before the press is answered
        window.keyboard.press("x")


def test_its_room_goes_to_the_rest_and_comes_back(desk: Page, city: DeskCity) -> None:
    duty, pane = desk.locator(".duty-pane"), desk.locator("#desk-map-pane")
    before, map_before = duty.bounding_box(), pane.bounding_box()
    window = opened(desk)
    expect(pane).to_be_hidden()
    expect(desk.locator("#desk-map-away")).to_be_visible()
    during = duty.bounding_box()
    assert before and during and map_before
    assert during["height"] >= before["height"] + map_before["height"] - 40
    with window.expect_event("close"):
        desk.locator("#desk-map-away button").click()
    expect(pane).to_be_visible()
    assert pane.bounding_box() == map_before
    desk.wait_for_function("h => window.desk.map.getSize().y === Math.round(h)", arg=map_before["height"])


def test_search_layers_and_measure_work_in_the_window(desk: Page, window: Page) -> None:
    window.locator("#map-field").fill("秦楼")
    expect(window.locator('.map-row[aria-selected="true"] .title')).to_have_text("秦楼街道")
    window.keyboard.press("Enter")
    expect(window.locator("#desk-map-pane")).to_have_attribute("data-place", "371102004")
    layer = window.locator("[data-layer=gaps]")
    layer.click()
    expect(layer).to_have_attribute("aria-pressed", "true")
    window.locator("#map-measure").click()
    box = window.locator("#desk-map").bounding_box()
    assert box
    for share in (0.4, 0.6):
        window.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
    expect(window.locator(".measure-way")).to_have_count(1)


def test_a_desk_that_is_gone_is_said_and_joins_again(desk: Page, window: Page, server: DeskServer) -> None:
    desk.goto("about:blank")
    expect(window.locator("#map-alone")).to_be_visible()
    expect(window.locator("#map-alone")).to_contain_text("值班席不在了")
    desk.goto(server.url)
    ready(desk)
    expect(window.locator("#map-alone")).to_be_hidden()
    expect(desk.locator("[data-page]")).to_have_attribute("data-map", "away")


def test_a_window_that_dies_without_a_word_gives_the_map_back(desk: Page, window: Page) -> None:
    window.evaluate("window.desk.pair.channel.onmessage = null; window.desk.pair.say = () => {}")
    expect(desk.locator("#desk-map-pane")).to_be_visible()


def test_a_window_that_does_not_hear_the_server_says_so_itself(desk: Page, window: Page) -> None:
    expect(window.locator("#desk-connection")).to_be_hidden()
    window.evaluate("window.deskLive.connect('down')")
    expect(window.locator("#desk-connection")).to_be_visible()
    expect(desk.locator("#desk-connection")).to_be_hidden()


def test_who_has_left_says_nothing_more_and_is_there_again_when_shown_again(desk: Page) -> None:
    """A closing window's timers may run once more: that must not bring it back for those who wait for its answers."""
    said = desk.evaluate(
        """async () => {
          const { Pair } = await import("/assets/desk/pair.mjs");
          const said = [];
          const channel = { postMessage: ({ kind }) => said.push(kind) };
          const there = [];
          const pair = new Pair({ channel, me: "map", onSaid() {}, onThere: (isThere) => there.push(isThere) });
          pair.ask();
          channel.onmessage({ data: { from: "desk", kind: "here" } });
          pair.leave();
          pair.ask();
          channel.onmessage({ data: { from: "desk", kind: "there?" } });
          const left = said.splice(0);
          pair.back();
          for (let asked = 0; asked < 5; asked += 1) pair.ask();
          return { left, again: said, there };
        }"""
    )
    assert said == {"left": ["there?", "gone"], "again": ["there?"] * 5, "there": [True, False]}


def test_a_browser_that_blocks_the_window_is_said(desk: Page) -> None:
    desk.evaluate("window.really = window.open; window.open = () => null")
    desk.keyboard.press("x")
    expect(desk.locator("#map-note")).to_contain_text("浏览器拦住了新窗口")
    expect(desk.locator("#desk-map-pane")).to_be_visible()
    desk.evaluate("window.open = window.really; document.querySelector('#map-note').hidden = true")
