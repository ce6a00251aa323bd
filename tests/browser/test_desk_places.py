"""The desk's map: down into places and back, what it finds, gaps, the measure; by mouse and by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from playwright.sync_api import Browser, Page, expect

from data_feeds.http.answering import ApiParts
from data_feeds.http.map_api import map_router
from layouts.refusal import refusal_text
from tests.browser.desk_city import NOW, OFFICER, DeskCity
from tests.browser.desk_server import DeskServer
from tests.browser.waiting import eventually

pytestmark = pytest.mark.browser

QINLOU, DONGGANG, RONGAN = "371102004", "371102", "371102002020"
REPORTING, LOST = 0x01, 0x40
FRESH, SILENT, OFF = 30, 4, 6  # of the forty workers of 秦楼街道

LOAD = """([roster, now]) => {
    const live = window.deskLive;
    const n = roster.length;
    const quantum = { lonE6: 6, latE6: 5 };
    live.fleet.load({
        number: 0, tickAt: now, n, quantum, slots: Uint16Array.from(roster.keys()),
        x: Int32Array.from(roster, (row) => Math.round(row.lon * 1e6 / quantum.lonE6)),
        y: Int32Array.from(roster, (row) => Math.round(row.lat * 1e6 / quantum.latE6)),
        ageS: Uint16Array.from(roster, (row) => row.age), state: Uint8Array.from(roster, (row) => row.state),
        stepX: new Int8Array(n), stepY: new Int8Array(n), habit: new Uint8Array(n),
    });
    const worker = (row, slot) => [slot, row.id, row.name, row.grid, row.township, row.region];
    live.fleet.takeRoster({ workers: roster.map(worker) });
    window.desk.workers.redraw();
    live.put({ fleet: {} });
}"""


class Opened:
    """A desk with the real map's addresses, and what stands on it."""

    def __init__(self, folder: Path) -> None:
        self.city = DeskCity(folder)
        self.server = DeskServer(OFFICER, self.city.picture, register=self._register)

    def _register(self, app: Dash) -> None:
        parts = ApiParts(self.city.services, self.city.clock, None, None, refusal_text)  # type: ignore[arg-type]
        app.server.include_router(map_router(parts))

    def roster(self) -> list[dict[str, Any]]:
        divisions = self.city.pack.divisions
        grids = [one for one in divisions.at_level("grid") if one.code.startswith(QINLOU)][:40]
        states = [(REPORTING, 5)] * FRESH + [(REPORTING | LOST, 720)] * SILENT + [(0, 0)] * OFF
        return [
            {
                "id": f"w-{slot:04}", "name": "王**", "grid": grid.code, "township": QINLOU, "region": DONGGANG,
                "lon": grid.lon, "lat": grid.lat, "state": states[slot][0], "age": states[slot][1],
            }
            for slot, grid in enumerate(grids)
        ]  # fmt: skip


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    desk = Opened(tmp_path_factory.mktemp("places"))
    desk.server.start()
    yield desk
    desk.server.stop()


@pytest.fixture(scope="module")
def only_page(chromium: Browser, opened: Opened) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1920, "height": 1080})
    page.set_default_timeout(30_000)
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(opened.server.url)
    page.wait_for_function("() => window.desk?.tools && window.desk.queue.api")
    page.wait_for_selector("#desk-queue .ag-row", state="attached")
    page.evaluate("window.deskLive.stopped = true")
    page.evaluate("window.desk.following = false")
    page.evaluate(LOAD, [opened.roster(), NOW])
    yield page
    page.close()
    assert faults == []


@pytest.fixture
def page(only_page: Page) -> Page:
    only_page.evaluate("window.desk.tools.measure.toggle(false); document.activeElement?.blur()")
    only_page.evaluate("window.desk.tools.goTo('371100')")
    expect(path(only_page)).to_have_text("日照市")
    return only_page


def path(page: Page) -> Any:
    return page.locator(".map-path")


def field(page: Page) -> Any:
    return page.locator("#map-field")


def go(page: Page, code: str) -> None:
    page.evaluate("code => window.desk.tools.goTo(code)", code)
    expect(page.locator("#desk-map-pane")).to_have_attribute("data-place", code)


def test_the_whole_way_down_and_up_by_keyboard_alone(page: Page) -> None:
    field(page).focus()
    for row in ("东港区", "秦楼街道", "海曲东路社区"):
        at = page.locator(".map-row.place", has_text=row)
        expect(at).to_be_visible()
        rows = page.locator(".map-row.place .title").all_inner_texts()
        for _ in range(rows.index(row) + 1):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(path(page).locator("b")).to_have_text(row)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(path(page)).to_have_text("日照市›东港区›秦楼街道›海曲东路社区›第1网格")
    for row in ("海曲东路社区", "秦楼街道", "东港区", "日照市"):
        page.keyboard.press("Escape")
        expect(path(page).locator("b")).to_have_text(row)
    page.keyboard.press("Escape")
    expect(field(page)).not_to_be_focused()


def test_the_figures_stand_over_what_they_are_out_of(page: Page, opened: Opened) -> None:
    go(page, QINLOU)
    grids = sum(one.code.startswith(QINLOU) for one in opened.city.pack.divisions.at_level("grid"))
    open_here = sum(row["township"] == QINLOU for row in opened.city.picture()["matters"])
    figures = page.locator("#map-figures")
    expect(figures).to_contain_text(f"在岗 {FRESH}/40")
    expect(figures).to_contain_text(f"缺岗网格 {grids - FRESH}/{grids}")
    expect(figures).to_contain_text(f"失联 {SILENT}")
    expect(figures).to_contain_text(f"在办 {open_here}")
    page.evaluate("window.deskLive.connect('down')")
    expect(figures).to_contain_text("截至")
    expect(figures).to_have_attribute("data-state", "late")
    page.evaluate("window.deskLive.connect('live')")
    expect(figures).to_have_attribute("data-state", "fresh")


def test_a_click_on_a_name_goes_down_and_one_on_the_path_goes_up(page: Page) -> None:
    page.wait_for_function("() => document.querySelector('.map-label.name[data-code=\"371121\"]')")
    box = page.locator('.map-label.name[data-code="371121"] text').first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(path(page)).to_have_text("日照市›五莲县")
    page.click(".map-path button.step")
    expect(path(page)).to_have_text("日照市")


def test_labels_lie_neither_on_each_other_nor_on_the_strip(page: Page) -> None:
    go(page, DONGGANG)
    page.wait_for_function("() => document.querySelectorAll('.map-label.name').length > 5")
    boxes = page.evaluate(
        """() => [...document.querySelectorAll(".map-label")].map((label) => {
            const { left, top, right, bottom } = label.getBBox ? label.getBoundingClientRect() : {};
            return [left, top, right, bottom];
        })"""
    )
    strip = page.locator("#map-places").bounding_box()
    for at, (left, top, right, bottom) in enumerate(boxes):
        assert top >= strip["y"] + strip["height"] - 4
        for other in boxes[at + 1 :]:
            width = min(right, other[2]) - max(left, other[0])
            height = min(bottom, other[3]) - max(top, other[1])
            # The browser's boxes have the fonts' own leading, up to 4 px, around what is drawn.
            assert width <= 4 or height <= 5, (boxes[at], other)


def found(page: Page, words: str) -> None:
    field(page).fill(words)
    expect(page.locator('.map-row[aria-selected="true"]')).to_be_visible()


@pytest.mark.parametrize("words", ["秦楼", "qljd"])
def test_a_place_is_found_by_name_and_by_initials(page: Page, words: str) -> None:
    found(page, words)
    expect(page.locator('.map-row[aria-selected="true"] .title')).to_have_text("秦楼街道")
    page.keyboard.press("Enter")
    expect(path(page)).to_have_text("日照市›东港区›秦楼街道")


def test_a_worker_who_is_found_is_pinned_where_they_stand(page: Page) -> None:
    found(page, "w-0003")
    expect(page.locator('.map-row.worker[aria-selected="true"] .title')).to_have_text("王**")
    page.keyboard.press("Enter")
    expect(page.locator(".worker-card b")).to_have_text("王**")
    expect(field(page)).not_to_be_focused()
    page.evaluate("window.desk.card.hide()")


def test_a_unit_is_found_by_its_alias_and_marked(page: Page) -> None:
    found(page, "供热")
    page.locator(".map-row.unit").first.click()
    expect(page.locator(".found-mark")).to_have_count(1)
    expect(page.locator("#map-note")).to_contain_text("热力")
    expect(page.locator(".map-label.found")).to_be_visible()


def test_a_number_chooses_its_matter(page: Page, opened: Opened) -> None:
    row = opened.city.matter("油烟直排")
    field(page).fill(row["no"].lower())
    page.keyboard.press("Enter")  # before the answer is there: it takes the first
    page.wait_for_function("id => window.desk.chosen === id", arg=row["id"])


def test_what_is_not_there_and_what_has_no_answer_are_two_things(page: Page) -> None:
    field(page).fill("没有这样的地方")
    expect(page.locator(".map-row.state")).to_have_text("辖区内没有找到")
    page.route("**/api/v1/map/found*", lambda route: route.abort())
    field(page).fill("没有应答")
    expect(page.locator(".map-row.state")).to_have_text("没有应答，按 ⏎ 再查")
    page.unroute("**/api/v1/map/found*")
    field(page).fill("石臼")
    expect(page.locator('.map-row[aria-selected="true"] .title')).to_have_text("石臼街道")
    page.keyboard.press("Escape")
    expect(field(page)).to_have_value("")
    expect(path(page)).to_have_text("日照市")


def test_gaps_are_hatched_grid_by_grid_and_counted_above(page: Page, opened: Opened) -> None:
    page.click("[data-layer=gaps]")
    grids = sum(one.code.startswith(QINLOU) for one in opened.city.pack.divisions.at_level("grid"))
    go(page, QINLOU)
    expect(page.locator("path.place-gap")).to_have_count(grids - FRESH)
    assert page.locator("path.place-gap").first.get_attribute("fill") == "url(#map-gap-hatch)"
    expect(page.locator("#map-gap-hatch")).to_have_count(1)
    page.click("[data-layer=gaps]")
    expect(page.locator("path.place-gap")).to_have_count(0)


def test_a_way_is_measured_by_clicks_and_by_keys(page: Page) -> None:
    page.evaluate("() => { window.desk.map.setView([35.42, 119.53], 14, { animate: false }); }")
    page.click("#map-measure")
    box = page.locator("#desk-map").bounding_box()
    for x, y in ((120, 160), (320, 160)):
        page.mouse.click(box["x"] + x, box["y"] + y)
    # 200 px at zoom 14 and 35.42 N: 156543.034 * cos(35.42) / 2^14 = 7.786 m a pixel.
    expect(page.locator(".map-label.length")).to_have_text("1.56 km")
    page.keyboard.press("Backspace")
    expect(page.locator(".map-label.length")).to_have_count(0)
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".map-label.length")).to_have_count(1)
    expect(page.locator(".measure-cross")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".measure-way")).to_have_count(0)
    expect(page.locator("#map-measure")).to_have_attribute("aria-pressed", "false")


def test_a_place_that_has_no_answer_says_so_and_is_asked_for_again(page: Page) -> None:
    held = "**/api/v1/map/places/371103"
    page.route(held, lambda route: route.abort())
    page.evaluate("window.desk.tools.goTo('371103')")
    expect(page.locator("#map-figures")).to_have_text("没有应答，连上后再取")
    page.unroute(held)
    expect(path(page)).to_have_text("日照市›岚山区")


def test_the_desks_letters_do_not_act_from_the_field(page: Page) -> None:
    field(page).focus()
    page.keyboard.type("d")
    expect(field(page)).to_have_value("d")
    assert eventually(
        lambda: page.evaluate("window.desk.acts.open === null || window.desk.acts.open === undefined")
    )


def test_cameras_without_a_list_say_that_there_is_no_source(page: Page) -> None:
    page.click("[data-layer=cameras]")
    expect(page.locator("#map-note")).to_have_text("视频没有来源：城市包里没有点位清单")
    expect(page.locator(".camera-sign")).to_have_count(0)
    page.click("[data-layer=cameras]")
    expect(page.locator("#map-note")).to_be_hidden()


def test_cameras_that_would_touch_are_one_sign_which_says_their_ids(page: Page) -> None:
    listed = [["C-1", 119.5300, 35.42], ["C-2", 119.5302, 35.42], ["C-3", 119.56, 35.42]]
    answer = {"value": {"is_known": True, "cameras": listed}}
    page.route("**/api/v1/map/cameras", lambda route: route.fulfill(json=answer))
    page.evaluate("() => { window.desk.map.setView([35.42, 119.54], 13, { animate: false }); }")
    page.click("[data-layer=cameras]")
    expect(page.locator(".camera-sign")).to_have_text(["视 2", "视 C-3"])
    box = page.locator(".camera-sign rect").first.bounding_box()
    page.mouse.click(box["x"] + 4, box["y"] + 4)
    expect(page.locator("#map-note")).to_have_text("视频 C-1 C-2")
    page.click("[data-layer=cameras]")
    expect(page.locator(".camera-sign")).to_have_count(0)
    page.unroute("**/api/v1/map/cameras")
