"""Runs a whole city at its full rate and watches the memory of every process: `make soak` (MINUTES=10).

4,383 fixes a second, the hotline, orders that open and close, officers who act, 200 screens that come and go; two web
processes, two workers. At the end every count must be exact, the log gapless, every screen equal to a fresh state and
every process still the one that started.

**Flat** is: over the last three quarters the line through the samples (Theil-Sen, which single peaks do not bend) rises
by less than its bar (`BARS_MB`; docs/decisions/memory.md says what each of them consists of). The data stays the same
meanwhile: as many matters end as come, with the orders given on them, and what the picture holds is counted at both
ends. What is bounded by design is filled before the watch begins, or stands apart: the log's stream of 20,000 entries
is taken off Redis.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import httpx
import psutil  # type: ignore[import-untyped]
import redis

from data_feeds.bus_names import LOG
from tools.bench_report import Machine
from tools.bench_rows import Row, tell
from tools.scale_city import ACT_PAUSE_S, ScaleCity, scale_city

MEMORY: Final = Path("/dev/shm")  # where there is one: a slow disk would only make the filling long
SAMPLE_S: Final = 10.0
MOST_MORE_ROWS: Final = 60  # of matters or commands between two instants: 7 kB each in a web process
SCREENS: Final = 200
STAY_S: Final = (20.0, 120.0)  # a screen leaves after a random time between these and comes back
FILL_ENTRIES: Final = 4_200  # a web process keeps the last 4,096 for cursors
FILL_S: Final = 900  # at most: a quiet machine takes 100, a busy one 300
SETTLE_S: Final = 40.0  # after the filling: the matters that people hurried on have ended
# Over the last three quarters of ten minutes, by the name's letters; longer runs are held to the same.
BARS_MB: Final = {"feeds": 1.0, "worker": 3.0, "web": 5.0, "redis": 1.5}


def main(arguments: list[str]) -> int:
    """Print the table; 1 when a process grows or a check fails."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.soak", description="Memory under a whole city's load."
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--feeds", type=int, default=1)
    wanted = parser.parse_args(arguments)
    return 0 if asyncio.run(_soak(wanted.minutes, wanted.feeds)) else 1


async def _soak(minutes: float, feeds: int) -> bool:
    with tempfile.TemporaryDirectory(
        prefix="zs-soak-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None
    ) as folder:
        async with scale_city(Path(folder), web=2, feeds=feeds) as city:
            print(f"{minutes:g} min: 2 web, 2 workers, {feeds} feeds, {SCREENS} screens that come and go")
            await city.open_screens(SCREENS, timing=0, stay_s=STAY_S)
            city.begin()
            unfilled = await _fill(city)
            machine = Machine()
            started, held, first_seq = _processes(city), _held(city), city.last_seq()
            samples = await _watch(city, minutes * 60)
            machine.report()
            entries = city.last_seq() - first_seq
            faults = [*unfilled, *ended(started, _processes(city)), *data_faults(held, _held(city))]
            await city.end_load()
            await city.ask_screens("stay")
            kept = _tell_memory(samples, entries)
            return await _tell_truth(city, faults) and kept


async def _fill(city: ScaleCity) -> list[str]:
    """Let the people hurry until what each process keeps of the log is full of what they do; says where it is not."""
    began, first = time.monotonic(), city.last_seq()
    for person in city.people:
        person.pause_s = 0.02
    for _ in range(FILL_S):
        if city.last_seq() >= first + FILL_ENTRIES:
            break
        await asyncio.sleep(1.0)
    for person in city.people:
        person.pause_s = ACT_PAUSE_S
    await asyncio.sleep(SETTLE_S)
    filled = city.last_seq() - first
    took_s = time.monotonic() - began
    print(f"  filled with {filled} entries in {took_s:.0f} s; now the watch begins", flush=True)
    return (
        []
        if filled >= FILL_ENTRIES
        else [f"only {filled} entries before the watch: web processes go on filling"]
    )


async def _watch(city: ScaleCity, seconds: float) -> dict[str, list[float]]:
    """Return name -> resident MB each 10 s."""
    samples: dict[str, list[float]] = {}
    began = time.monotonic()
    for number in range(1, int(seconds / SAMPLE_S) + 1):
        await asyncio.sleep(max(0.0, began + number * SAMPLE_S - time.monotonic()))
        for name, size in _sizes(city).items():
            samples.setdefault(name, []).append(size)
        if number % 6 == 0:
            now = ", ".join(f"{name} {sizes[-1]:.1f}" for name, sizes in samples.items())
            print(f"  {number * SAMPLE_S / 60:4.0f} min  {now} MB", flush=True)
    return samples


def _processes(city: ScaleCity) -> dict[str, int]:
    """Return the process id of every process that runs, gunicorn's children as their own."""
    found: dict[str, int] = {}
    for name, pid in city.parts.items():
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            continue
        found[name] = pid
        for number, child in enumerate(process.children(), 1):
            found[f"{name}.{number}"] = child.pid
    return found


def ended(started: Mapping[str, int], now: Mapping[str, int]) -> list[str]:
    """Return which processes are not the ones that started: a dead one is flat, and a new one begins small."""
    names = [name for name in started.keys() | now.keys() if started.get(name) != now.get(name)]
    return [f"{name} ended or was started anew" for name in sorted(names)]


def _held(city: ScaleCity) -> dict[str, int]:
    """Return how much of everything the picture of a web process holds."""
    live = httpx.get(f"{city.web_addresses[0]}/healthz", timeout=10.0).json()["live"]
    return {name: int(live[name]) for name in ("matters", "commands", "workers")}


def data_faults(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    """Say what the city held at both ends; a fault where that was not the same, as then growth says nothing."""
    print("  in the picture: " + ", ".join(f"{before[name]} to {after[name]} {name}" for name in before))
    return [
        f"{after[name]} {name} where {before[name]} were: the data grew, not the processes"
        for name in before
        if abs(after[name] - before[name]) > MOST_MORE_ROWS
    ]


def _sizes(city: ScaleCity) -> dict[str, float]:
    """Return the resident MB of every process by name."""
    found = {name: psutil.Process(pid).memory_info().rss / 1e6 for name, pid in _processes(city).items()}
    with redis.Redis.from_url(city.base.settings.redis_url) as client:
        stream = int(client.memory_usage(LOG, samples=0) or 0) / 1e6
    found["redis"] -= stream
    return found


def growth(samples: Sequence[float]) -> float:
    """Return by how much the line through the last three quarters rises from its start to its end, by Theil and Sen."""
    last = samples[len(samples) // 4 :]
    slopes = [
        (last[there] - last[here]) / (there - here)
        for here in range(len(last))
        for there in range(here + 1, len(last))
    ]
    return statistics.median(slopes) * (len(last) - 1) if slopes else 0.0


def bar_of(name: str) -> float:
    """Return by how many MB a process of this name may grow: `feeds1`, `web2.1` (a web process's child), `redis3`."""
    return BARS_MB[name.rstrip(".0123456789")]


def _tell_memory(samples: dict[str, list[float]], entries: int) -> bool:
    kept = True
    print(f"  {entries} log entries")
    print("  process        first     last    growth over the last 3/4: a log entry      bar")
    for name, sizes in samples.items():
        rises, bar = growth(sizes), bar_of(name)
        kept &= rises < bar
        each = f"{rises * 1e3 / max(1.0, entries * 0.75):+.2f} kB"
        verdict = "pass" if rises < bar else "OVER"
        print(
            f"  {name:10} {sizes[0]:8.1f} {sizes[-1]:8.1f} MB {rises:+12.2f} MB {each:>22} {bar:8.1f} MB: {verdict}"
        )
        tell(Row(f"{name}: growth over the last three quarters", rises, "MB", bar))
    return kept


async def _tell_truth(city: ScaleCity, faults: list[str]) -> bool:
    faults = [*faults, *await city.faults_of_counts(), *city.log_faults()]
    found: dict[str, Any] = await city.compare_screens()
    if found["same"] != SCREENS:
        faults.append(f"{found['same']} of {SCREENS} screens show a fresh state: {found['told']}")
    if found["gaps"]:
        faults.append(f"gaps on screens: {found['gaps']}")
    sent = city.load.sent
    acts = sum(len(one.acknowledged) for one in city.people)
    print(
        f"  sent and arrived: {sent.fixes} fixes, {sent.calls} calls, {sent.opened} orders opened, {sent.closed} "
        f"closed, {acts} acts; screens opened {found['opened']} times, resumed {found['resumed']}, "
        f"{found['frames']} frames, {found['bytes'] / 1e6:.0f} MB; notices {found['notices']}, lost {found['lost']}"
    )
    if refused := {name: count for name, count in sent.refused.items() if count}:
        print(f"  not taken at once: {refused}")
    sent_words = f"{sent.fixes:,} fixes, {acts:,} acts, {sent.opened:,} orders opened"
    tell(
        Row(
            f"wrong counts, gaps, screens unlike a fresh state (of {SCREENS})",
            len(faults),
            "",
            0,
            note=sent_words,
        )
    )
    for fault in faults:
        print(f"  FAULT {fault}")
    if not faults:
        print(f"  every count exact, the log gapless, {SCREENS} screens equal to a fresh state, no gap: pass")
    return not faults


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
