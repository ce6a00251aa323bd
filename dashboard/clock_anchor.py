"""A point where a clock is tied to the machine's boot time, and the file in which processes share it."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

# Linux counts sleep in BOOTTIME only; on macOS the monotonic clock counts it.
_BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")

# How often the launcher writes down a demonstration's progress, real ms. After a kill the time goes on this
# much later than the last note, so that no process sees an instant twice.
PROGRESS_INTERVAL_MS = 1_000


class AnchorError(RuntimeError):
    """An anchor file that cannot be understood; the text says which file, and what to do."""


def boot_ms() -> int:
    """Milliseconds since the machine started, sleep included."""
    return time.clock_gettime_ns(_BOOT_CLOCK) // 1_000_000


def wall_ms() -> int:
    """The machine's wall clock, UTC milliseconds."""
    return time.time_ns() // 1_000_000


@functools.cache
def boot_id() -> str:
    """The name of the machine's present boot; empty where the system gives none: no two moments then share
    one.
    """
    if _BOOT_ID_FILE.exists():
        return _BOOT_ID_FILE.read_text(encoding="ascii").strip()
    if sys.platform == "darwin":
        asked = ["sysctl", "-n", "kern.bootsessionuuid"]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Instant `at` (UTC ms) was at `boot_ms` of boot `boot_id`, and `rate` ms pass per ms since."""

    at: int
    boot_ms: int
    boot_id: str
    rate: float

    @classmethod
    def here(cls, at: int, rate: float) -> Anchor:
        """An anchor that makes the present moment `at`."""
        return cls(at=at, boot_ms=boot_ms(), boot_id=boot_id(), rate=rate)

    def instant(self, now_boot_ms: int) -> int:
        """The instant (UTC ms) at boot time `now_boot_ms`."""
        return self.at + round((now_boot_ms - self.boot_ms) * self.rate)

    def is_of_this_boot(self) -> bool:
        """Whether the boot times of this anchor and of now can be compared."""
        return self.boot_id != "" and self.boot_id == boot_id()


def read(file: Path) -> Anchor | None:
    """The anchor in `file`, None when there is none.

    Raises:
        AnchorError: the file is not an anchor.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        found = json.loads(text)
        return Anchor(int(found["at"]), int(found["boot_ms"]), str(found["boot_id"]), float(found["rate"]))
    except (ValueError, KeyError, TypeError) as error:
        raise AnchorError(f"{file} is no clock anchor ({error}); remove it to begin a new time") from error


def write(file: Path, anchor: Anchor) -> None:
    """Replace the anchor in `file` at once: a reader sees the old one or the new one."""
    _replace(file, json.dumps(asdict(anchor)))


def create(file: Path, anchor: Anchor) -> Anchor:
    """Write `anchor` unless another process was first; returns the one that all processes share."""
    temporary = _temporary(file, json.dumps(asdict(anchor)))
    try:
        os.link(temporary, file)
    except FileExistsError:
        first = read(file)
        return anchor if first is None else first
    finally:
        temporary.unlink()
    return anchor


def write_progress(file: Path, at: int) -> None:
    """Note that the clock of anchor `file` has reached `at` (UTC ms)."""
    _replace(_progress_file(file), str(at))


def last_instant(file: Path) -> int | None:
    """The latest instant (UTC ms) that the clock of `file` can have shown before now; None without an anchor.

    A clock that stands shows its anchor. One that ran when its processes were killed has shown at most one
    progress interval more than it noted.
    """
    anchor = read(file)
    if anchor is None:
        return None
    if anchor.rate == 0.0:
        return anchor.at
    try:
        noted = int(_progress_file(file).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return anchor.at
    return max(anchor.at, noted + round(PROGRESS_INTERVAL_MS * anchor.rate))


def _progress_file(file: Path) -> Path:
    return file.with_suffix(".progress")


def _replace(file: Path, text: str) -> None:
    os.replace(_temporary(file, text), file)


def _temporary(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    return temporary
