"""Coming on duty, a silent A, and a hand-over confirmed line by line, in a real browser on a real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard import service
from dashboard.domain.principal import Principal
from tests.browser.desk_city import DeskCity
from tests.browser.desk_server import DeskServer
from tests.browser.shift_desk import desk_of

PATIENCE_MS = 45_000  # the tests share their machine
expect.set_options(timeout=PATIENCE_MS)
SIZE = {"width": 1920, "height": 1080}
ANNE = Principal("officer-1", "王建国", "officer", "duty_leader", "371100", address="127.0.0.1")
BELLA = Principal("officer-2", "陈秀英", "officer", "duty_officer", "371100", address="127.0.0.2")


@pytest.fixture
def city(tmp_path: Path) -> DeskCity:
    return DeskCity(tmp_path)


@pytest.fixture
def desks(city: DeskCity) -> Iterator[tuple[DeskServer, DeskServer]]:
    """Two desks on one centre: Anne's and Bella's."""
    both = (desk_of(city, ANNE), desk_of(city, BELLA))
    for desk in both:
        desk.start()
    yield both
    for desk in both:
        desk.stop()


def sit_down(chromium: Browser, desk: DeskServer) -> Page:
    page = chromium.new_context(viewport=SIZE).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(desk.url)
    page.wait_for_selector("[data-ready='1']", state="attached")
    expect(page.locator("#desk-shift-hours")).to_have_text("08:00–16:00", timeout=PATIENCE_MS)
    return page


def come_on_duty(page: Page, post: str) -> None:
    page.keyboard.press("h")
    page.locator('#desk-dialog-body [data-dialog="form"], #desk-dialog-body [data-dialog]').first.wait_for()
    page.locator(f'#desk-dialog-body [data-value="{post}"]').click()
    page.keyboard.press("Enter")  # the chosen post has the focus
    expect(page.locator("#desk-outcomes .outcome.shown")).to_contain_text("已到岗", timeout=PATIENCE_MS)


@pytest.mark.browser
def test_two_desks_share_a_shift_and_hand_it_over(
    city: DeskCity, desks: tuple[DeskServer, DeskServer], chromium: Browser
):
    anne, bella = (sit_down(chromium, desk) for desk in desks)
    expect(anne.locator("#desk-shift-posts")).to_contain_text("A岗无人")
    come_on_duty(anne, "A")
    expect(anne.locator("#desk-posts")).to_contain_text("A岗王**10:42–16:00")
    come_on_duty(bella, "B")
    expect(bella.locator("#desk-posts")).to_contain_text("B岗陈**")
    expect(anne.locator("#desk-posts")).to_contain_text("B岗陈**")  # told by the log, not by a reload

    # Three minutes of silence on a new emergency: B acts for A, and A sees it.
    city.clock.advance(minutes=1)
    _new_emergency(city)
    city.clock.advance(minutes=3, seconds=1)
    service.fire_due(city.services, city.clock.now_ms())
    expect(anne.locator("#desk-posts .stood-in")).to_have_text("无应答，陈** 代行", timeout=PATIENCE_MS)
    expect(bella.locator("#desk-asks")).to_contain_text("由 陈** 处置")

    # Anne hands over with a line of her own; Bella confirms each line, and only then the post is hers.
    anne.keyboard.press("h")
    anne.locator('#desk-dialog-body [data-field="lines"] textarea').fill("独居老人 37 户，已入户 9")
    anne.locator("#desk-dialog-body [data-send]").click()
    expect(anne.locator("#desk-outcomes .outcome.shown")).to_contain_text("交接单已发出", timeout=PATIENCE_MS)
    expect(bella.locator("#desk-hand-title")).to_contain_text("A岗交接 0/")
    ticks = bella.locator("#desk-hand-items .tick:not(:disabled)")
    expect(anne.locator("#desk-hand-items .tick:not(:disabled)")).to_have_count(0)
    left = ticks.count()
    assert left >= 3
    blocks = bella.locator("#desk-hand-blocks")
    expect(blocks).to_have_text(f"还有 {left} 项未确认，确认齐才能接班")
    ticks.first.click()
    expect(ticks).to_have_count(left - 1)
    # While lines are left, H leads to them and not to a form that would be refused: Space confirms and goes on.
    bella.keyboard.press("h")
    expect(bella.locator("#desk-dialog")).to_be_hidden()
    for still in range(left - 1, 0, -1):
        expect(blocks).to_have_text(f"还有 {still} 项未确认，确认齐才能接班")
        expect(bella.locator("#desk-hand-items li:focus .tick")).to_have_attribute("aria-checked", "false")
        bella.keyboard.press("Space")
        expect(ticks).to_have_count(still - 1)
        expect(bella.locator("#desk-hand-refusal")).to_be_hidden()
    expect(blocks).to_have_text("已全部确认，按 H 接班")
    expect(anne.locator("#desk-hand-blocks")).to_have_text("已全部确认，等接班人接班")
    expect(anne.locator("#desk-hand-items .tick[aria-checked=false]")).to_have_count(0)
    bella.keyboard.press("h")
    expect(bella.locator("#desk-dialog-body")).to_contain_text("全部确认")
    bella.keyboard.press("Enter")
    expect(bella.locator("#desk-posts")).to_contain_text("A岗陈**", timeout=PATIENCE_MS)
    expect(anne.locator("#desk-posts")).to_contain_text("A岗陈**")
    assert not _faults(anne) and not _faults(bella)


def _new_emergency(city: DeskCity) -> None:
    from dashboard.domain.readings import HotlineOrderReading

    now = city.clock.now_ms()
    reading = HotlineOrderReading(
        "261123105001", now, "0202", 1, title="燃气管道泄漏", township="371102004", place="尚文社区"
    )
    service.intake_orders(city.services, [reading], now)


def _faults(page: Page) -> list[str]:
    return page.evaluate("() => window.deskFaults ?? []")
