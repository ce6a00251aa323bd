"""What moving workers cost a browser's main thread, and whether a hand that drags the map sees every frame.

Part of `make bench`; alone: `python -m tools.bench_pan`. The desk's own page and modules without a GPU; its map fills
the window, 4,383 workers report once a second, ten frames a second arrive. Bars: docs/wire.md.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import CDPSession, Page, Playwright, sync_playwright

from dashboard.domain.principal import Principal
from dashboard.live.drawn_fleet import DrawnPlaces
from dashboard.live.movement_frames import FINE
from tests.browser.desk_server import DeskServer
from tools.bench_browser import FLAGS, chromium_path
from tools.bench_motion import QUANTUM_M, WORKERS, Motion, motion
from tools.bench_report import Machine, line
from tools.bench_rows import Row, tell
from tools.one_view import OneView

MEASURE = Path(__file__).with_suffix(".mjs")
OFFICER = Principal("officer:bench", "王大明", "officer", "duty_officer", "371100", address="127.0.0.1")
NOW = 1_795_399_200_000
SIZES = {"1920x1080": (1920, 1080), "3840x2160": (3840, 2160)}
TICKS_A_SECOND = 10
SECONDS = 36
PAN_MS = 5_000
IDLE_S, MOVING_S = 5, 8
MAIN_THREAD_BAR_MS, FRAMES_BAR, LONG_TASK_BAR_MS = 25, 60, 50
FRAME_TOLERANCE = 0.98  # the first and the last frame of five seconds are cut
CITY_ZOOM, STREET_ZOOM = 10, 14
MIDDLE = (119.2, 35.4)
FULL_WINDOW = "#desk-map-pane { position: fixed !important; inset: 0; z-index: 9000; }"
WORK = "TaskDuration"  # of the page's main thread: script, style, layout, paint


def main(_arguments: list[str]) -> int:
    """Print the table; 1 when a bar is over."""
    with sync_playwright() as playwright:
        return 0 if measure(playwright) else 1


def measure(playwright: Playwright) -> bool:
    """Measure at both sizes, print, and say whether the bars of the smaller are kept; the larger has no bar."""
    machine = Machine()
    frames = fleet_frames(motion(SECONDS, settle_s=30))
    server = DeskServer(OFFICER, lambda: {"now": NOW, "matters": [], "commands": [], "asks": [], "log": []})
    server.start()
    kept = True
    try:
        for name, size in SIZES.items():
            for zoom, words in ((CITY_ZOOM, "whole city"), (STREET_ZOOM, "streets")):
                kept &= _at(
                    playwright, server.url, frames, size, zoom, f"{name}, {words}", name == "1920x1080"
                )
    finally:
        server.stop()
    machine.report()
    return kept


def fleet_frames(moved: Motion) -> list[bytes]:
    """Return a snapshot and the deltas behind it, ten a second, each with the tenth of the fleet that reported."""
    lon, lat = (round(MIDDLE[0] * 1e6 / FINE.lon_e6), round(MIDDLE[1] * 1e6 / FINE.lat_e6))
    span = int(90_000 / QUANTUM_M)  # the motion's city is a square of 90 km, as wide as the real one
    x = moved.x - span // 2 + lon
    y = moved.y - span // 2 + lat
    fix_at = np.full(WORKERS, NOW, np.int64)
    reports_in = np.arange(WORKERS) % TICKS_A_SECOND
    now_x, now_y, state = x[0].copy(), y[0].copy(), (moved.state[0] % 2 * 2 + 1).astype(np.uint8)
    stream = OneView(FINE, DrawnPlaces(now_x, now_y, state, fix_at, NOW))
    frames = [stream.snapshot_frame()]
    for second in range(1, len(x)):
        for tick in range(TICKS_A_SECOND):
            report = reports_in == tick
            now_x, now_y = np.where(report, x[second], now_x), np.where(report, y[second], now_y)
            told = (moved.state[second] % 2 * 2 + 1).astype(np.uint8)  # on duty, some with an order
            state = np.where(report, told, state)
            at = float(NOW + 1_000 * second + 100 * tick)
            frames.append(stream.advance(DrawnPlaces(now_x, now_y, state, fix_at, at)))
    return frames


def _at(
    playwright: Playwright,
    url: str,
    frames: list[bytes],
    size: tuple[int, int],
    zoom: int,
    words: str,
    is_judged: bool,
) -> bool:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_default_timeout(60_000)
    page.goto(url)
    page.wait_for_function("() => window.desk?.card")
    page.evaluate("window.deskLive.stopped = true")
    page.add_style_tag(content=FULL_WINDOW)
    page.evaluate("() => { window.desk.map.invalidateSize(); }")
    page.evaluate(
        f"() => {{ window.desk.map.setView([{MIDDLE[1]}, {MIDDLE[0]}], {zoom}, {{ animate: false }}); }}"
    )
    page.wait_for_timeout(2_000)  # the base map's files
    hex_frames = [frame.hex() for frame in frames]
    inspector = page.context.new_cdp_session(page)
    inspector.send("Performance.enable", {"timeDomain": "threadTicks"})
    idle = _work_ms(inspector, page, IDLE_S)
    page.evaluate(MEASURE.read_text(encoding="utf-8"), [hex_frames, 1_000 / TICKS_A_SECOND])
    empty: dict[str, Any] = page.evaluate(f"bench.pan({PAN_MS // 2})")
    page.evaluate("bench.start()")
    page.wait_for_timeout(1_500)
    page.evaluate("bench.longTasks()")
    moving = _work_ms(inspector, page, MOVING_S)
    frames_given = MOVING_S * TICKS_A_SECOND
    long_tasks = page.evaluate("bench.longTasks()")
    panned: dict[str, Any] = page.evaluate(f"bench.pan({PAN_MS})")
    drawn = page.evaluate("bench.drawn()")
    browser.close()
    each = (moving - idle * MOVING_S / IDLE_S) / frames_given
    print(f"the desk's map, {words}: {drawn:,.0f} workers in the window")
    fps, empty_fps = _frames_a_second(panned), _frames_a_second(empty)
    least = FRAMES_BAR * FRAME_TOLERANCE
    rows = [
        Row(f"{words}: main thread, a frame of movement", each, "ms", MAIN_THREAD_BAR_MS),
        Row(f"{words}: longest task of movement", max(long_tasks, default=0.0), "ms", LONG_TASK_BAR_MS),
        Row(
            f"{words}: frames a second under the hand",
            fps,
            bar=least,
            is_least=True,
            times=fps / empty_fps,
            of="nobody moving",
        ),
        Row(
            f"{words}: longest task under the hand",
            max(panned["longTasks"], default=0.0),
            "ms",
            LONG_TASK_BAR_MS,
        ),
    ]
    kept = True
    for row in rows:
        kept &= tell(row if is_judged else replace(row, bar=None))
    line("  between frames under the hand", panned["gaps"])
    return kept


def _frames_a_second(panned: dict[str, Any]) -> float:
    return float((panned["frames"] - 1) / panned["seconds"])


def _work_ms(inspector: CDPSession, page: Page, seconds: int) -> float:
    """Return the main thread's processor time of some seconds, ms."""

    def total() -> float:
        metrics = inspector.send("Performance.getMetrics")["metrics"]
        return sum(1_000 * float(one["value"]) for one in metrics if one["name"] == WORK)

    before = total()
    page.wait_for_timeout(seconds * 1_000)
    return total() - before


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
