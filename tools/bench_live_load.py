"""A fleet that reports once a second and screens that look, on any way from fixes to screens: ours, and its peer.

The fleet (`bench_fixes`) and the screens (`bench_screens`) are processes apart, and the same ones for every way.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.child_process import ending_with
from dashboard.live.movement import MovementState
from dashboard.live.movement_frames import parse_delta, parse_snapshot
from dashboard.live.wire import Kind, kind_of
from dashboard.settings import PROJECT_ROOT
from tools.bench_machine import cpu_s, memory_bytes
from tools.bench_screen_process import open_screens

WARM_UP_S = 2.5
Floats = npt.NDArray[np.float32]
# What the screens noted, what the fleet noted, and the span in ns; returns waits in ms and the share of fixes seen.
Matcher = Callable[[Mapping[str, Any], Mapping[str, Any], int, int], tuple[Floats, float]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one load of screens showed.

    Args:
        to_wire_ms: fix sent -> movement frame read, for every fix and every screen that may see it.
        cores: what each process took of a core.
        frame_us: web CPU per movement frame and screen, all in.
        bytes_per_s: what a screen got.
        seen: share of fixes that came to be seen, 0..1.
        late_ms: how late the fleet sent, 99th percentile: above a few ms the figures are the fleet's.
    """

    screens: int
    to_wire_ms: Floats
    cores: dict[str, float]
    frame_us: float
    bytes_per_s: float
    seen: float
    late_ms: float
    web_bytes: int


@dataclass(frozen=True, slots=True)
class Way:
    """A running way from fixes to screens.

    Args:
        pids: the processes that are the way's: "feeds" take fixes in, "web" serves screens, "redis" is between.
        matched: finds in which frame each fix came.
        clock_ahead_ms: its clock against the machine's.
        settle_s: how long a fix may still be under way when the fleet has ended.
    """

    folder: Path
    feeds_port: int
    screens_port: int
    pids: Mapping[str, int]
    matched: Matcher
    clock_ahead_ms: int = 0
    settle_s: float = 0.5


def measure(
    way: Way,
    devices: Sequence[Mapping[str, Any]],
    groups: Sequence[Mapping[str, Any]],
    screens: int,
    seconds: float,
) -> Measured:
    """Let all devices report once a second and the screens of these groups look.

    Args:
        devices: `id`, `slot`, `key`, `lon`, `lat` of each.
        groups: as `bench_screens` opens them; together `screens`.
    """
    with open_screens(way.screens_port, groups) as opened:
        with _reporting(way, devices, WARM_UP_S + seconds + 1) as (fleet, sent_file):
            pids = {**way.pids, "fleet": fleet.pid, "screens": opened.pid}
            time.sleep(WARM_UP_S)
            opened.count()
            began_ns, used = time.monotonic_ns(), {name: cpu_s(pid) for name, pid in pids.items()}
            time.sleep(seconds)
            taken, ended_ns = opened.count(), time.monotonic_ns()
            spent = {name: cpu_s(pid) for name, pid in pids.items()}
            web_bytes = memory_bytes(way.pids["web"])
            if fleet.wait(seconds + 30) != 0:
                raise RuntimeError("the fleet could not report: see above")
            sent = pickle.loads(sent_file.read_bytes())  # written by our own process just now
        time.sleep(way.settle_s)
        noted = opened.end()
    if sent["refused"]:
        raise RuntimeError(f"{sent['refused']} fixes were not taken")
    took_s = (ended_ns - began_ns) / 1e9
    cores = {name: (spent[name] - used[name]) / took_s for name in used}
    at_ns = np.frombuffer(noted["at_ns"], np.int64)
    frames = int(((at_ns >= began_ns) & (at_ns < ended_ns)).sum())
    to_wire_ms, seen = way.matched(noted, sent, began_ns, ended_ns)
    late_ms = float(np.percentile(np.frombuffer(sent["late_ns"], np.int64), 99)) / 1e6
    return Measured(
        screens, to_wire_ms, cores, cores["web"] * took_s / max(1, frames) * 1e6,
        taken["bytes"] / screens / took_s, seen, late_ms, web_bytes,
    )  # fmt: skip


@contextmanager
def _reporting(
    way: Way, devices: Sequence[Mapping[str, Any]], seconds: float
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    file = way.folder / "fleet.json"
    wanted = {
        "port": way.feeds_port,
        "devices": list(devices),
        "seconds": int(seconds + 0.999),
        "clock_ahead_ms": way.clock_ahead_ms,
    }
    file.write_text(json.dumps(wanted), encoding="utf-8")
    command = [sys.executable, "-m", "tools.bench_fixes", str(file)]
    process = subprocess.Popen(command, cwd=PROJECT_ROOT, preexec_fn=ending_with(os.getpid()))
    try:
        yield process, file.with_suffix(".sent")
    finally:
        process.kill()
        process.wait()


def sent_within(sent: Mapping[str, Any], began_ns: int, ended_ns: int) -> npt.NDArray[np.bool_]:
    """Say of each fix whether it was sent in a span, the last half second left out: it may be shown after it."""
    sent_ns = np.frombuffer(sent["sent_ns"], np.int64)
    within: npt.NDArray[np.bool_] = (sent_ns >= began_ns) & (sent_ns < ended_ns - 500_000_000)
    return within


def matched_by_movement(
    noted: Mapping[str, Any], sent: Mapping[str, Any], began_ns: int, ended_ns: int
) -> tuple[Floats, float]:
    """Match every fix of the span with the first frame of each stream that moved its worker; ms and the share seen."""
    slots, sent_ns = np.frombuffer(sent["slot"], np.int_), np.frombuffer(sent["sent_ns"], np.int64)
    chosen = sent_within(sent, began_ns, ended_ns)
    slots, sent_ns = slots[chosen], sent_ns[chosen]
    at_ns, frame = np.frombuffer(noted["at_ns"], np.int64), np.frombuffer(noted["frame"], np.int64)
    stream_of_screen = np.array(noted["stream"])
    stream = stream_of_screen[np.frombuffer(noted["screen"], np.int_)]
    waits: list[Floats] = []
    matched = visible = 0
    for number, kept in enumerate(noted["kept"]):
        moved_at, frame_of = _movements(kept)
        arrivals = by_frame(frame[stream == number], at_ns[stream == number])
        for slot, sent_at in zip(slots.tolist(), sent_ns.tolist(), strict=True):
            known = moved_at.get(slot)
            if known is None:
                continue
            visible += 1
            place = int(np.searchsorted(known, sent_at))
            # The next fix of this worker follows after a second: what moves it later is not this one.
            if place < len(known) and known[place] < sent_at + 900_000_000:
                matched += 1
                seen_at = arrivals[frame_of[slot][place]]
                waits.append(((seen_at - sent_at) / 1e6).astype(np.float32))
    return (np.concatenate(waits) if waits else np.zeros(0, np.float32)), matched / max(1, visible)


def _movements(kept: list[tuple[int, bytes]]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return for each slot when it moved, and by which frames, decoding as a screen does."""
    state: MovementState | None = None
    moved_at: dict[int, list[int]] = {}
    frame_of: dict[int, list[int]] = {}
    for at_ns, frame in kept:
        if kind_of(frame) is Kind.FLEET_SNAPSHOT:
            state = MovementState.from_snapshot(parse_snapshot(frame))
            for slot in state.slots.tolist():
                moved_at.setdefault(slot, [])
                frame_of.setdefault(slot, [])
        elif state is not None:
            for index in state.apply(parse_delta(frame)).tolist():
                slot = int(state.slots[index])
                moved_at[slot].append(at_ns)
                frame_of[slot].append(state.number)
    return moved_at, frame_of


def by_frame(frame: npt.NDArray[np.int64], at_ns: npt.NDArray[np.int64]) -> dict[int, npt.NDArray[np.int64]]:
    """Return for each frame when it came to which screens, ns."""
    if not frame.size:
        return {}
    order = np.argsort(frame, kind="stable")
    numbers, starts = np.unique(frame[order], return_index=True)
    parts = np.split(at_ns[order], starts[1:])
    return dict(zip(numbers.tolist(), parts, strict=True))
