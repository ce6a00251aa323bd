"""A day of a wall in minutes: what the page holds after each hour, and whether it grows.

Alone: `python -m tools.bench_day` (not part of `make bench`: it takes minutes). The product's page and client; the
server is played (tests/browser/wall_day.mjs): 28,800 frames of movement, 17,280 hotline pictures, 9,600 changed
matters, 720 alarms and calls for help, 72 whistles, 12 lost servers, an hour each without positions and without the
hotline. It leaves the page while the page is weighed. Every alarm must be on the wall before it is acknowledged,
unless the wall says that it hears nobody; a silent feed's panel must say so, and be fresh again afterwards.

The hours are played one after the other, since one page must live through all of them; what it held after each is
counted by a process beside it, which halves the time and changes no figure.

Judged is what the page's own scripts hold (objects, arrays, closures, strings, numbers), taken from heap snapshots. The
engine's compiled code is not: it comes and goes by 400 kB in such a day whatever the page does. The heap as the engine
counts it stands beside.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from playwright.sync_api import sync_playwright
from scipy.stats import theilslopes

from tests.browser.heap_snapshot import bytes_by_constructor
from tests.browser.wall_harness import serving, wall_app
from tests.browser.wall_hours import Held, WallHours
from tools.bench_browser import FLAGS, chromium_path
from tools.bench_rows import Row, tell

HOUR_S = 3_600
LOST_EVERY_H = 2
SILENT_H = {5: "positions", 11: "hotline"}
# Until every row of the morning was replaced once by one that came alone (400 changes an hour, 3,165 rows), a page
# that forgets everything still grows: rows of one message share what they say, rows of many do not.
TURNED_OVER_H = 8
# The least that a page can forget to forget is one row of each alarm (30 an hour, 500 bytes each): 15 kB an hour. A
# quarter of it may be the noise of a count that is taken with another alarm on the screen.
LIMIT_BYTES_AN_HOUR = 4_000
TOLD = 6  # constructors


def main(arguments: list[str]) -> int:
    """Print the table; 1 when the page's data grows beyond the limit or nodes or listeners stay behind."""
    wanted = _parser().parse_args(arguments)
    held: list[Held] = []
    faults: list[str] = []
    counting: list[Future[Counter[str]]] = []
    began = time.monotonic()
    counter = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with serving(wall_app(live="wall_day")) as address, sync_playwright() as playwright, counter:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        with WallHours(browser, address, wanted.rate, scene=wanted.scene) as wall:
            if wanted.forget:
                # In braces: an expression that is a function is called, and this one would stop the listening.
                wall.page.evaluate(
                    f"() => {{ live.on('matters', ({{ upserts }}) => {{ {wanted.forget} }}); }}"
                )
            wall.begin_to_look()
            print("  hour   heap MB   DOM nodes   listeners   took s")
            for hour in range(wanted.hours + 1):
                if hour:
                    faults += _an_hour(wall, SILENT_H.get(hour))
                    if hour % LOST_EVERY_H == 0:
                        wall.page.evaluate("server.restart()")
                        wall.pass_(HOUR_S // 6)  # back, and in the same minute of the cycle as before
                held.append(wall.held())
                counting.append(counter.submit(bytes_by_constructor, wall.snapshot()))
                now = held[-1]
                print(
                    f"  {hour:4}  {now.heap_bytes / 1e6:8.2f}  {now.nodes:10,}  {now.listeners:10,}  "
                    f"{time.monotonic() - began:7.0f}",
                    flush=True,
                )
            told = wall.page.evaluate(
                "[server.alarms, server.whistles, live.fleet.number, live.connection.state, server.lost]"
            )
            faults += wall.faults + [f"{no} was not shown" for no in wall.alarms_not_shown()]
            faults += [] if wall.page.locator("[data-page=wall]").count() == 1 else ["it is no wall any more"]
            blind = wall.alarms_while_blind()
        browser.close()
        data = [one.result() for one in counting]
    print(f"  data kB, hour by hour: {', '.join(f'{one.total() / 1e3:,.1f}' for one in data)}")
    print(f"  alarms, whistles, frames of movement, connection, lost servers: {told}")
    print(f"  alarms while the wall said that it hears nobody: {blind}; faults: {faults}")
    print(f"  took {time.monotonic() - began:.0f} s")
    tell(
        Row(
            f"a wall for {wanted.hours} h: alarms not shown, feeds not said to be down, other faults",
            len(faults),
            "",
            0,
            note=f"{told[0]} alarms, {told[1]} whistles, {told[4]} lost servers",
        )
    )
    settled = min(TURNED_OVER_H, wanted.hours // 2)
    is_flat = _is_flat(held[settled:], data[settled:])
    return 0 if is_flat and not faults else 1


def _an_hour(wall: WallHours, silent: str | None) -> list[str]:
    """Let an hour pass, where named with one silent feed; returns what the wall did not say of it."""
    if silent is None:
        wall.pass_(HOUR_S)
        return []
    wall.fail(silent)
    wall.pass_(HOUR_S)
    was_said = wall.said_down(silent)
    wall.mend(silent)
    wall.pass_(HOUR_S // 6)
    wall.said_down(silent)
    wall.pass_(HOUR_S // 6)
    is_said = wall.said_down(silent)
    print(f"  an hour without {silent}: said {was_said}; once it is back: {is_said}")
    return [] if was_said and not is_said else [f"{silent}: said {was_said}, then {is_said}"]


def growth(hourly: Sequence[float]) -> tuple[float, float]:
    """Return the median slope between any two of one figure an hour (Theil, Sen), and half of how far it may be more.

    The figures lie on two levels: an hour whose count falls between a frame and its painting holds that frame too, some
    190 kB more. A line of least squares leans to where those hours happen to lie, the median of the slopes does not.
    """
    found = theilslopes(np.array(hourly), np.arange(len(hourly)), alpha=0.95)
    return float(found.slope), float(found.high_slope - found.slope) / 2


def is_within(hourly: Sequence[float]) -> bool:
    """Whether bytes an hour are below the limit, and so surely that twice the error would not bring them above."""
    slope, error = growth(hourly)
    return slope + 2 * error <= LIMIT_BYTES_AN_HOUR


def _is_flat(held: Sequence[Held], data: Sequence[Counter[str]]) -> bool:
    totals = [float(one.total()) for one in data]
    slope, error = growth(totals)
    listeners = held[-1].listeners - held[0].listeners
    nodes = held[-1].nodes - held[0].nodes
    is_flat = is_within(totals) and listeners == 0
    tell(
        Row(
            "the page's data, growth, with twice its error",
            slope / 1e3 + 2 * error / 1e3,
            "kB an hour",
            LIMIT_BYTES_AN_HOUR / 1e3,
        )
    )
    tell(Row("listeners that stayed behind", listeners, "", 0))
    print(
        f"  data {slope / 1e3:+.2f} ± {error / 1e3:.2f} kB an hour (limit {LIMIT_BYTES_AN_HOUR / 1e3:g}); "
        f"nodes {nodes:+}, listeners {listeners:+}: {'flat' if is_flat else 'GROWS'}"
    )
    gained = Counter({name: data[-1][name] - data[0][name] for name in data[0] | data[-1]})
    print(f"  most gained in {len(data) - 1} h, bytes: {gained.most_common(TOLD)}")
    return is_flat


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench_day", description=__doc__)
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--rate", type=int, default=600, help="seconds of the wall in one of the page")
    parser.add_argument(
        "--scene", default="", help="the one that the wall stays at; without it, it turns and is taken over"
    )
    parser.add_argument(
        "--forget",
        default="",
        help="a script that the page runs with the `upserts` of each change, to see that a leak is found",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
