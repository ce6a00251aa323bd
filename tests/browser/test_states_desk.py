"""Every panel of the desk says what it does not know: before the first picture, when a source is late, when it is gone.

One page: it opens on a server that has sent nothing yet, and the picture is then played to it. What of a panel's states
other tests force is in docs/states.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.loop_desk import LoopDesk
from tests.browser.states import State, holds

pytestmark = pytest.mark.browser

WAITING = "等待第一份数据"
NOTHING_OPEN = "deskLive.put({ ...picture, matters: [], commands: [], asks: [] }); desk.queue.take();"
HOTLINE = """
    const hotline = (age) => ({
        at: deskLive.now() - age, day: "2026-11-23", source: { state: "fresh", as_of: deskLive.now() - age },
        connected_24h: 0.97,
        bins: { start_at: 0, width_ms: 300_000, expected: [1, 2], low: [0, 1], high: [2, 3], actual: [1] },
        queue: { waiting: 4, longest_wait_ms: 38_000, within_15s: 0.9, target: 0.8 },
        agents: { talk: 20, wrap: 5, idle: 2, rest: 2, short: 0, needed: 27 },
    });
"""
PLATFORM = """
    const legal = { id: "legal", short: "司法", interval_ms: 30_000, last_at: %s };
    deskLive.put({ health: { platforms: [legal] } });
"""
LATE = ":has([data-shift=on_duty])[data-state=late]"

# Before anything has come; these are looked at first, on the page that has just been opened.
NEVER = (
    State("queue", "never", "", {"#desk-queue-empty": WAITING, "[data-count=all]": "–", "#desk-queue-as-of": WAITING},
          is_not={"#desk-queue-empty": "没有在办"}),
    State(
        "shift", "never", "",
        {"[data-shift=open]": "—", "[data-shift=unacknowledged]": "—", "[data-shift=whistles]": "—"},
    ),
    State("log", "never", "", {"#desk-log-as-of": WAITING}, is_not={"#desk-log-as-of": "还没有新的变化"}),
    State("hotline", "never", "", {"#desk-hotline-as-of": "还没有数据", "[data-hotline=waiting]": "—"}),
    State("drawer", "none-chosen", "", {"#desk-drawer-head": "还没有选中事项"}),
)  # fmt: skip

THEN = (
    State("queue", "live", "", {"[data-count=all]": "8", "#desk-queue-as-of": "数据 "}, silent=("#desk-queue-empty",)),
    State("queue", "empty", NOTHING_OPEN, {"#desk-queue-empty": "辖区内没有在办事项"}, silent=("[data-let-go]",)),
    State(
        "queue", "filtered", "desk.queue.setFilter('whistle');",
        {"#desk-queue-empty": "没有“吹哨”的事项", "[data-let-go=filter]": "→ 8 件"},
    ),
    State(
        "queue", "narrowed", "desk.queue.narrowTo({ region: '371121', unit: '', category: '', order: 'remaining' });",
        {"#desk-queue-empty": "没有同时满足这些条件的事项", "[data-let-go=views]": "去掉视图的条件 → 8 件"},
    ),
    State("log", "empty", "deskLive.put({ ...picture, log: [] });", {"#desk-log-as-of": "还没有新的变化"}),
    State(
        "shift", "late", "deskLive.positionsAt = deskLive.now() - 30_000;",
        {f".figure{LATE}": "40", "#desk-map-as-of": "位置延迟 截至 "},
    ),
    State(
        "shift", "gone", "deskLive.positionsAt = deskLive.now() - 120_000;",
        {"[data-shift=on_duty]": "—", "[data-shift=tasked]": "—", "[data-shift=lost]": "—", "[data-shift=open]": "8"},
    ),
    State("map", "live", "", {"#desk-map-as-of": "位置 "}, is_not={"#desk-map-as-of": "延迟"}),
    State(
        "map", "gone", "deskLive.positionsAt = deskLive.now() - 120_000;", {"#desk-map-as-of": "位置中断 自 "},
        silent=("#desk-map-pane .worker-canvas",),
    ),
    State("hotline", "live", HOTLINE + "deskLive.put({ hotline: hotline(0) });", {"[data-hotline=waiting]": "4"}),
    State(
        "volume", "late", HOTLINE + "deskLive.put({ hotline: hotline(15_000) });",
        {"#desk-hotline-as-of": "延迟 · 截至 "}, silent=("#desk-volume-place:not([data-freshness=late])",),
    ),
    State(
        "volume", "gone", HOTLINE + "deskLive.put({ hotline: hotline(120_000) });",
        {"#desk-hotline-as-of": "数据中断 · 自 ", "[data-hotline=waiting]": "—"}, silent=("#desk-volume-place",),
    ),
    State("sources", "live", PLATFORM % "deskLive.now()", silent=("#desk-late-feeds:not(:empty)",)),
    State("sources", "late", PLATFORM % "deskLive.now() - 90_000", {"#desk-late-feeds": "司法 延迟 1 分"}),
    State("sources", "gone", PLATFORM % "deskLive.now() - 600_000", {"#desk-late-feeds": "司法 数据中断 10 分"}),
    State("sources", "never", PLATFORM % "null", {"#desk-late-feeds": "司法 未接通"}),
    State(
        "connection", "down", "deskLive.connect('down');",
        {"#desk-connection": "断开 00:0", "#desk-fresh": "断开"},
    ),
    State(
        "connection", "bus",
        "deskLive.put({ health: { live: { bus: 'down', store: 'up' } } }); deskLive.connect('live');",
        {"#desk-connection": "消息总线中断指令照常入库", "#desk-fresh": "实时"},
    ),
    State(
        "connection", "store",
        "deskLive.put({ health: { live: { bus: 'up', store: 'down' } } }); deskLive.connect('live');",
        {"#desk-connection": "数据库连不上现在下不了指令"},
    ),
    State("connection", "reconnecting", "deskLive.connect('reconnecting');", {"#desk-connection": "重新连接"}),
    State(
        "connection", "signed-out",
        "deskLive.connection = { state: 'down', since: deskLive.now(), reason: 'signed_out' };",
        {"#desk-connection a": "登录"},
    ),
    State("desk", "simulated", "", {".demonstration-tag": "演示数据"}),
)  # fmt: skip

AS_IT_WAS = """
    Object.assign(deskLive, { positionsAt: null, health: null });
    deskLive.connect("live");
    deskLive.put(picture);
    desk.queue.setFilter("all");
    desk.queue.narrowTo({ region: "", unit: "", category: "", order: "remaining" });
    desk.queue.take();
"""


@pytest.fixture(scope="module")
def page(desk: LoopDesk, context: BrowserContext) -> Iterator[Page]:
    opened = context.new_page()
    opened.on("pageerror", lambda fault: desk.faults.append(str(fault)))
    opened.goto(f"{desk.server.url}?played")
    # No rows will come: the desk is there once its parts run, not once it has told its first picture.
    expect(opened.locator("[data-ready='1']")).to_be_attached()
    yield opened
    opened.close()


@pytest.mark.parametrize("one", NEVER, ids=[one.name for one in NEVER])
def test_before_the_first_picture_a_panel_says(page: Page, one: State) -> None:
    holds(page, one)


@pytest.fixture(scope="module")
def picture(page: Page, desk: LoopDesk) -> dict[str, Any]:
    """The morning, which now comes to the desk."""
    whole = desk.picture()
    page.evaluate("picture => { window.picture = picture; deskLive.put(picture); }", whole)
    page.wait_for_function("() => window.desk?.workers && window.desk.queue.feed.entries.size === 8")
    return whole


@pytest.mark.parametrize("one", THEN, ids=[one.name for one in THEN])
def test_a_panel_of_the_desk_says(page: Page, picture: dict[str, Any], one: State) -> None:
    play(page, AS_IT_WAS)
    play(page, one.play)
    holds(page, one)


def play(page: Page, script: str) -> None:
    """Run `script` on the desk and let its next second come."""
    second = "desk.situation.second(); desk.queue.second();"
    page.evaluate(f"() => {{ const {{ picture, desk, deskLive }} = window; {script} {second} }}")


@pytest.mark.parametrize("name", ["filter", "views"])
def test_letting_go_of_what_narrows_the_queue_shows_its_rows_again(
    page: Page, picture: dict[str, Any], name: str
) -> None:
    play(page, AS_IT_WAS)
    narrow = {
        "filter": "desk.queue.setFilter('whistle');",
        "views": "desk.queue.narrowTo({ ...desk.queue.narrowed, region: '371121' });",
    }
    play(page, narrow[name])
    page.locator(f"[data-let-go={name}]").click()
    expect(page.locator("#desk-queue-empty")).to_be_hidden()
    expect(page.locator("#desk-queue .ag-center-cols-container .ag-row").first).to_be_visible()


# -- not by colour alone, and without motion ------------------------------------------------------------------------

# Clocks that end in a day, in a minute, a minute ago; of each kind one that nobody has acknowledged.
CLOCKS = """
    const ends = [86_400_000, 60_000, -60_000];
    const clock = (at) => ({ limit_ms: 3_600_000, due_at: deskLive.now() + ends[at % 3], acknowledged: at >= 3 });
    deskLive.put({ ...picture, matters: picture.matters.map((row, at) => ({ ...row, urgency: 1, ...clock(at) })) });
    desk.queue.take();
    desk.queue.setFilter("emergency");
"""
SEEN = """() => [...document.querySelectorAll("#desk-queue .ag-center-cols-container .ag-row")].map((row) => {
    const cell = row.querySelector("[col-id=remaining]");
    const frame = getComputedStyle(row.querySelector(".glyph")).outlineStyle;
    const line = getComputedStyle(cell).textDecorationLine;
    return [row.dataset.clock, line, cell.textContent.startsWith("+"), row.dataset.alarm, frame];
})"""
ALARMS = """
    const alarm = { urgency: 1, acknowledged: false };
    deskLive.put({ ...picture, matters: picture.matters.map((row) => ({ ...row, ...alarm })) });
    desk.queue.take();
"""
MOVING = """document.getAnimations().filter((one) => one.playState === "running")
    .map((one) => one.animationName ?? one.transitionProperty)"""
MOVED = """() => {
    const { map } = window.desk;
    const began = map.getCenter().lng;
    map.panBy([100, 0]);
    const first = map.getCenter().lng;
    map.setZoom(map.getZoom() + 1);
    return [began, first, map._animatingZoom === true, map._panAnim?._inProgress === true];
}"""


def test_a_clock_of_the_queue_differs_by_more_than_its_colour(page: Page, picture: dict[str, Any]) -> None:
    play(page, AS_IT_WAS)
    play(page, CLOCKS)
    expect(page.locator(".ag-row[data-clock=risk]").first).to_be_visible()
    found = page.evaluate(SEEN)
    clocks = {(clock, line, plus) for clock, line, plus, _, _ in found}
    assert clocks == {("ok", "none", False), ("risk", "underline", False), ("overdue", "none", True)}
    assert {(alarm, frame) for *_, alarm, frame in found} == {("1", "solid"), ("0", "none")}


def test_for_who_wants_no_motion_nothing_moves_on_the_desk(page: Page, picture: dict[str, Any]) -> None:
    page.emulate_media(reduced_motion="reduce")
    play(page, AS_IT_WAS)
    play(page, ALARMS)
    expect(page.locator("#desk-queue .ag-row[data-alarm='1']").first).to_be_visible()
    assert page.evaluate(MOVING) == []
    # A map that is moved stands where it was moved to at once, by keys and by its buttons.
    began, first, zooms, pans = page.evaluate(MOVED)
    assert first != began
    assert (zooms, pans) == (False, False)
    page.emulate_media(reduced_motion="no-preference")
    page.wait_for_function(f"() => {MOVING}.includes('desk-blink')")  # what the wish takes away is else there
