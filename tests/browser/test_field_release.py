"""`/field` on a phone across a new release: never made of two, and nothing that was written is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from starlette.routing import Route

from callbacks.hand_pages import field_html
from dashboard import service
from dashboard.service.roster import RosterWorker
from data_feeds.http.hand_pages import hand_route
from data_feeds.http.page_files import modules_of
from data_feeds.http.page_shell import shell_files, shell_routes
from layouts.hand.installable import manifest
from layouts.hand.shell import COMMON_WORDS, ENTRY, HandFiles
from tests.browser.hand_server import PHONE, ROOT, HandServer
from tests.browser.waiting import wait_until
from tests.store.centre import RONGAN, Centre, done, officer
from tests.store.test_loop_rongan import WORKER

ASSETS = ROOT / "assets"

# The page waits a minute for a release's files, and half a minute more before it tries again.
PATIENCE_MS = 120_000

pytestmark = pytest.mark.browser


def on_the_roster(centre: Centre) -> None:
    """The worker of the page, in a grid of 荣安社区."""
    divisions = centre.pack.divisions
    grid = divisions.children(RONGAN)[0]
    worker = RosterWorker(
        slot=0, worker_id="W-1", name="刘强", grid=grid, township=divisions.township_of(grid) or "",
        region=divisions.region_of(grid) or "", assessed=True, skills=(), device_id="D-1", key_generation=1,
    )  # fmt: skip
    done(service.import_roster(centre.services, officer("sysadmin"), [worker], centre.now))


def routes_of(release: str, centre: Centre) -> list[Route]:
    files = HandFiles(release, modules_of(ASSETS, [ENTRY, "field/page.mjs"]))
    kept = shell_files("field", ASSETS, COMMON_WORDS, files.address)
    page = field_html(centre.services, files, demonstration=True)
    return [hand_route("/field", page), *shell_routes("field", ASSETS, kept, manifest("field", "zh"))]


@pytest.fixture
def server(centre: Centre) -> Iterator[HandServer]:
    on_the_roster(centre)
    running = HandServer(centre.services, centre.clock, WORKER, routes_of("r1", centre), release="r1")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=PHONE, color_scheme="dark", locale="zh-CN")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


def opened(phone: BrowserContext, server: HandServer, release: str) -> Page:
    page = phone.new_page()
    page.goto(f"{server.url}/field")
    settled(page, release)
    return page


def settled(page: Page, release: str) -> None:
    """The page of a release runs, and the phone keeps it with its files."""
    page.wait_for_function(f"() => window.zhongshuHand?.facts.release === '{release}'")
    expect(page.locator("html[data-mounted]")).to_be_attached()
    cache = f"{{cacheName: 'zhongshu-field-{release}'}}"
    wait_until(page, f"async () => Boolean(await caches.match('/field', {cache}))")


def order(centre: Centre) -> None:
    """News for the worker: the held question is answered, and with it the server's release heard."""
    request = service.Dispatch(
        centre.order()["id"], (service.ReceiverOrder("worker", "W-1", "lead"),), "去看一看"
    )
    done(centre.do(service.dispatch, request, expected_version=None))


def loaded_releases(page: Page) -> set[str]:
    """The releases whose files this page was made of."""
    loaded = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    return {found[1] for one in loaded if (found := re.search(r"/v-(\w+)/", one))}


def test_an_open_page_takes_the_new_release_by_itself_and_opens_without_a_network(
    centre: Centre, server: HandServer, phone: BrowserContext
) -> None:
    page = opened(phone, server, "r1")
    assert loaded_releases(page) == {"r1"}
    assert page.evaluate("document.documentElement.dataset.theme") == "light", "it is read in the sun"
    expect(page.locator("#hand-connection")).to_have_attribute("data-state", "live")
    server.become(routes_of("r2", centre), "r2")
    order(centre)
    settled(page, "r2")
    assert loaded_releases(page) == {"r2"}
    wait_until(page, "async () => (await caches.keys()).join() === 'zhongshu-field-r2'")
    expect(page.locator(".field-task")).to_have_count(1)
    phone.set_offline(True)
    page.reload()
    expect(page.locator(".field-task")).to_have_count(1)
    assert page.evaluate("zhongshuHand.facts.release") == "r2"


def test_who_is_writing_is_told_of_the_new_release_and_keeps_the_page_until_done(
    centre: Centre, server: HandServer, phone: BrowserContext
) -> None:
    page = opened(phone, server, "r1")
    expect(page.locator("#hand-connection")).to_have_attribute("data-state", "live")
    page.get_by_role("button", name="上报", exact=True).click()
    words = page.locator(".field-report textarea")
    words.fill("便道下陷约半米")
    words.focus()
    server.become(routes_of("r2", centre), "r2")
    order(centre)
    expect(page.locator("#hand-notice")).to_contain_text("新版本")
    assert page.evaluate("zhongshuHand.facts.release") == "r1"
    expect(words).to_have_value("便道下陷约半米")
    # The network goes before the new files have come: what opens is the old page, with the last letter.
    words.press_sequentially("，有水")
    phone.set_offline(True)
    page.reload()
    expect(page.locator("html[data-mounted]")).to_be_attached()
    assert page.evaluate("zhongshuHand.facts.release") == "r1"
    expect(words).to_have_value("便道下陷约半米，有水")  # the page opens where it was left


def test_the_page_can_be_installed(server: HandServer, phone: BrowserContext) -> None:
    page = opened(phone, server, "r1")
    faults = phone.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A window without a screen is no place to install into; everything else must be right.
    assert [one for one in faults if one["errorId"] != "in-incognito"] == []
    icons = page.evaluate(
        "fetch('/field/manifest.webmanifest').then((answer) => answer.json()).then((one) => one.icons)"
    )
    for icon in icons:
        assert page.evaluate("(src) => fetch(src).then((answer) => answer.ok)", icon["src"])
