"""The desk's map under a mouse, a finger and the keyboard: who stands there, while they move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.domain.principal import Principal
from tests.browser.desk_server import DeskServer

pytestmark = pytest.mark.browser

OFFICER = Principal("officer:map", "王大明", "officer", "duty_officer", "371100", address="127.0.0.1")
NOW = 1_795_401_000_000
MIDDLE = (119.4, 35.5)
QUANTUM = {"lonE6": 6, "latE6": 5}
REPORTING, TASKED, LOST = 0x01, 0x02, 0x40
# Degrees east of the middle, state, seconds since the last fix; the first two stand 4 px apart at zoom 14.
STANDING = [
    (0.0, REPORTING, 0),
    (0.00035, REPORTING | TASKED, 0),
    (0.008, REPORTING | LOST, 720),
    (0.013, 0, 0),
]
MATTER = {
    "id": "m1", "no": "G0417", "title": "井盖松动", "urgency": 2, "lon": MIDDLE[0] - 0.008, "lat": MIDDLE[1],
    "place": "", "region": "371102", "township": "371102001", "stage": "TO_SIGN", "source": "grid", "due_at": None,
    "limit_ms": 0, "due_for": None, "version": 1, "acknowledged": True, "merged": 0, "whistle": None,
    "unit": None, "unit_name": None, "units": [], "scope": ["371100"], "level": 0, "opened_at": NOW,
}  # fmt: skip

LOAD = """([rows, middle, quantum, now]) => {
    const live = window.deskLive;
    const n = rows.length;
    live.fleet.load({
        number: 0, tickAt: now, n, quantum, slots: Uint16Array.from(rows.keys()),
        x: Int32Array.from(rows, ([east]) => Math.round((middle[0] + east) * 1e6 / quantum.lonE6)),
        y: Int32Array.from(rows, () => Math.round(middle[1] * 1e6 / quantum.latE6)),
        ageS: Uint16Array.from(rows, (row) => row[2]), state: Uint8Array.from(rows, (row) => row[1]),
        stepX: new Int8Array(n), stepY: new Int8Array(n), habit: new Uint8Array(n),
    });
    const worker = (slot) => [slot, `w${slot}`, `${"王李赵孙"[slot]}**`, `G0${slot}`, "371102001", "371102"];
    live.fleet.takeRoster({ workers: rows.map((_, slot) => worker(slot)) });
    window.desk.map.setView([middle[1], middle[0]], 14, { animate: false });
    window.desk.workers.redraw();
    window.desk.card.hide();
}"""
STEP_EAST = """([slot, quanta]) => {
    const { fleet } = window.deskLive;
    fleet.apply({
        number: fleet.number + 1, tickAt: fleet.tickAt + 1000, coding: 0, set: Uint8Array.of(slot),
        pairs: Uint8Array.of(0),
        wide: Int8Array.of(quanta - fleet.stepX[slot], -fleet.stepY[slot]), far: [], states: [],
    }, performance.now());
    window.deskLive.put({ fleet: {} });
}"""
SPOT = """([slot]) => {
    const at = window.desk.workers.placeOf(slot);
    const box = window.desk.map.getContainer().getBoundingClientRect();
    return [box.x + at.x, box.y + at.y];
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[DeskServer]:
    desk = DeskServer(
        OFFICER,
        lambda: {"now": NOW, "matters": [MATTER], "commands": [], "asks": [], "log": []},
        place_names={"371102001": "秦楼街道"},
    )
    desk.start()
    yield desk
    desk.stop()


@pytest.fixture(scope="module")
def opened(chromium: Browser, server: DeskServer) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, has_touch=True)
    context.set_default_timeout(30_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(server.url)
    page.wait_for_function("() => window.desk?.card && window.desk.queue.api")
    page.wait_for_selector("#desk-queue .ag-row", state="attached")
    page.evaluate("window.deskLive.stopped = true")
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def page(opened: Page) -> Page:
    opened.mouse.move(5, 5)
    opened.evaluate("window.desk.following = false")
    opened.evaluate(LOAD, [STANDING, MIDDLE, QUANTUM, NOW])
    return opened


def spot(page: Page, slot: int) -> tuple[float, float]:
    found: list[float] = page.evaluate(SPOT, [slot])
    return found[0], found[1]


def card(page: Page) -> Any:
    return page.locator(".worker-card")


def test_a_mouse_sees_who_is_nearest_and_how_many_more_stand_there(page: Page) -> None:
    page.mouse.move(*spot(page, 1))
    expect(card(page)).to_have_text("李**任务中秦楼街道 G01此处另有 1 人")
    page.mouse.move(*spot(page, 0))
    expect(card(page).locator("b")).to_have_text("王**")
    page.mouse.move(*spot(page, 3))
    expect(card(page)).to_have_text("孙**离岗，显示驻点秦楼街道 G03")
    x, y = spot(page, 3)
    page.mouse.move(x, y - 60)
    expect(card(page)).to_be_hidden()


def test_a_silent_worker_says_for_how_long(page: Page) -> None:
    page.mouse.move(*spot(page, 2))
    expect(card(page)).to_have_text("赵**失联 12 分钟秦楼街道 G02")


def test_a_click_pins_the_card_and_it_goes_with_the_worker(page: Page) -> None:
    page.mouse.click(*spot(page, 2))
    page.mouse.move(5, 5)
    expect(card(page).locator("b")).to_have_text("赵**")
    before = card(page).bounding_box()
    page.evaluate(STEP_EAST, [2, 100])
    page.wait_for_function(
        "before => document.querySelector('.worker-card').getBoundingClientRect().x > before + 4",
        arg=before["x"],
    )
    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()


def test_a_worker_is_found_where_it_has_glided_to(page: Page) -> None:
    x, y = spot(page, 3)
    page.evaluate(STEP_EAST, [3, 120])
    page.wait_for_function("() => !window.deskLive.fleet.isGliding(performance.now())")
    page.evaluate("window.desk.workers.redraw()")
    new_x, _ = spot(page, 3)
    assert new_x > x + 5
    page.mouse.move(new_x, y)
    expect(card(page).locator("b")).to_have_text("孙**")


def test_a_finger_reaches_farther_and_pins(page: Page) -> None:
    x, y = spot(page, 2)
    page.touchscreen.tap(x + 18, y)
    expect(card(page).locator("b")).to_have_text("赵**")
    page.touchscreen.tap(x, y + 120)
    expect(card(page)).to_be_hidden()


def test_a_click_on_a_matter_chooses_it_and_shows_no_card(page: Page) -> None:
    at = page.evaluate(
        """(lonLat) => {
            const point = window.desk.map.latLngToContainerPoint([lonLat[1], lonLat[0]]);
            const box = window.desk.map.getContainer().getBoundingClientRect();
            return [box.x + point.x, box.y + point.y];
        }""",
        [MATTER["lon"], MATTER["lat"]],
    )
    page.mouse.click(*at)
    page.wait_for_function("() => window.desk.chosen === 'm1'")
    expect(card(page)).to_be_hidden()


def test_with_the_workers_switched_off_nobody_is_found(page: Page) -> None:
    at = spot(page, 2)
    page.mouse.click(*at)
    expect(card(page)).to_be_visible()
    page.click("[data-layer=workers]")
    expect(card(page)).to_be_hidden()
    page.mouse.move(at[0] + 1, at[1])
    page.mouse.click(*at)
    expect(card(page)).to_be_hidden()
    page.click("[data-layer=workers]")


BASE = """() => new Promise((resolve) => {
    let before = 0;
    const look = () => {
        let shapes = 0;
        window.desk.map.eachLayer((layer) => { shapes += layer.feature ? 1 : 0; });
        const kinds = new Set();
        window.desk.map.eachLayer((layer) => layer.feature && kinds.add(layer.options.pane));
        if (shapes !== before || kinds.size < 3) { before = shapes; setTimeout(look, 400); return; }
        const canvases = [...document.querySelectorAll("#desk-map canvas:not(.worker-canvas)")];
        resolve({ shapes, pictures: canvases.map((canvas) => canvas.toDataURL()) });
    };
    look();
})"""


def test_the_base_is_one_canvas_that_looks_alike_in_whatever_order_its_files_come(
    chromium: Browser, server: DeskServer
) -> None:
    def base(late: str | None) -> Any:
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        if late:
            held: list[Any] = []
            page.route(f"**/boundaries/{late}", lambda route: held.append(route))
        page.goto(server.url)
        page.wait_for_function("() => window.desk?.card")
        if late:
            page.wait_for_timeout(1_000)  # the others are drawn meanwhile
            for route in held:
                route.continue_()
        found = page.evaluate(BASE)
        page.close()
        return found

    in_order, townships_last, lakes_last = (
        base(late) for late in (None, "townships.geojson", "basemap.geojson")
    )
    assert len(in_order["pictures"]) == 1
    assert in_order["shapes"] > 50
    assert townships_last == in_order
    assert lakes_last == in_order
