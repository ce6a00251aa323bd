"""Measures the closed loop with 5,000 open matters: the worker's cycle, the desk's queue, a change on screen.

Part of `make bench`; alone: `python -m tools.bench_loop`. Bars (docs/reliability.md): a cycle takes at most 50 ms and a
deadline fires within 1 s of due; the queue's first rows stand within 500 ms of the picture, a change within 300 ms of
its commit. `--database URL` measures on PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select, update

from dashboard import service
from dashboard.citypack import CityPack, load_pack
from dashboard.domain.principal import Principal
from dashboard.domain.readings import HotlineOrderReading
from dashboard.live.picture import Picture
from dashboard.service import Done, Services
from dashboard.settings import PROJECT_ROOT
from dashboard.store import event_log, tables
from dashboard.store.store import Store

MATTERS = 5_000
NOW = 1_795_399_200_000  # Monday 2026-11-23 10:00 in Rizhao
CYCLES = 40
ACTS = 30
CYCLE_BAR_MS, LATE_BAR_MS, ROWS_BAR_MS, CHANGE_BAR_MS = 50, 1_000, 500, 300


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", help="an empty PostgreSQL; SQLite in a temporary folder when left out")
    parser.add_argument("--without-browser", action="store_true")
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="zs-bench-") as folder:
        url = wanted.database or f"sqlite:///{folder}/bench.sqlite3"
        measure(url, with_browser=not wanted.without_browser)


def measure(url: str, *, with_browser: bool) -> None:
    """Fill a store, measure, print."""
    store = Store(url)
    store.migrate()
    pack = load_pack(PROJECT_ROOT / "citypacks" / "rizhao")
    services = Services(store, pack, secret=b"a secret of thirty-two bytes....")
    officer = Principal("officer:bench", "王大明", "officer", "duty_officer", pack.code, address="10.0.0.1")
    filled_ms = _once(lambda: fill(services, pack))
    with store.read() as connection:
        clocks = connection.execute(
            select(func.count()).select_from(tables.deadlines).where(tables.deadlines.c.state == "armed")
        ).scalar_one()
    kind = "SQLite" if store.is_sqlite else "PostgreSQL"
    print(f"{MATTERS} open matters, {clocks} armed clocks, {kind} (filled in {filled_ms / 1000:.1f} s)")
    _line(
        "worker: nothing is due", _many(lambda: service.fire_due(services, NOW - 10**12), 200), CYCLE_BAR_MS
    )
    one = [_once(lambda: _fire(services, _make_due(services, 1))) for _ in range(CYCLES)]
    _line("worker: one clock fires", one, CYCLE_BAR_MS)
    hundred = [_once(lambda: _fire(services, _make_due(services, 100))) for _ in range(5)]
    _line("worker: 100 clocks fire at once", hundred, None)
    print(f"{'':34}{statistics.median(hundred) / 100:8.1f} ms a clock")
    snapshots = _many(lambda: service.snapshot(services), 5)
    _line("server: the whole picture", snapshots, None)
    _line("server: the queue of /api/v1", _many(lambda: service.queue(services, officer, NOW), 5), None)
    _line("server: the duty board", _many(lambda: service.duty_board(services, officer, NOW), 20), None)
    acts, folds = acting(services, officer)
    _line("server: an officer's act, committed", acts, None)
    _line("server: from commit to the folded row", folds, CHANGE_BAR_MS)
    if with_browser:
        in_browser(services)
    store.close()


def fill(services: Services, pack: CityPack) -> None:
    """Put matters of every age into the city, 200 to a transaction as intake does."""
    categories = [one.code for one in pack.categories if len(one.code) == 4] or ["0203"]
    townships = [one.code for one in pack.divisions.at_level("township")]
    units = [one.id for one in pack.units]
    readings = [
        HotlineOrderReading(
            order_no=f"B{number:06d}",
            opened_at=NOW - (number % 400) * 60_000,
            category=categories[number % len(categories)],
            urgency=3 + number % 2 if number % 20 else 2,
            title="小区楼道照明损坏",
            township=townships[number % len(townships)],
            place="海曲东路社区",
            status="TO_SIGN" if number % 3 else "TO_DISPATCH",
            unit=units[number % len(units)] if number % 3 else None,
            dispatched_at=NOW - (number % 400) * 60_000 if number % 3 else None,
        )
        for number in range(MATTERS)
    ]
    for start in range(0, MATTERS, 200):
        service.intake_orders(services, readings[start : start + 200], NOW)
    while service.fire_due(services, NOW).count:
        pass  # what was due on arrival is not what is measured


def _make_due(services: Services, count: int) -> int:
    """Bring the nearest clocks forward to one instant before all others and return it; only their firing is timed."""
    column = tables.deadlines.c
    with services.store.write() as connection:
        nearest = select(column.id).where(column.state == "armed").order_by(column.due_at).limit(count)
        ids = list(connection.execute(nearest).scalars())
        first = connection.execute(
            select(func.min(column.due_at)).where(column.state == "armed")
        ).scalar_one()
        connection.execute(update(tables.deadlines).where(column.id.in_(ids)).values(due_at=first - 1))
    _STARTED.append((time.perf_counter(), time.process_time()))
    return int(first) - 1


_STARTED: list[tuple[float, float]] = []
_CPU_MS: list[
    float
] = []  # of what was measured since the last line; on a busy machine it says more than the clock


def _fire(services: Services, due_at: int) -> None:
    service.fire_due(services, due_at)


def acting(services: Services, officer: Principal) -> tuple[list[float], list[float]]:
    """Return how long an act takes, and how long its row takes from the log into a web process's picture, ms."""
    snapshot = service.snapshot(services)
    picture = Picture()
    picture.load(
        snapshot.epoch, snapshot.seq, snapshot.matters, snapshot.commands, snapshot.log, snapshot.asks
    )
    acts, folds = [], []
    for number in range(ACTS):
        row = snapshot.matters[number * 37]
        request = service.SetUrgency(row["id"], 1 if row["urgency"] != 1 else 2, "测量")
        began = time.perf_counter()
        outcome = service.set_urgency(services, officer, request, None, NOW, f"bench-{number:04d}")
        acts.append((time.perf_counter() - began) * 1000)
        assert isinstance(outcome, Done), outcome
        began = time.perf_counter()
        with services.store.read() as connection:
            entries = event_log.read_after(connection, picture.seq, 500)
        for entry in entries:
            picture.apply(json.loads(json.dumps(entry.as_dict(), ensure_ascii=False)))
        folds.append((time.perf_counter() - began) * 1000)
    return acts, folds


def in_browser(services: Services) -> None:
    """The desk's own queue module in a real browser, fed with the picture."""
    snapshot = service.snapshot(services)
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({"matters": snapshot.matters, "commands": snapshot.commands, "log": snapshot.log}, file)
        file.flush()
        run = subprocess.run(
            [sys.executable, "-m", "tools.bench_queue", file.name],
            capture_output=True, text=True, cwd=PROJECT_ROOT, check=False, timeout=180,
        )  # fmt: skip
    if run.returncode != 0:
        print(f"browser: not measured: {run.stderr.strip().splitlines()[-1:]}")
        return
    found: dict[str, list[float]] = json.loads(run.stdout.strip().splitlines()[-1])
    _line("browser: first rows of the queue", found["first_rows"], ROWS_BAR_MS)
    _line("browser: a changed row on screen", found["change"], CHANGE_BAR_MS)
    _line("browser: 50 changed rows at once", found["burst"], CHANGE_BAR_MS)


def _many(measured: Callable[[], Any], times: int) -> list[float]:
    return [_once(measured) for _ in range(times)]


def _once(measured: Callable[[], Any]) -> float:
    """Return how long it took, ms; `_make_due` moves the beginning past what only prepares."""
    began, cpu_began = time.perf_counter(), time.process_time()
    _STARTED.clear()
    measured()
    began, cpu_began = _STARTED[-1] if _STARTED else (began, cpu_began)
    _CPU_MS.append((time.process_time() - cpu_began) * 1000)
    return (time.perf_counter() - began) * 1000


def _line(name: str, costs_ms: list[float], bar_ms: float | None) -> None:
    costs = sorted(costs_ms)
    median, worst = statistics.median(costs), costs[min(len(costs) - 1, int(len(costs) * 0.99))]
    cpu = f", of it CPU {statistics.median(_CPU_MS[-len(costs) :]):6.1f}" if _CPU_MS else ""
    _CPU_MS.clear()
    bar = "" if bar_ms is None else f"   bar {bar_ms:5.0f} {'kept' if median <= bar_ms else 'MISSED'}"
    print(f"  {name:38}{median:9.1f} ms, p99 {worst:9.1f} ms{cpu}{bar}")


if __name__ == "__main__":
    main(sys.argv[1:])
