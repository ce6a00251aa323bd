"""From a phone's fix to the frame that shows it, and from opening a wall to its first frame: part of `make bench`.

Alone: `python -m tools.bench_paint`. It starts an installation of its own with feeds, moves 4,383 workers once a
second over HTTP, opens a wall and a desk in real browsers without a GPU, and lets single workers leap 250 m (a leap
is not glided over, so that the frame in which it is drawn is the frame in which it is there). Then the same leaps
on what a Dash team builds by default. Bars: docs/wire.md.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from dashboard import administration, service
from dashboard.child_process import ending_with
from dashboard.live.fleet import METRES_PER_DEGREE
from dashboard.service import Done
from dashboard.settings import PROJECT_ROOT
from tests.crash.installation import Installation
from tests.free_port import free_port
from tools.bench_browser import FLAGS, chromium_path
from tools.bench_centre import OFFICER, PASSWORD, BenchCentre, bench_centre, until_answered
from tools.bench_fleet import Phone, Traffic, feeds_address, import_fleet, phones, start_feeds
from tools.bench_report import Machine, line, tree_s

MARKS = Path(__file__).with_suffix(".mjs")
P50_BAR_MS, P99_BAR_MS = 120, 250
COLD_BAR_MS, WARM_BAR_MS = 3_000, 1_500
SCREEN: Any = {"width": 1920, "height": 1080}
LEAP_M = (
    250.0  # beyond what markers glide over (assets/live/fleet.mjs), within what the feeds believe after 5 s
)
SETTLE_S = 6.0
COLD_OPENINGS, WARM_OPENINGS = 3, 9
PATIENCE_MS = 60_000


@dataclass
class Runner:
    """A worker who leaps there and back; each leap is one sample."""

    phone: Phone
    leaps: int = 0
    at: int = 0

    def next_place(self) -> tuple[float, float]:
        """Return where the next fix lies, degrees."""
        self.leaps += 1
        east = LEAP_M / (METRES_PER_DEGREE * math.cos(math.radians(self.phone.lat))) * (self.leaps % 2)
        return round(self.phone.lon + east, 6), self.phone.lat


@dataclass
class Samples:
    """What was found, ms."""

    painted: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, ms: float) -> None:
        """Keep one figure."""
        self.painted.setdefault(name, []).append(ms)


def main(arguments: list[str]) -> int:
    """Print the table; 1 when a bar is over."""
    wanted = _parser().parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zs-bench-")))
        prepared: list[Phone] = []

        def prepare(installation: Installation) -> None:
            prepared.extend(phones(installation, import_fleet(installation)))

        centre = stack.enter_context(
            bench_centre(folder, matters=wanted.matters, web=wanted.web, prepare=prepare)
        )
        feeds = start_feeds(centre.installation)
        stack.callback(feeds.stop)
        with sync_playwright() as playwright:
            return 0 if measure(playwright, centre, prepared, wanted.count, feeds.pid) else 1


def measure(
    playwright: Playwright,
    centre: BenchCentre,
    fleet: Sequence[Phone],
    count: int,
    feeds_pid: int | None = None,
) -> bool:
    """Measure on a running centre with feeds, print, and say whether the bars are kept."""
    machine = Machine()
    runners = [Runner(phone) for phone in random.Random(3).sample(list(fleet), 40)]
    silent = {runner.phone.slot for runner in runners}
    clock = centre.installation.clock
    print(
        f"fix to paint, {len(fleet):,} workers once a second over HTTP, a wall and a desk of 1920x1080, no GPU"
    )
    with Traffic(centre.installation, fleet, silent), httpx.Client(trust_env=False) as sender:
        send = _sender(sender, feeds_address(centre.installation), clock.now_ms)
        for runner in runners:
            send(runner, *_place(runner.phone))
        kept = _openings(playwright, centre)
        wall = _browser(playwright)
        desk = _browser(playwright)
        pages = {"wall": _wall(wall, centre), "desk": _desk(desk, centre)}
        time.sleep(SETTLE_S)
        print(f"  the desk sees {_moved_a_second(pages['desk']):,.0f} of them move each second")
        cpu = centre.cpu_s() | {"feeds": tree_s(feeds_pid)}
        began = time.monotonic()
        samples = _leaps(pages, runners, send, count)
        took_s = time.monotonic() - began
        kept &= _report(samples, ("wall", "desk"), is_judged=True)
        used = {
            name: used - cpu[name] for name, used in (centre.cpu_s() | {"feeds": tree_s(feeds_pid)}).items()
        }
        parts = ", ".join(f"{name} {seconds / took_s:.2f}" for name, seconds in used.items())
        print(f"    cores meanwhile: {parts}")
        wall.close()
        desk.close()
        _beside_peer(playwright, centre, fleet, runners, send, max(20, count // 4))
    machine.report()
    return kept


Send = Callable[[Runner, float, float], float]


def _place(phone: Phone) -> tuple[float, float]:
    return phone.lon, phone.lat


def _sender(client: httpx.Client, address: str, now_ms: Callable[[], int]) -> Send:
    """Return what sends one fix as a phone does and returns when, ms by the wall clock."""

    def send(runner: Runner, lon: float, lat: float) -> float:
        runner.at = max(now_ms(), runner.at + 1)
        began = time.time() * 1_000
        query: dict[str, str | int | float] = {
            "id": runner.phone.device,
            "key": runner.phone.key,
            "lat": lat,
            "lon": lon,
            "timestamp": runner.at,
            "duty": 1,
        }
        answer = client.get(f"{address}/osmand", params=query)
        assert answer.status_code == 200, answer.text
        return began

    return send


def _leaps(pages: dict[str, Page], runners: Sequence[Runner], send: Send, count: int) -> Samples:
    """Let one worker after the other leap; returns how long each leap took to each page."""
    samples = Samples()
    for number in range(count):
        time.sleep(random.uniform(0.15, 0.5))
        runner = runners[number % len(runners)]
        place = runner.next_place()
        for page in pages.values():
            page.evaluate("leap => bench.watch(...leap)", [runner.phone.slot, *place])
        sent = send(runner, *place)
        for name, page in pages.items():
            found = page.evaluate("bench.seen")
            samples.add(name, found["painted"] - sent)
    return samples


def _moved_a_second(page: Page) -> float:
    """Return how many workers a page is told of as moved in a second."""
    told = """async () => {
        const { fleet } = window.zhongshu.live;
        const before = [fleet.x.slice(), fleet.y.slice()];
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        return fleet.x.reduce((n, x, at) => n + (x !== before[0][at] || fleet.y[at] !== before[1][at]), 0);
    }"""
    return float(page.evaluate(told))


def _report(samples: Samples, names: Sequence[str], *, is_judged: bool) -> bool:
    kept = True
    for name in names:
        figures = samples.painted[name]
        label = f"{name}: sent -> painted at the new place"
        kept &= line(label, figures, P99_BAR_MS if is_judged else None)
        if is_judged:
            kept &= line("  the same", figures, P50_BAR_MS, by_median=True)
    return kept


def _openings(playwright: Playwright, centre: BenchCentre) -> bool:
    """Open the wall in browsers that never saw it, then again and again in one that did."""
    cold = []
    for _ in range(COLD_OPENINGS):
        browser = _browser(playwright)
        cold.append(_first_frame(_wall(browser, centre)))
        browser.close()
    browser = _browser(playwright)
    context = browser.new_context(viewport=SCREEN)
    _wall(context, centre).close()
    warm = []
    for _ in range(WARM_OPENINGS):
        page = context.new_page()
        _marked(page)
        page.goto(f"{centre.web}/wall/?scene=overview")
        warm.append(_first_frame(page))
        page.close()
    browser.close()
    print(f"  openings, ms: cold {_in_order(cold)}; warm {_in_order(warm)}")
    kept = line("opening a wall -> first frame with its workers, cold", cold, COLD_BAR_MS)
    return line("  the same, warm", warm, WARM_BAR_MS) and kept


def _in_order(figures: Sequence[float]) -> str:
    return ", ".join(f"{one:,.0f}" for one in sorted(figures))


def _first_frame(page: Page) -> float:
    page.wait_for_function("() => window.bench?.first > 0")
    return float(page.evaluate("bench.first"))


def _beside_peer(
    playwright: Playwright,
    centre: BenchCentre,
    fleet: Sequence[Phone],
    runners: Sequence[Runner],
    send: Send,
    count: int,
) -> None:
    """The same leaps on a page that polls GeoJSON, with nothing of ours open."""
    port = free_port()
    lons, lats = [one.lon for one in fleet], [one.lat for one in fleet]
    box = json.dumps([[min(lats), min(lons)], [max(lats), max(lons)]])
    size = str(1 + max(one.slot for one in fleet))
    peer = subprocess.Popen(
        [sys.executable, "-m", "tools.bench_geojson", centre.installation.redis.url, size, str(port), box],
        cwd=PROJECT_ROOT,
        preexec_fn=ending_with(os.getpid()),
    )
    browser = _browser(playwright)
    try:
        page = browser.new_page(viewport=SCREEN)
        page.set_default_timeout(PATIENCE_MS)
        _marked(page)
        until_answered(f"http://127.0.0.1:{port}/")
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_function("() => window.bench?.first > 0")
        time.sleep(SETTLE_S)
        samples = _leaps({"Dash interval 1 s + GeoJSON": page}, runners, send, count)
    finally:
        browser.close()
        peer.terminate()
        peer.wait()
    _report(samples, ("Dash interval 1 s + GeoJSON",), is_judged=False)


def _browser(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)


def _marked(page: Page) -> None:
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(MARKS.read_text(encoding="utf-8"))


def _wall(browser: Any, centre: BenchCentre) -> Page:
    services = centre.installation.services
    operator = administration.operator(services.city)
    opened = service.open_kiosk_token(
        services, operator, "bench", services.city, centre.installation.clock.now_ms()
    )
    assert isinstance(opened, Done), opened
    page: Page = browser.new_page(viewport=SCREEN) if isinstance(browser, Browser) else browser.new_page()
    _marked(page)
    page.goto(f"{centre.web}/wall?kiosk={opened.value.token}&scene=overview")
    page.wait_for_function("() => window.bench?.first > 0")
    return page


def _desk(browser: Browser, centre: BenchCentre) -> Page:
    page = browser.new_page(viewport=SCREEN)
    _marked(page)
    page.goto(f"{centre.web}/sign-in")
    page.fill("input[name=name]", OFFICER)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#desk-queue .ag-row", state="attached")
    page.wait_for_function("() => window.bench?.first > 0")
    return page


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench_paint", description=__doc__)
    parser.add_argument("--count", type=int, default=120, help="leaps")
    parser.add_argument("--web", type=int, default=2, help="web processes")
    parser.add_argument("--matters", type=int, default=1_000, help="open matters on the desk")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
