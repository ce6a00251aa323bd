"""Real time does not follow jumps of the wall clock; a demonstration has one time for all its processes."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from dashboard import clock_anchor
from dashboard.clock import (
    CITY_ZONE,
    DemonstrationClock,
    SystemClock,
    demonstration_file,
    note_demonstration,
    open_clock,
    resume_demonstration,
    stop_demonstration,
)
from dashboard.clock_anchor import AnchorError
from dashboard.settings import PROJECT_ROOT, Settings
from tests.fake_clock import FakeClock

NINE_O_CLOCK = int(datetime(2026, 11, 23, 9, 0, tzinfo=CITY_ZONE).timestamp() * 1000)


class Machine:
    """The machine's two clocks and its boot, moved by the test."""

    def __init__(self) -> None:
        self.boot, self.wall, self.id = 5_000_000, 1_790_000_000_000, "first boot"

    def passes(self, ms: int) -> None:
        self.boot += ms
        self.wall += ms

    def reboots(self, off_ms: int) -> None:
        self.boot, self.id = 3_000, "second boot"
        self.wall += off_ms


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(clock_anchor, "boot_ms", lambda: machine.boot)
    monkeypatch.setattr(clock_anchor, "wall_ms", lambda: machine.wall)
    monkeypatch.setattr(clock_anchor, "boot_id", lambda: machine.id)
    return machine


@pytest.fixture
def system(tmp_path: Path) -> Settings:
    return Settings.from_environment({"ZHONGSHU_VAR_DIR": str(tmp_path)})


def demonstration(folder: Path, **given: str) -> Settings:
    names = {f"ZHONGSHU_{name.upper()}": value for name, value in given.items()}
    return Settings.from_environment(
        {"ZHONGSHU_VAR_DIR": str(folder), "ZHONGSHU_DEMONSTRATION": "1", **names}
    )


@pytest.mark.parametrize("jump_ms", [5_000, -5_000, 600_000, -600_000, 3_600_000, -3_600_000])
def test_a_jump_of_the_wall_clock_moves_no_instant(machine: Machine, system: Settings, jump_ms: int):
    clock = open_clock(system)
    assert isinstance(clock, SystemClock)
    due_at = clock.now_ms() + 30 * 60_000
    machine.wall += jump_ms
    machine.passes(60_000)
    assert clock.real_seconds_until(due_at) == 29 * 60
    assert clock.drift_ms() == jump_ms


def test_a_process_started_in_the_middle_of_a_jump_reads_the_same_instant(machine: Machine, system: Settings):
    first = open_clock(system)
    machine.wall += 600_000
    assert open_clock(system).now_ms() == first.now_ms()


def test_a_small_correction_is_adopted_by_the_next_process(machine: Machine, system: Settings):
    open_clock(system)
    machine.wall += 1_000
    assert open_clock(system).now_ms() == machine.wall


def test_after_a_reboot_the_wall_clock_counts(machine: Machine, system: Settings):
    open_clock(system)
    machine.reboots(off_ms=7_200_000)
    assert open_clock(system).now_ms() == machine.wall


def test_sleep_of_the_machine_counts(machine: Machine, system: Settings):
    clock = open_clock(system)
    before = clock.now_ms()
    machine.passes(8 * 3_600_000)
    assert clock.now_ms() - before == 8 * 3_600_000


def test_a_due_instant_that_passed_is_due_now(machine: Machine, system: Settings):
    clock = open_clock(system)
    assert clock.real_seconds_until(clock.now_ms() - 1) == 0.0


def test_a_demonstration_begins_today_at_half_past_ten(tmp_path: Path):
    now = datetime.fromtimestamp(open_clock(demonstration(tmp_path)).now_ms() / 1000, CITY_ZONE)
    assert now.strftime("%H:%M") == "10:30"
    assert abs((now.date() - datetime.now(CITY_ZONE).date()).days) <= 1


def test_a_demonstration_runs_at_its_rate(machine: Machine, tmp_path: Path):
    clock = open_clock(demonstration(tmp_path, clock_start="2026-11-23T09:00", clock_rate="30"))
    assert clock.is_demonstration
    assert clock.now_ms() == NINE_O_CLOCK
    machine.passes(2_000)
    assert clock.now_ms() == NINE_O_CLOCK + 60_000
    assert clock.real_seconds_until(NINE_O_CLOCK + 360_000) == 10.0


def test_all_processes_of_a_demonstration_share_one_time(machine: Machine, tmp_path: Path):
    settings = demonstration(tmp_path, clock_rate="30")
    first = open_clock(settings)
    machine.passes(5_000)
    assert open_clock(settings).now_ms() == first.now_ms()


def test_a_demonstration_stands_while_stopped_and_goes_on_where_it_was(machine: Machine, tmp_path: Path):
    settings = demonstration(tmp_path, clock_start="2026-11-23T09:00", clock_rate="10")
    clock = resume_demonstration(settings)
    machine.passes(6_000)
    stop_demonstration(settings, clock)
    machine.passes(86_400_000)
    standing = open_clock(settings)
    assert standing.now_ms() == NINE_O_CLOCK + 60_000
    assert standing.real_seconds_until(NINE_O_CLOCK + 61_000) == float("inf")
    resumed = resume_demonstration(demonstration(tmp_path, clock_rate="2"))
    machine.passes(1_000)
    assert resumed.now_ms() == NINE_O_CLOCK + 62_000


def test_after_a_kill_no_instant_is_seen_twice(machine: Machine, tmp_path: Path):
    settings = demonstration(tmp_path, clock_rate="60")
    clock = resume_demonstration(settings)
    for _ in range(10):
        machine.passes(clock_anchor.PROGRESS_INTERVAL_MS)
        note_demonstration(settings, clock)
    machine.passes(clock_anchor.PROGRESS_INTERVAL_MS - 1)
    last_seen = clock.now_ms()
    machine.passes(7_200_000)
    resumed = resume_demonstration(settings).now_ms()
    assert last_seen <= resumed <= last_seen + 60_000


def test_a_demonstration_survives_a_reboot(machine: Machine, tmp_path: Path):
    settings = demonstration(tmp_path)
    clock = resume_demonstration(settings)
    machine.passes(60_000)
    note_demonstration(settings, clock)
    last_seen = clock.now_ms()
    machine.reboots(off_ms=3_600_000)
    assert 0 <= open_clock(settings).now_ms() - last_seen <= clock_anchor.PROGRESS_INTERVAL_MS


def test_processes_that_start_together_agree_on_the_anchor(tmp_path: Path):
    program = (
        "import os; from dashboard.clock import open_clock; from dashboard.settings import Settings;"
        "print(open_clock(Settings.from_environment(os.environ))._anchor)"
    )
    environ = {"ZHONGSHU_VAR_DIR": str(tmp_path), "ZHONGSHU_DEMONSTRATION": "1"}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program], cwd=PROJECT_ROOT, env=environ, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    assert len({process.communicate()[0] for process in started}) == 1


def test_a_damaged_anchor_is_said_plainly(tmp_path: Path):
    settings = demonstration(tmp_path)
    demonstration_file(settings).write_text("{}")
    with pytest.raises(AnchorError, match="remove it"):
        open_clock(settings)


def test_the_fake_clock_moves_by_hand_only():
    clock = FakeClock(NINE_O_CLOCK, rate=2.0)
    assert clock.real_seconds_until(NINE_O_CLOCK + 4_000) == 2.0
    assert clock.advance(minutes=30) == NINE_O_CLOCK + 1_800_000
    assert clock.now_ms() == clock.advance_to(clock.now)


def test_the_demonstration_clock_counts_real_boot_time(tmp_path: Path):
    clock = open_clock(demonstration(tmp_path, clock_rate="1000"))
    assert isinstance(clock, DemonstrationClock)
    assert clock.now_ms() <= clock.now_ms()
