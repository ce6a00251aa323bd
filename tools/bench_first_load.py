"""What the first view of wall, desk and leader costs, with a cold and a warm cache: part of `make bench`.

Alone: `python -m tools.bench_first_load`. An installation of its own with feeds and 4,383 workers that move once a
second, 1,000 open matters, and a browser whose bytes and requests are counted on the line (`bench_counting_proxy`)
until one second after the first live frame. A wall is live when it has drawn its workers, a desk when it has these and
its queue, a leader's page when it says its sentence. Cold is a browser that was never here, warm its second opening.

The leader's phone has Chinese letters of its own, so the slices of our Chinese font are kept from it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, StorageState, sync_playwright

from dashboard import administration, service
from dashboard.service import Done
from tools.bench_browser import FLAGS, chromium_path
from tools.bench_centre import OFFICER, PASSWORD, BenchCentre, bench_centre
from tools.bench_counting_proxy import Line, counting_proxy
from tools.bench_fleet import Traffic, import_fleet, phones, start_feeds
from tools.bench_report import Machine
from tools.bench_rows import Row, tell

MARKS: Final = Path(__file__).with_suffix(".mjs")
LEADER: Final = "leader"
COLD_BAR_MS, WARM_BAR_MS = 3_000, 1_500  # docs/wire.md, of the wall
LEADER_BAR_BYTES: Final = 300_000  # docs/leader.md, of its first view
AFTER_S: Final = 1.0
PATIENCE_MS: Final = 60_000
_DRAWN: Final = ".worker-canvas[data-drawn]:not([data-drawn='0'])"


@dataclass(frozen=True, slots=True)
class Screen:
    """A page of the product, who opens it, and what is there once it is live."""

    name: str
    account: str | None
    path: str
    width: int
    height: int
    live: tuple[str, ...]
    blocked: tuple[str, ...] = ()


SCREENS: Final = (
    Screen("wall", None, "/wall/?scene=overview", 1920, 1080, (f"#wall-map-city {_DRAWN}",)),
    Screen("desk", OFFICER, "/desk/", 1920, 1080, ("#desk-queue .ag-row", f"#desk-map {_DRAWN}")),
    Screen(
        LEADER, LEADER, "/leader", 390, 844, (".leader-sentence[data-control]",), ("*noto-sans-sc-*",)
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of a page, until a second after its first live frame; after it a service worker lays in its store."""

    live_ms: float
    live_bytes: int  # to the first live frame
    down_bytes: int
    requests: int


def main(arguments: list[str]) -> int:
    """Print the table; 1 when a bar is over."""
    wanted = _parser().parse_args(arguments)
    machine = Machine()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zs-bench-")))
        fleet: list[Any] = []
        centre = stack.enter_context(
            bench_centre(
                folder,
                matters=wanted.matters,
                prepare=lambda one: fleet.extend(phones(one, import_fleet(one))),
            )
        )
        _make_leader(centre)
        stack.callback(start_feeds(centre.installation).stop)
        stack.enter_context(Traffic(centre.installation, fleet))
        web = urlsplit(centre.web)
        line = stack.enter_context(counting_proxy(web.hostname or "127.0.0.1", web.port or 80))
        playwright = stack.enter_context(sync_playwright())
        time.sleep(3)  # every worker has been heard of
        kept = [_told(one.name, *_measured(playwright, centre, line, one, wanted.times)) for one in SCREENS]
    machine.report()
    return 0 if all(kept) else 1


def _make_leader(centre: BenchCentre) -> None:
    services, now = centre.installation.services, centre.installation.clock.now_ms()
    account = service.NewAccount(LEADER, "赵立新", "leader", services.city)
    operator = administration.operator(services.city)
    made = service.create_account(services, operator, account, PASSWORD, now, must_change=False)
    assert isinstance(made, Done), made


def _measured(
    playwright: Playwright, centre: BenchCentre, line: Line, screen: Screen, times: int
) -> tuple[list[Opening], list[Opening]]:
    """Open a page cold in as many new browsers, and once more in each."""
    cold, warm = [], []
    for _ in range(times):
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        entered = _entered(browser, centre, line, screen)
        context = browser.new_context(
            viewport={"width": screen.width, "height": screen.height}, storage_state=entered
        )
        context.set_default_timeout(PATIENCE_MS)
        cold.append(_opened(context, line, screen))
        warm.append(_opened(context, line, screen))
        browser.close()
    return cold, warm


def _entered(browser: Browser, centre: BenchCentre, line: Line, screen: Screen) -> StorageState:
    """Sign in as a person or a wall does; returns the cookie alone, the cache stays in the context that ends."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    page, home = context.new_page(), f"http://127.0.0.1:{line.port}"
    if screen.account is not None:
        page.goto(f"{home}/sign-in")
        page.fill("input[name=name]", screen.account)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url, wait_until="commit")
    else:
        services, now = centre.installation.services, centre.installation.clock.now_ms()
        operator = administration.operator(services.city)
        opened = service.open_kiosk_token(services, operator, "bench", services.city, now)
        assert isinstance(opened, Done), opened
        page.goto(f"{home}/wall?kiosk={opened.value.token}", wait_until="commit")
    state = context.storage_state()
    context.close()
    return {"cookies": state.get("cookies", []), "origins": []}


def _opened(context: BrowserContext, line: Line, screen: Screen) -> Opening:
    page = context.new_page()
    inspector = context.new_cdp_session(page)
    if screen.blocked:
        inspector.send("Network.enable")
        inspector.send("Network.setBlockedURLs", {"urls": list(screen.blocked)})
    page.add_init_script(
        f"window.firstLoad = {json.dumps(screen.live)};\n{MARKS.read_text(encoding='utf-8')}"
    )
    down_bytes, requests = line.down_bytes, line.requests
    page.goto(f"http://127.0.0.1:{line.port}{screen.path}", wait_until="commit")
    live_ms = _live_ms(page)
    live_bytes = line.down_bytes - down_bytes
    time.sleep(AFTER_S)
    found = Opening(live_ms, live_bytes, line.down_bytes - down_bytes, line.requests - requests)
    page.close()
    return found


def _live_ms(page: Page) -> float:
    page.wait_for_function("() => window.firstLoad?.at > 0")
    return float(page.evaluate("firstLoad.at"))


def _told(name: str, cold: Sequence[Opening], warm: Sequence[Opening]) -> bool:
    kept = []
    for cache, openings, bar_ms in (("cold", cold, COLD_BAR_MS), ("warm", warm, WARM_BAR_MS)):
        byte_bar = LEADER_BAR_BYTES if (name, cache) == (LEADER, "cold") else None
        ms_bar = bar_ms if name == "wall" else None
        ordered = ", ".join(f"{one.live_ms:,.0f}" for one in sorted(openings, key=lambda one: one.live_ms))
        live_kb, most_kb = (
            max(sizes) / 1e3
            for sizes in zip(*((one.live_bytes, one.down_bytes) for one in openings), strict=True)
        )
        requests = statistics.median(one.requests for one in openings)
        live_ms = statistics.median(one.live_ms for one in openings)
        kept += [
            tell(
                Row(f"{name}, {cache}: to the first live frame", live_kb, "KB", byte_bar and byte_bar / 1e3)
            ),
            tell(Row(f"{name}, {cache}: with the second after it", most_kb, "KB")),
            tell(Row(f"{name}, {cache}: requests", requests)),
            tell(Row(f"{name}, {cache}: first live frame", live_ms, "ms p50", ms_bar, note=ordered)),
        ]
    return all(kept)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench_first_load", description=__doc__)
    parser.add_argument("--times", type=int, default=3, help="browsers of each page")
    parser.add_argument("--matters", type=int, default=1_000, help="open matters")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
