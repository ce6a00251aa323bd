"""The instants that processes hand to the rules: real time, or the one time of a demonstration.

Both clocks count on the machine's boot time (time since boot, sleep included), which no correction of the
wall clock moves, from an anchor in a file of the data folder. So every process on the machine reads the
same instant, and a process that restarts in the middle of a wall clock jump reads it too.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from dashboard import clock_anchor
from dashboard.clock_anchor import Anchor
from dashboard.settings import Settings

CITY_ZONE = ZoneInfo("Asia/Shanghai")

# A difference below this is adopted when a process starts (a leap second, slow drift); from here on it is a
# jump of the wall clock, and jumps are shown to the administrator instead of followed. Nothing may fire
# earlier than 2 s.
LARGEST_ADOPTED_DRIFT_MS = 2_000

DEFAULT_DEMONSTRATION_TIME = "10:30"


class Clock(Protocol):
    """What the composition roots know of time; rules take the instant as an argument instead."""

    @property
    def rate(self) -> float:
        """Seconds of this clock per real second; 0 while a demonstration stands still."""

    @property
    def is_demonstration(self) -> bool:
        """Whether screens must say that this is not the real time."""

    def now_ms(self) -> int:
        """The current instant, UTC milliseconds."""

    def real_seconds_until(self, due_at: int) -> float:
        """Real seconds to sleep until `due_at` (UTC ms): 0 when it passed, infinity while time stands
        still.
        """


class SystemClock:
    """Real time, which corrections of the wall clock do not move."""

    rate = 1.0
    is_demonstration = False

    def __init__(self, anchor: Anchor) -> None:
        self._anchor = anchor

    def now_ms(self) -> int:
        """The current instant, UTC milliseconds."""
        return self._anchor.instant(clock_anchor.boot_ms())

    def real_seconds_until(self, due_at: int) -> float:
        """Real seconds until `due_at` (UTC ms), never below 0."""
        return max(0.0, (due_at - self.now_ms()) / 1000)

    def drift_ms(self) -> int:
        """How far the machine's wall clock is ahead of this clock, ms; large after the wall clock was set."""
        return clock_anchor.wall_ms() - self.now_ms()


class DemonstrationClock:
    """The one time of a demonstration: runs at its own rate, stands while the product is stopped."""

    is_demonstration = True

    def __init__(self, anchor: Anchor) -> None:
        self._anchor = anchor

    @property
    def rate(self) -> float:
        """Demonstration seconds per real second; 0 while it stands still."""
        return self._anchor.rate

    def now_ms(self) -> int:
        """The current instant of the demonstration, UTC milliseconds."""
        return self._anchor.instant(clock_anchor.boot_ms())

    def real_seconds_until(self, due_at: int) -> float:
        """Real seconds until the demonstration reaches `due_at` (UTC ms); infinity while it stands still."""
        left_ms = due_at - self.now_ms()
        if left_ms <= 0:
            return 0.0
        return left_ms / 1000 / self.rate if self.rate else float("inf")


def open_clock(settings: Settings) -> Clock:
    """The clock of this product, the same in each of its processes; creates its anchor when it is the
    first.
    """
    if settings.demonstration:
        return DemonstrationClock(_open_demonstration(settings))
    return SystemClock(_open_system(settings.var_dir / "system_clock.json"))


def resume_demonstration(settings: Settings) -> DemonstrationClock:
    """Let the demonstration's time run on from where it stood, at the rate of the settings (for the
    launcher).
    """
    file = demonstration_file(settings)
    at = clock_anchor.last_instant(file)
    anchor = Anchor.here(_first_instant(settings) if at is None else at, settings.clock_rate)
    clock_anchor.write(file, anchor)
    return DemonstrationClock(anchor)


def note_demonstration(settings: Settings, clock: DemonstrationClock) -> None:
    """Write down how far the demonstration came, so that a launcher that is killed resumes from about
    here.
    """
    clock_anchor.write_progress(demonstration_file(settings), clock.now_ms())


def stop_demonstration(settings: Settings, clock: DemonstrationClock) -> None:
    """Let the demonstration's time stand still at its present instant."""
    clock_anchor.write(demonstration_file(settings), Anchor.here(clock.now_ms(), 0.0))


def demonstration_file(settings: Settings) -> Path:
    """The anchor of the demonstration; where it exists the data folder holds demonstration data."""
    return settings.var_dir / "demonstration_clock.json"


def _open_demonstration(settings: Settings) -> Anchor:
    file = demonstration_file(settings)
    found = clock_anchor.read(file)
    if found is None:
        return clock_anchor.create(file, Anchor.here(_first_instant(settings), settings.clock_rate))
    if not found.is_of_this_boot():
        # The machine went down in between: go on from the last instant known, never from before it.
        at = clock_anchor.last_instant(file)
        found = Anchor.here(found.at if at is None else at, found.rate)
        clock_anchor.write(file, found)
    return found


def _open_system(file: Path) -> Anchor:
    fresh = Anchor.here(clock_anchor.wall_ms(), 1.0)
    found = clock_anchor.read(file)
    if found is not None and found.is_of_this_boot():
        drift_ms = fresh.at - found.instant(fresh.boot_ms)
        if abs(drift_ms) >= LARGEST_ADOPTED_DRIFT_MS:
            return found
    clock_anchor.write(file, fresh)
    return fresh


def _first_instant(settings: Settings) -> int:
    today = datetime.now(CITY_ZONE).strftime("%Y-%m-%d")
    local = settings.clock_start or f"{today}T{DEFAULT_DEMONSTRATION_TIME}"
    return int(datetime.fromisoformat(local).replace(tzinfo=CITY_ZONE).timestamp() * 1000)
