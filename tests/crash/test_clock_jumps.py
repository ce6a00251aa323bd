"""The machine's wall clock is set forwards and back under a running worker: nothing fires early by more than 2 s.

The worker counts on the boot clock, which no setting of the wall clock moves. So the test gives a real worker process a
wall clock that jumps, through the one place in the product that reads it (`clock_anchor.wall_ms`), and lets the boot
clock be the machine's own. The launch is the product's own `worker.main`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import clock_anchor, service
from dashboard.child_process import ending_with
from dashboard.citypack import load_pack
from dashboard.clock import SystemClock, open_clock
from dashboard.domain.readings import HotlineOrderReading
from dashboard.service import Services
from dashboard.settings import PROJECT_ROOT, Settings
from dashboard.store import event_log
from dashboard.store.event_log import Entry
from dashboard.store.secret_file import ensure_secret
from dashboard.store.store import Store
from data_feeds.embedded_redis import EmbeddedRedis, find_program
from tests.free_port import free_port
from tools.bench_rows import Row, tell

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]

EARLY_MS = 2_000  # the bar: nothing fires earlier than this before it is due
LATE_MS = 1_000  # the bar on a quiet machine; a busy one is given BUSY times as long
BUSY = 8
JUMPS_MS = (5_000, -5_000, 600_000, -600_000, 3_600_000, -3_600_000)
ORDERS = 24

# The worker as the product runs it, except that its wall clock is read from a file and moved by what is written there.
JUMPING_WORKER = textwrap.dedent(
    """
    import os, time
    from pathlib import Path
    from dashboard import clock_anchor
    jump = Path(os.environ.pop("JUMP_FILE"))
    clock_anchor.wall_ms = lambda: time.time_ns() // 1_000_000 + int(jump.read_text() or 0)
    import worker
    worker.main(os.environ)
    """
)


class Centre:
    """A store, a Redis and one worker on real time, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        given = {
            "PORT": str(free_port()),
            "ZHONGSHU_FEEDS_PORT": str(free_port()),
            "ZHONGSHU_VAR_DIR": str(folder / "var"),
        }
        self.settings = Settings.from_environment(given)
        self.jump = folder / "jump"
        self.jump.write_text("0")
        clock = open_clock(self.settings)
        assert isinstance(clock, SystemClock)
        self.clock = clock
        store = Store(self.settings.database_url)
        store.migrate()
        self.services = Services(
            store, load_pack(self.settings.city_pack), secret=ensure_secret(self.settings.secret_file)
        )
        self.redis = EmbeddedRedis(self.settings.var_dir / "redis", folder / "redis.sock", find_program())
        self.environ = {
            "PATH": os.environ["PATH"],
            **given,
            "REDIS_URL": self.redis.url,
            "JUMP_FILE": str(self.jump),
        }
        self._worker: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.redis.start()
        self.start_worker()

    def start_worker(self) -> None:
        with (self.folder / "worker.log").open("ab") as out:
            self._worker = subprocess.Popen(
                [sys.executable, "-c", JUMPING_WORKER],
                cwd=PROJECT_ROOT, env=self.environ, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                preexec_fn=ending_with(os.getpid()),
            )  # fmt: skip

    def signal_worker(self, number: signal.Signals) -> None:
        assert self._worker is not None
        self._worker.send_signal(number)
        if number == signal.SIGKILL:
            self._worker.wait()

    def stop(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker.wait()
        self.redis.stop()
        self.services.store.close()

    def take_orders(self, first: int, due_in_ms: list[int]) -> None:
        """Take orders in whose dispatch clock (two minutes for an urgent one) ends so long from now."""
        now = self.clock.now_ms()
        limit_ms = self.services.policies.limit_or_net("order", "dispatch", 1).due_at(
            0, self.services.calendar
        )
        orders = [
            HotlineOrderReading(
                f"{first + n}", now - limit_ms + due_ms, "0203", 1, title="燃气泄漏", region="371102"
            )
            for n, due_ms in enumerate(due_in_ms)
        ]
        service.intake_orders(self.services, orders, now)

    def fired(self) -> list[Entry]:
        with self.services.store.read() as connection:
            entries = event_log.read_after(connection, 0, 100_000)
        return [one for one in entries if one.kind in ("EscalationFired", "EscalationRepeated")]

    def until_nothing_is_due(self, within_s: float = 90.0) -> None:
        give_up_at = time.monotonic() + within_s
        while True:
            due_at = service.next_due_at(self.services)
            if due_at is None or due_at > self.clock.now_ms():
                return
            assert time.monotonic() < give_up_at, (self.folder / "worker.log").read_text()[-2000:]
            time.sleep(0.1)


@pytest.fixture
def centres() -> Iterator[tuple[Centre, Centre]]:
    """Two installations that have nothing to do with each other: what has to be waited for is waited for once."""
    folders = [Path(tempfile.mkdtemp(prefix="zs-jump-")) for _ in range(2)]
    one, other = (Centre(folder) for folder in folders)
    yield one, other
    for made in (one, other):
        made.stop()
    for folder in folders:
        shutil.rmtree(folder)


def test_no_deadline_fires_early_or_late_when_the_wall_clock_is_set(centres: tuple[Centre, Centre]):
    goes_on, starts_again = centres
    seen = dict.fromkeys(centres, 0)
    for centre in centres:
        centre.start()
        centre.take_orders(500, [0])
    for centre in centres:
        centre.until_nothing_is_due()
        seen[centre] = len(centre.fired())
    late_ms: list[int] = []
    most_early_ms = 0
    for number, jump_ms in enumerate(JUMPS_MS):
        for centre in centres:
            centre.take_orders(1_000 * (number + 1), [1_500 + 125 * n for n in range(ORDERS)])
            centre.jump.write_text(str(jump_ms))
        # A worker that starts in the middle of the jump reads the same time as the one before it.
        starts_again.signal_worker(signal.SIGKILL)
        starts_again.start_worker()
        time.sleep(5.0)
        for centre in centres:
            centre.until_nothing_is_due()
            fired = centre.fired()[seen[centre] :]
            seen[centre] += len(fired)
            assert len(fired) >= ORDERS
            early_ms = [one.params["due_at"] - one.params["fired_at"] for one in fired]
            assert max(early_ms) <= EARLY_MS, f"a jump of {jump_ms} ms"
            most_early_ms = max(most_early_ms, *early_ms)
            if centre is goes_on:  # how long a worker takes to start is no lateness of a clock
                late_ms += [-one for one in early_ms]
    late_ms.sort()
    median, last = late_ms[len(late_ms) // 2], late_ms[-1]
    print(f"fired {sum(seen.values())}, none early; late: median {median} ms, last {last} ms")
    jumps = (
        f"{sum(seen.values())} escalations over jumps of 5 s, 10 min and 1 h both ways, on two installations"
    )
    tell(Row("clock set: fired before it was due, at most", most_early_ms, "ms", EARLY_MS, note=jumps))
    tell(Row("clock set: fired after it was due", median, "ms p50", LATE_MS, note=f"last {last} ms"))
    assert median <= LATE_MS * BUSY


def test_the_anchor_outlives_a_restart_and_says_how_far_the_wall_clock_is_off(centres: tuple[Centre, Centre]):
    """The seam that the other test uses is the product's own: what it reads is what an administrator is shown."""
    centre, _ = centres
    before = centre.clock.now_ms()
    anchor = json.loads((centre.settings.var_dir / "system_clock.json").read_text())
    assert anchor["boot_id"] == clock_anchor.boot_id()
    again = open_clock(centre.settings)
    assert abs(again.now_ms() - before) < EARLY_MS
    assert abs(centre.clock.drift_ms()) < EARLY_MS


def test_after_a_minute_without_anything_the_overdue_fire_in_due_order(centres: tuple[Centre, Centre]):
    stopped, killed = centres
    for centre in centres:
        centre.start()
        centre.take_orders(9_000, [3_000])
    time.sleep(8.0)
    seen = {}
    # Due all over the minute, taken in out of order, by a process that goes on while worker and Redis are away.
    spread = [2_000 + 1_700 * n for n in range(33)]
    for centre in centres:
        centre.until_nothing_is_due()
        seen[centre] = len(centre.fired())
        assert seen[centre] >= 1
        centre.signal_worker(signal.SIGSTOP if centre is stopped else signal.SIGKILL)
        centre.redis.kill()
        centre.take_orders(2_000, spread[1::2])
        centre.take_orders(3_000, spread[::2])
    time.sleep(60.0)
    began_at = {centre: centre.clock.now_ms() for centre in centres}
    for centre in centres:
        centre.redis.start()
    stopped.signal_worker(signal.SIGCONT)
    killed.start_worker()
    for centre in centres:
        centre.until_nothing_is_due()
        after = centre.fired()[seen[centre] :]
        overdue = [one for one in after if one.params["due_at"] < began_at[centre]]
        assert len(overdue) >= len(spread)
        how = "stopped" if centre is stopped else "killed"
        tell(Row(f"worker and Redis {how} for 60 s: overdue clocks not fired", 0, f"of {len(overdue)}", 0))
        due = [one.params["due_at"] for one in overdue]
        assert due == sorted(due)
        assert all(one.params["fired_at"] >= one.params["due_at"] for one in overdue)
        assert all(one.params["fired_at"] >= began_at[centre] - EARLY_MS for one in overdue)
