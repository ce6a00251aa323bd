"""An update draws what it changed: no table, chart, list or wall panel is built again for one new value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from dashboard.domain.principal import Principal
from tests.browser.desk_server import DeskServer
from tests.browser.wall_harness import serving, wall_app
from tests.browser.wall_morning import morning
from tests.browser.wall_page import open_wall

pytestmark = pytest.mark.browser

OFFICER = Principal("officer:extends", "王大明", "officer", "duty_officer", "371100", address="127.0.0.1")
HOUR_MS = 3_600_000
# Counts, from here on, what is added, removed or changed below `place`, after two frames.
COUNTED = """async (place) => {
    const found = { added: 0, removed: 0, attributes: 0, texts: 0, rows: new Set() };
    const count = (record) => {
        found.added += record.addedNodes.length;
        found.removed += record.removedNodes.length;
        if (record.type === "attributes") found.attributes += 1;
        if (record.type === "characterData") found.texts += 1;
        const element = record.target.nodeType === 1 ? record.target : record.target.parentElement;
        const row = element?.closest(".ag-row")?.getAttribute("row-id");
        if (row) found.rows.add(row);
    };
    const take = (records) => records.forEach(count);
    const watch = new MutationObserver(take);
    const everything = { childList: true, subtree: true, attributes: true, characterData: true };
    watch.observe(document.querySelector(place), everything);
    const live = window.deskLive ?? window.live;
    SCRIPT;
    await new Promise((resolve) => setTimeout(resolve, 60));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    take(watch.takeRecords());
    watch.disconnect();
    return { ...found, rows: [...found.rows] };
}"""
CALLS = """() => {
    const calls = (window.calls = { plots: 0, set_props: 0, extendTraces: 0, restyle: 0 });
    const counted = (owner, name, counter) => {
        const original = owner[name];
        owner[name] = function (...given) { calls[counter] += 1; return original.apply(this, given); };
    };
    for (const name of ["newPlot", "react", "redraw"]) counted(window.Plotly, name, "plots");
    for (const name of ["extendTraces", "restyle"]) counted(window.Plotly, name, name);
    counted(window.dash_clientside, "set_props", "set_props");
}"""


def counted(page: Page, place: str, script: str) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(COUNTED.replace("SCRIPT", script), place)
    return found


def matter(number: int, now: int) -> dict[str, Any]:
    return {
        "id": f"m{number}", "no": f"G{number:04}", "title": f"井盖松动 {number}", "urgency": 3, "lon": 119.4,
        "lat": 35.5, "place": "", "region": "371102", "township": "371102001", "stage": "TO_SIGN", "source": "grid",
        "due_at": now + (number + 1) * HOUR_MS, "limit_ms": 8 * HOUR_MS, "due_for": None, "version": 1,
        "acknowledged": True, "merged": 0, "whistle": None, "unit": None, "unit_name": None, "units": [],
        "scope": ["371100"], "level": 0, "opened_at": now,
    }  # fmt: skip


@pytest.fixture(scope="module")
def desk(chromium: Browser) -> Iterator[Page]:
    told = morning()
    now = told["now"]
    picture = {
        "now": now, "matters": [matter(number, now) for number in range(20)], "commands": [], "asks": [],
        "log": told["log"], "hotline": told["hotline"],
    }  # fmt: skip
    server = DeskServer(OFFICER, lambda: picture)
    server.start()
    page = chromium.new_page(viewport={"width": 1920, "height": 1080})
    page.set_default_timeout(30_000)
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(server.url)
    page.wait_for_function("() => document.querySelectorAll('#desk-queue .ag-row').length > 10")
    page.evaluate("window.deskLive.stopped = true")
    page.wait_for_function("() => document.querySelector('#desk-volume .js-plotly-plot')?.data?.length === 4")
    page.evaluate(CALLS)
    yield page
    page.close()
    server.stop()
    assert faults == []


@pytest.fixture(scope="module")
def wall(chromium: Browser) -> Iterator[Page]:
    with serving(wall_app()) as address:
        page = open_wall(chromium, address)
        yield page
        page.close()


def calls(page: Page, script: str) -> dict[str, int]:
    """Return how often each way of drawing the graph was called for one hotline picture."""
    page.evaluate("Object.keys(window.calls).forEach((name) => { window.calls[name] = 0; })")
    given = f"const next = structuredClone(window.deskLive.hotline); {script};"
    page.evaluate(f"() => {{ {given} window.deskLive.put({{ hotline: next }}); }}")
    page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
    found: dict[str, int] = page.evaluate("window.calls")
    return found


def points(page: Page) -> list[float]:
    found: list[float] = page.evaluate("document.querySelector('#desk-volume .js-plotly-plot').data[3].y")
    return found


def test_the_desks_graph_is_extended_by_a_new_bin_and_drawn_anew_for_a_new_day_alone(desk: Page) -> None:
    nothing = {"plots": 0, "set_props": 0, "extendTraces": 0, "restyle": 0}
    assert calls(desk, "next.queue.waiting += 1") == nothing
    before = points(desk)
    assert calls(desk, "next.bins.actual.push(41)") == nothing | {"extendTraces": 1}
    assert points(desk) == [*before, 41]
    assert (
        desk.evaluate("document.querySelector('#desk-volume .js-plotly-plot').data[3].x.length")
        == len(before) + 1
    )
    assert calls(desk, "next.bins.high = next.bins.high.map((value) => value + 1)") == nothing | {
        "restyle": 1
    }
    assert calls(desk, "next.bins.actual[3] += 2") == nothing | {
        "restyle": 1
    }  # a late call corrects an old bin
    assert points(desk)[3] == before[3] + 2
    found = calls(desk, "next.day = '2026-11-24'; next.bins.start_at += 86400000; next.bins.actual = [7]")
    assert (found["set_props"], found["extendTraces"]) == (1, 0)
    desk.wait_for_function(
        "() => document.querySelector('#desk-volume .js-plotly-plot').data[3].y.length === 1"
    )


def test_a_changed_matter_touches_its_own_row_of_the_table(desk: Page) -> None:
    found = counted(
        desk,
        "#desk-queue .ag-center-cols-container",
        "live.put({ matters: [{ ...live.matters.get('m4'), title: '井盖已围挡', version: 2 }], partial: true })",
    )
    assert found["rows"] == ["m4"]
    assert desk.inner_text("#desk-queue .ag-row[row-id=m4] [col-id=title]") == "井盖已围挡"
    assert found["added"] <= 8  # the cell's own words; a row has some sixty nodes, the table twelve hundred


def test_a_new_line_of_the_log_is_put_before_lines_that_stay(desk: Page) -> None:
    found = counted(
        desk,
        "#desk-log",
        "live.put({ log: [{ ...live.log[0], seq: live.log[0].seq + 1 }, ...live.log] })",
    )
    assert (found["added"], found["removed"]) == (1, 1)


def test_the_walls_chart_changes_a_line_and_adds_nothing(wall: Page) -> None:
    wall.evaluate("window.live.emit('hotline')")
    same = counted(wall, "#wall-volume", "live.emit('hotline')")
    assert same["attributes"] + same["texts"] + same["added"] == 0
    more = "live.hotline = structuredClone(live.hotline); live.hotline.bins.actual.push({}); live.emit('hotline')"
    found = counted(wall, "#wall-volume", more.replace("{}", "5"))
    assert (found["added"], found["removed"]) == (0, 0)
    assert 1 <= found["attributes"] <= 8  # the line, the point of now and what stands beside it
    above = counted(wall, "#wall-volume", more.replace("{}", "90"))
    assert (above["added"], above["removed"]) == (1, 0)  # the mark of a bin above the band
    wall.evaluate("window.live.reset()")


def test_a_second_on_the_wall_builds_nothing(wall: Page) -> None:
    found = counted(wall, "#wall", "live.go(1000)")
    assert (found["added"], found["removed"]) == (0, 0)
    assert 0 < found["texts"] + found["attributes"] < 120
