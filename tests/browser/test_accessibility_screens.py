"""WCAG 2.2 AA on the desk with each of its dialogs, and on every scene of the wall."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dashboard import service
from dashboard.domain.wall import DEFAULT_NAME
from tests.browser import desk_busy, desk_city
from tests.browser.axe import HANDED_ON, looked_at
from tests.browser.desk_busy import BURST, SECOND, SMOKE, busy_desk
from tests.browser.desk_city import OFFICER
from tests.browser.gallery import PATIENCE_MS
from tests.browser.loop_desk import LoopDesk, choose
from tests.browser.spoken import Spoken, chinese_on
from tests.browser.waiting import lasting
from tests.browser.wall_harness import serving, wall_app
from tests.browser.wall_page import open_wall

pytestmark = pytest.mark.browser

# Leaflet's map is passed by with one key; its own controls are looked at, its panes are pictures.
DRAWN = (".leaflet-pane",)
FORMS = {
    "d": "dispatch", "t": "transfer", "s": "supervise", "u": "urge", "r": "decision", "e": "note", "l": "leave",
    "n": "register_dispute", "m": "merge", "o": "consultation", "c": "reveal", "h": "handover",
}  # fmt: skip
UNDERSTOOD = """() => {
  const answer = document.querySelector("#desk-bar-said").firstElementChild;
  return Number(answer?.dataset.revision) === desk.bar.revision;
}"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopDesk]:
    with busy_desk(tmp_path_factory.mktemp("accessible")) as opened:
        yield opened


@pytest.fixture(scope="module")
def still(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser of somebody who wants no motion."""
    opened = chromium.new_context(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    opened.close()


class Eyes:
    """Looks at what is open on the desk, and keeps what is wrong with it."""

    def __init__(self, page: Page, desk: LoopDesk, language: str) -> None:
        self.page, self.language = page, language
        # What is written here is what an officer writes; a wall is called by its own name.
        self.spoken = Spoken(
            desk.city.pack, (desk_city, desk_busy, sys.modules[__name__]), [f"日照市 · {DEFAULT_NAME}"]
        )
        self.found: list[str] = []

    def look(self, stop: str, within: str) -> None:
        said = []
        if self.language == "zh" or stop == "desk":  # the same elements, and other words in them
            both = self.language == "zh"
            said += looked_at(self.page, within, (*HANDED_ON, *DRAWN), both_themes=both)
        if self.language == "en":
            said += [f"chinese: {one}" for one in lasting(partial(chinese_on, self.page, self.spoken))]
        self.found += [f"{stop}: {one}" for one in said]

    def form(self, key: str, act: str) -> None:
        """Open the form of a key, look at it, and leave it: out of its field, then out of it."""
        dialog = self.page.locator("#desk-dialog")
        self.page.keyboard.press(key)
        expect(dialog.locator(f"[data-dialog={act}]")).to_be_visible()
        self.look(act, "#desk-dialog")
        self.page.locator("#desk-dialog").evaluate("one => one.focus({ preventScroll: true })")
        self.page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_desk_and_its_dialogs_break_no_rule_of_accessibility(
    still: BrowserContext, desk: LoopDesk, language: str
) -> None:
    page = desk.sit_down(still, replace(OFFICER, language=language))
    eyes = Eyes(page, desk, language)
    choose(page, desk.city.matter(BURST)["id"], BURST)
    page.locator("#desk-drawer-features .feature.room").wait_for()
    page.locator("#desk-drawer-recommended table").wait_for()
    expect(page.locator("#desk-presence")).to_be_visible()
    eyes.look("desk", "html")
    for key, act in FORMS.items():
        eyes.form(key, act)
    look_at_the_walls(page, eyes)
    look_at_the_command_bar(page, eyes)
    look_at_the_views(page, eyes)
    choose(page, desk.city.matter(SMOKE)["id"], SMOKE)
    eyes.form("w", "whistle")
    page.keyboard.press("?")
    expect(page.locator("#desk-help")).to_be_visible()
    eyes.look("help", "#desk-help")
    page.keyboard.press("Escape")
    expect(page.locator("#desk-help")).to_be_hidden()
    page.locator("#desk-told summary").click()
    expect(page.locator(".told-panel")).to_be_visible()
    eyes.look("told", "#desk-told")
    page.close()
    assert eyes.found == [], "\n".join(sorted(set(eyes.found)))


def look_at_the_walls(page: Page, eyes: Eyes) -> None:
    """P: the walls' controller with the chosen matter to be put up, and the refusal of a mute without a reason."""
    page.keyboard.press("p")
    expect(page.locator("#desk-walls [data-do=push]")).to_be_focused()
    expect(page.locator(".wall-row[data-connected=true]")).to_have_count(1)
    eyes.look("walls", "#desk-walls")
    page.locator("[data-do=mute]").click()
    expect(page.locator("#desk-walls-refusal")).to_be_visible()
    eyes.look("refused mute", "#desk-walls")
    page.locator("#desk-walls-close").click()
    expect(page.locator("#desk-walls")).to_be_hidden()


def look_at_the_command_bar(page: Page, eyes: Eyes) -> None:
    """/: before a word, a line that is understood, one with a word of two meanings, one that is refused."""
    page.keyboard.press("/")
    line = page.locator("#desk-bar-line")
    expect(line).to_be_focused()
    eyes.look("bar", "#desk-bar")
    for words, mark in (
        ("派 gd 断电配合 45分", "[data-part=unit]"),
        ("派 xf 看看", ".unclear"),
        ("催 G9999", ""),
    ):
        line.fill(words)
        page.wait_for_function(UNDERSTOOD)
        expect(
            page.locator(f"#desk-bar-said .bar-chip{mark}" if mark else "#desk-bar-said .bar-block").first
        ).to_be_visible()
        eyes.look(f"bar {words}", "#desk-bar")
    page.keyboard.press("Escape")
    expect(page.locator("#desk-bar")).to_be_hidden()


def look_at_the_views(page: Page, eyes: Eyes) -> None:
    """V: what narrows the queue, and a view that is kept."""
    page.keyboard.press("v")
    expect(page.locator("[data-narrow=region]")).to_be_focused()
    page.locator("[data-narrow=order]").select_option("newest")
    name = page.locator("#desk-views-name")
    name.fill("新到")
    name.press("Enter")
    expect(page.locator(".view-apply")).to_be_visible()
    eyes.look("views", "#desk-views-panel")
    page.locator("[data-clear]").click()
    page.locator("#desk-views-button").click()
    expect(page.locator("#desk-views-panel")).to_be_hidden()


@pytest.fixture(scope="module")
def sheet(desk: LoopDesk) -> None:
    """A hands over to B: from here on H leads to the sheet and no longer to the form."""
    lines = ("独居老人 37 户，已入户 9",)
    now = desk.city.clock.now_ms()
    begun = service.begin_handover(
        desk.city.services, OFFICER, service.BeginHandover("A", lines), now, "sheet-1"
    )
    assert isinstance(begun, service.Done), begun


@pytest.mark.usefixtures("sheet")
def test_the_sheet_of_a_hand_over_breaks_no_rule_of_accessibility(
    still: BrowserContext, desk: LoopDesk
) -> None:
    page = desk.sit_down(still, SECOND)
    expect(page.locator("#desk-hand-items .tick:not(:disabled)").first).to_be_visible()
    page.keyboard.press("h")
    expect(page.locator("#desk-hand-items li:focus")).to_have_count(1)
    found = looked_at(page, ".duty-pane", (*HANDED_ON, *DRAWN))
    page.close()
    assert found == [], "\n".join(found)


def test_the_wall_breaks_no_rule_of_accessibility(chromium: Browser) -> None:
    found = []
    with serving(wall_app()) as address:
        for scene in ("overview", "incident&matter=m-G0417", "hotline", "grid", "district", "whistle"):
            page = open_wall(chromium, f"{address}?scene={scene}")
            page.emulate_media(reduced_motion="reduce")
            said = looked_at(page, without=DRAWN, both_themes=False)  # a wall is dark
            page.close()
            found += [f"{scene}: {one}" for one in said]
    assert found == [], "\n".join(found)
