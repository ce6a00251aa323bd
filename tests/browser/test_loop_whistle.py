"""A whistle with five units in a real browser: called, one late, one unwilling, proven, decided, rated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

import callbacks.desk
from dashboard import service
from dashboard.domain.principal import Principal
from tests.browser.desk_city import MINUTE, OFFICER, DeskCity
from tests.browser.desk_server import DeskServer

GARBAGE = "商铺二层堆积建筑垃圾，易发生火灾"
SIZE = {"width": 1920, "height": 1080}
PATIENCE_MS = 30_000
PLACE = (119.541, 35.389)
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DeskCity, DeskServer]]:
    city = DeskCity(tmp_path_factory.mktemp("whistle"))
    desk = DeskServer(
        OFFICER,
        city.picture,
        register=lambda app: callbacks.desk.register(app, city.services, city.live, city.clock),
        place_names={one.code: one.name for one in city.pack.divisions.at_level("township")},
    )
    desk.start()
    yield city, desk
    desk.stop()


@pytest.fixture
def city(running: tuple[DeskCity, DeskServer], tmp_path: Path) -> DeskCity:
    running[0].start_again(tmp_path)
    return running[0]


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    opened = chromium.new_context(viewport=SIZE)
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, city: DeskCity, running: tuple[DeskCity, DeskServer]) -> Iterator[Page]:
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    opened.goto(running[1].url)
    opened.wait_for_selector("[data-ready='1']", state="attached")
    expect(opened.locator("#desk-queue .ag-center-cols-container .ag-row")).to_have_count(8)
    yield opened
    opened.close()
    assert faults == []


def choose(page: Page) -> None:
    for _ in range(3):
        page.keyboard.press("j")
    expect(page.locator(".matter-title")).to_contain_text(GARBAGE)


def open_dialog(page: Page) -> None:
    page.keyboard.press("w")
    expect(page.locator("[data-dialog=whistle]")).to_be_visible()


def tick_five(page: Page) -> list[str]:
    """Tick rows until five are ticked; returns their ids, as sent."""
    shown = page.locator("[data-dialog=whistle] tr[data-receiver]:not([hidden])")
    if shown.count() < 5:
        page.locator("#desk-field-find").fill("局")
    row = 0
    while page.locator("tr[data-receiver][aria-selected=true]").count() < 5:
        if shown.nth(row).get_attribute("aria-selected") == "false":
            shown.nth(row).locator("td").nth(1).click()
        row += 1
    ticked = page.locator("tr[data-receiver][aria-selected=true]")
    return [str(ticked.nth(at).get_attribute("data-receiver")) for at in range(5)]


def blow(page: Page, city: DeskCity) -> dict[str, Any]:
    choose(page)
    open_dialog(page)
    tick_five(page)
    page.locator("#desk-field-agenda-1").fill("二层堆料清空，限几时")
    page.locator("#desk-field-agenda-2").fill("清运由谁做、钱谁出")
    page.keyboard.press("Escape")
    page.keyboard.down("w")
    expect(page.locator(".outcome.shown[data-outcome=done]")).to_be_visible()
    page.keyboard.up("w")
    return whistle(city)


def whistle(city: DeskCity) -> dict[str, Any]:
    return next(one for one in city.picture()["commands"] if one["kind"] == "whistle")


def say(city: DeskCity, row: dict[str, Any], unit: str, stage: str, **more: Any) -> None:
    """A unit's own liaison says something, so that an arrival needs its proof."""
    liaison = Principal(f"liaison-{unit}", "赵敏", "officer", "unit_liaison", "371100", unit)
    now = city.clock.now_ms()
    request = service.Answer(row["id"], unit, stage, **more)
    outcome = service.answer(city.services, liaison, request, now, f"{unit}-{stage}-{now}")
    assert isinstance(outcome, service.Done), outcome


def receipt(page: Page, unit: str) -> Any:
    return page.locator(f"tr[data-receiver-row='{unit}']")


def fill_form(page: Page, act: str, **fields: str) -> None:
    dialog = page.locator(f"[data-dialog={act}]")
    expect(dialog).to_be_visible()
    for name, value in fields.items():
        dialog.locator(f"#desk-form-{name}").fill(value)
    dialog.locator("[data-send]").click()
    expect(dialog).to_be_hidden()


def test_the_dialog_shows_what_the_units_do_and_what_will_happen(page: Page, city: DeskCity) -> None:
    choose(page)
    open_dialog(page)
    dialog = page.locator("[data-dialog=whistle]")
    first = dialog.locator("tr[data-receiver]:not([hidden])").first
    expect(first).to_contain_text("值守在岗")
    assert dialog.locator(".path b").all_inner_texts() == ["T0", "3′", "20′", "30′", "会商", "撤离"]
    message = dialog.locator("#desk-field-message").input_value()
    assert "30 分钟内到场" in message
    assert len(message) <= 45
    expect(dialog.locator(".message-count")).to_have_text(f"{len(message)}/45 字")


def test_a_draft_is_kept_in_the_browser_until_it_is_sent(page: Page, city: DeskCity) -> None:
    choose(page)
    open_dialog(page)
    page.locator("#desk-field-agenda-1").fill("消防通道何时恢复")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-draft]")).to_contain_text("草稿已存")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("[data-dialog=whistle]")).to_be_hidden()
    open_dialog(page)
    expect(page.locator("#desk-field-agenda-1")).to_have_value("消防通道何时恢复")
    expect(page.locator("[data-draft]")).to_contain_text("已恢复草稿")
    page.keyboard.down("w")
    expect(page.locator(".outcome.shown[data-outcome=done]")).to_be_visible()
    page.keyboard.up("w")
    assert (
        page.evaluate("() => Object.keys(localStorage).filter((key) => key.startsWith('zhongshu.draft.'))")
        == []
    )


def test_five_units_one_late_one_unwilling(page: Page, city: DeskCity) -> None:
    row = blow(page, city)
    units = [one["id"] for one in row["receivers"]]
    assert len(units) == 5
    street, fire, city_bureau, late, unwilling = units
    city.clock.now += 2 * MINUTE
    say(city, row, unwilling, "declined", reason="营业执照不在我局")
    expect(receipt(page, unwilling)).to_contain_text("营业执照不在我局")
    receipt(page, unwilling).locator("[data-begin-form=rule_decline]").click()
    fill_form(page, "rule_decline", reason="确由审批局发证")
    expect(receipt(page, unwilling)).to_contain_text("异议获准")
    for unit, minutes in ((street, 4), (fire, 2)):
        city.clock.now += minutes * MINUTE
        say(city, row, unit, "arrived", lon=PLACE[0], lat=PLACE[1], accuracy_m=12)
        expect(receipt(page, unit)).to_contain_text("定位 0 m")
    say(city, row, city_bureau, "arrived", lon=PLACE[0], lat=PLACE[1] + 0.02, accuracy_m=12)
    expect(receipt(page, city_bureau).locator(".claim")).to_contain_text("自报 2.2 km")
    receipt(page, city_bureau).locator("[data-begin-form=confirm_arrival]").click()
    fill_form(page, "confirm_arrival", word="电话中由带队科长报到")
    expect(receipt(page, city_bureau)).to_contain_text("王** 确认")
    city.clock.now += 23 * MINUTE
    service.fire_due(city.services, city.clock.now_ms())
    say(city, row, late, "arrived", lon=PLACE[0], lat=PLACE[1], accuracy_m=12)
    expect(receipt(page, late).locator(".arrived-cell.slow")).to_be_visible()
    shown = {one["id"]: one for one in whistle(city)["receivers"]}
    assert [shown[unit]["late"] for unit in (street, fire, city_bureau, late)] == [False, False, False, True]
    page.locator("[data-begin-form=sign_register]").click()
    fill_form(page, "sign_register", people="周建国 副主任\n钱一")
    expect(page.locator(".register-line")).to_contain_text("周** 副主任")
    now = city.clock.now_ms()
    for item in (1, 2):
        decided = service.RecordDecision(
            row["id"], item, "今日 18 时前清空", "石臼街道", due_at=now + 60 * MINUTE if item == 1 else None
        )
        outcome = service.record_decision(city.services, OFFICER, decided, now, f"decide-{item}")
        assert isinstance(outcome, service.Done), outcome
    expect(page.locator(".decisions")).to_contain_text("今日 18 时前清空")
    page.locator("[data-begin-form=complete_decision]").click()
    fill_form(page, "complete_decision", result="二层已清空")
    expect(page.locator(".decisions")).to_contain_text("11:13 办结 王**")
    for unit in (street, fire, city_bureau, late):
        leave = service.RequestLeave(row["id"], unit)
        left = service.request_leave(city.services, OFFICER, leave, now, f"leave-{unit}")
        assert isinstance(left, service.Done), left
    page.locator("[data-begin-form=rate_unit]").click()
    fill_form(page, "rate_unit", words="到得快")
    expect(page.locator(".feature.commands")).to_contain_text("守时 5 · 能办事 5 · 解决 5")
    figures = service.whistle_statistics(city.services, OFFICER, now)
    assert isinstance(figures, list)
    by_unit = {one.unit: one for one in figures}
    assert [(by_unit[unit].on_time, by_unit[unit].late, by_unit[unit].refused) for unit in units] == [
        (1, 0, 0), (1, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1),
    ]  # fmt: skip


def test_each_receiver_of_an_order_gets_its_own_words_and_time(page: Page, city: DeskCity) -> None:
    choose(page)
    page.keyboard.press("d")
    dialog = page.locator("[data-dialog=dispatch]")
    expect(dialog).to_be_visible()
    rows = dialog.locator("tr[data-receiver]:not([hidden])")
    for at in range(2):
        if rows.nth(at).get_attribute("aria-selected") == "false":
            rows.nth(at).locator("td").nth(1).click()
    lines = dialog.locator(".receiver-lines > div")
    expect(lines).to_have_count(2)
    lines.nth(0).locator("[data-part=objective]").fill("清运二层堆料")
    lines.nth(1).locator("[data-part=objective]").fill("封闭消防通道")
    lines.nth(1).locator("[data-part=due]").fill("15")
    page.keyboard.press("Enter")
    expect(page.locator(".outcome.shown[data-outcome=done]")).to_be_visible()
    order = next(one for one in city.picture()["commands"] if one["kind"] == "dispatch")
    assert [one["objective"] for one in order["receivers"]] == ["清运二层堆料", "封闭消防通道"]
    assert abs(order["receivers"][1]["due_at"] - order["issued_at"] - 15 * MINUTE) < 5_000
