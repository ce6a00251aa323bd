"""Bytes of one whole-city update beside its entropy and beside what is usually sent, and what a browser takes for it.

Part of `make bench`; alone: `python -m tools.bench_encode`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.live.drawn_fleet import DrawnPlaces
from dashboard.live.movement_frames import FINE
from tools.bench_motion import WORKERS, Motion, motion, predictive_entropy_bytes
from tools.bench_rows import Row, skip, tell
from tools.one_view import OneView

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 80
WARM_UP = 20  # frames until habits are learnt; a screen that joins is told them
LON_LAT = (119.2, 35.2)
ENTROPY_BAR, DECODE_BAR_US = 2.0, 60
STATES = ("idle", "tasked", "lost", "off")


def main() -> int:
    """Print the table; 1 when a bar is over."""
    moved = motion(SECONDS)
    entropy = predictive_entropy_bytes(moved)
    beginning, frames, encode_us = encoded(moved)
    ours = sum(map(len, frames)) / len(frames)
    print(
        f"one whole-city update, {WORKERS} workers, {_changed(moved):.0f} changed, quantum about half a metre"
    )
    tell(Row("predictive entropy of the same motion", entropy, "bytes", times=1.0, of="entropy"))
    kept = tell(Row("ours: fleet delta, against the entropy", ours / entropy, "x", ENTROPY_BAR))
    rows: list[tuple[str, float, float]] = [
        ("ours: fleet delta", ours, encode_us),
        ("packed int32 positions of the changed", *_timed(lambda second: _packed(moved, second))),
        ("JSON rows of the changed", *_timed(lambda second: _json_rows(moved, second))),
        ("GeoJSON of the changed", *_timed(lambda second: geojson(moved, second, changed_only=True))),
        ("GeoJSON of everybody", *_timed(lambda second: geojson(moved, second))),
        ("GeoJSON of everybody, deflated", *_timed(lambda second: zlib.compress(geojson(moved, second), 6))),
    ]
    for name, size, cost_us in rows:
        note = f"{cost_us:,.0f} us to build"
        tell(Row(name, size, "bytes", times=size / entropy, of="entropy", note=note))
    return 0 if kept & _in_browser([beginning, *frames]) else 1


def _changed(moved: Motion) -> float:
    steps = (np.diff(moved.x, axis=0) != 0) | (np.diff(moved.y, axis=0) != 0)
    return float(steps[WARM_UP:].sum(axis=1).mean())


def encoded(moved: Motion) -> tuple[bytes, list[bytes], float]:
    """Return the snapshot after the warm-up, the deltas behind it, and the median time to encode one, us."""
    seconds, workers = moved.x.shape
    fix_at = np.zeros(workers, np.int64)

    def places(second: int) -> DrawnPlaces:
        return DrawnPlaces(moved.x[second], moved.y[second], moved.state[second], fix_at, 1_000.0 * second)

    stream = OneView(FINE, places(0))
    beginning = b""
    frames: list[bytes] = []
    costs: list[float] = []
    for second in range(1, seconds):
        began = time.perf_counter()
        frame = stream.advance(places(second))
        if second > WARM_UP:
            costs.append(time.perf_counter() - began)
            frames.append(frame)
        elif second == WARM_UP:
            beginning = stream.snapshot_frame()
    return beginning, frames, float(np.median(costs)) * 1e6


def _timed(build: Callable[[int], bytes]) -> tuple[float, float]:
    sizes, costs = [], []
    for second in range(WARM_UP, WARM_UP + 8):
        began = time.perf_counter()
        sizes.append(len(build(second)))
        costs.append(time.perf_counter() - began)
    return float(np.mean(sizes)), float(np.median(costs)) * 1e6


def _degrees(moved: Motion, second: int) -> tuple[list[float], list[float]]:
    lon = np.round(LON_LAT[0] + moved.x[second] * FINE.lon_e6 / 1e6, 6)
    lat = np.round(LON_LAT[1] + moved.y[second] * FINE.lat_e6 / 1e6, 6)
    return lon.tolist(), lat.tolist()


def _who_changed(moved: Motion, second: int) -> list[int]:
    step = (moved.x[second] != moved.x[second - 1]) | (moved.y[second] != moved.y[second - 1])
    found: list[int] = np.flatnonzero(step | (moved.state[second] != moved.state[second - 1])).tolist()
    return found


def _packed(moved: Motion, second: int) -> bytes:
    rows = np.array(_who_changed(moved, second), np.int64)
    columns = (
        rows.astype("<u2"),
        moved.x[second][rows].astype("<i4"),
        moved.y[second][rows].astype("<i4"),
        moved.state[second][rows],
    )
    return b"".join(column.tobytes() for column in columns)


def _json_rows(moved: Motion, second: int) -> bytes:
    lon, lat = _degrees(moved, second)
    rows = [[i, lon[i], lat[i], int(moved.state[second][i])] for i in _who_changed(moved, second)]
    return json.dumps(rows, separators=(",", ":")).encode()


def features(moved: Motion, second: int, *, changed_only: bool = False) -> dict[str, Any]:
    """Return the workers at a second as GeoJSON, as a Dash application hands them to a map."""
    lon, lat = _degrees(moved, second)
    state = moved.state[second].tolist()
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [lon[i], lat[i]]},
                "properties": {"id": f"w{i:05}", "state": STATES[state[i]]},
            }
            for i in (_who_changed(moved, second) if changed_only else range(len(lon)))
        ],
    }


def geojson(moved: Motion, second: int, *, changed_only: bool = False) -> bytes:
    """Return `features` as bytes."""
    return json.dumps(features(moved, second, changed_only=changed_only), separators=(",", ":")).encode()


def _in_browser(frames: list[bytes]) -> bool:
    """The time that a real browser takes for one delta."""
    run = subprocess.run(
        [sys.executable, "-m", "tools.bench_browser"],
        input=json.dumps([frame.hex() for frame in frames]),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ,
        check=False,
        timeout=50,
    )
    if run.returncode != 0:
        skip("browser: decode one delta", (run.stderr.strip().splitlines() or ["no browser"])[-1])
        return True
    found = json.loads(run.stdout)
    tell(Row("browser: read one delta, its set and pairs as bytes", found["decode_us"], "us"))
    # The set is read and steps become places while the fleet takes a delta in, which also projects and starts glides:
    # the bar is on all of it, though it speaks of decoding alone.
    return tell(Row("browser: decode one delta to drawn places", found["apply_us"], "us", DECODE_BAR_US))


if __name__ == "__main__":
    sys.exit(main())
