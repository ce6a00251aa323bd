"""A day of a wall in minutes: what the page holds after each hour, and whether it grows.

Alone: `python -m tools.bench_day` (not part of `make bench`: it takes minutes). The product's page and client; the
server is played (tests/browser/wall_day.mjs): 28,800 frames of movement, 17,280 hotline pictures, 9,600 changed
matters, 720 alarms and calls for help, 72 whistles, 12 lost servers.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from playwright.sync_api import sync_playwright

from tests.browser.wall_harness import serving, wall_app
from tests.browser.wall_hours import Held, WallHours
from tools.bench_browser import FLAGS, chromium_path

HOUR_S = 3_600
LOST_EVERY_H = 2
NOISE = 3.0  # a slope within so many of its own errors is none


def main(arguments: list[str]) -> int:
    """Print the table; 1 when the heap grows beyond its noise or nodes or listeners stay behind."""
    wanted = _parser().parse_args(arguments)
    held: list[Held] = []
    began = time.monotonic()
    with serving(wall_app(live="wall_day")) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        with WallHours(browser, address, wanted.rate) as wall:
            print("  hour   heap MB   DOM nodes   listeners")
            for hour in range(wanted.hours + 1):
                if hour:
                    wall.pass_(HOUR_S)
                    if hour % LOST_EVERY_H == 0:
                        wall.page.evaluate("server.restart()")
                        wall.pass_(HOUR_S // 6)  # back, and in the same minute of the cycle as before
                held.append(wall.held())
                now = held[-1]
                print(
                    f"  {hour:4}  {now.heap_bytes / 1e6:8.2f}  {now.nodes:10,}  {now.listeners:10,}",
                    flush=True,
                )
            told = wall.page.evaluate(
                "[server.alarms, server.whistles, live.fleet.number, live.connection.state, server.sockets.length]"
            )
            faults = wall.faults
        browser.close()
    print(f"  alarms, whistles, frames of movement, connection, sockets: {told}; faults {faults}")
    print(f"  took {time.monotonic() - began:.0f} s")
    return 0 if _is_flat(held[2:]) and not faults else 1


def _is_flat(held: list[Held]) -> bool:
    """Fit a line through the hours after the first two, in which caches fill."""
    hours = np.arange(len(held))
    heap = np.array([one.heap_bytes for one in held]) / 1e6
    (slope, _), covariance = np.polyfit(hours, heap, 1, cov=True)
    error = float(np.sqrt(covariance[0, 0]))
    listeners = held[-1].listeners - held[0].listeners
    nodes = held[-1].nodes - held[0].nodes
    is_flat = slope <= NOISE * error and listeners == 0
    print(
        f"  heap {slope * 1_000:+.1f} ± {error * 1_000:.1f} KB an hour; nodes {nodes:+}, listeners {listeners:+}:",
        end="",
    )
    print(" flat" if is_flat else " GROWS")
    return bool(is_flat)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench_day", description=__doc__)
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--rate", type=int, default=600, help="seconds of the wall in one of the page")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
