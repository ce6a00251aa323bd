"""One Chromium for all browser tests, and a centre of its own for each test of a page of the hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from dashboard.citypack import CityPack, load_pack
from dashboard.service import Services
from dashboard.store.store import Store
from tests.browser.desk_city import DeskCity
from tests.browser.frozen import counted_ids
from tests.browser.gallery import Morning
from tests.browser.hand_server import ROOT, RunningClock, StandingClock
from tests.browser.loop_desk import PATIENCE_MS, LoopDesk
from tests.conftest import CHROMIUM_FLAGS
from tests.store.centre import SECRET, Centre

OPEN: list[Browser] = []


@pytest.fixture(scope="package")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """The system's Chromium, without a window.

    Per package: while the synchronous Playwright is open, no asyncio test can run in this process.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
        OPEN.append(browser)
        yield browser
        OPEN.remove(browser)
        browser.close()


@pytest.fixture(scope="module", autouse=True)
def no_page_stays_open() -> Iterator[None]:
    """Close every page that a module leaves: it would go on asking for its server beside all the tests that follow."""
    yield
    for browser in OPEN:
        for context in list(browser.contexts):
            context.close()


@pytest.fixture(scope="module")
def pack() -> CityPack:
    """The real city."""
    return load_pack(ROOT / "citypacks" / "rizhao")


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty store: a copy is quicker than its migrations."""
    file = tmp_path_factory.mktemp("template") / "centre.sqlite3"
    store = Store(f"sqlite:///{file}")
    store.migrate()
    store.close()
    return file


@pytest.fixture
def centre(pack: CityPack, migrated: Path, tmp_path: Path) -> Iterator[Centre]:
    """A centre on a fresh store, whose Monday morning runs on."""
    file = tmp_path / "centre.sqlite3"
    shutil.copy(migrated, file)
    store = Store(f"sqlite:///{file}")
    made = Centre(Services(store, pack, secret=SECRET, attachments_dir=tmp_path / "attachments"))
    made.clock = RunningClock()  # type: ignore[assignment]
    yield made
    store.close()


@pytest.fixture(scope="module")
def morning(pack: CityPack, migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Morning]:
    """Every page that people open, on a morning that stands still."""
    folder = tmp_path_factory.mktemp("gallery")
    store = Store(f"sqlite:///{shutil.copy(migrated, folder / 'centre.sqlite3')}")
    centre = Centre(Services(store, pack, secret=SECRET, attachments_dir=folder / "attachments"))
    centre.clock = StandingClock()  # type: ignore[assignment]
    with counted_ids():
        opened = Morning(centre)
    opened.start()
    yield opened
    opened.stop()
    store.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopDesk]:
    """A desk over a store that acts; no page of it may have had a fault."""
    opened = LoopDesk(DeskCity(tmp_path_factory.mktemp("desk")))
    opened.server.start()
    yield opened
    opened.server.stop()
    assert opened.faults == []


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser of a desk's size."""
    opened = chromium.new_context(viewport={"width": 1920, "height": 1080})
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    opened.close()
