"""What a second of a fleet costs at 4,383, 50,000 and 500,000 workers: taking in, packing, applying, encoding, memory.

Part of `make bench`; alone: `python -m tools.bench_curves`. Each size is a process of its own. A fleet frame, a slot
and an index on the screen wire are 16 bits: beyond 65,536 workers a fleet is several, as a province is several cities.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any, NamedTuple

import numpy as np
import psutil  # type: ignore[import-untyped]

from dashboard.live.drawn_fleet import draw
from dashboard.live.fleet import Fleet, FleetSnapshot
from dashboard.live.fleet_frames import MAX_SLOTS, pack_fixes, pack_snapshot, unpack_fixes
from dashboard.live.movement import MovementState
from dashboard.live.movement_frames import FINE, parse_delta, parse_snapshot
from dashboard.settings import PROJECT_ROOT
from data_feeds.decoders.positions import FixItem
from data_feeds.position_board import PositionBoard
from tools.bench_motion import Motion, motion
from tools.bench_rows import Row, tell
from tools.bench_rows import draw as draw_figure
from tools.one_view import OneView

SIZES = (4_383, 50_000, 500_000)
AT_MOST = 50_000  # workers in one fleet, well below the 65,536 that 16 bits name
REGIONS = 8  # channels of one fleet
SECONDS, SETTLE_S = 6, 30
EXACT_M = 100.0  # how exactly a place proves an arrival, as in Rizhao's pack
NOW = 1_795_401_600_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What one second of a fleet costs, ms; memory in bytes a worker."""

    workers: int
    fleets: int
    changed: int
    take_ms: float
    pack_ms: float
    apply_ms: float
    encode_ms: float
    decode_ms: float
    packed_bytes: int
    delta_bytes: int
    snapshot_bytes: int
    board_bytes: float
    fleet_bytes: float


class RosterRow(NamedTuple):
    """What the feeds' board needs of a worker."""

    slot: int
    device_id: str
    worker_id: str
    grid: str
    region: str
    key_generation: int = 1


STEPS = (
    ("take_ms", "the board takes every report"),
    ("pack_ms", "packed for Redis"),
    ("apply_ms", "unpacked and applied by a web process"),
    ("encode_ms", "drawn and encoded, one whole-city view"),
)


def main() -> int:
    """Measure each size in a process of its own, and print."""
    found = []
    for workers in SIZES:
        run = subprocess.run(
            [sys.executable, "-m", "tools.bench_curves", str(workers)],
            cwd=PROJECT_ROOT, capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        found.append(Cost(**json.loads(run.stdout)))
    for cost in found:
        fleets = "one fleet" if cost.fleets == 1 else f"{cost.fleets} fleets of {AT_MOST:,}"
        print(f"{cost.workers:,} workers, {fleets}, everybody reports once a second, {cost.changed:,} change")
        for name, what in STEPS:
            spent_ms = getattr(cost, name)
            note = f"{spent_ms / cost.workers * 1_000:.2f} us a worker"
            tell(Row(f"{cost.workers:,}: {what}, one second", spent_ms, "ms", note=note))
        tell(Row(f"{cost.workers:,}: a delta decoded (in Python)", cost.decode_ms, "ms"))
        tell(Row(f"{cost.workers:,}: on Redis, one second", cost.packed_bytes / 1_000, "KB"))
        tell(Row(f"{cost.workers:,}: a whole-city delta to each screen", cost.delta_bytes / 1_000, "KB"))
        tell(Row(f"{cost.workers:,}: the snapshot on Redis", cost.snapshot_bytes / 1_000, "KB"))
        tell(Row(f"{cost.workers:,}: memory of the feeds' board, a worker", cost.board_bytes, "bytes"))
        tell(
            Row(
                f"{cost.workers:,}: memory of a web process's fleet and one view, a worker",
                cost.fleet_bytes,
                "bytes",
            )
        )
    draw_figure(_drawn(found))
    return 0


def measure(workers: int) -> Cost:
    """Measure one size, in this process."""
    fleets = math.ceil(workers / AT_MOST)
    sizes = [workers // fleets + (place < workers % fleets) for place in range(fleets)]
    assert max(sizes) < MAX_SLOTS
    own = psutil.Process()
    parts = [motion(SECONDS, size, seed=place, settle_s=SETTLE_S) for place, size in enumerate(sizes)]
    before = own.memory_info().rss
    boards = [PositionBoard(_roster(size), {}, EXACT_M) for size in sizes]
    spent: dict[str, list[float]] = {step: [] for step in ("take", "pack", "apply", "encode", "decode")}
    for second in range(2):
        with _timed(spent["take"]):
            _take(boards, parts, second)
    board_bytes = (own.memory_info().rss - before) / workers
    del boards
    live = [_Live(size) for size in sizes]
    for second in range(SECONDS):
        with _timed(spent["pack"]):
            packed = [_pack(part, second) for part in parts]
        with _timed(spent["apply"]):
            for one, frames in zip(live, packed, strict=True):
                one.apply(frames)
        with _timed(spent["encode"]):
            deltas = [one.encode(second) for one in live]
        if second == 0:
            continue
        with _timed(spent["decode"]):
            for one, delta in zip(live, deltas, strict=True):
                one.decode(delta)
    # The first second moves everybody to where they are; it is no second like others.
    median = {step: float(np.median(figures[1:])) for step, figures in spent.items()}
    return Cost(
        workers=workers,
        fleets=fleets,
        changed=sum(parse_delta(delta).pairs.size for delta in deltas),
        take_ms=median["take"],
        pack_ms=median["pack"],
        apply_ms=median["apply"],
        encode_ms=median["encode"],
        decode_ms=median["decode"],
        packed_bytes=sum(len(frame) for frames in packed for frame in frames),
        delta_bytes=sum(map(len, deltas)),
        snapshot_bytes=sum(len(one.snapshot()) for one in live),
        board_bytes=board_bytes,
        fleet_bytes=sum(one.array_bytes() for one in live) / workers,
    )


class _Live:
    """A web process's arrays of one fleet with one whole-city view, and a screen that follows it."""

    def __init__(self, workers: int) -> None:
        self._fleet = Fleet(workers)
        self._post = np.zeros(workers, np.int32)
        self._stream: OneView | None = None
        self._screen = MovementState((), FINE)

    def apply(self, frames: list[bytes]) -> None:
        """Take a tick's frames in."""
        for frame in frames:
            self._fleet.apply(unpack_fixes(frame))

    def encode(self, second: int) -> bytes:
        """Return the delta of this second; with the first, everybody stands where it has them, on both sides."""
        places = draw(self._fleet, self._post, self._post, NOW + second * 1_000).places(FINE)
        if self._stream is None:
            self._stream = OneView(FINE, places)
            self._screen = MovementState.from_snapshot(parse_snapshot(self._stream.snapshot_frame()))
            return b""
        return self._stream.advance(places)

    def decode(self, delta: bytes) -> None:
        """Follow as a screen does."""
        self._screen.apply(parse_delta(delta))

    def array_bytes(self) -> int:
        """Return what the arrays of fleet and view take."""
        return _array_bytes(self._fleet) + _array_bytes(self._stream)

    def snapshot(self) -> bytes:
        """Return what the feeds keep on Redis for processes that start."""
        fleet = self._fleet
        return pack_snapshot(FleetSnapshot(NOW, 1, fleet.lon_e6, fleet.lat_e6, fleet.state, fleet.fix_at))


def _array_bytes(owner: object) -> int:
    """Return what the arrays take that belong to a value and to what it holds."""
    if isinstance(owner, np.ndarray):
        return owner.nbytes
    if isinstance(owner, dict):
        return sum(map(_array_bytes, owner.values()))
    if is_dataclass(owner):
        return sum(_array_bytes(getattr(owner, column.name)) for column in fields(owner))
    return _array_bytes(vars(owner)) if hasattr(owner, "__dict__") else 0


def _roster(workers: int) -> list[RosterRow]:
    return [
        RosterRow(slot, f"rz-{slot:06d}", f"w{slot}", f"g{slot % 100}", f"r{slot % REGIONS}")
        for slot in range(workers)
    ]


def _lon_lat_e6(part: Motion, second: int) -> tuple[Any, Any]:
    return 119_200_000 + part.x[second] * FINE.lon_e6, 35_200_000 + part.y[second] * FINE.lat_e6


def _take(boards: list[PositionBoard], parts: list[Motion], second: int) -> None:
    """Every device reports: the decoded fix is made here too, as a decoder makes it."""
    at = NOW + second * 1_000
    for board, part in zip(boards, parts, strict=True):
        lon_e6, lat_e6 = _lon_lat_e6(part, second)
        places = zip((lon_e6 / 1e6).tolist(), (lat_e6 / 1e6).tolist(), strict=True)
        for slot, (lon, lat) in enumerate(places):
            board.take(slot, FixItem("d", at, lat, lon, speed_mps=1.2, accuracy_m=8.0, duty=True), at)
        board.take_changes()


def _pack(part: Motion, second: int) -> list[bytes]:
    lon_e6, lat_e6 = _lon_lat_e6(part, second)
    slots = np.arange(lon_e6.size)
    state, fix_at = np.ones(lon_e6.size, np.uint8), np.full(lon_e6.size, NOW + second * 1_000)
    return [
        pack_fixes(
            second, NOW + second * 1_000, slots[region::REGIONS], lon_e6[region::REGIONS], lat_e6[region::REGIONS],
            state[region::REGIONS], fix_at[region::REGIONS], roster=1,
        )
        for region in range(REGIONS)
    ]  # fmt: skip


@contextmanager
def _timed(figures: list[float]) -> Iterator[None]:
    began = time.process_time()
    yield
    figures.append((time.process_time() - began) * 1_000)


def _drawn(found: list[Cost]) -> str:
    """Draw each step's share of one core over the sizes, on a logarithmic scale from 0.01 % to 1,000 %."""
    lines = [
        "share of one core, everybody reporting once a second (each █ is a factor of 1.5 from 0.01 % on)"
    ]
    for name, what in STEPS:
        lines.append(what)
        for cost in found:
            share = getattr(cost, name) / 1_000
            bar = "█" * max(1, round(math.log(max(share, 1e-4) / 1e-4, 1.5)))
            lines.append(f"  {cost.workers:7,}  {share:8.2%}  {bar}")
    return "\n".join(lines)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asdict(measure(int(sys.argv[1])))))
    else:
        sys.exit(main())
