"""The desk in a real browser on a real store: keys, queue order, the still caret, dispatch, whistle, refusal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

import callbacks.desk
from dashboard import service
from dashboard.store.citizens import keep_addresses
from tests.browser.desk_city import OFFICER, DeskCity
from tests.browser.desk_server import DeskServer

GARBAGE = "商铺二层堆积建筑垃圾，易发生火灾"
BURST = "热力一次管网爆管"
SIZE = {"width": 1920, "height": 1080}
PATIENCE_MS = 30_000  # the tests share their machine; how fast the desk is, is measured elsewhere
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DeskCity, DeskServer]]:
    """One desk for all tests: what takes long is to load it, not to begin its morning again."""
    city = DeskCity(tmp_path_factory.mktemp("desk"))
    desk = DeskServer(
        OFFICER,
        city.picture,
        register=lambda app: callbacks.desk.register(app, city.services, city.live, city.clock),
        place_names={one.code: one.name for one in city.pack.divisions.at_level("township")},
    )
    desk.start()
    yield city, desk
    desk.stop()


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """One browser profile, so that scripts are compiled once."""
    opened = chromium.new_context(viewport=SIZE)
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    opened.close()


@pytest.fixture
def server(running: tuple[DeskCity, DeskServer]) -> DeskServer:
    return running[1]


@pytest.fixture
def city(running: tuple[DeskCity, DeskServer], tmp_path: Path) -> DeskCity:
    running[0].start_again(tmp_path)
    return running[0]


@pytest.fixture
def page(context: BrowserContext, city: DeskCity, server: DeskServer) -> Iterator[Page]:
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    opened.goto(server.url)
    opened.wait_for_selector("[data-ready='1']", state="attached")
    expect(opened.locator("#desk-queue .ag-center-cols-container .ag-row")).to_have_count(8)
    yield opened
    opened.close()
    assert faults == []


def rows(page: Page) -> list[str]:
    """Titles of the shown rows, from top to bottom."""
    found = page.evaluate(
        """() => [...document.querySelectorAll('#desk-queue .ag-row')]
             .sort((a, b) => a.getAttribute('row-index') - b.getAttribute('row-index'))
             .map((row) => row.querySelector('[col-id=title]').textContent)"""
    )
    assert isinstance(found, list)
    return found


def choose(page: Page, title: str) -> None:
    """Walk down with J until the matter stands in the drawer."""
    for _ in range(rows(page).index(title) + 1):
        page.keyboard.press("j")
    expect(page.locator(".matter-title")).to_contain_text(title)


def whistle(city: DeskCity) -> dict[str, Any]:
    return next(one for one in city.picture()["commands"] if one["kind"] == "whistle")


def raise_whistle(page: Page, city: DeskCity) -> dict[str, Any]:
    """Whistle on the garbage matter by the keyboard; returns the command's row."""
    choose(page, GARBAGE)
    page.keyboard.press("w")
    page.locator("#desk-field-agenda-1").fill("二层堆料清空，限几时")
    page.keyboard.press("Escape")
    page.keyboard.down("w")
    expect(page.locator(".outcome.shown[data-outcome=done]")).to_be_visible()
    page.keyboard.up("w")
    return whistle(city)


def test_the_soonest_clock_stands_first(page: Page) -> None:
    assert rows(page)[:4] == [BURST, "燃气异味", GARBAGE, "供水主管漏水"]


def test_a_place_names_its_township_once_and_a_long_delay_is_not_cut(page: Page) -> None:
    page.evaluate(
        """(title) => {
          deskLive.stopped = true;
          const row = [...deskLive.matters.values()].find((one) => one.title === title);
          const late = deskLive.now() - (13 * 24 + 16) * 3600e3;
          const moved = { ...row, place: "秦楼街道 海曲东路社区", due_at: late, version: 99 };
          deskLive.put({ partial: true, matters: [moved] });
        }""",
        BURST,
    )
    expect(page.locator("#desk-queue [row-index='0'] [col-id=place]")).to_have_text("秦楼街道海曲东路社区")
    left = page.locator("#desk-queue [row-index='0'] .ag-cell[col-id=remaining]")
    expect(left).to_contain_text("+13天16:00")
    assert left.evaluate("(cell) => cell.scrollWidth <= cell.clientWidth")


def test_j_and_k_walk_the_queue_and_the_drawer_follows(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".matter-title")).to_contain_text(GARBAGE)
    page.keyboard.press("k")
    expect(page.locator(".matter-title")).to_contain_text("燃气异味")


def test_digits_filter_and_an_empty_filter_says_which_to_drop(page: Page) -> None:
    page.keyboard.press("4")
    expect(page.locator("#desk-queue .ag-center-cols-container .ag-row")).to_have_count(2)
    assert set(rows(page)) == {BURST, "燃气异味"}
    page.keyboard.press("5")
    expect(page.locator("#desk-queue-empty")).to_contain_text("没有“吹哨”的事项")
    expect(page.locator("#desk-queue-empty")).to_contain_text("去掉“吹哨”")


def test_a_wider_filter_chosen_while_a_row_waits_for_its_place_shows_every_row_once(page: Page) -> None:
    """The grid's delta sort left holes for rows that began to pass in a transaction which did not name them."""
    page.keyboard.press("4")
    page.keyboard.press("j")
    expect(page.locator("#desk-queue .ag-center-cols-container .ag-row")).to_have_count(2)
    page.evaluate(
        """(title) => {
          deskLive.stopped = true;
          const row = [...deskLive.matters.values()].find((one) => one.title === title);
          deskLive.put({ partial: true, matters: [{ ...row, due_at: deskLive.now() + 9 * 3600e3, version: 99 }] });
        }""",
        BURST,
    )
    expect(page.locator("#desk-queue .ag-cell[col-id=remaining]").first).to_contain_text("8:59")
    page.keyboard.press("7")
    expect(page.locator("#desk-queue .ag-center-cols-container .ag-row")).to_have_count(8)
    assert len(set(rows(page))) == 8


def test_a_row_whose_clock_changes_keeps_its_place_under_the_caret(page: Page) -> None:
    page.keyboard.press("j")
    before = rows(page)
    page.evaluate(
        """(title) => {
          deskLive.stopped = true;
          const row = [...deskLive.matters.values()].find((one) => one.title === title);
          deskLive.put({ partial: true, matters: [{ ...row, due_at: deskLive.now() + 9 * 3600e3, version: 99 }] });
        }""",
        before[0],
    )
    expect(page.locator("#desk-queue [row-index='0'] [col-id=remaining]")).to_contain_text("8:59")
    assert rows(page) == before
    expect(page.locator("#desk-queue-hold")).to_contain_text("重排暂停")


def test_a_change_of_the_queue_is_the_grids_own_affair_and_copied_into_no_property(page: Page) -> None:
    """With `rowData` in the layout Dash would hold every row three times and compare them all at every change."""
    page.evaluate(
        """() => {
          deskLive.stopped = true;
          const rows = [...deskLive.matters.values()];
          deskLive.put({ partial: true, matters: [{ ...rows[0], title: '改过的' }] });
          deskLive.put({ partial: true, matters: [{ ...rows[1], title: '也改过的' }] });
        }"""
    )
    expect(page.locator("#desk-queue")).to_contain_text("也改过的")
    expect(page.locator("#desk-queue")).to_contain_text("改过的")
    page.keyboard.press("3")
    page.keyboard.press("7")
    held = page.evaluate("dash_component_api.getLayout('desk-queue').props")
    assert "columnDefs" in held
    assert held.get("rowData") is None
    assert not held.get("virtualRowData")


def test_the_key_after_a_click_is_for_the_row_that_was_clicked(page: Page) -> None:
    choose(page, BURST)
    page.evaluate(
        """(title) => {
          const cells = [...document.querySelectorAll('#desk-queue .ag-cell[col-id=title]')];
          cells.find((cell) => cell.textContent === title).click();
          window.dispatchEvent(new KeyboardEvent('keydown', { key: 'd', bubbles: true }));
        }""",
        GARBAGE,
    )
    expect(page.locator("#desk-dialog [data-dialog=dispatch]")).to_be_visible()
    expect(page.locator("#desk-dialog")).to_contain_text(GARBAGE)


def test_a_matter_that_arrives_waits_outside_while_the_caret_is_inside(page: Page) -> None:
    page.keyboard.press("j")
    before = rows(page)
    page.evaluate(
        """() => {
          deskLive.stopped = true;
          const row = [...deskLive.matters.values()][0];
          const late = { ...row, id: 'new', no: 'G0099', title: '新到', urgency: 1, due_at: deskLive.now() + 5e3 };
          deskLive.put({ partial: true, matters: [late] });
        }"""
    )
    expect(page.locator("#desk-queue-hold")).to_contain_text("新到 1（急 1）")
    assert rows(page) == before
    expect(page.locator("[data-count=all]")).to_have_text("9")
    page.keyboard.press("Escape")
    expect(page.locator("#desk-queue [row-index='0'] [col-id=title]")).to_have_text("新到")


def test_a_dispatch_is_told_as_sent_only_once_committed_and_its_receipts_arrive_live(
    page: Page, city: DeskCity
) -> None:
    choose(page, BURST)
    page.keyboard.press("d")
    expect(page.locator(".picked")).to_contain_text("已选 1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator(".picked")).to_contain_text("已选 2")
    page.keyboard.press("Enter")
    expect(page.locator(".outcome.shown[data-outcome=done]")).to_contain_text("令0001 已派给 2 个接收方")
    (command,) = city.picture()["commands"]
    receiver = command["receivers"][0]
    assert receiver["role"] == "lead"
    matrix = page.locator(f"[data-receiver-row='{receiver['id']}']")
    expect(matrix).to_have_attribute("data-stage", "sent")
    city.clock.advance(seconds=6)
    city.answer(command, receiver["id"], "delivered")
    expect(matrix).to_have_attribute("data-stage", "delivered")
    expect(matrix).to_contain_text("+0:06")


def test_a_dispatch_without_receivers_says_what_is_missing_and_sends_nothing(
    page: Page, city: DeskCity
) -> None:
    choose(page, BURST)
    page.keyboard.press("d")
    expect(page.locator(".picked")).to_contain_text("已选 1")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator(".dialog-refusal")).to_have_text("请先勾选接收方。")
    assert city.picture()["commands"] == []


def test_a_second_officer_is_told_that_the_matter_changed(page: Page, city: DeskCity) -> None:
    choose(page, BURST)
    page.keyboard.press("d")
    expect(page.locator(".picked")).to_contain_text("已选 1")
    row = city.matter(BURST)
    request = service.SetUrgency(row["id"], 2, "复核后降级")
    assert isinstance(
        service.set_urgency(city.services, OFFICER, request, row["version"], city.clock.now_ms(), "other"),
        service.Done,
    )
    page.keyboard.press("Enter")
    expect(page.locator(".dialog-refusal")).to_be_visible()
    assert city.picture()["commands"] == []


def test_the_whistle_needs_an_agenda_and_a_full_second(page: Page, city: DeskCity) -> None:
    choose(page, GARBAGE)
    page.keyboard.press("w")
    expect(page.locator("[data-dialog=whistle]")).to_be_visible()
    expect(page.locator(".arrival").first).to_be_visible()
    page.keyboard.down("w")
    expect(page.locator(".dialog-refusal")).to_have_text("至少写一条要定的事。")
    page.keyboard.up("w")
    page.locator("#desk-field-agenda-1").fill("二层堆料清空，限几时")
    page.keyboard.press("Escape")
    page.keyboard.press("w", delay=300)
    assert city.picture()["commands"] == []
    page.keyboard.down("w")
    expect(page.locator(".outcome.shown[data-outcome=done]")).to_contain_text("哨01 已吹响")
    page.keyboard.up("w")
    command = whistle(city)
    assert command["decisions"] == {"made": 0, "open": 1}
    expect(page.locator(f"[data-command='{command['id']}']")).to_contain_text("哨01")


def test_a_dialog_leaves_the_first_column_bare(page: Page) -> None:
    choose(page, GARBAGE)
    page.keyboard.press("w")
    expect(page.locator("[data-dialog=whistle]")).to_be_visible()
    column = page.locator("#desk-queue [row-index='0'] [col-id=remaining]").bounding_box()
    veil, dialog = page.locator("#desk-veil").bounding_box(), page.locator("#desk-dialog").bounding_box()
    assert column and veil and dialog
    right_edge = column["x"] + column["width"]
    assert veil["x"] >= right_edge
    assert dialog["x"] >= right_edge


def test_nobody_leaves_before_it_is_decided(page: Page, city: DeskCity) -> None:
    command = raise_whistle(page, city)
    receiver = command["receivers"][0]["id"]
    for stage in ("delivered", "read", "accepted", "en_route", "arrived"):
        city.clock.advance(seconds=30)
        city.answer(command, receiver, stage)
    leave = page.locator("[data-act=leave]")
    expect(leave).to_be_enabled()
    page.keyboard.press("l")
    expect(page.locator("[data-dialog=leave]")).to_be_visible()
    page.keyboard.press("Enter")
    guard = page.locator("#desk-guard")
    expect(guard).to_contain_text("不能撤离：事未决")
    expect(guard).to_contain_text("二层堆料清空，限几时")
    assert whistle(city)["receivers"][0]["left_at"] is None
    page.keyboard.press("r")
    page.locator("#desk-field-decision").fill("三日内清空")
    page.locator("#desk-field-owner").fill("石臼街道")
    page.locator("#desk-field-due").fill("18:00")
    page.locator("#desk-field-verifier").fill("消防支队")
    page.keyboard.press("Enter")
    expect(page.locator(".outcome.shown")).to_contain_text("决定已记下")
    expect(guard).to_be_empty()
    page.keyboard.press("l")
    expect(page.locator("[data-dialog=leave]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".outcome.shown")).to_contain_text("已同意撤离")
    assert whistle(city)["receivers"][0]["left_at"] is not None


def test_letters_do_nothing_while_an_input_has_the_focus(page: Page, city: DeskCity) -> None:
    choose(page, BURST)
    page.keyboard.press("e")
    page.locator("#desk-field-note").press_sequentially("dwl 已联系")
    expect(page.locator("[data-dialog=note]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".timeline")).to_contain_text("dwl 已联系")


def test_what_did_not_change_in_the_drawer_keeps_its_node(page: Page, city: DeskCity) -> None:
    choose(page, BURST)
    page.evaluate("document.querySelector('.matter-head .citizen button').seenBefore = true")
    page.evaluate("document.querySelector('.timeline').seenBefore = true")
    row = city.matter(BURST)
    noted = service.note(
        city.services, OFFICER, service.Note(row["id"], "已联系"), city.clock.now_ms(), "note-in-place"
    )
    assert isinstance(noted, service.Done)
    expect(page.locator(".timeline")).to_contain_text("已联系")
    # A press that began before the redraw ends on the same button.
    assert page.evaluate("document.querySelector('.matter-head .citizen button').seenBefore")
    assert page.evaluate("document.querySelector('.timeline').seenBefore")


def test_writing_stops_while_the_server_is_not_heard(page: Page) -> None:
    choose(page, BURST)
    page.evaluate("deskLive.connect('down')")
    expect(page.locator("#desk-connection")).to_contain_text("断开")
    expect(page.locator("[data-act=dispatch]")).to_be_disabled()
    page.keyboard.press("d")
    expect(page.locator("#desk-dialog")).to_be_hidden()
    page.evaluate("deskLive.connect('live')")
    expect(page.locator("[data-act=dispatch]")).to_be_enabled()


def test_no_panel_puts_the_time_of_the_clock_on_a_picture_that_stands(page: Page) -> None:
    page.evaluate(
        "deskLive.stopped = true; deskLive.connect('down'); deskLive.setNow(deskLive.now() + 3_600_000)"
    )
    heard = page.evaluate(
        "new Date(deskLive.connection.since).toLocaleTimeString('en-GB', { timeZone: 'Asia/Shanghai' })"
    )
    expect(page.locator("#desk-connection")).to_contain_text("1:00:0")
    expect(page.locator("#desk-queue-as-of")).to_contain_text(heard)
    expect(page.locator("#desk-duty-as-of")).to_have_text(heard)


def test_hotline_figures_turn_grey_and_then_leave_when_nobody_sends_them(page: Page) -> None:
    page.evaluate(
        """() => {
          deskLive.stopped = true;
          const at = deskLive.now();
          deskLive.put({ hotline: {
            at, source: { state: "fresh", as_of: at }, connected_24h: 0.97,
            bins: { expected: [], low: [], high: [], actual: [] },
            queue: { waiting: 4, longest_wait_ms: 38_000, within_15s: 0.7, target: 0.8 },
            agents: { talk: 20, wrap: 5, idle: 0, rest: 2, short: 2, needed: 27 },
          } });
        }"""
    )
    figure = page.locator(".figure", has=page.locator("[data-hotline=within]"))
    expect(figure).to_have_attribute("data-state", "missed")
    page.evaluate("deskLive.setNow(deskLive.now() + 20_000)")
    expect(page.locator("#desk-hotline-as-of")).to_contain_text("延迟")
    expect(figure).to_have_attribute("data-state", "late")
    page.evaluate("deskLive.setNow(deskLive.now() + 40_000)")
    expect(page.locator("#desk-hotline-as-of")).to_contain_text("数据中断")
    expect(page.locator("[data-hotline=waiting]")).to_have_text("—")


def test_the_citizen_stays_masked_until_a_reason_is_given(page: Page, city: DeskCity) -> None:
    with city.services.store.write() as connection:
        known = [(city.matter(BURST)["id"], "荣安社区荣安小区3号楼2单元301室")]
        keep_addresses(connection, city.services.seal, known)
    choose(page, BURST)
    expect(page.locator(".citizen")).to_contain_text("138****5678 李** 荣安社区荣安小区***")
    expect(page.locator("body")).not_to_contain_text("3号楼")
    page.locator("[data-begin=reveal]").click()
    page.locator("#desk-field-reason").fill("核对现场联系人")
    page.keyboard.press("Enter")
    expect(page.locator(".outcome.shown")).to_contain_text("13812345678")
    expect(page.locator(".outcome.shown")).to_contain_text("荣安小区3号楼2单元301室")
    expect(page.locator(".citizen")).to_contain_text("138****5678")


def test_the_log_speaks_the_language_of_the_desk(page: Page) -> None:
    told = page.evaluate(
        """async () => {
          const { setLanguage, text } = await import("/assets/live/catalogue.mjs");
          const params = { no: "G1", title: "T", stage_name: "待签收", stage_name_en: "awaiting sign-in" };
          return ["en", "zh"].map((lang) => { setLanguage(lang); return text("log.MatterMoved", params); });
        }"""
    )
    assert told == ["G1 T → awaiting sign-in", "G1 T → 待签收"]


def test_the_theme_is_switched_and_remembered(page: Page, server: DeskServer) -> None:
    page.locator("#desk-theme").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.reload()
    page.wait_for_selector("[data-ready='1']", state="attached")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
