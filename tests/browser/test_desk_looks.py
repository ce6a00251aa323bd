"""The busy desk as it is drawn: nothing cut off, nothing out of reach, nothing that scrolls unmarked, no clock's colour
on what is no clock; in both languages, both themes and both sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk_busy import BURST, SMOKE, busy_desk
from tests.browser.desk_city import OFFICER
from tests.browser.loop_desk import PATIENCE_MS, LoopDesk, choose

AUDIT = Path(__file__).with_name("desk_audit.js").read_text(encoding="utf-8")
VARIANTS = [("zh", "dark", 1920, 1080), ("en", "light", 1440, 900)]
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopDesk]:
    with busy_desk(tmp_path_factory.mktemp("looks")) as opened:
        yield opened


@pytest.fixture(params=VARIANTS, ids=lambda one: "-".join(map(str, one)))
def page(request: pytest.FixtureRequest, desk: LoopDesk, chromium: Browser) -> Iterator[Page]:
    language, theme, width, height = request.param
    context = chromium.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(f"localStorage.setItem('zhongshu.desk.theme', '{theme}')")
    opened = desk.sit_down(context, replace(OFFICER, language=language))
    opened.locator("#desk-hand-items li").first.wait_for()
    yield opened
    context.close()


def faults(page: Page) -> list[str]:
    # Two frames: marks are drawn in the frame after what they mark.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found = page.evaluate(AUDIT)
    assert isinstance(found, list)
    return found


def test_a_busy_desk_and_its_dialogs_are_whole(desk: LoopDesk, page: Page) -> None:
    choose(page, desk.city.matter(BURST)["id"], BURST)
    page.locator("#desk-drawer-features .feature.room").wait_for()
    page.locator("#desk-drawer-recommended table").wait_for()
    assert faults(page) == []
    for name in page.locator(".drawer > .more-mark .more-name").all_text_contents():
        assert page.locator(".drawer-parts .heading", has_text=name).count() >= 1
    page.evaluate("document.querySelector('.drawer-parts').scrollTop = 1e6")
    expect(page.locator(".drawer > .more-mark")).to_be_hidden()
    assert faults(page) == []

    # A line of its own for each receiver: no second that passes writes into it.
    choose(page, desk.city.matter(SMOKE)["id"], SMOKE)
    page.keyboard.press("d")
    rows = page.locator("[data-dialog=dispatch] tr[data-receiver]")
    rows.nth(1).locator("td").nth(1).click()
    line = page.locator(".receiver-lines [data-part=objective]").first
    line.fill("清运")
    page.evaluate(
        "() => { for (const node of document.querySelectorAll('[data-due]')) node.dataset.seen = '1'; }"
    )
    page.wait_for_function("() => document.querySelector('.matter-clock [data-due]').textContent !== ''")
    assert page.locator(".receiver-lines[data-seen]").count() == 0
    expect(line).to_have_value("清运")
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")

    # The longest form: what sends stays in sight while the fields scroll.
    page.keyboard.press("n")
    expect(page.locator("[data-dialog=register_dispute] [data-send]")).to_be_in_viewport(ratio=1)
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator("#desk-told summary").click()
    box = page.locator(".told-panel").bounding_box()
    assert box is not None
    hit = "([x, y]) => document.elementFromPoint(x, y).closest('.told-panel') !== null"
    assert page.evaluate(hit, [box["x"] + box["width"] - 20, box["y"] + box["height"] - 90])
    assert faults(page) == []
