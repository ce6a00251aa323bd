"""A running installation with its fleet and walls of every county, for the benches of the live picture.

The processes are those of `make run` (screens under gunicorn, feeds, Redis) on a folder of their own; the fleet that
reports (`bench_fixes`) and the screens that look (`bench_screens`) are processes apart.
"""

from __future__ import annotations

import json
import os
import pickle
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard import administration, service
from dashboard.child_process import ending_with
from dashboard.live.movement import MovementState
from dashboard.live.movement_frames import parse_delta, parse_snapshot
from dashboard.live.wire import Kind, kind_of
from dashboard.service import Done
from dashboard.settings import PROJECT_ROOT
from data_feeds.http.gate import KIOSK_COOKIE
from tests.crash.installation import Installation, Process
from tools.bench_fleet import import_fleet, phones, start_feeds
from tools.bench_machine import cpu_s, memory_bytes
from tools.bench_screen_process import open_screens

WARM_UP_S = 2.5
Floats = npt.NDArray[np.float32]


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


class LiveCentre:
    """The running installation."""

    def __init__(self, folder: Path, web: int) -> None:
        self.folder = folder
        self.installation = Installation(folder, 1, workers=0, web=web)
        services, now = self.installation.services, self.installation.clock.now_ms()
        workers = import_fleet(self.installation)
        self.counties = sorted({row.region for row in service.roster(services)})
        operator = administration.operator(services.city)
        self._cookies = {
            code: f"{KIOSK_COOKIE}={_done(service.open_kiosk_token(services, operator, code, code, now)).value.token}"
            for code in self.counties
        }
        self._devices = [
            {"id": one.device, "slot": one.slot, "key": one.key, "lon": one.lon, "lat": one.lat}
            for one in phones(self.installation, workers)
        ]
        # Phones report each at a moment of its own; in roster order a county would report within a third of a second.
        random.Random(1).shuffle(self._devices)
        self._feeds: Process | None = None

    def start(self) -> None:
        """Start Redis, screens and feeds."""
        self.installation.start()
        self._feeds = start_feeds(self.installation)

    def stop(self) -> None:
        """End everything."""
        if self._feeds is not None:
            self._feeds.stop()
        self.installation.stop()

    def groups(self, screens: int) -> list[dict[str, Any]]:
        """Return walls spread evenly over the counties, for `bench_screens`."""
        counties = self.counties[:screens] if screens < len(self.counties) else self.counties
        shares = [
            screens // len(counties) + (place < screens % len(counties)) for place in range(len(counties))
        ]
        return [
            {"path": "/live?view=wall", "cookie": self._cookies[code], "count": share}
            for code, share in zip(counties, shares, strict=True)
        ]

    def measure(self, screens: int, seconds: float) -> Measured:
        """Let the whole fleet report once a second and this many screens look."""
        with open_screens(self.installation.settings.port, self.groups(screens)) as opened:
            with self._reporting(WARM_UP_S + seconds + 1) as (fleet, sent_file):
                time.sleep(WARM_UP_S)
                opened.count()
                began_ns, used = time.monotonic_ns(), self._used(fleet.pid, opened.pid)
                time.sleep(seconds)
                taken, ended_ns = opened.count(), time.monotonic_ns()
                spent = self._used(fleet.pid, opened.pid)
                web_bytes = memory_bytes(self.installation.web.pid or 0)
                if fleet.wait(seconds + 30) != 0:
                    raise RuntimeError("the fleet could not report: see above")
                sent = pickle.loads(sent_file.read_bytes())  # written by our own process just now
            time.sleep(0.5)
            noted = opened.end()
        if sent["refused"]:
            raise RuntimeError(f"{sent['refused']} fixes were not taken")
        took_s = (ended_ns - began_ns) / 1e9
        cores = {name: (spent[name] - used[name]) / took_s for name in used}
        at_ns = np.frombuffer(noted["at_ns"], np.int64)
        frames = int(((at_ns >= began_ns) & (at_ns < ended_ns)).sum())
        to_wire_ms, seen = _to_wire(noted, sent, began_ns, ended_ns)
        late_ms = float(np.percentile(np.frombuffer(sent["late_ns"], np.int64), 99)) / 1e6
        return Measured(
            screens, to_wire_ms, cores, cores["web"] * took_s / max(1, frames) * 1e6,
            taken["bytes"] / screens / took_s, seen, late_ms, web_bytes,
        )  # fmt: skip

    @contextmanager
    def _reporting(self, seconds: float) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
        clock = self.installation.clock
        file = self.folder / "fleet.json"
        wanted = {
            "port": self.installation.settings.feeds_port,
            "devices": self._devices,
            "seconds": int(seconds + 0.999),
            "clock_ahead_ms": clock.now_ms() - time.time_ns() // 1_000_000,
        }
        file.write_text(json.dumps(wanted), encoding="utf-8")
        command = [sys.executable, "-m", "tools.bench_fixes", str(file)]
        process = subprocess.Popen(command, cwd=PROJECT_ROOT, preexec_fn=ending_with(os.getpid()))
        try:
            yield process, file.with_suffix(".sent")
        finally:
            process.kill()
            process.wait()

    def _used(self, fleet: int, screens: int) -> dict[str, float]:
        pids = {
            "web": self.installation.web.pid,
            "feeds": self._feeds.pid if self._feeds else None,
            "redis": self.installation.redis.pid,
            "fleet": fleet,
            "screens": screens,
        }
        return {name: cpu_s(pid or 0) for name, pid in pids.items()}


@contextmanager
def live_centre(folder: Path, web: int = 1) -> Iterator[LiveCentre]:
    """Run an installation to the end of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    centre = LiveCentre(folder, web)
    try:
        centre.start()
        yield centre
    finally:
        centre.stop()


def _to_wire(
    noted: dict[str, Any], sent: dict[str, Any], began_ns: int, ended_ns: int
) -> tuple[Floats, float]:
    """Match every fix of the span with the first frame of each stream that moved its worker; ms and the share seen."""
    slots, sent_ns = np.frombuffer(sent["slot"], np.int_), np.frombuffer(sent["sent_ns"], np.int64)
    chosen = (sent_ns >= began_ns) & (sent_ns < ended_ns - 500_000_000)
    slots, sent_ns = slots[chosen], sent_ns[chosen]
    at_ns, frame = np.frombuffer(noted["at_ns"], np.int64), np.frombuffer(noted["frame"], np.int64)
    stream_of_screen = np.array(noted["stream"])
    stream = stream_of_screen[np.frombuffer(noted["screen"], np.int_)]
    waits: list[Floats] = []
    matched = visible = 0
    for number, kept in enumerate(noted["kept"]):
        moved_at, frame_of = _movements(kept)
        arrivals = _by_frame(frame[stream == number], at_ns[stream == number])
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


def _by_frame(frame: npt.NDArray[np.int64], at_ns: npt.NDArray[np.int64]) -> dict[int, npt.NDArray[np.int64]]:
    if not frame.size:
        return {}
    order = np.argsort(frame, kind="stable")
    numbers, starts = np.unique(frame[order], return_index=True)
    parts = np.split(at_ns[order], starts[1:])
    return dict(zip(numbers.tolist(), parts, strict=True))


def _done(outcome: service.Outcome) -> Done:
    if not isinstance(outcome, Done):
        raise RuntimeError(f"refused: {outcome}")
    return outcome
