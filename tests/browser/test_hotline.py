"""`/hotline` as a shift leader meets it: a real store, the worker's own pictures, the page's socket, a real browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Expect, Page

from dashboard import service
from dashboard.citypack import CityPack
from dashboard.domain.principal import Principal
from dashboard.domain.readings import CallReading
from dashboard.service import Services
from dashboard.store.store import Store
from tests.browser.axe import by_tab, looked_at
from tests.browser.boxes import cut_off
from tests.browser.hand_server import StandingClock
from tests.browser.hotline_scene import HotlineServer, cold_morning, five_usual_minutes
from tests.browser.waiting import eventually, lasting
from tests.store.centre import CITY, LANSHAN, SECRET, Centre, done, officer

CHIEF = officer("duty_leader", name="赵建国")
HALL = Principal("g1", "call hall", "gateway", "gateway", CITY)
DESK = {"width": 1920, "height": 1080}
expect = Expect()
expect.set_options(timeout=120_000)

pytestmark = pytest.mark.browser

Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def centre(pack: CityPack, migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    folder = tmp_path_factory.mktemp("hotline")
    shutil.copy(migrated, folder / "centre.sqlite3")
    store = Store(f"sqlite:///{folder / 'centre.sqlite3'}")
    made = Centre(Services(store, pack, secret=SECRET))
    made.clock = StandingClock()  # type: ignore[assignment]
    cold_morning(made)
    yield made
    store.close()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def server(centre: Centre) -> Iterator[HotlineServer]:
    running = HotlineServer(centre, CHIEF)
    running.tell()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def opened(chromium: Browser, server: HotlineServer) -> Iterator[Opened]:
    """Opens the page as somebody, with the morning as it is told to be; faults of the page fail the test."""
    contexts, faults = [], []

    def open_it(person: Principal = CHIEF, theme: str = "dark", viewport: dict[str, int] = DESK) -> Page:
        server.person = person
        context = chromium.new_context(viewport=viewport, color_scheme=theme, service_workers="block")  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
        page.goto(f"{server.url}/hotline")
        expect(page.locator("html[data-mounted]")).to_be_attached()
        expect(page.locator(".hotline-wordings, [data-panel=wordings] .hotline-empty").first).to_be_attached()
        return page

    server.tell()
    yield open_it
    for context in contexts:
        context.close()
    server.person = CHIEF
    assert faults == []


def is_fault(said: Any) -> bool:
    """An act that was refused is told by the page; the browser's own line about its status is no fault."""
    return said.type == "error" and "409 (Conflict)" not in said.text


def panel(page: Page, name: str) -> Any:
    return page.locator(f'[data-panel="{name}"]')


def test_the_morning_is_told_with_what_was_to_be_expected_of_it(
    opened: Opened, server: HotlineServer
) -> None:
    page = opened()
    calls, within = page.locator("[data-box=calls]"), page.locator("[data-box=within]")
    expect(calls).to_have_text(re.compile(r"今日来电应 \d+\d+\+\d+%全日约"))
    expect(within).to_have_text(re.compile(r"目标 80%76\.9%未达标近 1 小时 \d+ / \d+ 次"))
    expect(page.locator("[data-box=connected]")).to_have_text(re.compile(r"目标 95%\d\d\.\d%\d+ / \d+ 次"))
    expect(page.locator("[data-box=seats] [data-doing=talk]")).to_have_text("21通话")
    expect(page.locator("[data-box=staff] [data-short]")).to_have_text("缺 1")
    expect(page.locator(".hotline-chart")).to_have_attribute("aria-label", re.compile("超出 90% 区间"))
    expect(panel(page, "treemap").locator('[data-category="0203"][data-twice]')).to_contain_text("供热")
    assert panel(page, "treemap").locator("[data-twice]").count() < 8
    expect(panel(page, "watches").locator("[data-current] .came")).to_be_attached()
    expect(panel(page, "calendar").locator(".day[data-whole=true]")).to_have_count(14)
    page.get_by_role("button", name="31 天").click()
    expect(panel(page, "calendar").locator(".day")).to_have_count(31)
    expect(panel(page, "surge").locator('[data-surge="0203"]')).to_contain_text("件 / 2 时")
    expect(panel(page, "surge").locator("[data-analysis]")).to_have_attribute("data-analysis", "starting")
    expect(panel(page, "origins").locator('[data-row="12329"]')).to_contain_text("公积金")
    expect(panel(page, "superiors").locator('[data-row="问政山东"]')).to_contain_text("前")
    expect(panel(page, "zones").locator("[data-row]")).to_have_count(5)
    expect(panel(page, "zones").locator('[data-desks="untold"]')).to_contain_text("没有数据源")


def test_a_new_bin_extends_the_chart_and_nothing_is_drawn_anew(
    opened: Opened, server: HotlineServer, centre: Centre
) -> None:
    page = opened()
    kept = "window.zhongshuHotline.chart"
    look = f"() => (({{ redraws, points, line }}) => [redraws, points, line.points.numberOfItems])({kept})"
    expect(panel(page, "rates").locator("tbody tr")).to_have_count(8)
    page.evaluate("document.fonts.ready.then(() => true)")  # what is laid out by now stays as wide as it is
    eventually(lambda: page.evaluate(look)[2] >= 120, "120 whole bins by ten o'clock")
    page.evaluate("window.keptChart = document.querySelector('.hotline-chart-actual')")
    redraws, points, bins = page.evaluate(look)
    centre.clock.skip(5)  # type: ignore[attr-defined]
    five_usual_minutes(centre)
    server.tell()
    eventually(lambda: page.evaluate(look)[2] == bins + 1, "one more bin")
    assert page.evaluate(look)[:2] == [redraws, points + 1]
    assert page.evaluate("window.keptChart === document.querySelector('.hotline-chart-actual')")


def test_what_is_late_says_so_and_what_is_gone_shows_no_number(
    opened: Opened, server: HotlineServer, centre: Centre
) -> None:
    page = opened()
    told = ("volume", "surge", "watches", "treemap", "calendar", "origins", "superiors", "zones",
            "rates", "bounces", "repeats", "groups")  # fmt: skip
    server.tell("late", centre.now - 25_000)
    for name in told:
        expect(panel(page, name)).to_have_attribute("data-state", "late")
        expect(panel(page, name).locator(".hotline-stale")).to_contain_text("延迟 · 截至")
    expect(page.locator(".hotline-departure")).to_have_count(0)
    expect(panel(page, "treemap").locator("[data-twice]")).to_have_count(0)
    expect(panel(page, "surge")).to_contain_text("暂不判断")
    server.tell("down", centre.now - 600_000)
    for name in told:
        expect(panel(page, name).locator(".hotline-gone")).to_contain_text("数据中断")
    expect(page.locator(".hotline-box .clock-face")).to_have_count(0)
    server.tell("late", centre.now - 25_000, {"since": centre.now - 20_000, "count": 2})
    for name in ("volume", "surge"):
        expect(panel(page, name).locator("[data-fault]")).to_contain_text("未能生成（2 次），系统内部故障")
    server.tell()
    for name in ("volume", "rates"):
        expect(panel(page, name)).to_have_attribute("data-state", "fresh")
    expect(page.locator(".hotline-departure")).to_have_count(1)


def test_a_table_of_the_page_is_taken_away_and_the_chain_says_so(
    opened: Opened, server: HotlineServer
) -> None:
    page = opened()
    button = panel(page, "rates").get_by_role("button", name="Excel")
    with page.expect_download(timeout=60_000) as taken:
        button.click()
    assert re.match(r"三率_演示_赵_\d{8}-\d{4}_审计\d+\.xlsx", taken.value.suggested_filename)
    expect(page.locator("#hand-notice")).to_contain_text(taken.value.suggested_filename)
    for name in ("bounces", "repeats", "groups"):
        expect(panel(page, name).get_by_role("button", name="CSV")).to_be_visible()


def test_before_anything_came_every_panel_says_so(opened: Opened, server: HotlineServer) -> None:
    server.forget()
    page = opened()
    expect(page.locator(".hotline-box .hotline-gone")).to_have_text(["还没有收到数据。"] * 6)
    for name in ("volume", "watches", "treemap", "calendar", "rates", "bounces", "repeats", "groups"):
        expect(panel(page, name).locator(".hotline-gone")).to_have_text("还没有收到数据。")


def test_an_officer_gives_a_wording_and_sees_who_has_read_it(opened: Opened, centre: Centre) -> None:
    page = opened()
    box = panel(page, "wordings")
    expect(
        box.get_by_role("button", name="发口径")
    ).to_be_visible()  # until then the page does not know who may
    page.keyboard.press("k")
    expect(box.locator("textarea")).to_be_focused()
    page.keyboard.type("请找王师傅 13812345678")
    box.get_by_role("button", name="发到坐席").click()
    expect(box.get_by_role("alert")).to_contain_text("个人电话")
    box.locator("textarea").fill("停暖：管网抢修中，11:00 更新恢复时间。")
    box.get_by_role("button", name="发到坐席").click()
    expect(box.locator("[data-wording]")).to_contain_text("30 席已读 0")
    (given,) = done_wordings(centre)
    request = service.ReportWordingReads(given["id"], 1, ("A000", "A001", "A002"))
    done(centre.do(service.report_wording_reads, request, HALL))
    expect(box.locator("[data-wording]")).to_contain_text("30 席已读 3")
    box.get_by_role("button", name="改口径").click()
    expect(box.locator("textarea")).to_have_value("停暖：管网抢修中，11:00 更新恢复时间。")
    other = service.ReviseWording(given["id"], "停暖：12:00 更新。", 1)
    done(centre.do(service.revise_wording, other, officer(name="陈大明")))
    expect(box.locator("[data-version='2']")).to_be_attached()
    box.locator("textarea").fill("停暖：11:30 更新。")
    box.get_by_role("button", name="发新版").click()
    expect(box.get_by_role("alert")).to_contain_text("陈** 已改为第 2 版")
    box.get_by_role("button", name="取消").click()
    box.get_by_role("button", name="签收").click()
    expect(box.locator("[data-wording]")).to_contain_text("已阅：赵**")
    box.get_by_role("button", name="停用").click()
    box.locator("textarea").fill("已恢复供暖")
    box.get_by_role("button", name="停用这条口径").click()
    expect(box.locator("[data-wording]")).to_have_count(0)


def test_what_is_typed_for_one_wording_goes_to_no_other(opened: Opened, centre: Centre) -> None:
    for text in ("停暖：管网抢修中。", "停水：明晨六点恢复，请提前储水，老人可要求送水。"):
        done(centre.do(service.give_wording, service.GiveWording(text), CHIEF))
    page = opened()
    box = panel(page, "wordings")
    heat, water = (box.locator("[data-wording]").filter(has_text=text) for text in ("停暖", "停水"))
    heat.get_by_role("button", name="改口径").click()
    expect(box.locator("form h3")).to_have_text("改口径“停暖：管网抢修中。”（现为第 1 版）")
    box.locator("textarea").fill("停暖：只给停暖的人。")
    water.get_by_role("button", name="签收").click()
    expect(water).to_contain_text("已阅：赵**")
    expect(box.locator("textarea")).to_have_value("停暖：只给停暖的人。")
    water.get_by_role("button", name="改口径").click()
    expect(box.locator("form h3")).to_contain_text("“停水：明晨六点恢复，请提前储水，老人…”")
    expect(box.locator("textarea")).to_have_value("停水：明晨六点恢复，请提前储水，老人可要求送水。")
    heat.get_by_role("button", name="停用").click()
    expect(box.locator("textarea")).to_have_value("")
    box.get_by_role("button", name="取消").click()
    end_wordings(centre)


def test_while_the_server_is_not_heard_what_is_written_stays_and_nothing_is_sent(
    opened: Opened, centre: Centre
) -> None:
    done(centre.do(service.give_wording, service.GiveWording("停暖：管网抢修中。"), CHIEF))
    pair = [centre.order(title="井盖缺失", category="0104", lon=119.47, lat=35.43) for _ in range(2)]
    page = opened()
    wordings, merges = panel(page, "wordings"), panel(page, "merges")
    expect(merges.locator("[data-merge]").filter(has_text=pair[0]["no"])).to_be_attached()
    wordings.get_by_role("button", name="改口径").click()
    wordings.locator("textarea").fill("停暖：正在写。")
    page.evaluate(NOBODY_ANSWERS)
    for box in (wordings, merges):
        expect(box).to_have_attribute("data-state", "down")
        expect(box.locator(".hotline-stale")).to_contain_text("数据中断 · 截至")
    expect(wordings.locator("textarea")).to_have_value("停暖：正在写。")
    for button in ("改口径", "停用", "发新版"):
        expect(wordings.get_by_role("button", name=button)).to_be_disabled()
    expect(merges.locator("[data-merge] button:not([disabled])")).to_have_count(0)
    done(centre.do(service.reject_merge, service.RejectMerge(pair[0]["id"], (pair[1]["id"],), "不是一处")))
    end_wordings(centre)


# The line is cut and every attempt to open it again fails; no address, so that the browser has nothing to complain of.
NOBODY_ANSWERS = """() => {
  const { socket } = window.zhongshuHotline.live;
  socket.WebSocket = Object.assign(class { readyState = 3; send() {} close() {} }, { CONNECTING: 0, OPEN: 1 });
  socket.restart("test");
}"""


def end_wordings(centre: Centre) -> None:
    for one in done_wordings(centre):
        done(centre.do(service.end_wording, service.EndWording(one["id"], "已恢复"), CHIEF))


def done_wordings(centre: Centre) -> list[dict[str, Any]]:
    found = service.hotline_wordings(centre.services, CHIEF, centre.now)
    assert isinstance(found, dict)
    return list(found["wordings"])


def test_what_may_be_one_matter_is_merged_or_said_to_differ_with_a_reason(
    opened: Opened, centre: Centre
) -> None:
    here = {"title": "水管爆裂 路面积水", "category": "0201", "lon": 119.51, "lat": 35.41}
    first, second = centre.order(**here), centre.order(**here)
    far = {"title": "夜间施工 噪声扰民", "category": "0301", "lon": 119.46, "lat": 35.39}
    third, _fourth = centre.order(**far), centre.order(**far)
    page = opened()
    rows = panel(page, "merges").locator("[data-merge]")
    expect(rows).to_have_count(2)
    # A row that becomes another's while its button is held is not merged by letting go.
    press = rows.filter(has_text=first["no"]).get_by_role("button", name="并 2 件为 1")
    own = press.get_attribute("data-do")
    other = rows.filter(has_text=third["no"]).locator("button").first.get_attribute("data-do")
    become = "(button, what) => { button.dataset.do = what; }"
    press.hover()
    page.mouse.down()
    press.evaluate(become, other)
    page.mouse.up()
    press.evaluate(become, own)
    noisy = rows.filter(has_text=third["no"])
    expect(noisy).to_contain_text("相距 0 米")
    noisy.get_by_role("button", name="不并").click()
    form = panel(page, "merges").locator("form")
    form.get_by_role("button", name="记为不同事").click()
    expect(form.get_by_role("alert")).to_contain_text("请写明事由")
    form.locator("input").fill("两处工地")
    form.get_by_role("button", name="记为不同事").click()
    expect(rows).to_have_count(1)
    rows.filter(has_text=first["no"]).get_by_role("button", name="并 2 件为 1").click()
    expect(rows).to_have_count(0)
    assert {centre.matter(one["id"])["merged"] for one in (first, second)} == {1, 2}


def test_the_rates_stand_in_the_citys_order_until_a_ranking_is_asked_for(
    opened: Opened, server: HotlineServer
) -> None:
    page = opened()
    box = panel(page, "rates")
    codes = [one.code for one in server.services.pack.divisions.regions]
    shown = "rows => rows.map(row => row.dataset.row)"
    assert box.locator("tbody tr").evaluate_all(shown) == ["city", *codes]
    expect(box.locator('[data-row="city"]')).to_contain_text(re.compile(r"100% 42 / 42|\d+%\s*\d+ / \d+"))
    box.get_by_role("button", name="东港区").click()
    expect(box.locator(".hotline-inside").first).to_be_visible()
    box.get_by_role("button", name="按响应").click()
    expect(box).to_contain_text("不参与排名")
    expect(box.get_by_role("button", name="按响应")).to_have_attribute("aria-pressed", "true")


def test_a_countys_officer_sees_the_countys_rows_alone(opened: Opened) -> None:
    page = opened(officer("duty_officer", LANSHAN, "岚山值班"))
    expect(page.locator(".hand-heading")).to_have_text("岚山区 · 热线")
    rows = panel(page, "rates").locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_have_attribute("data-row", LANSHAN)


@pytest.mark.parametrize(("language", "theme"), [("zh", "dark"), ("en", "light")])
def test_it_is_read_by_everybody(opened: Opened, language: str, theme: str) -> None:
    page = opened(replace(CHIEF, language=language), theme)
    expect(panel(page, "rates").locator("tbody tr")).to_have_count(8)
    assert lasting(lambda: looked_at(page)) == []
    if language == "en":
        # Names of places, units and platforms are proper names; everything else is said in English.
        said = panel(page, "volume").inner_text() + page.locator(".hotline-strip").inner_text()
        assert not re.search(r"[\u4e00-\u9fff]", said)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_cut_and_no_words_lie_upon_others_at_the_sizes_of_a_desktop(
    opened: Opened, language: str
) -> None:
    page = opened(replace(CHIEF, language=language))
    expect(panel(page, "rates").locator("tbody tr")).to_have_count(8)
    for width, height in ((1366, 768), (1440, 900), (1600, 900), (1920, 1080), (2560, 1440)):
        page.set_viewport_size({"width": width, "height": height})
        assert lasting(lambda: cut_off(page)) == [], (width, height)


def test_the_first_screen_answers_whether_it_is_normal_why_and_whether_seats_are_enough(
    opened: Opened,
) -> None:
    page = opened()
    expect(panel(page, "rates").locator("tbody tr")).to_have_count(8)
    shown = """name => document.querySelector(`[data-panel="${name}"] h2`).getBoundingClientRect().bottom"""
    for name in ("volume", "watches", "surge", "wordings", "treemap", "calendar", "merges", "origins"):
        eventually(
            lambda name=name: page.evaluate(shown, name) < DESK["height"], f"{name} on the first screen"
        )


def test_every_button_is_reached_by_tab(opened: Opened) -> None:
    page = opened()
    expect(panel(page, "rates").locator("tbody tr")).to_have_count(8)
    assert lasting(lambda: by_tab(page)[1]) == []


def test_special_desks_are_told_once_the_switch_names_them(
    opened: Opened, server: HotlineServer, centre: Centre
) -> None:
    named = [
        CallReading("desk-1", "arrived", centre.now - 95_000, source="hotline", desk="tax"),
        CallReading(
            "seat-desk-1", "agent", centre.now, agent="A000", agent_state="idle", source="hotline", desk="tax"
        ),
    ]
    service.record_calls(centre.services, named, centre.now)
    server.tell()
    zones = panel(opened(), "zones")
    expect(zones.locator('[data-row="tax"]')).to_have_text(re.compile(r"税务专席1.*1 / 1$"))
    expect(zones.locator('[data-row="justice"]')).to_have_text("司法专席0—0 / 0")
    expect(zones.locator('[data-desks="untold"]')).to_have_count(0)
