"""`/replay` as an officer meets it: a real store, the real interface, a real browser; all of it by the keyboard."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Expect, Page, Route

from dashboard import service
from dashboard.citypack import CityPack, load_pack
from dashboard.domain.past import rows_at
from dashboard.service import Services
from dashboard.service.replay.boards import read_boards
from dashboard.store import audit
from dashboard.store.store import Store
from tests.browser.axe import by_tab, looked_at
from tests.browser.hand_server import HandServer
from tests.browser.replay_scene import CHIEF, morning, replay_server
from tests.browser.waiting import eventually, lasting
from tests.conftest import PROJECT_ROOT
from tests.store.centre import MINUTE_MS, SECRET, Centre

PICTURES = PROJECT_ROOT / "test-pictures"
DESK = {"width": 1920, "height": 1080}
expect = Expect()
expect.set_options(timeout=120_000)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pack() -> CityPack:
    return load_pack(PROJECT_ROOT / "citypacks" / "rizhao")


@pytest.fixture(scope="module")
def scene(
    pack: CityPack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Centre, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("replay")
    store = Store(f"sqlite:///{folder / 'centre.sqlite3'}")
    store.migrate()
    centre = Centre(Services(store, pack, secret=SECRET))
    yield centre, morning(centre)
    store.close()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def server(scene: tuple[Centre, dict[str, Any]]) -> Iterator[HandServer]:
    running = replay_server(scene[0])
    running.start()
    yield running
    running.stop()


@pytest.fixture
def opened(chromium: Browser, server: HandServer, scene: tuple[Centre, dict[str, Any]]) -> Iterator[Page]:
    context = chromium.new_context(viewport=DESK, color_scheme="dark", service_workers="block")  # type: ignore[arg-type]
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto(f"{server.url}/replay/{scene[1]['matter']['id']}")
    expect(page.locator("html[data-mounted]")).to_be_attached()
    yield page
    context.close()
    assert faults == []


def player(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(
        "(({ at, speed, isPlaying, alarmAt }) => ({ at, speed, isPlaying, alarmAt }))(window.zhongshuReplay.player)"
    )
    return found


def at_instant(page: Page, at: int) -> None:
    """Put the play head there as a pointer does, then let a key paint everything."""
    page.evaluate(f"window.zhongshuReplay.player.seek({at - 10_000})")
    page.keyboard.press("ArrowRight")
    assert player(page)["at"] == at


def test_it_never_looks_live_and_nothing_can_be_done_on_it(opened: Page) -> None:
    expect(opened.locator(".replay-badge")).to_have_text("回放非实时")
    frame = opened.locator(".replay-past").evaluate("one => getComputedStyle(one, '::after').borderTopStyle")
    assert frame == "dashed"
    expect(opened.locator("#hand-connection")).to_be_hidden()
    assert opened.locator("audio, video, [data-act]").count() == 0
    named = [one.get_attribute("data-do") for one in opened.locator(".replay button").all()]
    assert all(re.fullmatch(r"(play|jump|event|speed|finding|export)(:-?\d)?", one or "") for one in named), (
        named
    )
    assert opened.evaluate(
        "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
    )


def test_the_board_of_an_instant_is_the_one_of_then(
    opened: Page, scene: tuple[Centre, dict[str, Any]]
) -> None:
    centre, story = scene
    past = service.read_replay(centre.services, CHIEF, service.ReadReplay(story["matter"]["id"]), centre.now)
    assert isinstance(past, dict)
    with centre.services.store.read() as connection:
        read = read_boards(centre.services, connection, lambda _scope: True, past["from"], past["to"])
    for at in (
        past["from"] + MINUTE_MS,
        story["blown_at"],
        story["due_at"] + MINUTE_MS,
        past["to"],
        story["blown_at"] - 1,
    ):
        at_instant(opened, at)
        shown = opened.evaluate(
            "(({ matters, commands }) => ({ matters: [...matters.keys()].sort(), commands: [...commands.values()]"
            ".map(({ id, state, receivers }) => [id, state, receivers.map(({ stage }) => stage)]).sort() }))"
            "(window.zhongshuReplay.boards)"
        )
        then = rows_at(read.base, read.steps, at)
        commands = [
            [row["id"], row["state"], [one["stage"] for one in row["receivers"]]]
            for row in then["commands"].values()
        ]
        assert shown == {"matters": sorted(then["matters"]), "commands": sorted(commands)}, at
        expect(opened.locator(".replay-board")).to_contain_text(f"在办 {len(then['matters'])} 件")
    at_instant(opened, story["due_at"] + 70_000)
    own = opened.locator(".replay-row.own")
    expect(own).to_have_attribute("data-state", "overdue")
    expect(own.locator(".clock-face")).to_have_text("+01:10")
    expect(own).to_contain_text("在场 4/5")
    PICTURES.mkdir(exist_ok=True)
    opened.evaluate("document.fonts.ready")
    opened.screenshot(path=PICTURES / "replay.png")


def test_boards_that_are_forgotten_are_said_and_not_drawn(
    chromium: Browser, server: HandServer, scene: tuple[Centre, dict[str, Any]]
) -> None:
    def without_boards(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["value"]["boards"]["from"] = None
        body["value"] |= {"base": {"matters": [], "commands": []}, "changes": []}
        route.fulfill(response=answer, json=body)

    page = chromium.new_page(viewport=DESK)  # type: ignore[arg-type]
    page.route("**/api/v1/replay*", without_boards)
    page.goto(f"{server.url}/replay/{scene[1]['matter']['id']}")
    expect(page.locator("html[data-mounted]")).to_be_attached()
    expect(page.locator(".replay-board")).to_contain_text("看板只保留 2 天")
    expect(page.locator(".replay-note")).to_have_text("看板已不在，只画地点")
    expect(page.locator(".replay-row")).to_have_count(0)
    expect(page.locator(".replay-took")).to_have_text(["10:00", "15:00", "17:00", "25:00", "33:00"])
    expect(page.locator(".replay-fact[data-late]")).to_have_count(1)
    page.close()


def test_the_keys_play_jump_step_and_slow_down_at_an_alarm(
    opened: Page, scene: tuple[Centre, dict[str, Any]]
) -> None:
    story = scene[1]
    opened.keyboard.press("Home")
    begins = player(opened)["at"]
    opened.keyboard.press("ArrowRight")
    assert player(opened)["at"] == begins + 10_000
    opened.keyboard.press("ArrowLeft")
    opened.keyboard.press("]")
    assert player(opened)["at"] == story["begins"]  # the first report
    opened.keyboard.press("[")
    assert player(opened)["at"] == begins
    opened.keyboard.press("4")
    expect(opened.locator('[data-do="speed:3"]')).to_have_attribute("aria-pressed", "true")
    alarm_at = opened.evaluate("window.zhongshuReplay.player.alarms[0]")
    assert alarm_at == story["due_at"], "nothing turned red before a unit was late"
    opened.evaluate(f"window.zhongshuReplay.player.seek({alarm_at - 30_000})")
    opened.keyboard.press(" ")
    expect(opened.locator(".replay-status")).to_contain_text("已降到 ×1")
    expect(opened.locator('[data-do="speed:0"]')).to_have_attribute("aria-pressed", "true")
    now = player(opened)
    assert now["isPlaying"] and now["alarmAt"] == alarm_at
    eventually(lambda: player(opened)["at"] > alarm_at, "it goes on at the real speed")
    opened.keyboard.press(" ")
    stands = player(opened)
    assert not stands["isPlaying"]
    opened.keyboard.press("End")
    expect(opened.locator(".replay-status")).to_have_text("已到时段末尾")


def test_every_control_is_reached_and_shown_by_the_keyboard(opened: Page) -> None:
    reached: list[str] = []
    while "speed:3" not in reached:
        assert len(reached) < 30, reached
        opened.keyboard.press("Tab")
        reached.append(
            opened.evaluate("document.activeElement.dataset.do ?? document.activeElement.className")
        )
    wanted = ["event:-1", "jump:-1", "play", "jump:1", "event:1", "speed:0", "speed:1", "speed:2", "speed:3"]
    assert [one for one in reached if one in wanted] == wanted
    assert "replay-facts" in reached, "what scrolls is reached too"
    opened.locator('[data-do="play"]').focus()
    opened.keyboard.press("Tab")
    outline = opened.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    opened.locator('[data-do="play"]').focus()
    opened.keyboard.press(" ")
    expect(opened.locator('[data-do="play"]')).to_contain_text("暂停")
    opened.keyboard.press(" ")
    expect(opened.locator('[data-do="play"]')).to_contain_text("播放")


def test_no_rule_of_accessibility_is_broken_while_a_clock_is_over_or_in_time(
    chromium: Browser, server: HandServer, scene: tuple[Centre, dict[str, Any]]
) -> None:
    page = chromium.new_page(viewport=DESK, color_scheme="dark", reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto(f"{server.url}/replay/{scene[1]['matter']['id']}")
    expect(page.locator("html[data-mounted]")).to_be_attached()
    for at in (scene[1]["blown_at"] + MINUTE_MS, scene[1]["due_at"] + MINUTE_MS):
        at_instant(page, at)
        assert looked_at(page) == []
    assert lasting(lambda: by_tab(page)[1]) == []
    page.close()


def test_a_finding_is_written_by_keys_and_goes_away_with_the_course(
    opened: Page, scene: tuple[Centre, dict[str, Any]]
) -> None:
    centre, story = scene
    shown = opened.evaluate(
        "window.zhongshuReplay.past.lines.length"
    )  # a finding is a line itself, after these
    opened.keyboard.press("n")
    dialog = opened.locator("dialog[open]")
    expect(dialog.locator("[name=fact]")).to_be_focused()
    assert dialog.locator("[name=fact]").input_value(), "the first clock of the matter is proposed"
    for name, words in (
        ("fact", "应急局到位"),
        ("cause", "值守电话占线"),
        ("improvement", "=设第二值守号"),
        ("owner", "应急局"),
    ):
        dialog.locator(f"[name={name}]").fill(words)
    dialog.locator("[name=due_on]").fill("2026-11-30")
    opened.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    one = opened.locator(".replay-finding")
    expect(one).to_contain_text("应急局到位值守电话占线=设第二值守号 · 应急局 2026-11-30")
    past = service.read_replay(centre.services, CHIEF, service.ReadReplay(story["matter"]["id"]), centre.now)
    assert isinstance(past, dict)
    assert [found["owner"] for found in past["findings"]] == ["应急局"]
    assert opened.evaluate(
        "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
    )
    with opened.expect_download() as download:
        opened.keyboard.press("e")
    assert download.value.suggested_filename == f"复盘-{past['matter']['no']}.csv"
    rows = list(csv.reader(download.value.path().read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0] == ["复盘事项", f"{past['matter']['no']} {past['matter']['title']}"]
    assert rows[2][1].startswith("赵**")
    assert ["应急局到位", "值守电话占线", "'=设第二值守号", "应急局", "2026-11-30"] in rows, (
        "a spreadsheet calculates nothing"
    )
    assert len([row for row in rows if len(row) == 2 and row[0][:2].isdigit()]) == shown
    with centre.services.store.read() as connection:
        acts = [row["act"] for row in audit.rows_between(connection, 1, None)]
    assert acts.count("export_replay") == 1
