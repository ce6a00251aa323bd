"""Measures the closed loop with 5,000 open matters: the worker's cycle, an act, the desk's queue in a real browser.

Part of `make bench`; alone: `python -m tools.bench_loop`. Bars (docs/reliability.md): a cycle takes at most 50 ms; the
queue's first rows stand within 500 ms of the picture, a change within 300 ms. `--postgres`, or `--database URL` of an
empty PostgreSQL, measures on the other database.
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
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import func, select, update

from dashboard import service
from dashboard.citypack import load_pack
from dashboard.domain.principal import Principal
from dashboard.live.picture import Picture
from dashboard.service import Done, Services
from dashboard.settings import PROJECT_ROOT
from dashboard.store import event_log, tables
from dashboard.store.store import Store
from tests.throwaway_postgres import ThrowawayPostgres
from tools.bench_city import AT_ONCE, MATTERS, fill, orders
from tools.bench_report import Machine, line

NOW = 1_795_399_200_000  # Monday 2026-11-23 10:00 in Rizhao
CYCLES = 100
ACTS = 30
ALIKE = 300  # one burst pipe of a winter evening
CYCLE_BAR_MS, ROWS_BAR_MS, CHANGE_BAR_MS = 50, 500, 300


def main(arguments: list[str]) -> int:
    """Print the table; 1 when a bar is over."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_loop", description=__doc__)
    parser.add_argument("--database", help="an empty PostgreSQL; SQLite in a temporary folder when left out")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL that is thrown away")
    parser.add_argument("--without-browser", action="store_true")
    wanted = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="zs-bench-"))
        url = wanted.database or f"sqlite:///{folder}/bench.sqlite3"
        if wanted.postgres:
            server = ThrowawayPostgres.start()
            stack.callback(server.stop)
            url = server.url("postgres")
        return 0 if measure(url, with_browser=not wanted.without_browser) else 1


def measure(url: str, *, with_browser: bool) -> bool:
    """Fill a store, measure, print, and say whether the bars are kept."""
    store = Store(url)
    store.migrate()
    pack = load_pack(PROJECT_ROOT / "citypacks" / "rizhao")
    services = Services(store, pack, secret=b"a secret of thirty-two bytes....")
    officer = Principal("officer:bench", "王大明", "officer", "duty_officer", pack.code, address="10.0.0.1")
    fill(services, NOW)
    with store.read() as connection:
        armed = select(func.count()).select_from(tables.deadlines).where(tables.deadlines.c.state == "armed")
        clocks = connection.execute(armed).scalar_one()
    kind = "SQLite" if store.is_sqlite else "PostgreSQL"
    print(f"{MATTERS} open matters, {clocks} armed clocks, {kind}")
    machine = Machine()
    kept = _worker(services)
    _reads(services, officer)
    _acting(services, officer)
    if with_browser:
        kept &= _in_browser(services)
    _taking_in(services)
    machine.report()
    store.close()
    return kept


@dataclass
class Costs:
    """What repetitions of one thing cost: by the wall clock, and in processor time of this process, ms."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def time(self, measured: Callable[[], Any]) -> Any:
        """Do it once and keep what it cost."""
        began, cpu_began = time.perf_counter(), time.process_time()
        value = measured()
        self.wall.append((time.perf_counter() - began) * 1_000)
        self.cpu.append((time.process_time() - cpu_began) * 1_000)
        return value

    def print(self, name: str, bar: float | None = None) -> bool:
        """Print the row; says whether it keeps its bar."""
        return line(name, self.wall, bar, cpu_ms=statistics.median(self.cpu))


def _many(measured: Callable[[], Any], times: int) -> Costs:
    costs = Costs()
    for _ in range(times):
        costs.time(measured)
    return costs


def _worker(services: Services) -> bool:
    kept = _many(lambda: service.fire_due(services, NOW - 10**12), 200).print(
        "worker: a cycle in which nothing is due", CYCLE_BAR_MS
    )
    for count, cycles, bar in ((1, CYCLES, CYCLE_BAR_MS), (100, 5, None)):
        costs = Costs()
        for _ in range(cycles):
            due_at = _make_due(services, count)
            costs.time(lambda due_at=due_at: service.fire_due(services, due_at))  # type: ignore[misc]
        what = "one clock fires" if count == 1 else f"{count} clocks fire at once"
        kept &= costs.print(f"worker: a cycle in which {what}", bar)
    return kept


def _make_due(services: Services, count: int) -> int:
    """Bring the nearest clocks forward to one instant before all others and return it."""
    column = tables.deadlines.c
    with services.store.write() as connection:
        nearest = select(column.id).where(column.state == "armed").order_by(column.due_at).limit(count)
        ids = list(connection.execute(nearest).scalars())
        first = select(func.min(column.due_at)).where(column.state == "armed")
        due_at = int(connection.execute(first).scalar_one()) - 1
        connection.execute(update(tables.deadlines).where(column.id.in_(ids)).values(due_at=due_at))
    return due_at


def _reads(services: Services, officer: Principal) -> None:
    unit = [one for one in services.pack.units if one.region == services.city][1].id
    liaison = Principal("officer:l", "李小红", "officer", "unit_liaison", services.city, unit=unit)
    with services.store.read() as connection:
        column = tables.matters.c
        own = select(column.id).where(column.unit == unit, column.closed_at.is_(None)).limit(1)
        matter = connection.execute(own).scalar_one()
    _many(lambda: service.snapshot(services), 5).print("server: the whole picture")
    _many(lambda: service.matter_detail(services, officer, matter, NOW), 30).print(
        "server: a matter for its drawer"
    )
    _many(lambda: service.own_inbox(services, liaison, NOW), 30).print("server: a unit's whole inbox")
    changed = {matter}
    _many(lambda: service.own_inbox(services, liaison, NOW, changed), 30).print(
        "server: one changed matter of it"
    )
    _many(lambda: service.queue(services, officer, NOW), 5).print("server: the queue of /api/v1")
    _many(lambda: service.duty_board(services, officer, NOW), 20).print("server: the duty board")


def _acting(services: Services, officer: Principal) -> None:
    """How long an act takes, and how long its row takes from the log into a web process's picture."""
    whole = service.snapshot(services)
    picture = Picture()
    picture.load(whole.epoch, whole.seq, whole.matters, whole.commands, whole.log, whole.asks)
    unit = [one for one in services.pack.units if one.region == services.city][2].id
    acts, dispatches, folds = Costs(), Costs(), Costs()

    def fold() -> None:
        with services.store.read() as connection:
            entries = event_log.read_after(connection, picture.seq, 500)
        for entry in entries:
            picture.apply(json.loads(json.dumps(entry.as_dict(), ensure_ascii=False)))

    for number in range(ACTS):
        row = whole.matters[number * 37]
        request = service.SetUrgency(row["id"], 1 if row["urgency"] != 1 else 2, "测量")
        done = acts.time(
            lambda request=request, number=number: service.set_urgency(  # type: ignore[misc]
                services, officer, request, None, NOW, f"bench-{number:04d}"
            )
        )
        assert isinstance(done, Done), done
        folds.time(fold)
        order = service.Dispatch(row["id"], (service.ReceiverOrder("unit", unit),), "到现场处置")
        done = dispatches.time(
            lambda order=order, number=number: service.dispatch(  # type: ignore[misc]
                services, officer, order, None, NOW, f"bench-dispatch-{number:04d}"
            )
        )
        assert isinstance(done, Done), done
    acts.print("server: an officer's act, committed")
    dispatches.print("server: a dispatch, committed")
    folds.print("server: its row read and folded")


def _taking_in(services: Services) -> None:
    """What a hotline's surge costs: hundreds of orders at once, then one that hundreds of open ones are like."""
    fresh = [
        orders(services, NOW, range(MATTERS + n, MATTERS + n + AT_ONCE)) for n in range(0, 1_000, AT_ONCE)
    ]
    costs = Costs()
    for readings in fresh:
        costs.time(lambda readings=readings: service.intake_orders(services, readings, NOW))  # type: ignore[misc]
    costs.print(f"server: {AT_ONCE} new orders taken in at once")
    (one,) = orders(services, NOW, [2 * MATTERS])
    alike = [replace(one, order_no=f"A{number:06d}", title="整栋停暖") for number in range(ALIKE + ACTS)]
    service.intake_orders(services, alike[:ALIKE], NOW)
    costs = Costs()
    for reading in alike[ALIKE:]:
        costs.time(lambda reading=reading: service.intake_orders(services, [reading], NOW))  # type: ignore[misc]
    costs.print(f"server: an order that {ALIKE} open ones are like, taken in")


def _in_browser(services: Services) -> bool:
    """The desk's own queue module in a real browser, fed with the picture."""
    snapshot = service.snapshot(services)
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({"matters": snapshot.matters, "commands": snapshot.commands, "log": snapshot.log}, file)
        file.flush()
        run = subprocess.run(
            [sys.executable, "-m", "tools.bench_queue", file.name],
            capture_output=True, text=True, cwd=PROJECT_ROOT, check=False, timeout=300,
        )  # fmt: skip
    if run.returncode != 0:
        print(f"  desk: not measured: {run.stderr.strip().splitlines()[-1:]}")
        return True
    found: dict[str, list[float]] = json.loads(run.stdout.strip().splitlines()[-1])
    script = {name: found[f"{name}_script"][0] for name in ("first_rows", "change", "burst")}
    kept = line(
        "desk: first rows of the queue", found["first_rows"], ROWS_BAR_MS, cpu_ms=script["first_rows"]
    )
    kept &= line("desk: a changed row, painted", found["change"], CHANGE_BAR_MS, cpu_ms=script["change"])
    kept &= line(
        "desk: 50 changed rows at once, painted", found["burst"], CHANGE_BAR_MS, cpu_ms=script["burst"]
    )
    return kept


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
