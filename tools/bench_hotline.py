"""Measures the hotline's page with a million orders in the store, beside a store that has the last thirty days alone.

Part of `make bench`; alone: `python -m tools.bench_hotline`. What the page is given must not depend on what the store
holds: the worker's reads and the page's asks are timed on both stores, whose last thirty days are alike, and the page
is opened in a real browser on the large one. Bars (quality.md): a worker's cycle takes at most 50 ms, first figures
stand within 1.5 s warm and 3 s cold, a change is on the screen within 300 ms.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from dashboard import service
from dashboard.citypack import load_pack
from dashboard.domain.principal import Principal
from dashboard.live.wire import Kind
from dashboard.service import Services
from dashboard.settings import PROJECT_ROOT
from dashboard.store import merges
from dashboard.store.store import Store
from data_feeds.hotline_day import HotlineDay
from data_feeds.hotline_results import HotlineResults
from tests.browser.hand_server import StandingClock
from tests.browser.hotline_scene import HotlineServer, cold_morning
from tests.store.centre import CITY, MONDAY_1000, SECRET, Centre
from tools.bench_browser import FLAGS, chromium_path
from tools.bench_rows import Row, skip, tell

NOW: Final = MONDAY_1000
DAY_MS: Final = 86_400_000
ORDERS: Final = 1_000_000
A_DAY: Final = 2_290  # orders; as many as the city's calls on a usual day, which is more than it has
FEW: Final = 30 * A_DAY
OPEN_EVERY: Final = 17  # of the last thirty days' orders one of so many is open: 4,041 in either store
PROPOSED: Final = 200  # heads into which others are proposed to be merged: five times what the page is told
TIMES: Final = 20
COLD_BAR_MS, WARM_BAR_MS, CHANGE_BAR_MS = 3_000, 1_500, 300
ALIKE_BAR: Final = 1.5  # times the store of thirty days: what is read is the same, and noise is noise
CHIEF: Final = Principal("officer:bench", "赵建国", "officer", "duty_leader", CITY, address="127.0.0.1")

_FILL: Final = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :count - 1),
o AS (
  SELECT i, :now - i * :apart AS opened_at, i < :few AND i % :open_every = 0 AS is_open,
         i % (SELECT count(*) FROM bench_places) AS p,
         i * 7 % (SELECT count(*) FROM bench_units) AS u, i * 13 % (SELECT count(*) FROM bench_topics) AS t FROM n
)
INSERT INTO matters (id, no, kind, source, external_id, source_status, title, urgency, category, stage, stage_at,
  region, township, village, unit, channel, origin_number, opened_at, dispatched_at, signed_at, replied_at, closed_at,
  resolved, satisfied, returned, scope, version, touched_at)
SELECT printf('b%07d', i), printf('B%07d', i), 'order', 'bench', printf('B%07d', i), '', '诉求', 3, topic.code,
  CASE WHEN is_open THEN CASE WHEN i % 8 = 0 THEN 'TO_CALLBACK' ELSE 'HANDLING' END ELSE 'CLOSED' END, opened_at,
  place.region, place.township, place.village, unit.id, 'phone', '12345', opened_at, opened_at + 60000,
  opened_at + 600000 * (1 + i % 40), NULL, CASE WHEN is_open THEN NULL ELSE min(opened_at + 129600000, :now) END,
  CASE WHEN is_open OR i % 9 = 0 THEN NULL ELSE i % 7 > 0 END,
  CASE WHEN is_open OR i % 5 = 0 THEN NULL ELSE i % 11 > 0 END,
  i % 40 = 0, '["' || place.village || '"]', 1, min(opened_at + 129600000, :now - 600000)
FROM o JOIN bench_places place ON place.k = p JOIN bench_units unit ON unit.k = u
  JOIN bench_topics topic ON topic.k = t
"""


def main() -> int:
    """Fill both stores, measure, print; returns 1 when a bar is over."""
    with tempfile.TemporaryDirectory(prefix="zs-bench-hotline-") as folder:
        many, filled_s = _centre(Path(folder) / "many.sqlite3", ORDERS)
        few, _ = _centre(Path(folder) / "few.sqlite3", FEW)
        tell(Row(f"filling {ORDERS:,} orders, indexes included", filled_s, "s"))
        kept = _worker(many, few)
        kept &= _asks(many, few)
        kept &= _page(many)
        for centre in (many, few):
            centre.services.store.close()
    return 0 if kept else 1


def _centre(file: Path, count: int) -> tuple[Centre, float]:
    store = Store(f"sqlite:///{file}")
    store.migrate()
    centre = Centre(Services(store, load_pack(PROJECT_ROOT / "citypacks" / "rizhao"), secret=SECRET))
    centre.clock = StandingClock()  # type: ignore[assignment]
    began_s = time.monotonic()
    _fill(centre, count)
    filled_s = time.monotonic() - began_s
    _propose(centre)
    cold_morning(centre)
    return centre, filled_s


def _propose(centre: Centre) -> None:
    """Proposals of a busy day, as the rule makes them: each head with three others that are open and may be merged."""
    with centre.services.store.write() as connection:
        found = connection.execute(
            text(
                "SELECT id FROM matters WHERE closed_at IS NULL AND stage = 'HANDLING' ORDER BY opened_at DESC LIMIT :n"
            ),
            {"n": PROPOSED * 4},
        )
        ids = list(found.scalars())
        facts = '{"metres": 40, "apart_ms": 60000, "text": 0.8}'
        merges.put(
            connection,
            [
                merges.Pair(ids[at], ids[at + one], "proposed", NOW - 600_000, 0.9, facts)
                for at in range(0, len(ids) - 3, 4)
                for one in (1, 2, 3)
            ],
        )


def _fill(centre: Centre, count: int) -> None:
    """All in the database; its indexes are made afterwards, which takes a third of the time."""
    pack = centre.pack
    villages = [one.code for one in pack.divisions.at_level("village")]
    places = [
        {"k": k, "village": one, "township": pack.divisions.township_of(one), "region": pack.divisions.region_of(one)}
        for k, one in enumerate(villages)
    ]  # fmt: skip
    named: dict[str, list[dict[str, Any]]] = {
        "bench_units": [{"k": k, "id": one.id} for k, one in enumerate(pack.units)],
        "bench_topics": [{"k": k, "code": one.code} for k, one in enumerate(pack.categories.at_level(2))],
        "bench_places": places,
    }
    with centre.services.store.write() as connection:
        for table, rows in named.items():
            names = list(rows[0])
            connection.execute(text(f"CREATE TABLE {table} (k INTEGER PRIMARY KEY, {', '.join(names[1:])})"))
            marks = ", ".join(f":{name}" for name in names)
            connection.execute(text(f"INSERT INTO {table} VALUES ({marks})"), rows)
        indexes = connection.execute(
            text(
                "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'matters' AND type = 'index' AND sql IS NOT NULL"
            )
        ).all()
        for name, _ in indexes:
            connection.execute(text(f"DROP INDEX {name}"))
        given = {
            "count": count,
            "now": NOW - 600_000,
            "apart": DAY_MS // A_DAY,
            "open_every": OPEN_EVERY,
            "few": FEW,
        }
        connection.execute(text(_FILL), given)
        for _, sql in indexes:
            connection.execute(text(sql))
        connection.execute(
            text(
                "INSERT INTO citizens (matter_id, phone_mark) SELECT id, printf('%016x', rowid % 40000) FROM matters"
                " WHERE opened_at >= :since"
            ),
            {"since": NOW - 30 * DAY_MS},
        )
        for table in named:
            connection.execute(text(f"DROP TABLE {table}"))


def _worker(many: Centre, few: Centre) -> bool:
    """What the worker does once a month, with each change, and every ten minutes."""
    begun: dict[str, HotlineResults] = {}

    def begin(name: str, centre: Centre) -> None:
        begun[name] = HotlineResults(centre.services, NOW)

    kept = _both(
        "the month read once, by a worker that begins",
        lambda: begin("many", many),
        lambda: begin("few", few),
        is_once=True,
    )
    kept &= _both(
        "repeat callers and groups, every 10 min",
        lambda: begun["many"].picture(NOW),
        lambda: begun["few"].picture(NOW),
        is_once=True,
    )
    for name, centre in (("many", many), ("few", few)):
        _change(centre, 10)
        begun[name].read(NOW)

    def cycle(name: str, centre: Centre) -> Callable[[], None]:
        def run() -> None:
            begun[name].read(NOW)
            begun[name].picture(NOW)

        return run

    kept &= _both("a cycle after ten changed orders: results", cycle("many", many), cycle("few", few))
    days = {name: HotlineDay(centre.services, NOW) for name, centre in (("many", many), ("few", few))}
    for day in days.values():
        day.read_calls(NOW)
        day.read_orders(NOW)
        day.board("fresh", NOW, NOW)
    kept &= _both(
        "a cycle: picture of the hall",
        lambda: days["many"].picture("fresh", NOW, NOW),
        lambda: days["few"].picture("fresh", NOW, NOW),
    )
    kept &= _both(
        "a cycle: board of the page",
        lambda: days["many"].board("fresh", NOW, NOW),
        lambda: days["few"].board("fresh", NOW, NOW),
    )
    return kept


def _change(centre: Centre, count: int) -> None:
    with centre.services.store.write() as connection:
        connection.execute(
            text(
                "UPDATE matters SET satisfied = 1, touched_at = :now"
                " WHERE id IN (SELECT id FROM matters WHERE opened_at > :since LIMIT :count)"
            ),
            {"now": NOW, "since": NOW - 3 * DAY_MS, "count": count},
        )


def _asks(many: Centre, few: Centre) -> bool:
    """What the page asks once it is told."""

    def proposals(centre: Centre) -> Callable[[], Any]:
        return lambda: service.hotline_merges(centre.services, CHIEF, [], NOW)

    def wordings(centre: Centre) -> Callable[[], Any]:
        return lambda: service.hotline_wordings(centre.services, CHIEF, NOW)

    kept = _both("ask: what may be merged", proposals(many), proposals(few))
    return _both("ask: wordings", wordings(many), wordings(few)) and kept


def _both(what: str, many: Callable[[], Any], few: Callable[[], Any], *, is_once: bool = False) -> bool:
    """Time both, turn by turn; tell the large store's median, and how it stands beside the small one's."""
    of_many, of_few = [], []
    for _ in range(1 if is_once else TIMES):
        of_many.append(_ms(many))
        of_few.append(_ms(few))
    value, peer = statistics.median(of_many), statistics.median(of_few)
    tell(Row(what, value, "ms", times=value / peer, of=f"{FEW:,} orders"))
    return is_once or tell(Row(f"the same, times that of {FEW:,} orders", value / peer, "x", bar=ALIKE_BAR))


def _ms(run: Callable[[], Any]) -> float:
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) * 1_000


def _page(centre: Centre) -> bool:
    """The page in a browser: first figures cold and warm, and a changed row from its frame to the screen."""
    try:
        from playwright.sync_api import sync_playwright

        program = chromium_path()
    except (ImportError, SystemExit) as missing:
        skip("the page in a browser", str(missing))
        return True
    server = HotlineServer(centre, CHIEF)
    server.tell()
    for kind in (Kind.HOTLINE, Kind.HOTLINE_BOARD, Kind.HOTLINE_RESULTS):
        tell(
            Row(
                f"frame: {kind.name.lower()}",
                len(server.boards.frame(kind, server.sockets._scopes(CITY))),
                "bytes",
            )
        )
    server.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        context = browser.new_context(viewport={"width": 1920, "height": 1080}, bypass_csp=True)
        opened = []
        for _ in range(4):
            page = context.new_page()
            page.set_default_timeout(120_000)
            page.goto(f"{server.url}/hotline")
            page.wait_for_function(
                "window.zhongshuHotline?.chart.points > 0 && document.querySelector('[data-panel=rates] tbody tr')"
            )
            opened.append(page.evaluate("performance.now()"))
            if len(opened) < 4:
                page.close()
        kept = tell(Row("first figures, cold", opened[0], "ms", bar=COLD_BAR_MS))
        kept &= tell(Row("first figures, warm", statistics.median(opened[1:]), "ms", bar=WARM_BAR_MS))
        changed = []
        results = dict(server.boards._values[Kind.HOTLINE_RESULTS])
        for number in range(TIMES):
            count = 7_000 + number
            began = time.perf_counter()
            server.give(Kind.HOTLINE_RESULTS, results | {"city": results["city"] | {"open": count}})
            page.wait_for_function(
                f"document.querySelector('[data-panel=rates] [data-row=city]')?.textContent.includes('{count:,}')",
                polling="raf",
            )
            changed.append((time.perf_counter() - began) * 1_000)
        kept &= tell(
            Row(
                "a changed row, from its publishing to the screen",
                statistics.median(changed),
                "ms",
                bar=CHANGE_BAR_MS,
            )
        )
        browser.close()
    server.stop()
    return kept


if __name__ == "__main__":
    sys.exit(main())
