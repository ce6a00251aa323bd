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
    expect(page.locator("[data-page]")).to_have_attribute("data-revision", "0")  # its 30 s of a scene count
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
    """A desk drives the wall: the server has it, and tells the wall that there is news.

    As in the product only what is shown is another revision.
    """
    row = app.server.config["orders"]
    row.update(orders, revision=row["revision"] + int("scene" in orders))
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
    assert style(wall, ".incident-title .in-flag", "background-color") == token(wall, "alarm-fill")
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


def test_a_red_card_of_long_ago_is_for_the_board_and_takes_no_wall(wall: Page) -> None:
    red = "Object.assign(live.matters.get('m-G0430'), { card: 'red', acknowledged: false, due_at: live.now() - %d });"
    change(wall, red % (31 * 60_000) + "live.go(0)")
    expect(wall.locator("#wall-scene-overview")).to_have_attribute("data-shown", "true")
    change(wall, red % (29 * 60_000) + "live.go(0)")
    expect(wall.locator("#wall-scene-incident")).to_have_attribute("data-shown", "true")


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


def test_a_mute_under_an_alarm_moves_nothing(wall: Page, app: Dash) -> None:
    change(wall, CALM)
    change(wall, ALARM)
    drive(wall, app, muted_until=wall.evaluate("live.now()") + 900_000, mute_reason="电话会议")
    expect(wall.locator("[data-page]")).to_have_attribute("data-voice", "muted")
    assert (scene(wall), wall.get_attribute("#wall-incident", "data-matter")) == ("incident", "m-G0431")


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


def test_before_it_reloads_for_a_release_a_wall_has_loaded_every_file_of_it(wall: Page) -> None:
    asked = wall.evaluate(
        """async () => {
            const { loadNextRelease } = await import("/assets/live/next_release.mjs");
            const asked = [];
            const page = '<link href="/assets/v-2/zhongshu.mjs"><script src="/assets/v-2/base_map.js">';
            const fetch = async (address) => {
                asked.push(new URL(address).pathname);
                if (asked.length > 2) throw new TypeError("away");
                return { ok: true, text: async () => page, arrayBuffer: async () => new ArrayBuffer(0) };
            };
            await loadNextRelease("http://wall.test/wall/", { fetch });
            return asked;
        }"""
    )
    assert asked == ["/wall/", "/assets/v-2/zhongshu.mjs", "/assets/v-2/base_map.js"]


def test_a_wall_does_not_reload_to_a_document_that_did_not_come(wall: Page) -> None:
    came = wall.evaluate(
        """async () => {
            const { loadNextRelease } = await import("/assets/live/next_release.mjs");
            const to = (answer) => loadNextRelease("http://wall.test/wall/", { fetch: async () => answer() });
            const away = () => { throw new TypeError("away"); };
            const page = (status) => new Response("<p>Bad Gateway</p>", { status });
            return [await to(() => page(502)), await to(away), await to(() => page(200))];
        }"""
    )
    assert came == [False, False, True]


# A stand-in for the loudspeaker: what is said, and that it was stopped.
CHIME = """
window.zhongshu = { chime: {
    blocked: false, said: [], stopped: 0, unblock() {},
    play(sentence) { this.said.push(sentence); return new Promise((end) => { this.end = end; }); },
    stop() { this.stopped += 1; this.end?.(); },
} };
"""


@pytest.fixture
def loud(chromium: Browser, app: Dash, address: str) -> Iterator[Page]:
    app.server.config["orders"].update(
        scene="overview",
        matter_id=None,
        held=True,
        rotates=True,
        rotation_s=30,
        revision=1,
        muted_until=0,
        speaks=True,
    )
    page = open_wall(chromium, f"{address}?free", script=CHIME)
    page.wait_for_function("document.querySelector('#wall-scene-line').textContent.includes('保持')")
    change(page, CALM)
    yield page
    assert page.faults == []
    page.close()


def said(page: Page) -> list[str]:
    found: list[str] = page.evaluate("zhongshu.chime.said")
    return found


def test_a_new_emergency_is_said_once_and_stops_when_it_is_acknowledged(loud: Page) -> None:
    change(loud, ALARM)
    assert said(loud) == ["G0431，秦楼街道，燃气异味，请确认并派单"]
    change(loud, "live.go(60000)")
    assert len(said(loud)) == 1
    change(loud, ANSWERED)
    assert loud.evaluate("zhongshu.chime.stopped") == 1


def test_a_whistle_is_said_at_twenty_minutes_and_again_at_thirty(loud: Page) -> None:
    change(
        loud,
        "live.matters.get('m-G0417').acknowledged = false; live.matters.get('m-G0417').urgency = 2; live.go(0)",
    )
    assert said(loud) == ["G0417，秦楼街道，热力一次管网爆管，吹哨已二十分钟，请催到场"]
    assert max(map(len, said(loud))) <= 45


def test_one_is_said_at_a_time_and_a_long_title_gives_way_to_what_is_wanted(loud: Page) -> None:
    change(
        loud, "live.demonstration = true; live.matters.get('m-G0431').title = '燃气管道'.repeat(20);" + ALARM
    )
    change(loud, "live.matters.get('m-G0409').acknowledged = false; live.go(0)")
    assert len(said(loud)) == 1 and len(said(loud)[0]) == 45
    assert said(loud)[0].startswith("演示，G0431，") and said(loud)[0].endswith("，请确认并派单")


def test_a_muted_wall_is_silent_and_says_until_when_and_why(loud: Page, app: Dash) -> None:
    drive(loud, app, muted_until=loud.evaluate("live.now()") + 900_000, mute_reason="电话会议")
    expect(loud.locator("#wall-voice")).to_have_text("静音至 10:57电话会议")
    change(loud, ALARM)
    assert said(loud) == []
    change(loud, "live.go(900000)")
    assert said(loud) != [] and texts(loud, "#wall-voice") == [""]


def test_a_wall_whose_sound_is_blocked_says_so(loud: Page) -> None:
    change(loud, "zhongshu.chime.blocked = true; live.go(0)")
    assert texts(loud, "#wall-voice b") == ["声音被浏览器拦住"]


def test_an_officer_who_looks_at_a_wall_is_not_spoken_to(loud: Page, app: Dash) -> None:
    drive(loud, app, speaks=False)
    expect(loud.locator("[data-page]")).to_have_attribute("data-voice", "off")
    change(loud, ALARM)
    assert said(loud) == [] and texts(loud, "#wall-voice") == [""]
