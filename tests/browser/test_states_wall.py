"""Every panel of the wall says what it does not know: before the first picture, when its data is late, when it is gone.

One page for all: the picture is played, the scenes are called up as a desk calls them. What of a panel's states other
tests force is in docs/states.md.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dash import Dash
from playwright.sync_api import Browser, Page, expect

from tests.browser.states import State, holds
from tests.browser.wall_harness import serving, wall_app
from tests.browser.wall_page import change, open_wall, overflowing

pytestmark = pytest.mark.browser

NO_PICTURE = (
    "live.ready = false; live.matters.clear(); live.commands.clear(); live.asks.clear(); live.log = [];"
    "live.rates = null; live.hotline = null; live.go(0)"
)
NOTHING_OPEN = "live.matters.clear(); live.commands.clear(); live.asks.clear(); live.log = []; live.go(0)"
RATES_LATE = "live.rates.at = live.now() - 3 * 60_000; live.go(0)"
RATES_GONE = "live.rates.at = live.now() - 11 * 60_000; live.go(0)"
POSITIONS_GONE = "live.fleet.latest_at = live.now() - 120_000; live.go(0)"
WAITING = "等待第一份数据"

OVERVIEW = (
    State("board", "never", NO_PICTURE, {"#wall-board-rows": WAITING}, silent=("#wall-board-total b",)),
    State("board", "empty", NOTHING_OPEN, {"#wall-board-rows .wall-quiet": "数据 10:42:18，在办 0 件"}),
    State(
        "strip", "never", NO_PICTURE,
        {"[data-open=whole]": "—", "[data-overdue=whole]": "—", ".wall-strip-row.open .row-note": "还没有数据",
         ".wall-strip-row.rate .row-note": "还没有数据"},
    ),
    State("strip", "late", RATES_LATE, {".wall-strip-row.rate.late .row-note": "延迟 截至 10:39:18"}),
    State(
        "strip", "gone", RATES_GONE,
        {".wall-strip-row.rate .row-note": "数据中断 自 10:31", "[data-rate='whole.response']": "—"},
    ),
    State("ticker", "never", NO_PICTURE, {"#wall-ticker-rows": WAITING}, is_not={"#wall-ticker-rows": "还没有变动"}),
    State("ticker", "empty", NOTHING_OPEN, {"#wall-ticker-rows": "还没有变动"}),
    State(
        "map", "never", NO_PICTURE,
        {"#wall-whistle-legend .count": "还没有数据", "[data-key=u1] b": "—", "[data-key=u2] b": "—"},
    ),
)  # fmt: skip

SCENES = (
    ("incident", State("incident", "never", NO_PICTURE, {"#wall-incident-clock": WAITING})),
    ("incident", State("incident", "empty", NOTHING_OPEN, {"#wall-incident-clock": "没有要看的事件"})),
    ("incident", State("incident-workers", "gone", POSITIONS_GONE, {"#wall-incident-workers": "位置中断 自 10:40"})),
    ("grid", State("grid-tiers", "never", NO_PICTURE, {"[data-panel=grid-tiers]": WAITING})),
    ("grid", State(
        "grid-events", "never", NO_PICTURE, {"[data-panel=grid-events]": WAITING, "[data-panel=grid-events] h2": "—"},
    )),
    ("district", State(
        "district-matrix", "never", NO_PICTURE, {"#wall-scene-district": WAITING},
        silent=("[data-panel=district-matrix]",),
    )),
    ("district", State("district-crossings", "never", NO_PICTURE, {"#wall-scene-district": WAITING})),
    ("district", State(
        "district-crossings", "empty", NOTHING_OPEN, {"[data-panel=district-crossings]": "没有待答复的提议"},
    )),
    ("district", State("district-matrix", "late", RATES_LATE, {"[data-note=rates]": "率 延迟 截至 10:39:18"})),
    ("district", State(
        "district-matrix", "gone", RATES_GONE, {"[data-region=whole] [data-rate='whole.response']": "—"},
    )),
    ("whistle", State(
        "whistle-open", "never", NO_PICTURE, {"#wall-scene-whistle": WAITING}, silent=("[data-panel=whistle-open]",),
    )),
    ("whistle", State("whistle-open", "empty", NOTHING_OPEN, {"#wall-scene-whistle": "没有未决的吹哨"})),
    ("whistle", State("whistle-record", "gone", RATES_GONE, {"[data-panel=whistle-record] .dash": "—"})),
)  # fmt: skip


@pytest.fixture(scope="module")
def app() -> Dash:
    return wall_app()


@pytest.fixture(scope="module")
def page(chromium: Browser, app: Dash) -> Iterator[Page]:
    app.server.config["orders"].update(scene="overview", held=True, rotates=False, revision=1)
    with serving(app) as address:
        opened = open_wall(chromium, f"{address}?free")
        yield opened
        assert opened.faults == []
        opened.close()


def show(page: Page, app: Dash, scene: str) -> None:
    """A desk calls up a scene on the wall."""
    orders = app.server.config["orders"]
    if orders["scene"] != scene:
        orders.update(scene=scene, matter_id=None, revision=orders["revision"] + 1)
    page.evaluate("live.emit('news', new Set(['walls']))")
    expect(page.locator(f"#wall-scene-{scene}")).to_have_attribute("data-shown", "true")


CASES = [("overview", one) for one in OVERVIEW] + list(SCENES)


@pytest.mark.parametrize(("scene", "one"), CASES, ids=[one.name for _, one in CASES])
def test_a_panel_of_the_wall_says(page: Page, app: Dash, scene: str, one: State) -> None:
    page.evaluate("live.reset()")
    show(page, app, scene)
    change(page, one.play)
    holds(page, one)
    assert overflowing(page) == []
    assert page.locator("#wall-demonstration").is_visible()


# -- not by colour alone, and without motion ------------------------------------------------------------------------

CLOCKS = """[...document.querySelectorAll(".wall-due")].map((row) => {
    const left = row.querySelector(".left");
    return [row.dataset.state, getComputedStyle(left).textDecorationLine, left.textContent.startsWith("+")];
})"""
MOVING = "document.getAnimations().map((one) => one.animationName ?? one.transitionProperty)"
ALARM = "live.matters.get('m-G0431').acknowledged = false; live.emit('matters')"


def test_no_two_states_of_a_symbol_differ_by_colour_alone(page: Page) -> None:
    groups = page.evaluate("import('/harness/symbol_shapes.mjs').then((module) => module.default())")
    assert len(groups) == 9
    for group, shapes in groups.items():
        alike: dict[str, list[str]] = {}
        for name, shape in shapes.items():
            alike.setdefault(shape, []).append(name)
        assert [names for names in alike.values() if len(names) > 1] == [], group


def test_a_clock_of_the_board_differs_by_more_than_its_colour(page: Page, app: Dash) -> None:
    page.evaluate("live.reset()")
    show(page, app, "overview")
    clocks = {tuple(row) for row in page.evaluate(CLOCKS)}
    assert clocks == {("ok", "none", False), ("risk", "underline", False), ("overdue", "none", True)}
    change(page, ALARM)
    outlines = page.evaluate(
        "[...document.querySelectorAll('.wall-due')].map(row => [row.dataset.unacknowledged ?? '',"
        " getComputedStyle(row.querySelector('.title svg')).outlineStyle])"
    )
    assert {tuple(one) for one in outlines} == {("", "none"), ("true", "solid")}


def test_for_who_wants_no_motion_nothing_moves_on_any_scene(page: Page, app: Dash) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("live.reset()")
    change(page, ALARM)
    for scene in ("overview", "incident", "hotline", "grid", "district", "whistle"):
        show(page, app, scene)
        assert page.evaluate(MOVING) == []
    page.emulate_media(reduced_motion="no-preference")
    show(page, app, "overview")
    # The blinking alarm is what a wall without the wish has: the check above can fail.
    expect(page.locator(".wall-due[data-unacknowledged=true]").first).to_be_visible()
    page.wait_for_function(f"() => {MOVING}.includes('wall-blink')")
