"""What was told, on the desk: shown lines are receipted, a failed call is asked about and settled by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from dash import Dash
from playwright.sync_api import Browser, Page, expect

import callbacks.desk
from dashboard import service
from dashboard.service import Settled
from dashboard.store.records import TELLINGS
from data_feeds.http.answering import ApiParts
from data_feeds.http.tellings_api import tellings_router
from layouts.refusal import refusal_text
from tests.browser.desk_city import OFFICER, DeskCity
from tests.browser.desk_server import ROOT, DeskServer

PICTURES = ROOT / "test-pictures"
PATIENCE_MS = 60_000
MINUTE_MS = 60_000

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def city(tmp_path_factory: pytest.TempPathFactory) -> DeskCity:
    return DeskCity(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def page(chromium: Browser, city: DeskCity) -> Iterator[Page]:
    def register(app: Dash) -> None:
        callbacks.desk.register(app, city.services, city.live, city.clock)
        parts = ApiParts(city.services, city.clock, city.live, city.live, refusal_text)  # type: ignore[arg-type]
        # Before Dash's own catch-all address.
        app.server.router.routes[:0] = tellings_router(parts).routes

    desk = DeskServer(OFFICER, city.picture, register=register)
    desk.start()
    opened = chromium.new_page(viewport={"width": 1920, "height": 1080})
    faults: list[str] = []
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    opened.set_default_timeout(PATIENCE_MS)
    opened.goto(desk.url)
    opened.wait_for_selector("[data-ready='1']", state="attached")
    yield opened
    opened.close()
    desk.stop()
    assert faults == []


def tellings(city: DeskCity, **equal: Any) -> list[Any]:
    with city.services.store.read() as connection:
        found = [TELLINGS.value(row) for row in connection.execute(TELLINGS.select())]
    return [one for one in found if all(getattr(one, name) == value for name, value in equal.items())]


def whistle_without_answer(city: DeskCity) -> str:
    """Whistle on the first matter and let three minutes pass without an answer; returns the matter's id."""
    row = city.picture()["matters"][0]
    unit = next(one.id for one in city.pack.units if one.region == city.pack.code)
    called = service.RaiseWhistle(row["id"], (service.ReceiverOrder("unit", unit),), ("定",), decider="甲")  # type: ignore[arg-type]
    now = city.clock.now_ms()
    done = service.raise_whistle(city.services, OFFICER, called, row["version"], now, "whistle-key")
    assert isinstance(done, service.Done), done
    return str(row["id"])


def test_a_shown_line_is_receipted_and_a_failed_call_settled_by_hand(page: Page, city: DeskCity) -> None:
    matter_id = whistle_without_answer(city)
    later = city.clock.now_ms() + 21 * MINUTE_MS
    service.fire_due(city.services, later)
    (call,) = [one for one in service.take_due(city.services, "w", later) if one.matter_id == matter_id]
    service.settle(city.services, [Settled(call.id, call.attempt, fault="no_answer", is_final=True)], later)

    page.wait_for_function("() => document.querySelectorAll('#desk-log [data-seq]').length > 0")
    for _ in range(60):
        if tellings(city, means="screen", matter_id=matter_id, state="received"):
            break
        page.wait_for_timeout(500)
    shown = tellings(city, means="screen", matter_id=matter_id)
    assert shown
    assert {one.state for one in shown} == {"received"}
    assert all(one.received_by for one in shown)

    asked = page.locator(f"[data-ask='telling_failed:{matter_id}']")
    expect(asked).to_be_visible(timeout=PATIENCE_MS)
    asked.click()
    expect(page.locator("#desk-dialog")).to_contain_text("无人接听", timeout=PATIENCE_MS)
    page.locator("#desk-form-text").fill("已电话告知值班室")
    page.locator("#desk-dialog [data-send]").click()
    expect(page.locator(".outcome.shown[data-outcome=done]")).to_be_visible(timeout=PATIENCE_MS)
    assert tellings(city, means="phone", matter_id=matter_id)[0].state == "by_hand"
    expect(asked).to_have_count(0, timeout=PATIENCE_MS)
    asked_into_a_county_s_consultation(page, city)
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=str(PICTURES / "desk-tellings.png"))


def asked_into_a_county_s_consultation(page: Page, city: DeskCity) -> None:
    """Another centre's officer asks this desk in; it is told, and only what leads into the room is offered."""
    row = next(one for one in city.picture()["matters"] if str(one["region"]).startswith("3711"))
    county = replace(OFFICER, id="county", jurisdiction=row["region"])
    now = city.clock.now_ms()
    opening = service.OpenRoom(row["id"], "怎么修")
    opened = service.open_room(city.services, county, opening, now, "open-key")
    assert isinstance(opened, service.Done), opened
    invite = service.InviteToRoom(opened.value["room_id"], "centre", OFFICER.jurisdiction)
    assert isinstance(service.invite_to_room(city.services, county, invite, now, "invite-key"), service.Done)
    page.locator("#desk-told > summary").click()
    expect(page.locator(f"#desk-told-list a[href='/room/{row['id']}']")).to_contain_text("参加会商")
    for _ in range(60):
        if tellings(city, means="screen", origin="room", state="received"):
            break
        page.wait_for_timeout(500)
    (told,) = tellings(city, means="screen", origin="room")
    assert (told.state, told.place) == ("received", OFFICER.jurisdiction)
