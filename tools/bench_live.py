"""Measures the live picture, each way beside the way it replaces, in one run: `make bench`.

Two shared cores make single figures worthless; the ratios of one run are what counts (bars: docs/wire.md).
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.live.movement import MovementState
from dashboard.live.movement_frames import FINE
from tools.bench_fanout import measure_fanout
from tools.bench_motion import WORKERS, Motion, motion, predictive_entropy_bytes

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 80
WARM_UP = 20  # frames until habits are learnt; a screen that joins is told them
SCREENS = 200
LON_LAT = (119.2, 35.2)


def main() -> None:
    """Print the tables."""
    moved = motion(SECONDS)
    changed = _changed(moved)
    entropy = predictive_entropy_bytes(moved)
    frames, encode_us = _frames(moved)
    ours = sum(map(len, frames)) / len(frames)
    print(f"one whole-city update, {WORKERS} workers, {changed:.0f} changed, quantum about half a metre")
    print(f"  predictive entropy          {entropy:9,.0f} bytes   1.00")
    rows = [
        ("ours (fleet delta)", ours, encode_us),
        ("JSON rows of the changed", *_timed(lambda second: _json_rows(moved, second))),
        ("GeoJSON, everybody", *_timed(lambda second: _geojson(moved, second))),
    ]
    for name, size, cost_us in rows:
        print(f"  {name:27} {size:9,.0f} bytes {size / entropy:6.2f}   {cost_us:9,.0f} us to build")
    decode_us = _browser_decode_us(frames)
    print(f"  browser: decode and apply   {decode_us}")
    fanout = asyncio.run(measure_fanout(frames[-1], SCREENS))
    print(f"one such frame to {SCREENS} screens, server CPU per screen-frame")
    for name, cost_us in fanout.items():
        print(f"  {name:27} {cost_us:9.1f} us {cost_us / fanout['bare ASGI send']:6.2f}")
    dash_us = _dash_update_us(moved)
    whole_us = fanout["outbox, transport"] + encode_us / SCREENS
    print("one screen brought up to date, server CPU")
    print(f"  ours, encoding shared       {whole_us:9.1f} us   1.00")
    print(f"  Dash callback with GeoJSON  {dash_us:9,.0f} us {dash_us / whole_us:6,.0f}")


def _changed(moved: Motion) -> float:
    steps = (np.diff(moved.x, axis=0) != 0) | (np.diff(moved.y, axis=0) != 0)
    return float(steps[WARM_UP:].sum(axis=1).mean())


def _frames(moved: Motion) -> tuple[list[bytes], float]:
    """Return the snapshot after the warm-up and the deltas behind it, and the median time to encode one, us."""
    stream = MovementState(range(WORKERS), FINE)
    fix_at = np.zeros(WORKERS, np.int64)
    frames: list[bytes] = []
    costs: list[float] = []
    for second in range(SECONDS):
        began = time.perf_counter()
        frame = stream.encode(moved.x[second], moved.y[second], moved.state[second], fix_at, 1_000.0 * second)
        if second > WARM_UP:
            costs.append(time.perf_counter() - began)
            frames.append(frame)
        elif second == WARM_UP:
            _BEGINNINGS.append(stream.snapshot_frame())
        elif second == 0:
            stream.settle()
    return frames, float(np.median(costs)) * 1e6


_BEGINNINGS: list[bytes] = []


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


def _json_rows(moved: Motion, second: int) -> bytes:
    lon, lat = _degrees(moved, second)
    step = (moved.x[second] != moved.x[second - 1]) | (moved.y[second] != moved.y[second - 1])
    step |= moved.state[second] != moved.state[second - 1]
    rows = [[i, lon[i], lat[i], int(moved.state[second][i])] for i in np.flatnonzero(step).tolist()]
    return json.dumps(rows, separators=(",", ":")).encode()


def _features(moved: Motion, second: int) -> dict[str, Any]:
    lon, lat = _degrees(moved, second)
    names = ("idle", "tasked", "lost", "off")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [lon[i], lat[i]]},
                "properties": {"id": f"w{i:05}", "state": names[state]},
            }
            for i, state in enumerate(moved.state[second].tolist())
        ],
    }


def _geojson(moved: Motion, second: int) -> bytes:
    return json.dumps(_features(moved, second), separators=(",", ":")).encode()


def _dash_update_us(moved: Motion) -> float:
    """Return the CPU of one interval callback that answers with everybody as GeoJSON, through Dash itself, us."""
    import dash_leaflet
    from dash import Dash, Input, Output, dcc, html

    app = Dash("bench", suppress_callback_exceptions=True)
    app.layout = html.Div([dcc.Interval(id="tick"), dash_leaflet.GeoJSON(id="workers")])

    @app.callback(Output("workers", "data"), Input("tick", "n_intervals"))
    def show(ticks: int) -> dict[str, Any]:
        return _features(moved, WARM_UP + ticks % 8)

    client = app.server.test_client()
    client.get("/_dash-layout")
    costs = []
    for tick in range(6):
        body = {
            "output": "workers.data",
            "outputs": {"id": "workers", "property": "data"},
            "inputs": [{"id": "tick", "property": "n_intervals", "value": tick}],
            "changedPropIds": ["tick.n_intervals"],
        }
        began = time.process_time()
        answer = client.post("/_dash-update-component", json=body)
        costs.append(time.process_time() - began)
        if answer.status_code != 200:
            raise SystemExit(f"the Dash baseline answered {answer.status_code}")
    return float(np.median(costs)) * 1e6


def _browser_decode_us(frames: list[bytes]) -> str:
    """Return the median time a real browser takes for one delta, or why it could not be measured."""
    payload = json.dumps([frame.hex() for frame in [_BEGINNINGS[-1], *frames]])
    run = subprocess.run(
        [sys.executable, "-m", "tools.bench_browser"],
        input=payload,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ,
        check=False,
        timeout=50,
    )
    return (
        run.stdout.strip() if run.returncode == 0 else f"not measured: {run.stderr.strip().splitlines()[-1:]}"
    )


if __name__ == "__main__":
    main()
