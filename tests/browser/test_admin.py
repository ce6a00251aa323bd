"""The administrators on their page, of the whole product: the policy edited and published, accounts, webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from secrets import token_hex
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, WebSocketRoute, expect
from sqlalchemy import select

from dashboard import administration
from dashboard.citypack import load_pack
from dashboard.clock import open_clock
from dashboard.settings import Settings
from dashboard.store import tables
from tests.browser.centre import ROOT, Centre
from tests.store.centre import Centre as Inside

PICTURES = ROOT / "test-pictures"
QUIET = {"ZHONGSHU_SIMULATOR": "0"}
WAIT_MS = 30_000
expect.set_options(timeout=WAIT_MS)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with Centre(tmp_path_factory.mktemp("centre"), QUIET) as running:
        yield running


@pytest.fixture(scope="module")
def inside(centre: Centre) -> Inside:
    """The running centre's own store, to open matters in it; its worker sees them like any other."""
    settings = Settings.from_environment(
        {"ZHONGSHU_VAR_DIR": str(centre.var_dir), "ZHONGSHU_DEMONSTRATION": "1"}
    )
    found = Inside(administration.open_services(settings, load_pack(settings.city_pack)))
    found.clock.now = open_clock(settings).now_ms()
    return found


def signed_in(centre: Centre, chromium: Browser, name: str) -> Page:
    page = chromium.new_page(viewport={"width": 1920, "height": 1080})
    page.set_default_timeout(WAIT_MS)
    page.errors = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
    page.goto(f"{centre.web}/sign-in")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", centre.accounts[name])
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/")
    expect(page.locator("html[data-mounted=true]")).to_have_count(1)
    return page


def step(page: Page, policy_id: str) -> Locator:
    return page.locator(f'[data-ask="step"][data-of="{policy_id}"]').first


def at_step(page: Page, kind: str, policy_id: str) -> None:
    """Open a step's form by the keyboard alone."""
    chosen = page.locator(f'[data-ask="kind"][data-of="{kind}"]')
    chosen.focus()
    page.keyboard.press("Enter")
    expect(chosen).to_have_attribute("aria-current", "true")
    expect(chosen).to_be_focused()
    step(page, policy_id).focus()
    page.keyboard.press("Enter")
    # The keyboard is led from the step to its form.
    expect(page.locator("#admin-step-title")).to_be_focused()


def held_once(page: Page, component: str) -> list[Route]:
    """Keep a callback's request that names a component from the server while none is kept yet; returns the kept one."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held or f'"{component}' not in (route.request.post_data or ""):
            route.continue_()
        else:
            held.append(route)

    page.route("**/_dash-update-component*", hold)
    return held


def order(inside: Inside) -> dict[str, Any]:
    """An order that its unit has had for a minute of its quarter of an hour."""
    return inside.order(urgency=2, status="TO_SIGN", dispatched_at=inside.now - 60_000)


def version_of(inside: Inside, matter: dict[str, Any]) -> int:
    column = tables.matters.c
    with inside.services.store.read() as connection:
        return int(
            connection.execute(select(column.policy_version).where(column.id == matter["id"])).scalar_one()
        )


def test_a_step_is_edited_checked_previewed_and_published_and_the_old_matter_keeps_its_version(
    centre: Centre, inside: Inside, chromium: Browser
) -> None:
    old = order(inside)
    page = signed_in(centre, chromium, "xitong")
    page.click('[data-link="policies"]')
    at_step(page, "order", "order-sign-half-2")
    expect(page.locator("#admin-step-title")).to_contain_text("12345工单 · 签收 · 紧急")

    # What is wrong is said beside its field, on the step and in the bar; nothing can be previewed with it.
    page.fill("#admin-field-percent", "soon")
    page.keyboard.press("Tab")
    expect(page.locator("#admin-fault-when")).to_contain_text("请填数字")
    expect(step(page, "order-sign-half-2")).to_contain_text("有误")
    expect(page.locator("#admin-policy-bar .fault")).to_contain_text("签收时限过半")
    page.fill("#admin-field-percent", "1")
    page.keyboard.press("Tab")
    expect(page.locator("#admin-fault-when")).to_be_empty()
    expect(step(page, "order-sign-half-2")).to_contain_text("时限用去 1%")
    page.locator("#admin-field-means label", has_text="短信").click()
    expect(page.locator("#admin-step-told")).to_contain_text("单位联络员：单位页面、短信")
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=str(PICTURES / "admin-policy.png"))

    page.click("#admin-policy-bar a.primary")
    changes = page.locator("#admin-policy-changes")
    expect(changes).to_contain_text("时限用去 50%")
    expect(changes).to_contain_text("单位页面、短信")
    page.fill("#admin-preview-numbers", old["no"])
    page.click("#admin-preview")
    sentence = page.locator("#admin-preview-shown .sentence", has_text="· 签收")
    expect(sentence).to_contain_text("这件事项现在尚未到第一步")
    expect(sentence).to_contain_text("按草稿会在：第 1 步")

    page.click("#admin-policy-publish")
    expect(page.locator("#admin-policy-outcome .refused")).to_be_visible()
    page.fill("#admin-policy-why", "寒潮期间加快")
    page.click("#admin-policy-publish")
    expect(page.locator("#admin-policy-outcome .done")).to_contain_text("已发布第 2 版")
    expect(changes).to_contain_text("没有差别")

    new = order(inside)
    assert [version_of(inside, one) for one in (old, new)] == [1, 2]
    page.reload()
    page.click('[data-tab="policies/versions"]')
    versions = page.locator("#admin-policy-versions tbody tr")
    expect(versions.nth(0)).to_contain_text("寒潮期间加快")
    expect(versions.nth(0)).to_contain_text("1 件在用")
    expect(versions.nth(1)).to_contain_text("1 件在用")
    versions.nth(1).locator('[data-ask="look"]').click()
    expect(page.locator("#admin-policy-looked")).to_contain_text("正在看第 1 版")
    expect(page.locator("#admin-policy-chains")).to_contain_text("时限用去 50%")
    assert page.errors == []  # type: ignore[attr-defined]
    page.close()


def test_a_draft_outlives_the_other_language_and_the_other_theme(centre: Centre, chromium: Browser) -> None:
    page = signed_in(centre, chromium, "xitong")
    page.click('[data-link="policies"]')
    at_step(page, "whistle_receiver", "whistle-answer")
    page.fill("#admin-field-amount", "2")
    page.keyboard.press("Tab")
    expect(page.locator("#admin-policy-bar")).to_contain_text("改 1 步")
    page.click("#desk-theme")
    expect(page.locator("html[data-theme=light]")).to_have_count(1)
    page.click("#desk-language")
    expect(page.locator('[data-link="policies"]')).to_have_text("Escalation policy")
    expect(page.locator("#admin-policy-bar")).to_contain_text("1 changed")
    expect(page.locator("#admin-field-amount")).to_have_value("2")
    expect(page.locator("html[data-theme=light]")).to_have_count(1)
    # At 1.8 times the width nothing of the page is pushed out of it.
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.screenshot(path=str(PICTURES / "admin-policy-en.png"))
    page.click('#admin-policy-bar [data-ask="reset"]')
    expect(page.locator("#admin-field-amount")).to_have_value("3")
    page.close()


def test_a_part_that_is_drawn_anew_leaves_the_keyboard_where_the_person_went_after_the_last_press(
    centre: Centre, chromium: Browser
) -> None:
    page = signed_in(centre, chromium, "xitong")
    page.click('[data-link="policies"]')
    chosen = page.locator('[data-ask="kind"][data-of="whistle_receiver"]')
    chosen.focus()
    page.keyboard.press("Enter")
    on = step(page, "whistle-answer")
    on.focus()
    on.evaluate("button => button.replaceWith(button.cloneNode(true))")
    expect(on).to_be_focused()
    # A click into nothing leaves it nowhere, and what is drawn then does not call it back.
    page.locator("#admin-main h1").first.dispatch_event("pointerdown")
    on.evaluate("button => button.replaceWith(button.cloneNode(true))")
    assert page.evaluate("document.activeElement === document.body")
    page.close()


def test_what_is_asked_for_while_an_older_answer_is_on_its_way_is_not_lost(
    centre: Centre, chromium: Browser
) -> None:
    page = signed_in(centre, chromium, "xitong")
    page.click('[data-link="policies"]')
    at_step(page, "order", "order-sign-half-2")
    held = held_once(page, "admin-asked")
    bar = page.locator("#admin-policy-bar")

    # Another step is chosen, and a field of the first is left, before the choice is answered.
    with page.expect_request("**/_dash-update-component*"):
        step(page, "order-sign-late-2").click()
    page.fill("#admin-field-percent", "30")
    page.keyboard.press("Tab")
    expect(step(page, "order-sign-late-2")).to_have_attribute("aria-current", "step")
    expect(bar).to_contain_text("改 1 步")
    held.pop().continue_()

    # A step is added, and another one chosen, before the new one is on the page.
    with page.expect_request("**/_dash-update-component*"):
        page.locator('[data-ask="after"]').first.click()
    step(page, "order-sign-half-2").click()
    expect(bar).to_contain_text("加 1 步")
    expect(page.locator("#admin-field-percent")).to_have_value("30")
    held.pop().continue_()
    page.wait_for_load_state("networkidle")
    expect(bar).to_contain_text("加 1 步")
    expect(step(page, "order-sign-half-2")).to_have_attribute("aria-current", "step")
    assert page.errors == []  # type: ignore[attr-defined]
    page.close()


def test_a_webhook_is_refused_entered_and_closed(centre: Centre, chromium: Browser) -> None:
    page = signed_in(centre, chromium, "xitong")
    page.click('[data-link="webhooks"]')
    expect(page.locator("#admin-webhook-shown")).to_contain_text("还没有推送地址")
    page.fill("#admin-webhook-name", "平台")
    page.fill("#admin-webhook-url", "http://127.0.0.1/in")
    page.click("#admin-webhook-open")
    expect(page.locator("#admin-webhook-outcome .refused")).to_contain_text("本机")
    page.fill("#admin-webhook-url", "https://platform.example/in")
    page.click("#admin-webhook-open")
    expect(page.locator("#admin-webhook-outcome code")).to_be_visible()
    row = page.locator("#admin-webhook-shown tbody tr", has_text="platform.example")
    row.locator("summary").click()
    row.locator('[data-ask="close"]').click()
    expect(row).to_contain_text("停用")
    page.click('[data-link="delivery"]')
    expect(page.locator("#admin-delivery-shown")).to_contain_text("没有未送达的通知")
    assert page.errors == []  # type: ignore[attr-defined]
    page.close()


def test_a_row_of_the_dispatch_catalogue_is_changed_with_a_reason(centre: Centre, chromium: Browser) -> None:
    page = signed_in(centre, chromium, "xitong")
    page.click('[data-link="catalogue"]')
    rows = page.locator("#admin-directions-shown tbody tr")
    expect(rows.first).to_contain_text("城市包原有")
    outcome = page.locator("#admin-direction-outcome")
    page.click("#admin-direction-save")
    expect(outcome.locator(".refused")).to_be_visible()
    page.fill("#admin-direction-why", "试行")
    page.locator("#admin-direction-why").press("Tab")
    page.click("#admin-direction-save")
    expect(outcome.locator(".refused")).to_contain_text("没有差别")
    page.click("#admin-direction-level")
    page.get_by_role("option", name="区县").click()
    page.click("#admin-direction-save")
    expect(outcome.locator(".done")).to_contain_text("已生效")
    expect(rows.first).to_contain_text("试行")
    expect(rows.first).to_contain_text("区县")
    expect(page.locator("#admin-direction-why")).to_have_value("")
    assert page.errors == []  # type: ignore[attr-defined]
    page.close()


def test_an_account_is_made_and_ended_and_its_holder_is_out_at_once(
    centre: Centre, chromium: Browser
) -> None:
    name = f"linshi{token_hex(3)}"
    page = signed_in(centre, chromium, "anquan")
    assert page.locator('[data-section="policies"]').count() == 0
    page.evaluate("location.hash = '#policies'")
    expect(page.locator("#admin-not-yours")).to_be_visible()
    page.click('[data-link="accounts"]')
    page.fill("#admin-account-name", name)
    page.fill("#admin-account-person", "林时")
    held = held_once(page, "admin-account-create")
    with page.expect_request("**/_dash-update-component*"):
        page.click("#admin-account-create")
    # A second press would be answered instead of the first, and the password is shown once.
    expect(page.locator("#admin-account-create")).to_be_disabled()
    held.pop().continue_()
    password = page.locator("#admin-account-made code")
    expect(password).to_be_visible()
    expect(page.locator("#admin-account-create")).to_be_enabled()
    page.unroute_all()
    centre.accounts[name] = password.inner_text()
    other = chromium.new_page()
    other.goto(f"{centre.web}/sign-in")
    other.fill("input[name=name]", name)
    other.fill("input[name=password]", centre.accounts[name])
    other.click("button[type=submit]")
    other.wait_for_url("**/sign-in/password")  # the administrator knows this one
    other.fill("input[name=old]", centre.accounts[name])
    for field in ("new", "again"):
        other.fill(f"input[name={field}]", "一句只有自己知道的话")
    other.click('form[action="/sign-in/password"] button')
    other.wait_for_url("**/desk/")
    page.locator("#admin-account-grid .ag-cell", has_text=name).click()
    chosen = page.locator("#admin-account-chosen")
    chosen.locator('[data-ask="session"]').click()
    expect(page.locator("#admin-account-outcome .done")).to_contain_text("会话已结束")
    expect(chosen.locator('[data-ask="session"]')).to_have_count(0)
    other.goto(f"{centre.web}/desk/")
    other.wait_for_url("**/sign-in")
    end = chosen.locator('details:has([data-ask="end"])')
    end.locator("summary").click()
    before = end.element_handle()
    chosen.locator('details:has([data-ask="password"]) summary').click()
    chosen.locator('[data-ask="password"]').click()
    expect(page.locator("#admin-password-shown code")).to_be_visible()
    # What was pressed is closed, and the keyboard stands before it; what is still read about stays open.
    page.wait_for_function("one => !one.isConnected", arg=before)
    expect(chosen.locator('details:has([data-ask="password"]) summary')).to_be_focused()
    expect(chosen.locator('[data-ask="password"]')).to_be_hidden()
    chosen.locator('[data-ask="end"]').click()
    expect(page.locator("#admin-account-outcome .done")).to_contain_text(f"已停用 {name}")
    assert page.errors == []  # type: ignore[attr-defined]
    other.close()
    page.close()


def test_the_first_page_and_delivery_follow_what_others_do_and_never_ask_by_the_clock(
    centre: Centre, chromium: Browser
) -> None:
    page = signed_in(centre, chromium, "anquan")
    overview = page.locator("#admin-overview")
    expect(overview.locator(".standing").first).to_contain_text("正在使用")
    before = overview.locator(".standing").first.inner_text()
    other = signed_in(centre, chromium, "xitong")
    expect(overview.locator(".standing").first).not_to_have_text(before)
    other.close()
    page.close()


def test_a_page_that_is_told_nothing_says_since_when(centre: Centre, chromium: Browser) -> None:
    page = signed_in(centre, chromium, "xitong")

    def keep_silent(_socket: WebSocketRoute) -> None:
        """Accepted, and never spoken to."""

    page.route_web_socket("**/admin/live*", keep_silent)
    page.reload()
    expect(page.locator("#admin-untold")).to_contain_text("与服务器的连接断开，页面停在")
    page.close()


def test_a_server_that_does_not_answer_and_a_session_that_ended_are_said(
    centre: Centre, chromium: Browser
) -> None:
    page = signed_in(centre, chromium, "xitong")
    page.click('[data-link="delivery"]')
    expect(page.locator("#admin-delivery-shown")).to_contain_text("没有未送达的通知")
    page.route("**/_dash-update-component*", lambda route: route.abort())
    page.click("#admin-delivery-load")
    expect(page.locator("#admin-unanswered")).to_contain_text("服务器没有应答")
    page.unroute("**/_dash-update-component*")
    page.click("#admin-delivery-load")
    expect(page.locator("#admin-unanswered")).to_be_hidden()
    page.context.clear_cookies()
    page.click("#admin-delivery-load")
    expect(page.locator("#admin-unanswered a")).to_have_attribute("href", "/sign-in")
    page.close()
