"""`/briefs` and the brief on `/leader`: a number and its rows, editing, 批准, files; a real store, a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

import pypdf
import pytest
from playwright.sync_api import Browser, BrowserContext, Expect, Page

from callbacks.hand_pages import briefs_html
from dashboard import service
from dashboard.domain.principal import Principal
from data_feeds import briefs_keeper
from data_feeds.http.hand_pages import hand_route
from layouts.catalogue import text
from layouts.hand.shell import UNRELEASED
from tests.browser.hand_server import DESKTOP, PHONE, PICTURES, HandServer
from tests.browser.leader_scene import MAYOR, leader_server
from tests.store.centre import Centre, officer
from tests.store.test_briefs import answered

expect = Expect()
expect.set_options(timeout=25_000)

pytestmark = pytest.mark.browser
HOUR_MS = 60 * 60_000


def morning_after(centre: Centre) -> str:
    """Some orders on Monday, and the brief that the worker made on Tuesday at eight; returns its id."""
    for number in range(3):
        order = centre.order(title=f"整栋停暖 {number}")
        if number == 0:  # closed, with what its citizen said: a week of rates to draw
            answered(centre, order, resolved=True, satisfied=True)
    eight = centre.services.calendar.midnight_at(date(2026, 11, 24)) + 8 * HOUR_MS
    centre.clock.skip((eight - centre.now) / 60_000)  # type: ignore[attr-defined]
    for day in service.days_to_count(centre.services, centre.now):
        briefs_keeper.count_day(centre.services, day, centre.now)
    (made,) = service.make_due_briefs(centre.services, text, centre.now)
    return made


@pytest.fixture
def opened(chromium: Browser, centre: Centre) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []
    servers: list[HandServer] = []
    faults: list[str] = []

    def open_page(person: Principal, at: str, size: dict[str, int] = DESKTOP) -> Page:
        if at == "/leader":
            server = leader_server(centre, person)
        else:
            page_of = briefs_html(centre.pack, UNRELEASED, demonstration=True)
            server = HandServer(centre.services, centre.clock, person, [hand_route("/briefs", page_of)])
        server.start()
        servers.append(server)
        context = chromium.new_context(
            viewport=size, service_workers="block", accept_downloads=True  # type: ignore[arg-type]
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto(server.url + at)
        expect(page.locator("html[data-mounted]")).to_be_attached()
        return page

    yield open_page
    for context in contexts:
        context.close()
    for server in servers:
        server.stop()
    assert [one for one in faults if "status of 409" not in one and "net::ERR" not in one] == []


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def test_an_officer_sees_where_a_number_comes_from_edits_it_and_takes_the_brief_as_word(
    opened: Callable[..., Page], centre: Centre
) -> None:
    made = morning_after(centre)
    page = opened(officer(), "/briefs")
    shown = page.locator(f'[data-brief="{made}"]')
    expect(shown.locator("h1")).to_have_text("日照市社会治理日报 2026-11-23")
    first = shown.locator('[data-sentence="lead-1"]')
    number = first.locator(".brief-number")
    expect(number).to_have_text("3")
    number.click()
    answer = first.locator(".brief-answer[data-query]")
    expect(answer).to_have_attribute("data-query", "orders_opened")
    expect(answer).to_have_attribute("data-same", "true")
    expect(answer.locator("tbody tr")).to_have_count(1)
    expect(shown.locator("[data-chart]")).to_have_count(2)
    picture(page, "briefs")

    shown.locator("[data-act=edit]").click()
    field = page.locator('textarea[name="lead-1"]')
    field.fill("周一受理 4 件，均为供热。")
    page.locator("[data-form=add]").click()
    page.locator('textarea[name^="new-"]').fill("请热力公司增派人手。")
    page.locator("[data-form=save]").click()
    expect(first.locator(".brief-unlinked")).to_have_text("4")
    expect(page.locator("#hand-notice")).to_contain_text("1 个数字")
    expect(shown.locator("[data-section=added]")).to_contain_text("请热力公司增派人手")
    expect(shown.locator("[data-act=approve]")).to_have_count(0)

    with page.expect_download() as waited:
        shown.locator("[data-file=docx]").click()
    assert waited.value.suggested_filename.startswith("日照市社会治理日报_2026-11-23_")


def test_a_leader_reads_approves_and_takes_the_brief_on_the_own_page(
    opened: Callable[..., Page], centre: Centre
) -> None:
    morning_after(centre)
    page = opened(MAYOR, "/leader")
    beside = page.locator(".leader-brief")
    expect(beside).to_have_attribute("data-state", "draft")
    expect(beside).to_contain_text("周一受理 3 件")
    expect(page.locator(".leader-history-row")).to_have_count(3)
    assert not is_too_wide(page)
    picture(page, "leader-brief")
    beside.locator("[data-brief=approve]").click()
    expect(beside).to_have_attribute("data-state", "approved")
    expect(beside).to_contain_text("李** ")
    expect(beside.locator("[data-brief=approve]")).to_have_count(0)
    with page.expect_download() as waited:
        beside.locator("[data-brief=pdf]").click()
    assert re.search(
        r"李\*\*于\S+批准", re.sub(r" ", "", pypdf.PdfReader(waited.value.path()).pages[0].extract_text())
    )

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.locator("[data-tab=day]").click()
    whole = page.locator(".leader-brief-whole")
    whole.locator(".brief-number").first.click()
    expect(whole.locator(".brief-answer[data-query]")).to_be_visible()
    assert not is_too_wide(page)
    picture(page, "leader-phone-brief")
