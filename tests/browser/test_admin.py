"""The system administrator edits the escalation policy on the administrators' page, of the whole product."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.centre import ROOT, Centre

PICTURES = ROOT / "test-pictures"
QUIET = {"ZHONGSHU_SIMULATOR": "0"}
WAIT_MS = 30_000

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with Centre(tmp_path_factory.mktemp("centre"), QUIET) as running:
        yield running


def signed_in(centre: Centre, chromium: Browser, name: str) -> Page:
    page = chromium.new_page(viewport={"width": 1600, "height": 1000})
    page.set_default_timeout(WAIT_MS)
    page.errors = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
    page.goto(f"{centre.web}/sign-in")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", centre.accounts[name])
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/")
    return page


def cell(page: Page, policy: str, column: str) -> object:
    return page.locator(
        f"#admin-policy-grid .ag-center-cols-container [row-id='{policy}'] [col-id='{column}']"
    )


def test_a_policy_is_edited_previewed_and_published_with_a_reason(centre: Centre, chromium: Browser) -> None:
    page = signed_in(centre, chromium, "xitong")
    expect(page.locator("#admin-policy-outcome")).to_contain_text("第 1 版", timeout=WAIT_MS)
    target = cell(page, "whistle-amber", "after_ms")
    expect(target).to_have_text("1200000  = 20 min", timeout=WAIT_MS)  # type: ignore[arg-type]
    target.dblclick()  # type: ignore[attr-defined]
    page.keyboard.press("Control+a")
    page.keyboard.type("900000")
    page.keyboard.press("Enter")
    expect(target).to_have_text("900000  = 15 min")  # type: ignore[arg-type]
    page.click("#admin-preview")
    expect(page.locator("#admin-preview-shown")).to_contain_text("会改变步骤", timeout=WAIT_MS)
    page.click("#admin-policy-publish")
    expect(page.locator("#admin-policy-outcome .refused")).to_be_visible(timeout=WAIT_MS)
    expect(target).to_have_text("900000  = 15 min")  # type: ignore[arg-type]
    page.fill("#admin-policy-why", "寒潮期间加快")
    page.click("#admin-policy-publish")
    expect(page.locator("#admin-policy-outcome .done")).to_contain_text("已发布第 2 版", timeout=WAIT_MS)
    expect(page.locator("#admin-policy-versions")).to_contain_text("寒潮期间加快")
    expect(target).to_have_text("900000  = 15 min")  # type: ignore[arg-type]
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=str(PICTURES / "admin.png"), full_page=True)
    assert page.errors == []  # type: ignore[attr-defined]
    page.close()


def test_a_faulty_row_is_named_and_an_inside_address_refused(centre: Centre, chromium: Browser) -> None:
    page = signed_in(centre, chromium, "xitong")
    target = cell(page, "whistle-amber", "after_ms")
    expect(target).to_be_visible(timeout=WAIT_MS)  # type: ignore[arg-type]
    target.dblclick()  # type: ignore[attr-defined]
    page.keyboard.press("Control+a")
    page.keyboard.type("soon")
    page.keyboard.press("Enter")
    page.click("#admin-preview")
    expect(page.locator("#admin-preview-shown .refused")).to_contain_text("whistle-amber", timeout=WAIT_MS)
    page.fill("#admin-webhook-name", "平台")
    page.fill("#admin-webhook-url", "http://127.0.0.1/in")
    page.click("#admin-webhook-open")
    expect(page.locator("#admin-webhook-outcome .refused")).to_contain_text("本机", timeout=WAIT_MS)
    page.fill("#admin-webhook-url", "https://platform.example/in")
    page.click("#admin-webhook-open")
    expect(page.locator("#admin-webhook-outcome code")).to_be_visible(timeout=WAIT_MS)
    expect(page.locator("#admin-webhook-grid")).to_contain_text("platform.example")
    page.close()


def test_the_other_administrators_see_their_own_parts(centre: Centre, chromium: Browser) -> None:
    for name, shown, hidden in (
        ("anquan", "账号与令牌", "#admin-policy-grid"),
        ("shenji", "升级规则", "#admin-webhook-grid"),
    ):
        page = signed_in(centre, chromium, name)
        expect(page.locator("[data-page=admin]")).to_contain_text(shown, timeout=WAIT_MS)
        assert page.locator(hidden).count() == 0
        assert not page.locator("#admin-policy-publish").is_visible()
        page.close()
