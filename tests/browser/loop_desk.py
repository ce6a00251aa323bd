"""A desk whose officer a test changes, with the picture that this officer's jurisdiction may see."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

import callbacks.desk
from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.live.picture import Picture
from dashboard.live.view import ScopeFilter, view_snapshot
from tests.browser.desk_city import OFFICER, DeskCity
from tests.browser.desk_server import DeskServer

PATIENCE_MS = 30_000  # the tests share their machine


def officer(jurisdiction: str, name: str, role: str = "duty_officer") -> Principal:
    """An officer of one division."""
    return Principal(
        f"officer-{jurisdiction}-{name}", name, "officer", role, jurisdiction, address="127.0.0.1"
    )


class LoopDesk:
    """A small city with one desk at which several officers sit one after the other."""

    def __init__(self, city: DeskCity) -> None:
        self.city = city
        self.faults: list[str] = []
        self.server = DeskServer(
            OFFICER,
            self.picture,
            register=lambda app: callbacks.desk.register(app, city.services, city.live, city.clock),
            place_names={one.code: one.name for one in city.pack.divisions.at_level("township")},
        )

    def picture(self) -> dict[str, Any]:
        """What the live stream carries to the officer at the desk: rows of the jurisdiction, and no others."""
        whole = self.city.picture()
        taken = service.snapshot(self.city.services)
        held = Picture()
        held.load(taken.epoch, taken.seq, taken.matters, taken.commands, taken.log, taken.asks)
        divisions = self.city.pack.divisions
        scopes = ScopeFilter(self.server.principal.jurisdiction, divisions.city.code, divisions.is_within)
        seen = view_snapshot(held, scopes)
        return whole | seen | {"log": sorted(seen["log"], key=lambda line: -int(line["seq"]))}

    def sit_down(self, context: BrowserContext, who: Principal) -> Page:
        """Open the desk as `who`; faults of the page fail the test when it is left."""
        self.server.principal = who
        page = context.new_page()
        page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        page.goto(self.server.url)
        page.wait_for_selector("[data-ready='1']", state="attached")
        return page


def titles(page: Page) -> list[str]:
    """Titles of the shown rows, from top to bottom."""
    found = page.evaluate(
        """() => [...document.querySelectorAll('#desk-queue .ag-row')]
             .sort((a, b) => a.getAttribute('row-index') - b.getAttribute('row-index'))
             .map((row) => row.querySelector('[col-id=title]').textContent)"""
    )
    assert isinstance(found, list)
    return found


def choose(page: Page, matter_id: str, title: str) -> None:
    """Choose a matter by its row; waits for the drawer."""
    page.wait_for_function("(id) => desk.live.matters.has(id)", arg=matter_id)
    page.evaluate("(id) => desk.queue.choose(id)", matter_id)
    expect(page.locator(".matter-title")).to_contain_text(title)


def send(page: Page) -> None:
    """Send the open dialog and wait until it is committed."""
    page.locator("[data-send]").click()
    expect(page.locator(".outcome.shown[data-outcome=done]")).to_be_visible()
    expect(page.locator("#desk-dialog")).to_be_hidden()
