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
from tests.store.centre import Centre, done, officer
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


def of_each_kind(centre: Centre) -> dict[str, str]:
    """A brief of each kind with something to say: kind -> id; the specials are about a matter and about a surge."""
    unit = centre.units(1)[0]
    matter = centre.order(title="热力爆管", urgency=1)
    done(centre.whistle(matter, unit, centre.units(2)[1]))
    centre.clock.skip(7 * 24 * 60)  # type: ignore[attr-defined]
    answered(centre, centre.order(category="0203"), resolved=True, satisfied=True)
    centre.order(category="0203")
    surge = service.MakeBrief(category="0203", from_at=centre.now - HOUR_MS, until_at=centre.now + 1)
    special = {
        "matter": done(centre.do(service.make_brief, service.MakeBrief(matter_id=matter["id"]), say=text))[
            "id"
        ],
        "surge": done(centre.do(service.make_brief, surge, say=text))["id"],
    }
    nine = centre.services.calendar.midnight_at(date(2026, 12, 1)) + 9 * HOUR_MS
    centre.clock.skip((nine - centre.now) / 60_000)  # type: ignore[attr-defined]
    for day in service.days_to_count(centre.services, centre.now):
        briefs_keeper.count_day(centre.services, day, centre.now)
    made = service.make_due_briefs(centre.services, text, centre.now)
    found = [service.read_brief(centre.services, MAYOR, one) for one in made]
    newest = {one["kind"]: one["id"] for one in sorted(found, key=lambda one: one["until_at"])}  # type: ignore[index]
    return {**newest, **special}


def test_every_number_and_chart_of_every_kind_of_brief_leads_to_its_query(
    opened: Callable[..., Page], centre: Centre
) -> None:
    briefs = of_each_kind(centre)
    assert set(briefs) == {"daily", "weekly", "monthly", "matter", "surge"}
    page = opened(officer(), "/briefs")
    for kind, brief in briefs.items():
        page.evaluate("(brief) => { location.hash = brief; }", brief)
        shown = page.locator(f'[data-brief="{brief}"]')
        numbers = shown.locator(".brief-number")
        expect(numbers.first).to_be_visible()
        count = numbers.count()
        assert count >= (2 if kind in ("matter", "surge") else 6), kind
        assert shown.locator(".brief-unlinked").count() == 0, kind
        for place in range(count):
            numbers.nth(place).click()
            expect(numbers.nth(place)).to_have_attribute("aria-expanded", "true")
            expect(shown.locator(".brief-answer[data-query]")).to_have_count(1)
            expect(shown.locator(".brief-answer[data-query]")).to_have_attribute("data-same", "true")
        charts = shown.locator(".brief-chart")
        expect(charts).to_have_count(0 if kind in ("matter", "surge") else 2)
        assert charts.locator(".brief-number").count() == charts.count()


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
