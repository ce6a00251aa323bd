"""Pages of the hand, of citizens and of administrators, and the replay, as they were accepted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, expect

from callbacks.hand_pages import briefs_html
from dashboard.citypack import CityPack
from dashboard.service import Services
from dashboard.store.store import Store
from data_feeds.http.hand_pages import hand_route
from layouts.hand.shell import UNRELEASED
from tests.browser.frozen import counted_ids, frozen
from tests.browser.gallery import WALKS, Morning
from tests.browser.hand_server import DESKTOP, PHONE, STANDING, HandServer, StandingClock
from tests.browser.hotline_scene import HotlineServer, cold_morning
from tests.browser.kept_pictures import COARSE, FINE, Grain, apart, difference, grain_of, taken
from tests.browser.leader_scene import MAYOR
from tests.browser.replay_scene import morning as replayed_morning
from tests.browser.replay_scene import replay_server
from tests.browser.test_briefs import morning_after
from tests.store.centre import SECRET, Centre, officer

pytestmark = pytest.mark.browser
LAPTOP = {"width": 1920, "height": 1080}


@dataclass(frozen=True, slots=True)
class Look:
    """Which stops of a walk are kept, and how they are looked at."""

    walk: str
    stops: tuple[str, ...]
    size: dict[str, int]
    theme: str = "dark"
    language: str = "zh"

    @property
    def name(self) -> str:
        return f"{self.walk}-{'phone' if self.size == PHONE else 'desktop'}-{self.theme}-{self.language}"


LOOKS = (
    Look("sign-in", ("page",), DESKTOP),
    Look("unit", ("list", "matter"), PHONE, "light"),
    Look("unit", ("matter",), DESKTOP),
    Look("field", ("tasks", "task", "report", "help"), PHONE, "light"),
    Look("leader", ("now", "word"), PHONE),
    Look("leader", ("now",), DESKTOP),
    Look("leader", ("now",), DESKTOP, "light", "en"),
    Look("room", ("room",), DESKTOP),
    Look("room", ("room",), PHONE, "light"),
    Look("report", ("form",), PHONE, "light"),
    Look("follow", ("steps",), PHONE, "light"),
    Look("admin-sysadmin", ("overview", "policies"), DESKTOP),
    Look("admin-secadmin", ("tokens",), DESKTOP, "light", "en"),
)


# One walk's looks are one test: reading leaves marks, and each look is kept as the ones before it leave the page.
@pytest.mark.parametrize("walked", dict.fromkeys(look.walk for look in LOOKS))
def test_pages_look_as_they_were_accepted(chromium: Browser, morning: Morning, walked: str) -> None:
    wrong = [
        said for look in LOOKS if look.walk == walked for said in differences(chromium, morning, look) if said
    ]
    assert wrong == []


def differences(chromium: Browser, morning: Morning, look: Look) -> Iterator[str]:
    """What is wrong at each stop of a look that is kept, "" for none."""
    walk = next(one for one in WALKS if one.name == look.walk)
    language = {"name": "zhongshu_language", "value": look.language, "url": morning.hand.url}
    left = set(look.stops)
    with frozen(chromium, morning.centre.now, look.size, look.theme, [language]) as context:
        page = context.new_page()
        page.goto(morning.address(walk, look.language))
        for stop in walk.stops(page, morning):
            if stop in left:
                yield difference(taken(page), f"{look.name}-{stop}", grain_of(chromium))
                left.discard(stop)
            if not left:
                break
    assert not left


@contextmanager
def standing_centre(pack: CityPack, migrated: Path, folder: Path) -> Iterator[Centre]:
    """An empty centre whose clock stands once its morning is told, and whose things are numbered as they come."""
    store = Store(f"sqlite:///{shutil.copy(migrated, folder / 'centre.sqlite3')}")
    centre = Centre(Services(store, pack, secret=SECRET))
    with counted_ids():
        yield centre
    store.close()


@pytest.fixture(scope="module")
def replayed(
    pack: CityPack, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[HandServer, Centre, dict[str, Any]]]:
    with standing_centre(pack, migrated, tmp_path_factory.mktemp("replayed")) as centre:
        scene = replayed_morning(centre)
        centre.clock.rate = STANDING
        server = replay_server(centre)
        server.start()
        yield server, centre, scene
        server.stop()


def test_the_replay_looks_as_it_was_accepted(
    chromium: Browser, replayed: tuple[HandServer, Centre, dict[str, Any]]
) -> None:
    server, centre, scene = replayed
    with frozen(chromium, centre.now, LAPTOP) as context:
        page = context.new_page()
        page.goto(f"{server.url}/replay/{scene['matter']['id']}")
        expect(page.locator("html[data-mounted]")).to_be_attached()
        at = scene["due_at"] + 70_000  # a unit's half hour has run out
        page.evaluate(f"window.zhongshuReplay.player.seek({at - 10_000})")
        page.keyboard.press("ArrowRight")
        said = difference(taken(page), "replay-desktop-dark-zh", grain_of(chromium))
    assert said == ""


def test_the_hotline_looks_as_it_was_accepted(
    chromium: Browser, pack: CityPack, migrated: Path, tmp_path: Path
) -> None:
    wrong, grain = [], grain_of(chromium)
    with standing_centre(pack, migrated, tmp_path) as centre:
        centre.clock = StandingClock()  # type: ignore[assignment]
        cold_morning(centre)
        server = HotlineServer(centre, officer("duty_leader", name="赵建国"))
        server.tell()
        server.start()
        try:
            for theme, size in (("dark", LAPTOP), ("light", DESKTOP)):
                with frozen(chromium, centre.now, size, theme) as context:
                    page = context.new_page()
                    page.goto(f"{server.url}/hotline")
                    expect(page.locator("html[data-mounted]")).to_be_attached()
                    expect(page.locator("[data-panel=wordings] .hotline-empty")).to_be_attached()
                    expect(page.locator("[data-panel=merges]")).to_contain_text("没有并单候选")
                    expect(page.locator("[data-panel=volume] .hotline-chart")).to_be_attached()
                    wrong.append(difference(taken(page), f"hotline-{size['width']}-{theme}-zh", grain))
        finally:
            server.stop()
    assert [one for one in wrong if one] == []


def test_a_brief_looks_as_it_was_accepted(
    chromium: Browser, pack: CityPack, migrated: Path, tmp_path: Path
) -> None:
    with standing_centre(pack, migrated, tmp_path) as centre:
        centre.clock = StandingClock()  # type: ignore[assignment]
        morning_after(centre)
        page_of = briefs_html(centre.pack, UNRELEASED, demonstration=True)
        server = HandServer(centre.services, centre.clock, MAYOR, [hand_route("/briefs", page_of)])
        server.start()
        try:
            with frozen(chromium, centre.now, DESKTOP) as context:
                page = context.new_page()
                page.goto(f"{server.url}/briefs")
                expect(page.locator("html[data-mounted]")).to_be_attached()
                expect(page.locator("main h1")).to_contain_text("日报")
                said = difference(taken(page), "briefs-desktop-dark-zh", grain_of(chromium))
        finally:
            server.stop()
    assert said == ""


@pytest.mark.parametrize("grain", [FINE, COARSE], ids=["fine", "coarse"])
def test_what_is_missing_is_seen_and_a_letter_that_lies_elsewhere_by_a_hair_is_not(grain: Grain) -> None:
    page = Image.new("RGB", (390, 844), "#0B1016")
    ImageDraw.Draw(page).rectangle((20, 100, 368, 130), fill="#E9EFF4")
    hair = page.copy()
    ImageDraw.Draw(hair).line((20, 131, 368, 131), fill="#1B2026")
    gone = page.copy()
    ImageDraw.Draw(gone).rectangle((20, 100, 140, 130), fill="#0B1016")
    assert apart(page, hair, grain)[0] <= grain.share
    assert apart(page, gone, grain)[0] > grain.share
    assert apart(page, page.crop((0, 0, 390, 800)), grain)[0] == 1.0


def test_a_changed_word_is_seen_in_the_same_chromium() -> None:
    page = Image.new("RGB", (1440, 900), "#0B1016")
    word = page.copy()
    ImageDraw.Draw(word).rectangle((20, 200, 70, 216), fill="#E9EFF4")
    assert apart(page, word, FINE)[0] > FINE.share
