"""A wall that stands for days: alarms, whistles and lost servers come and go and leave nothing in the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.wall_harness import serving, wall_app
from tests.browser.wall_hours import WallHours

pytestmark = pytest.mark.browser

# Of the played server's day: five alarms and calls for help, sixty changed matters, 120 hotline pictures; every second
# such cycle a whistle.
CYCLE_S = 10 * 60
RATE = 240


# A hidden tab gets no animation frames; here they are kept until it is shown.
HIDE = """() => {
    const ask = window.requestAnimationFrame;
    window.kept = [];
    window.requestAnimationFrame = (then) => kept.push(then);
    window.show = () => {
        window.requestAnimationFrame = ask;
        kept.splice(0).forEach((then) => then(performance.now()));
    };
    window.painted = 0;
    const canvas = document.querySelector("#wall-map-city .worker-canvas");
    const watch = new MutationObserver(() => { painted += 1; });
    watch.observe(canvas, { attributes: true, attributeFilter: ["data-drawn"] });
}"""


def test_what_comes_and_goes_leaves_no_node_and_no_listener(chromium: Browser) -> None:
    with serving(wall_app(live="wall_day")) as address, WallHours(chromium, address, RATE) as wall:
        wall.pass_(CYCLE_S)
        before, alarms = wall.held(), wall.page.evaluate("server.alarms")
        wall.page.evaluate("server.restart()")
        wall.pass_(CYCLE_S)
        wall.page.evaluate("server.restart('another epoch')")
        wall.pass_(CYCLE_S)
        after = wall.held()
        assert wall.page.evaluate("server.alarms") - alarms >= 8
        assert wall.page.evaluate("live.connection.state") == "live"
        assert wall.page.evaluate("live.epoch") == "another epoch"
        assert wall.page.evaluate("server.open") == 1
        assert wall.page.evaluate("live.matters.size === server.table.size && live.log.length <= 200")
        assert after.listeners == before.listeners
        # An alarm more or less is on screen, not the ten that came and went: each has some twenty nodes.
        assert abs(after.nodes - before.nodes) <= 100
        assert wall.faults == []


def test_through_two_silent_feeds_and_a_lost_server_every_alarm_is_shown(chromium: Browser) -> None:
    with serving(wall_app(live="wall_day")) as address, WallHours(chromium, address, RATE) as wall:
        wall.pass_(CYCLE_S)
        wall.begin_to_look()
        began = wall.page.evaluate("server.alarms")
        for feed in ("positions", "hotline"):
            assert not wall.said_down(feed)
            wall.fail(feed)
            wall.pass_(CYCLE_S)
            assert wall.said_down(feed)
            wall.mend(feed)
            wall.pass_(RATE)
            wall.said_down(feed)
            wall.pass_(CYCLE_S)
            assert not wall.said_down(feed)
        wall.page.evaluate("server.restart()")
        wall.pass_(CYCLE_S)
        assert wall.page.evaluate("server.alarms") - began >= 20
        assert wall.alarms_not_shown() == []
        assert 0 < wall.alarms_while_blind() < 10
        assert wall.page.locator("[data-page=wall]").count() == 1
        assert wall.faults == []


def test_a_turning_wall_is_taken_over_by_every_alarm(chromium: Browser) -> None:
    with serving(wall_app(live="wall_day")) as address, WallHours(chromium, address, RATE, scene="") as wall:
        wall.pass_(CYCLE_S)
        wall.begin_to_look()
        began = wall.page.evaluate("server.alarms")
        wall.pass_(2 * CYCLE_S)
        assert wall.page.evaluate("server.alarms") - began >= 8
        assert wall.alarms_not_shown() == []
        assert set(wall.page.evaluate("[...server.scenes]")) == {
            "overview", "incident", "hotline", "grid", "district", "whistle",
        }  # fmt: skip
        assert wall.faults == []


def test_a_hidden_wall_paints_nothing_queues_nothing_and_is_whole_when_shown(chromium: Browser) -> None:
    with serving(wall_app(live="wall_day")) as address, WallHours(chromium, address, RATE) as wall:
        page = wall.page
        # A hidden tab gets no animation frames; here they are kept until it is shown.
        page.evaluate(HIDE)
        page.clock.run_for(100)  # a frame that was asked for before is still given
        page.evaluate("() => { painted = 0; }")
        before = wall.held()
        wall.pass_(CYCLE_S)
        assert page.evaluate("painted") == 0
        assert (
            page.evaluate("kept.length") <= 8
        )  # at most one for each kind of painting, however many changes came
        assert page.evaluate("live.fleet.number === server.fleet.number")
        page.evaluate("() => { show(); }")
        page.evaluate("Promise.resolve()")
        assert page.evaluate("painted") >= 1
        assert abs(wall.held().listeners - before.listeners) == 0
        page.clock.run_for(1_000)
        assert page.inner_text("#wall-ticker-rows")
        assert wall.faults == []
