"""How long a dispatch takes from Enter on the desk to the receiver's page, and where: part of `make bench`.

Alone: `python -m tools.bench_dispatch`. It starts an installation of its own with 5,000 open matters, two real
browsers (an officer's desk, a liaison's `/unit`), dispatches by the keyboard, and takes the time of each leg by one
clock; then again with a Dash page beside it that polls each second. In the same centre: how late clocks fire.
`--postgres` or `--database URL` (an empty PostgreSQL) for the other database.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from sqlalchemy import select, update

from dashboard.child_process import ending_with
from dashboard.settings import PROJECT_ROOT
from dashboard.store import tables
from layouts.catalogue import text
from tests.free_port import free_port
from tests.throwaway_postgres import ThrowawayPostgres
from tools.bench_browser import FLAGS, chromium_path
from tools.bench_centre import LIAISON, OFFICER, PASSWORD, BenchCentre, bench_centre, until_answered
from tools.bench_city import MATTERS
from tools.bench_report import Machine, line, tree_s

MARKS = Path(__file__).with_suffix(".mjs")
PAGE_BAR_MS, ROW_BAR_MS, LATE_BAR_MS = 1_000, 300, 1_000  # /docs/reliability.md
DESK: Any = {"width": 1920, "height": 1080}
PHONE: Any = {"width": 390, "height": 844}
PATIENCE_MS = 60_000
SETTLE_S = 4.0  # a desk that was opened draws its map and graph behind its queue
IDLE_S = 8.0
READING_MS = 400  # an officer reads what was chosen, and what is about to leave the room
CLOCKS, CLOCKS_APART_MS = 20, 150
LEGS = {
    "enter": "Enter -> the desk's request is sent",
    "commit": "request -> committed",
    "bus": "committed -> on the bus",
    "answer": "on the bus -> the held question is answered",
    "read": "answered -> read",
    "page": "read -> in the page",
    "paint": "in the page -> painted",
}


def main(arguments: list[str]) -> int:
    """Measure and print; 1 when a bar is over."""
    wanted = _parser().parse_args(arguments)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="zs-bench-"))
        database = wanted.database
        if wanted.postgres:
            server = ThrowawayPostgres.start()
            stack.callback(server.stop)
            database = server.url("postgres")
        centre = stack.enter_context(bench_centre(Path(folder), database=database, web=wanted.web))
        kind = "SQLite" if centre.installation.services.store.is_sqlite else "PostgreSQL"
        print(f"a dispatch, {MATTERS} open matters, {wanted.web} web processes, {kind}")
        machine = Machine()
        with sync_playwright() as playwright:
            kept = measure(playwright, centre, wanted.count)
        machine.report()
    return 0 if kept else 1


def measure(playwright: Playwright, centre: BenchCentre, count: int) -> bool:
    """Dispatch, print every leg, and say whether the bars are kept."""
    browsers = [playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS) for _ in range(2)]
    desk = _signed_in(browsers[0], centre, OFFICER, DESK, "/desk", "#desk-queue .ag-row")
    unit = _signed_in(browsers[1], centre, LIAISON, PHONE, "/unit", "#hand-connection[data-state=live]")
    time.sleep(SETTLE_S)
    idle = _cores(centre)
    before, began = centre.cpu_s(), time.monotonic()
    taken = [_dispatched(centre, desk, unit) for _ in range(count)]
    took_s = time.monotonic() - began
    cpu = {name: (used - before[name] - idle[name] * took_s) / count for name, used in centre.cpu_s().items()}
    kept = line("Enter -> painted on the receiver's page", [one["all"] for one in taken], PAGE_BAR_MS)
    for name, words in LEGS.items():
        line(f"  {words}", [one[name] for one in taken])
    kept &= line("committed -> the changed row on the desk", [one["row"] for one in taken], ROW_BAR_MS)
    parts = ", ".join(f"{name} {1_000 * max(used, 0):.0f}" for name, used in cpu.items())
    print(f"  processor a dispatch, its dialog, drawers and receipt included: {parts} ms")
    _beside_polling(playwright, centre, desk, unit, max(8, count // 3))
    kept &= _lateness(centre)
    for browser in browsers:
        browser.close()
    return kept


def _dispatched(centre: BenchCentre, desk: Page, unit: Page, *others: Page) -> dict[str, float]:
    """Dispatch the next matter to the unit by the keyboard; returns what each leg took, ms."""
    time.sleep(random.uniform(0.3, 1.3))  # a poller is met at any moment of its second
    matter = _next_matter(desk, unit)
    _fill_dialog(centre, desk)
    desk.evaluate("([row, unit]) => bench.watchRow(row, 'owner', unit)", [matter, centre.unit_name])
    desk.keyboard.press("Enter")
    shown = unit.evaluate("item => bench.shown(item)", matter)
    polled = [page.evaluate("item => bench.shown(item)", matter) for page in others]
    row = desk.evaluate("row => bench.shown(row)", matter)
    desk.wait_for_selector("#desk-dialog", state="hidden")
    enter = desk.evaluate("bench.enter")
    request = _requests(desk, "_dash-update-component", enter, time.time() * 1_000)[0]
    question = _requests(unit, "own/inbox", 0, shown["seen"])[-1]
    committed = centre.heard.nudge_after(request["sent"])
    told = centre.heard.told_after(request["sent"], matter)
    return {
        "enter": request["sent"] - enter,
        "commit": committed - request["sent"],
        "bus": told - committed,
        "answer": question["answered"] - told,
        "read": question["read"] - question["answered"],
        "page": shown["seen"] - question["read"],
        "paint": shown["painted"] - shown["seen"],
        "all": shown["painted"] - enter,
        "row": row["painted"] - committed,
        "bytes": question["bytes"],
        "polled": polled[0]["painted"] - enter if polled else 0.0,
    }


def _next_matter(desk: Page, unit: Page) -> str:
    """Choose the first shown matter that nobody has; a dispatched one goes far down with its new end.

    One that a unit has keeps it whoever is ordered to it: its owner's cell would say nothing new.
    """
    shown = desk.evaluate("words => bench.rows('owner', words)", text("desk.queue.no_unit"))
    matter = next(str(one) for one in shown if not unit.evaluate("item => bench.has(item)", one))
    desk.click(f"#desk-queue .ag-row[row-id='{matter}'] .ag-cell[col-id='title']")
    desk.wait_for_selector(f"#desk-queue .ag-row-selected[row-id='{matter}']", state="attached")
    desk.wait_for_timeout(READING_MS)
    return matter


def _fill_dialog(centre: BenchCentre, desk: Page) -> None:
    desk.keyboard.press("d")
    desk.wait_for_selector("#desk-dialog:not([hidden]) [data-dialog=dispatch]")
    desk.fill("[data-find] input", centre.unit_name)
    desk.wait_for_selector(f"#desk-dialog tr[data-receiver='{centre.unit}']")
    for row in desk.query_selector_all("#desk-dialog tr[data-receiver]"):
        is_on = row.get_attribute("aria-selected") == "true"
        if is_on != (row.get_attribute("data-receiver") == centre.unit):
            row.evaluate("(row) => row.click()")
    desk.fill("[data-field=objective] input", "到现场处置")
    desk.fill("[data-field=override] input", "就近")
    desk.wait_for_timeout(READING_MS)


def _requests(page: Page, address: str, begun: float, ended: float) -> list[dict[str, float]]:
    found: list[dict[str, float]] = page.evaluate(
        "(span) => bench.requests(...span)", [address, begun, ended]
    )
    return found


def _beside_polling(playwright: Playwright, centre: BenchCentre, desk: Page, unit: Page, count: int) -> None:
    """The same dispatches seen by the product's page and by one that polls."""
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    url = centre.installation.settings.database_url
    peer = subprocess.Popen(
        [sys.executable, "-m", "tools.bench_poll", url, centre.unit, str(port)],
        cwd=PROJECT_ROOT,
        preexec_fn=ending_with(os.getpid()),
    )
    try:
        until_answered(address)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = browser.new_page(viewport=PHONE)
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)
        page.wait_for_selector("[data-item]", state="attached")
        page.evaluate(MARKS.read_text(encoding="utf-8"))
        idle = _cores(centre, peer.pid)
        taken = [_dispatched(centre, desk, unit, page) for _ in range(count)]
        polls = _requests(page, "_dash-update-component", 0, time.time() * 1_000)
        browser.close()
    finally:
        peer.terminate()
        peer.wait()
    print("  the same dispatches on two pages: the product's held question, and a Dash interval of 1 s")
    line("  held question, Enter -> painted", [one["all"] for one in taken])
    line("  Dash interval, Enter -> painted", [one["polled"] for one in taken])
    waits, polls_ms = 1_000 * idle["web"], 1_000 * idle["peer"]
    print(
        f"    server, while nothing happens: {waits:.0f} ms of processor a second for the desk and the page that waits,"
    )
    print(
        f"    {polls_ms:.0f} ms and {polls[-1]['bytes'] / 1_000:.0f} KB a second for the page that polls; news are"
    )
    print(f"    {max(one['bytes'] for one in taken) / 1_000:.1f} KB for the one that waits")


def _lateness(centre: BenchCentre) -> bool:
    """Make clocks due one after the other while the worker runs; how late each fires."""
    services, clock = centre.installation.services, centre.installation.clock
    column = tables.deadlines.c
    first_at = clock.now_ms() + 1_500
    with services.store.write() as connection:
        nearest = (
            select(column.id).where(column.state == "armed").order_by(column.due_at.desc()).limit(CLOCKS)
        )
        ids = list(connection.execute(nearest).scalars())
        for place, clock_id in enumerate(ids):
            due_at = first_at + place * CLOCKS_APART_MS
            connection.execute(update(tables.deadlines).where(column.id == clock_id).values(due_at=due_at))
    fired: dict[int, float] = {}
    give_up_at = time.monotonic() + 60
    while len(fired) < CLOCKS and time.monotonic() < give_up_at:
        time.sleep(0.2)
        for _, entry in list(centre.heard.entries):
            params: Any = entry["params"]
            if (
                str(entry["kind"]).startswith("Escalation")
                and first_at <= params["due_at"] < first_at + 60_000
            ):
                fired[params["due_at"]] = params["fired_at"] - params["due_at"]
    return line("a clock is due -> it fires", list(fired.values()), LATE_BAR_MS)


def _cores(centre: BenchCentre, peer: int | None = None) -> Mapping[str, float]:
    """Return what each part takes of a core while nobody does anything."""
    before, peer_before = centre.cpu_s(), tree_s(peer)
    time.sleep(IDLE_S)
    idle = {name: (used - before[name]) / IDLE_S for name, used in centre.cpu_s().items()}
    return idle | {"peer": (tree_s(peer) - peer_before) / IDLE_S}


def _signed_in(browser: Browser, centre: BenchCentre, name: str, size: Any, path: str, ready: str) -> Page:
    page = browser.new_page(viewport=size)
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{centre.web}/sign-in", wait_until="commit")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}**", wait_until="commit")
    page.wait_for_selector(ready, state="attached")
    page.evaluate(MARKS.read_text(encoding="utf-8"))
    return page


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench_dispatch", description=__doc__)
    parser.add_argument("--count", type=int, default=60, help="dispatches")
    parser.add_argument("--web", type=int, default=2, help="web processes")
    parser.add_argument("--database", help="an empty PostgreSQL; SQLite in a temporary folder when left out")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL that is thrown away")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
