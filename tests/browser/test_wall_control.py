"""What moves a wall: what a desk decided, the turn of its scenes, an alarm that takes it over and gives it back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from dash import Dash
from playwright.sync_api import Browser, Page, expect

from tests.browser.wall_harness import serving, wall_app
from tests.browser.wall_page import change, open_wall, overflowing, style, texts, token

pytestmark = pytest.mark.browser

# The morning without an alarm: every matter acknowledged (as it is), the one whistle that is late decided on.
CALM = "live.commands.get('c-哨02').state = 'consultation'; live.emit('commands')"
ALARM = "live.matters.get('m-G0431').acknowledged = false; live.emit('matters')"
ANSWERED = "live.matters.get('m-G0431').acknowledged = true; live.emit('matters')"


@pytest.fixture(scope="module")
def app() -> Dash:
    return wall_app()


@pytest.fixture(scope="module")
def address(app: Dash) -> Iterator[str]:
    with serving(app) as url:
        yield url


@pytest.fixture
def wall(chromium: Browser, app: Dash, address: str) -> Iterator[Page]:
    """A wall of the morning that has just been switched on, and was told nothing."""
    app.server.config["orders"].update(
        scene="overview", matter_id=None, held=False, rotates=True, rotation_s=30, revision=0, muted_until=0
    )
    page = open_wall(chromium, f"{address}?free")
    yield page
    assert page.faults == []
    page.close()


def scene(page: Page) -> str:
    shown: list[str] = page.evaluate(
        "[...document.querySelectorAll('.wall-scene-host[data-shown=true]')].map(e => e.id.slice(11))"
    )
    assert len(shown) == 1
    return shown[0]


def drive(page: Page, app: Dash, **orders: Any) -> None:
    """A desk drives the wall: the server has it, and tells the wall that there is news."""
    row = app.server.config["orders"]
    row.update(orders, revision=row["revision"] + 1)
    with page.expect_response("**/api/v1/walls/own"):
        page.evaluate("live.emit('news', new Set(['walls']))")


def line(page: Page) -> str:
    return texts(page, "#wall-scene-line")[0]


def scenes(page: Page) -> list[str]:
    names: list[str] = page.evaluate(
        "[...document.querySelectorAll('.wall-scene-index [data-scene]:not([data-empty])')].map(e => e.dataset.scene)"
    )
    return names


def test_a_wall_that_was_told_nothing_turns_through_the_scenes_that_have_something_to_say(wall: Page) -> None:
    change(wall, CALM)
    order = scenes(wall)
    assert order[:2] == ["overview", "incident"] and scene(wall) == "overview"
    assert "秒后换" in line(wall)
    for expected in [*order[1:], "overview"]:
        change(wall, "live.go(29000)")
        assert scene(wall) != expected
        change(wall, "live.go(1000)")
        assert scene(wall) == expected


def test_a_scene_with_nothing_to_say_is_left_out_and_marked_so(wall: Page) -> None:
    change(
        wall,
        "live.commands.clear(); for (const m of live.matters.values()) m.urgency = 3; live.emit('matters')",
    )
    assert "incident" not in scenes(wall)
    assert wall.get_attribute(".wall-scene-index [data-scene=incident]", "data-empty") == "true"


def test_an_alarm_takes_the_wall_over_and_gives_it_back_once_it_is_acknowledged(wall: Page) -> None:
    change(wall, CALM)
    change(wall, ALARM)
    assert scene(wall) == "incident"
    assert wall.get_attribute("#wall-incident", "data-matter") == "m-G0431"
    assert texts(wall, ".wall-scene-index .alarm-square") == ["警"]
    assert line(wall) == "10:42 自动切入，待确认"
    assert style(wall, ".incident-title .flag", "background-color") == token(wall, "alarm-fill")
    change(wall, ANSWERED)
    assert scene(wall) == "overview"


def test_an_alarm_that_nobody_answers_gives_the_wall_back_after_its_time_and_the_wall_stands(
    wall: Page,
) -> None:
    change(wall, CALM)
    change(wall, ALARM)
    change(wall, "live.go(179000)")
    assert scene(wall) == "incident"
    change(wall, "live.go(1000)")
    assert scene(wall) == "overview"
    assert line(wall) == "总览 · 轮播暂停：有报警"
    change(wall, "live.go(600000)")
    assert scene(wall) == "overview"  # no turn while an alarm waits
    change(wall, ANSWERED)
    change(wall, "live.go(29000)")
    assert scene(wall) == "overview"
    change(wall, "live.go(1000)")
    assert scene(wall) == "incident"


@pytest.mark.parametrize(
    ("script", "matter"),
    [
        ("live.matters.get('m-N2198').acknowledged = false; live.emit('matters')", "m-N2198"),  # its whistle is late
        ("Object.assign(live.matters.get('m-G0430'), { card: 'red', acknowledged: false }); live.go(0)", "m-G0430"),
    ],
)  # fmt: skip
def test_a_late_whistle_and_a_red_card_take_the_wall_over_too(wall: Page, script: str, matter: str) -> None:
    change(wall, script)
    assert (scene(wall), wall.get_attribute("#wall-incident", "data-matter")) == ("incident", matter)


def test_of_two_alarms_the_one_that_is_due_first_is_shown_and_then_the_other(wall: Page) -> None:
    change(wall, CALM)
    change(wall, "live.matters.get('m-G0409').acknowledged = false; " + ALARM)
    assert wall.get_attribute("#wall-incident", "data-matter") == "m-G0431"
    change(wall, ANSWERED)
    assert (scene(wall), wall.get_attribute("#wall-incident", "data-matter")) == ("incident", "m-G0409")


def test_what_a_desk_decides_is_shown_and_said_to_the_server(wall: Page, app: Dash) -> None:
    change(wall, CALM)
    drive(wall, app, scene="incident", matter_id="m-G0422")
    expect(wall.locator("#wall-incident")).to_have_attribute("data-matter", "m-G0422")
    assert scene(wall) == "incident"
    assert wall.evaluate("live.said.at(-1)") == "wincident:m-G0422"
    wall.evaluate("live.said.length = 0; live.emit('news', null)")  # another socket: the server has forgotten
    assert wall.evaluate("live.said") == ["wincident:m-G0422"]


def test_a_held_wall_stands_and_says_in_red_that_there_are_alarms(wall: Page, app: Dash) -> None:
    change(wall, CALM)
    drive(wall, app, scene="overview", held=True)
    expect(wall.locator("#wall-scene-line")).to_have_text("总览 · 保持不动")
    change(wall, "live.go(600000)")
    assert scene(wall) == "overview"
    change(wall, ALARM)
    assert scene(wall) == "overview"
    assert line(wall) == "保持中 · 有报警 1"
    assert style(wall, ".alarm-line", "background-color") == token(wall, "alarm-fill")
    drive(wall, app, held=False)
    expect(wall.locator("#wall-incident")).to_have_attribute("data-matter", "m-G0431")
    assert scene(wall) == "incident"


def test_a_desk_that_drives_a_wall_under_an_alarm_is_obeyed(wall: Page, app: Dash) -> None:
    change(wall, CALM)
    change(wall, ALARM)
    assert scene(wall) == "incident"
    drive(wall, app, scene="overview")
    expect(wall.locator("#wall-scene-overview")).to_have_attribute("data-shown", "true")
    change(wall, "live.go(5000)")
    assert scene(wall) == "overview"


def test_a_matter_that_is_closed_leaves_the_wall(wall: Page, app: Dash) -> None:
    change(wall, CALM)
    drive(wall, app, scene="incident", matter_id="m-G0422", rotates=False)
    expect(wall.locator("#wall-incident")).to_have_attribute("data-matter", "m-G0422")
    change(wall, "live.matters.delete('m-G0422'); live.commands.delete('c-哨04'); live.emit('matters')")
    assert scene(wall) == "overview"


def test_a_page_that_was_opened_for_one_scene_stays_there_and_says_nothing(
    chromium: Browser, address: str
) -> None:
    page = open_wall(chromium, f"{address}?scene=incident&matter=m-G0417")
    change(page, ALARM)
    change(page, "live.go(600000)")
    assert scene(page) == "incident" and page.get_attribute("#wall-incident", "data-matter") == "m-G0417"
    assert page.evaluate("live.said") == []
    assert line(page) == "只看事件" and overflowing(page) == []
    page.close()
