"""How the benches print: a figure beside its bar, and what else the machine did meanwhile."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence

import psutil  # type: ignore[import-untyped]

from tools.bench_rows import Row, keep

# Of a core: what an idle machine's own services take. Above it a missed bar says nothing about the product.
QUIET_CORES = 0.15


def p99(figures: Sequence[float]) -> float:
    """Return the 99th percentile; of fewer than a hundred figures that is the largest."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def line(
    name: str,
    figures: Sequence[float],
    bar: float | None = None,
    *,
    by_median: bool = False,
    unit: str = "ms",
    cpu_ms: float | None = None,
) -> bool:
    """Print one row and return whether it keeps its bar.

    Args:
        bar: the most that the 99th percentile may be, or with `by_median` the median; None where there is no bar.
        cpu_ms: processor time of one such act, which counts on a busy machine too.
    """
    median, worst = statistics.median(figures), p99(figures)
    judged = median if by_median else worst
    told = "" if cpu_ms is None else f"  cpu {cpu_ms:7.1f}"
    verdict = ""
    if bar is not None:
        verdict = (
            f"  bar {'p50' if by_median else 'p99'} <= {bar:g} {unit}: {'pass' if judged <= bar else 'OVER'}"
        )
    print(f"  {name:50} p50 {median:8.1f}  p99 {worst:8.1f} {unit} (n {len(figures)}){told}{verdict}")
    note = f"n {len(figures)}" if by_median else f"p50 {median:.1f}, n {len(figures)}"
    keep(Row(name.strip(), judged, f"{unit} {'p50' if by_median else 'p99'}", bar, note=note))
    return bar is None or judged <= bar


class Machine:
    """What the machine did from here on, apart from this process and those that it started."""

    def __init__(self) -> None:
        self._busy_s, self._own_s = _busy_s(), _own_s()
        self._load = os.getloadavg()[0]
        self._at = time.monotonic()

    def in_words(self) -> str:
        """Return it in words."""
        took_s = time.monotonic() - self._at
        own, busy = _own_s() - self._own_s, _busy_s() - self._busy_s
        others = max(0.0, busy - own) / took_s
        words = (
            f"{os.cpu_count()} cores, this bench used {own / took_s:.2f} of them, others {others:.2f}; "
            f"load {self._load:.1f} before, {os.getloadavg()[0]:.1f} after; {took_s:.0f} s"
        )
        if others <= QUIET_CORES:
            return words
        return f"{words}. Not a quiet machine: a bar that is kept is kept, one that is over proves nothing"

    def report(self) -> None:
        """Print it."""
        print(f"  machine: {self.in_words()}")


def tree_s(pid: int | None) -> float:
    """Return the processor seconds of a process and all that it started and that still run; 0 for none."""
    if pid is None:
        return 0.0
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    return sum(_used_s(one) for one in family)


def _used_s(process: psutil.Process) -> float:
    try:
        used = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(used.user + used.system)


def _own_s() -> float:
    ended = os.times()
    return tree_s(os.getpid()) + ended.children_user + ended.children_system


def _busy_s() -> float:
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))
