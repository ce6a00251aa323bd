"""A screen whose own files do not come loads itself again; one that has them does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from data_feeds.http.page_files import modules_of
from layouts.document import document
from layouts.screen_files import ENTRY, GUARD, ScreenFiles

pytestmark = pytest.mark.browser

ASSETS = Path(__file__).resolve().parents[2] / "assets"
ADDRESS = "http://wall.test/wall/"
RELEASED = "/assets/v-r1/"
NOON = 1_795_401_000
LONGEST_MS = 30_000  # a reload is due 20 to 30 s after the document has loaded


class Server:
    """Answers one page with the wall's files of release r1, or without them."""

    def __init__(self, *, has_files: bool) -> None:
        self.has_files = has_files
        self.documents = 0

    def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix("http://wall.test")
        name = path.removeprefix(RELEASED) if path.startswith(RELEASED) else path.removeprefix("/assets/")
        if path == "/wall/":
            self.documents += 1
            files = ScreenFiles("r1", modules_of(ASSETS, [ENTRY]))
            route.fulfill(body=document("", language="zh", surface="wall", theme="dark", files=files))
        elif (path == GUARD or (self.has_files and path.startswith(RELEASED))) and (ASSETS / name).is_file():
            route.fulfill(body=(ASSETS / name).read_text(encoding="utf-8"), content_type="text/javascript")
        else:
            route.fulfill(status=404)


def opened(chromium: Browser, server: Server) -> Page:
    page = chromium.new_page()
    page.clock.install(time=NOON)
    page.route("**/*", server.answer)
    page.goto(ADDRESS, wait_until="load")
    return page


def test_a_screen_without_its_files_asks_for_its_page_again(chromium: Browser) -> None:
    server = Server(has_files=False)
    page = opened(chromium, server)
    with page.expect_response(ADDRESS):
        page.clock.run_for(LONGEST_MS)
    assert server.documents == 2
    page.close()


def test_a_screen_that_has_started_stays(chromium: Browser) -> None:
    server = Server(has_files=True)
    page = opened(chromium, server)
    assert page.evaluate("document.documentElement.dataset.started") == "true"
    page.clock.run_for(2 * LONGEST_MS)
    assert server.documents == 1
    page.close()
