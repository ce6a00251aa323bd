"""The whole product as its people meet it: started by its launcher, seen and commanded through a real browser.

The pictures of wall and desk are kept in `test-pictures/`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.centre import ROOT, Centre
from tests.browser.waiting import eventually

PICTURES = ROOT / "test-pictures"
PATIENCE_S = 120.0
PATIENCE_MS = int(PATIENCE_S * 1000)
expect.set_options(timeout=PATIENCE_MS)
# Thirty minutes of a whistle pass in half a minute.
OVERVIEW = "scene=overview"  # a wall that is told nothing turns, and an alarm takes it over
WHISTLES = re.compile("吹哨报到 [1-9][0-9]* 起")
FAST = {"ZHONGSHU_CLOCK_RATE": "60", "ZHONGSHU_SIMULATOR": "0"}

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def var_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("centre")


@pytest.fixture(scope="module")
def accounts() -> dict[str, str]:
    """Passwords as the first start printed them; no later start can."""
    return {}


@pytest.fixture(scope="module")
def centre(var_dir: Path, accounts: dict[str, str]) -> Iterator[Centre]:
    """A demonstration at its own pace, from an empty folder; stopped by the test that starts it again."""
    with Centre(var_dir, accounts=accounts) as running:
        yield running


def opened(chromium: Browser, url: str, width: int = 1920, height: int = 1080) -> Page:
    context = chromium.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(url)
    return page


def signed_in(chromium: Browser, centre: Centre, name: str) -> Page:
    page = opened(chromium, f"{centre.web}/desk")
    centre.sit_down(page, name)
    page.wait_for_selector("#desk-queue .ag-row")
    return page


def officer(centre: Centre, name: str) -> httpx.Client:
    """The same officer without a browser; what the server allows does not depend on the page."""
    client = httpx.Client(base_url=centre.web, timeout=PATIENCE_S, headers={"origin": centre.web})
    answer = client.post("/sign-in", data={"name": name, "password": centre.accounts[name]})
    assert answer.status_code == 303, answer.text
    return client


def fleet(centre: Centre) -> dict[str, Any]:
    token = centre.wall.split("kiosk=")[1]
    answer = httpx.get(
        f"{centre.web}/api/v1/fleet/summary", headers={"authorization": f"Bearer {token}"}, timeout=30
    )
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=PICTURES / f"{name}.png")


def test_the_wall_shows_every_worker_and_a_volume_chart_that_moves(chromium: Browser, centre: Centre) -> None:
    counted = eventually(lambda: (s := fleet(centre))["moving"] > 300 and s, "the workers move", PATIENCE_S)
    assert (counted["platform_total"], counted["assessed_total"]) == (4383, 4374)
    assert counted["on_duty"] + counted["off_duty"] == 4383
    page = opened(chromium, f"{centre.wall}&{OVERVIEW}")
    expect(page.locator("body")).to_contain_text("4,383", timeout=PATIENCE_MS)
    expect(page.locator("body")).to_contain_text("演示数据")
    assert page.url == f"{centre.web}/wall/?{OVERVIEW}"  # the token is out of the address
    calls = page.locator("#wall-calls-aside")
    before = calls.inner_text()
    eventually(lambda: calls.inner_text() != before, "another call is counted", PATIENCE_S)
    picture(page, "wall-1920")
    # Dash takes its layout from what the document asked for, and nothing is of no release but what guards the start.
    asked = page.evaluate("performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)")
    assert asked.count("/wall/_dash-layout") == asked.count("/wall/_dash-dependencies") == 1
    unreleased = {one for one in asked if one.startswith(("/assets/", "/citypack/")) and "/v-" not in one}
    assert unreleased == {"/assets/live/start_guard.js"}
    page.context.close()


def test_a_dispatch_is_answered_live_and_a_whistle_reaches_the_wall(
    chromium: Browser, centre: Centre
) -> None:
    dispatched_and_whistled(chromium, centre)


def dispatched_and_whistled(chromium: Browser, centre: Centre) -> None:
    """An officer's first minutes by the keyboard: a command that is answered, a whistle, the map beside it."""
    desk = signed_in(chromium, centre, "zhibanzhang")
    faults: list[str] = []
    desk.on("pageerror", lambda fault: faults.append(str(fault)))
    desk.keyboard.press("4")
    desk.keyboard.press("j")
    expect(desk.locator(".matter-title")).to_be_visible()
    desk.keyboard.press("d")
    expect(desk.locator(".picked")).to_contain_text("已选 1")
    desk.keyboard.press("Enter")
    expect(desk.locator(".outcome.shown[data-outcome=done]")).to_be_visible()
    receipt = desk.locator("[data-receiver-row]").first
    eventually(
        lambda: receipt.get_attribute("data-stage") not in (None, "sent"),
        "the receiver has answered",
        PATIENCE_S,
    )
    picture(desk, "desk")
    desk.keyboard.press("w")
    expect(desk.locator("[data-dialog=whistle]")).to_be_visible()
    expect(desk.locator(".arrival").first).to_be_visible()
    desk.locator("#desk-field-agenda-1").fill("关断阀门，何时恢复")
    desk.keyboard.press("Escape")
    picture(desk, "desk-whistle")
    desk.keyboard.down("w")
    expect(desk.locator("[data-dialog=whistle]")).to_be_hidden()
    desk.keyboard.up("w")
    # The map on a second screen: the same session, its own live picture, what the desk has chosen.
    with desk.expect_popup() as popup:
        desk.keyboard.press("x")
    expect(popup.value.locator("[data-page][data-ready='1']")).to_have_attribute("data-desk", "there")
    expect(popup.value.locator("#map-chosen")).not_to_be_empty()
    expect(popup.value.locator("#desk-connection")).to_be_hidden()
    wall = opened(chromium, f"{centre.wall}&{OVERVIEW}", 3840, 2160)
    expect(wall.locator("body")).to_contain_text(WHISTLES)
    picture(wall, "wall-3840")
    assert faults == []
    wall.context.close()
    desk.context.close()


def test_an_officer_of_one_county_neither_sees_nor_commands_in_another(
    chromium: Browser, centre: Centre
) -> None:
    city, donggang, lanshan = (officer(centre, name) for name in ("zhibanyuan", "quxian1", "quxian2"))
    everything = city.get("/api/v1/matters").json()["matters"]
    mine = donggang.get("/api/v1/matters").json()["matters"]
    theirs = lanshan.get("/api/v1/matters").json()["matters"]
    assert 0 < len(mine) < len(everything)
    assert 0 < len(theirs) < len(everything)
    only_mine = {row["id"] for row in mine} - {row["id"] for row in theirs}
    target = next(row for row in mine if row["id"] in only_mine and row["region"] == "371102")
    assert lanshan.get(f"/api/v1/matters/{target['id']}").status_code == 409
    sent = {
        "matter_id": target["id"], "expected_version": target["version"], "objective": "越界",
        "receivers": [{"kind": "unit", "id": target["unit"] or "rz-heating", "role": "lead"}],
    }  # fmt: skip
    refused = lanshan.post("/api/v1/commands", json=sent, headers={"Idempotency-Key": "across-the-border"})
    assert refused.status_code == 409
    assert refused.json()["words"]
    page = signed_in(chromium, centre, "quxian2")
    callback = forged_drawer_callback(page, lanshan, target["id"])
    assert target["no"] not in callback
    assert target["title"] not in callback
    shown = page.evaluate(
        "[...document.querySelectorAll('#desk-queue .ag-row')].map(r => r.getAttribute('row-id'))"
    )
    allowed = {row["id"] for row in lanshan.get("/api/v1/matters").json()["matters"]} | {
        row["id"] for row in theirs
    }
    assert shown
    assert set(shown) <= allowed
    page.context.close()


def forged_drawer_callback(page: Page, client: httpx.Client, matter_id: str) -> str:
    """Answer of the server to the drawer's own callback request, made by hand for another county's matter."""
    with page.expect_request(lambda request: "_dash-update-component" in request.url) as asked:
        page.keyboard.press("j")
    forged = json.loads(asked.value.post_data or "")
    for entry in forged["inputs"] + forged.get("state", []):
        if isinstance(entry.get("value"), dict) and "matter_id" in entry["value"]:
            entry["value"]["matter_id"] = matter_id
    answer = client.post("/desk/_dash-update-component", json=forged)
    assert answer.status_code in (200, 204, 403)
    return answer.text


def test_started_again_at_sixty_times_the_pace_the_whistle_escalates_once(
    chromium: Browser, centre: Centre, var_dir: Path, accounts: dict[str, str]
) -> None:
    matters = officer(centre, "zhibanyuan").get("/api/v1/matters").json()["matters"]
    if not any(row["whistle"] for row in matters):  # a centre of its own, at a second try
        dispatched_and_whistled(chromium, centre)
    centre.stop()
    assert centre.exit_code == 0
    with Centre(var_dir, FAST, accounts=accounts) as again:
        wall = opened(chromium, f"{again.wall}&{OVERVIEW}")
        expect(wall.locator("body")).to_contain_text(WHISTLES)
        auditor = officer(again, "shenji")
        city = officer(again, "zhibanyuan")
        matter = next(row for row in city.get("/api/v1/matters").json()["matters"] if row["whistle"])

        def fired() -> list[dict[str, Any]]:
            detail = city.get(f"/api/v1/matters/{matter['id']}").json()["value"]
            return [line for line in detail["timeline"] if line["kind"] == "EscalationFired"]

        eventually(
            lambda: [one for one in fired() if one["tone"] == "alarm"],
            "thirty minutes have passed",
            PATIENCE_S,
        )
        named = ("policy_id", "receiver_id", "step", "phase", "repeat_no")
        steps = [(line["command_id"], *(line["params"].get(name) for name in named)) for line in fired()]
        assert len(steps) == len(set(steps))
        expect(wall.locator("body")).to_contain_text("超时")
        picture(wall, "wall-whistle-overdue")
        assert auditor.get("/api/v1/audit/verify").json()["value"]["broken_at"] is None
        wall.context.close()


def test_a_revoked_wall_goes_dark_and_is_not_asked_to_sign_in(
    chromium: Browser, var_dir: Path, accounts: dict[str, str]
) -> None:
    with Centre(var_dir, {"ZHONGSHU_SIMULATOR": "0"}, accounts=accounts) as centre:
        security = officer(centre, "anquan")
        made = security.post("/api/v1/kiosk-tokens", json={"name": "大屏-02", "jurisdiction": "371100"})
        token = made.json()["value"]
        wall = opened(chromium, f"{centre.web}/wall?kiosk={token['token']}&{OVERVIEW}")
        expect(wall.locator("body")).to_contain_text("4,383")
        assert security.post(f"/api/v1/kiosk-tokens/{token['id']}/revoke").status_code == 200
        # Within ten seconds and by itself: nobody stands at a wall to reload it.
        expect(wall.locator("body")).to_contain_text("大屏令牌无效")
        expect(wall.locator("input")).to_have_count(0)
        wall.context.close()
