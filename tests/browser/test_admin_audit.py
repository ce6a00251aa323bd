"""The auditor looks at the chain, walks it and takes a period away, on the whole product."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard import service
from tests.browser.centre import ROOT, Centre
from tests.browser.test_admin import signed_in

PICTURES = ROOT / "test-pictures"
WAIT_MS = 45_000

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with Centre(tmp_path_factory.mktemp("centre"), {"ZHONGSHU_SIMULATOR": "0"}) as running:
        yield running


@pytest.fixture
def auditor(centre: Centre, chromium: Browser) -> Page:
    # A sign-in that fails is a row of the chain as well.
    httpx.post(
        f"{centre.web}/sign-in", data={"name": "shenji", "password": "wrong"}, headers={"origin": centre.web}
    )
    return signed_in(centre, chromium, "shenji")


def test_the_auditor_reads_walks_and_exports_the_chain(centre: Centre, auditor: Page, tmp_path: Path) -> None:
    page = auditor
    page.click('[data-link="audit"]')
    rows = page.locator("#admin-audit-grid .ag-center-cols-container .ag-row")
    expect(rows.first).to_contain_text("shenji", timeout=WAIT_MS)  # the newest are there without asking
    refused = page.locator("#admin-audit-result")
    refused.click()
    page.locator(".dash-dropdown-option", has_text="被拒绝").click()
    page.click("#admin-audit-show")
    expect(rows).to_have_count(1, timeout=WAIT_MS)
    expect(rows.first).to_contain_text("登录")
    expect(rows.first).to_have_class(re.compile("not-done"))
    rows.first.locator(".ag-cell").first.click()
    expect(page.locator("#admin-audit-opened")).to_contain_text("账号或密码", timeout=WAIT_MS)
    page.fill("#admin-audit-from", "23.11.2026")
    page.click("#admin-audit-show")
    expect(page.locator("#admin-audit-shown .refused")).to_contain_text("2026-11-23", timeout=WAIT_MS)
    page.fill("#admin-audit-from", "2020-01-01")
    page.locator("#admin-audit-result .dash-dropdown-clear").click()
    page.fill("#admin-audit-actor", "shenji")
    page.click("#admin-audit-show")
    expect(rows.first).to_contain_text("shenji", timeout=WAIT_MS)
    page.click("#admin-audit-verify")
    expect(page.locator("#admin-audit-verified .done")).to_contain_text("完整", timeout=WAIT_MS)
    page.screenshot(path=PICTURES / "admin-audit.png")
    with page.expect_download(timeout=WAIT_MS) as taken:
        page.locator("#admin-audit-shown form button").first.click()
    file = tmp_path / taken.value.suggested_filename
    taken.value.save_as(file)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    assert service.first_break_in_file(lines).broken_at is None
    assert json.loads(lines[0])["rows"] == len(lines) - 1 > 3
    page.click("#admin-audit-show")
    # That it was taken away is itself a row.
    expect(rows.first).to_contain_text("导出审计", timeout=WAIT_MS)
    page.click('[data-link="policies"]')
    expect(page.locator("#admin-policy-chains")).to_contain_text("开始 3 分钟后", timeout=WAIT_MS)
    assert page.locator("#admin-policy-chains [data-ask]").count() == 0  # an auditor reads the policy
    assert not page.locator("#admin-policy-bar").is_visible()
    assert page.errors == []  # type: ignore[attr-defined]


def test_nobody_else_reaches_the_chain(centre: Centre) -> None:
    for name in ("zhibanyuan", "xitong", "anquan"):
        with httpx.Client(base_url=centre.web, headers={"origin": centre.web}) as client:
            client.post("/sign-in", data={"name": name, "password": centre.accounts[name]})
            assert client.get("/api/v1/audit/rows").status_code == 403
            assert client.get("/api/v1/audit/verify").status_code == 403
            assert client.post("/api/v1/audit/exports").status_code == 403
