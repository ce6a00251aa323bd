"""A duty officer's morning by the keyboard alone: open the overdue, dispatch two matters, whistle three units, merge,
hand over.

Nothing here but `page.keyboard` acts on a page; at the end each desk says that no pointer ever came down on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.readings import HotlineOrderReading
from tests.browser.desk_city import NOW, DeskCity
from tests.browser.shift_desk import desk_of

PATIENCE_MS = 45_000  # the tests share their machine
expect.set_options(timeout=PATIENCE_MS)
SIZE = {"width": 1920, "height": 1080}
ANNE = Principal("officer-1", "王建国", "officer", "duty_leader", "371100", address="127.0.0.1")
BELLA = Principal("officer-2", "陈秀英", "officer", "duty_officer", "371100", address="127.0.0.2")
SOONEST = "热力一次管网爆管"
NEXT = "燃气异味"
GARBAGE = "商铺二层堆积建筑垃圾，易发生火灾"
COLD = "整栋停暖"
ONLY_KEYS = """() => {
  window.pointers = 0;
  window.addEventListener("pointerdown", () => { window.pointers += 1; }, true);
}"""


class KeyboardDesk:
    """A page that is worked by keys; whatever it says is read from the page, whatever it did from the store."""

    def __init__(self, chromium: Browser, url: str) -> None:
        self.page: Page = chromium.new_context(viewport=SIZE).new_page()
        self.faults: list[str] = []
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.goto(url)
        self.page.wait_for_selector("[data-ready='1']", state="attached")
        self.page.evaluate(ONLY_KEYS)
        expect(self.page.locator("#desk-shift-hours")).to_have_text("08:00–16:00")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def dialog(self, kind: str) -> None:
        """Wait until the dialog `kind` stands open and its keys count."""
        expect(self.page.locator(f"#desk-dialog:not([hidden]) [data-dialog={kind}]")).to_be_visible()

    def write(self, field: str, words: str) -> None:
        """Go to the field with Tab, from wherever the focus is, and write into it."""
        at_field = "(id) => document.activeElement?.id === id"
        for _ in range(40):
            if self.page.evaluate(at_field, field):
                break
            self.press("Tab")
        assert self.page.evaluate(at_field, field), f"Tab does not come to {field}"
        self.page.keyboard.type(words)
        expect(self.page.locator(f"#{field}")).to_have_value(words)

    def done(self, words: str) -> None:
        expect(self.page.locator(".outcome.shown[data-outcome=done]")).to_contain_text(words)
        expect(self.page.locator("#desk-dialog")).to_be_hidden()

    def walk_to(self, title: str) -> None:
        """Walk down from the top of the queue with J until the matter is the chosen one and stands in the drawer."""
        chosen = "() => desk.live.matters.get(desk.chosen)?.title"
        self.press("PageUp")
        for _ in range(15):  # more rows than this morning has
            if self.page.evaluate(chosen) == title:
                break
            self.press("j")
        expect(self.page.locator(".matter-title")).to_contain_text(title)
        expect(self.page.locator("#desk-queue .ag-row-selected [col-id=title]")).to_have_text(title)

    def tick_only(self, wanted: int) -> None:
        """Leave the first `wanted` receivers of the open dialog ticked, with the arrows and the space bar."""
        rows = self.page.locator("#desk-dialog tr[data-receiver]")
        for _ in range(rows.count()):
            self.press("ArrowUp")
        for place in range(rows.count()):
            row = rows.nth(place)
            expect(row).to_have_class("caret")
            if (row.get_attribute("aria-selected") == "true") != (place < wanted):
                self.press("Space")
            expect(row).to_have_attribute("aria-selected", "true" if place < wanted else "false")
            if place < rows.count() - 1:
                self.press("ArrowDown")

    def heard(self, row: dict[str, Any]) -> None:
        """Wait until the desk has this state of the matter: its next act is on what it shows."""
        known = "([id, version]) => desk.live.matters.get(id)?.version >= version"
        self.page.wait_for_function(known, arg=[row["id"], row["version"]])

    def leave(self) -> None:
        assert self.page.evaluate("window.pointers") == 0
        assert self.faults == []


@pytest.fixture
def city(tmp_path: Path) -> DeskCity:
    opened = DeskCity(tmp_path)
    cold = [
        HotlineOrderReading(
            order_no=f"26112310901{number}", opened_at=NOW - 60_000 + number * 10_000, category="0203", urgency=2,
            title=COLD, township="371102001", place="金阳社区", lon=119.45 + number * 0.0001, lat=35.42,
            citizen_name="李秀英", citizen_phone=f"1381234560{number}", text="家里没有暖气",
        )
        for number in range(3)
    ]  # fmt: skip
    service.intake_orders(opened.services, cold, NOW)
    return opened


@pytest.fixture
def desks(city: DeskCity) -> Iterator[tuple[Any, Any]]:
    """Anne's desk, who ends her shift, and Bella's, who takes over from her."""
    both = (desk_of(city, ANNE), desk_of(city, BELLA))
    for desk in both:
        desk.start()
    yield both
    for desk in both:
        desk.stop()


@pytest.mark.browser
def test_a_morning_by_the_keyboard_alone(city: DeskCity, desks: tuple[Any, Any], chromium: Browser) -> None:
    late = city.matter(SOONEST)
    city.clock.now = late["due_at"] + 1_000  # the soonest clocks have run out
    overdue = sorted(
        (row for row in city.picture()["matters"] if row["due_at"] < city.clock.now),
        key=lambda row: row["due_at"],
    )
    anne = KeyboardDesk(chromium, desks[0].url)

    # On duty.
    anne.press("h")
    anne.dialog("take_post")
    anne.press("Enter")
    anne.done("已到岗")

    # Open the overdue: filter 3, the first row, Enter into the drawer.
    anne.press("3")
    expect(anne.page.locator("#desk-queue .ag-center-cols-container .ag-row")).to_have_count(len(overdue))
    anne.press("j", "Enter")
    expect(anne.page.locator(".matter-title")).to_contain_text(SOONEST)
    expect(anne.page.locator("#desk-drawer")).to_be_focused()

    # Dispatch two matters: of the first the proposed lead and the next of the list, of the second the proposed lead.
    for number, (title, receivers) in enumerate(((SOONEST, 2), (NEXT, 1)), start=1):
        anne.walk_to(title)
        anne.press("d")
        anne.dialog("dispatch")
        anne.tick_only(receivers)
        expect(anne.page.locator(".picked")).to_contain_text(f"已选 {receivers}")
        anne.press("Enter")
        anne.done(f"令000{number} 已派给 {receivers} 个接收方")
        anne.heard(city.matter(title))
    orders = [one for one in city.picture()["commands"] if one["kind"] == "dispatch"]
    assert {one["matter_id"]: [each["role"] for each in one["receivers"]] for one in orders} == {
        late["id"]: ["lead", "assist"], city.matter(NEXT)["id"]: ["lead"],
    }  # fmt: skip

    # Whistle three units, with one thing to decide; a full second on W.
    anne.press("7")
    anne.walk_to(GARBAGE)
    anne.press("w")
    anne.dialog("whistle")
    anne.tick_only(3)
    anne.write("desk-field-agenda-1", "二层堆料清空，限几时")
    anne.press("Escape")
    anne.page.keyboard.down("w")
    anne.done("哨01 已吹响")
    anne.page.keyboard.up("w")
    (whistle,) = [one for one in city.picture()["commands"] if one["kind"] == "whistle"]
    assert len(whistle["receivers"]) == 3

    # Merge what is likely the same: it is ticked already.
    anne.walk_to(COLD)
    anne.press("m")
    anne.dialog("merge")
    expect(anne.page.locator("#desk-dialog tr[data-receiver][aria-selected=true]")).to_have_count(2)
    anne.write("desk-form-reason", "同一栋楼")
    anne.press("Enter")
    anne.done("")
    (carrier,) = [row for row in city.picture()["matters"] if row["title"] == COLD]
    assert carrier["merged"] == 3

    # Hand over: Anne writes the sheet, Bella confirms it line by line and takes the post.
    anne.press("h")
    anne.dialog("handover")
    anne.write("desk-form-lines", "独居老人 37 户，已入户 9")
    anne.press("Escape", "Enter")
    anne.done("交接单已发出")
    bella = KeyboardDesk(chromium, desks[1].url)
    ticks = bella.page.locator("#desk-hand-items .tick:not(:disabled)")
    expect(ticks.first).to_be_visible()
    expect(bella.page.locator("#desk-hand-items")).to_contain_text("独居老人 37 户")
    left = ticks.count()
    bella.press("h")
    for still in range(left, 0, -1):
        expect(bella.page.locator("#desk-hand-blocks")).to_have_text(f"还有 {still} 项未确认，确认齐才能接班")
        expect(bella.page.locator("#desk-hand-items li:focus .tick")).to_have_attribute(
            "aria-checked", "false"
        )
        bella.press("Space")
        expect(ticks).to_have_count(still - 1)
    expect(bella.page.locator("#desk-hand-blocks")).to_have_text("已全部确认，按 H 接班")
    bella.press("h")
    bella.dialog("handover_take")
    bella.press("Enter")
    expect(bella.page.locator("#desk-posts")).to_contain_text("A岗陈**")
    expect(anne.page.locator("#desk-posts")).to_contain_text("A岗陈**")
    board = service.duty_board(city.services, BELLA, city.clock.now_ms())
    assert isinstance(board, dict) and board["mine"] == "A"
    anne.leave()
    bella.leave()
