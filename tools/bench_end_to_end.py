"""A fix's way to the screens: 4,383 reports a second into HTTP, over Redis, to walls of every county; and its curve.

Part of `make bench`; alone: `python -m tools.bench_end_to_end`. It runs an installation of its own; the fleet that
reports and the screens are other processes, whose share of the machine is told but not counted as the server's. Beside
it what a team builds first: one PUBLISH and one JSON a report, sent to each screen once a second (`bench_report_peer`),
by the same fleet to as many screens.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tools.bench_live_centre import LiveCentre, live_centre
from tools.bench_live_load import Measured
from tools.bench_report_way import measure_peer
from tools.bench_rows import Row, draw, tell

SCREENS, CURVE, MANY = 200, (1, 100, 500), 1_000
SECONDS, CURVE_SECONDS = 10.0, 5.0  # rights are asked again every 10 s: what that costs is among the figures
TICK_MS = 100
P50_BAR_MS, P99_BAR_MS, MANY_P99_BAR_MS, MANY_CORE_BAR = 60, 120, 150, 0.25  # docs/performance.md
FLUSH_BAR_MS = TICK_MS + 10
FRAME_BAR_US = 30


def main(arguments: list[str]) -> int:
    """Measure, print; 1 when a bar is over."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_end_to_end", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    wanted = parser.parse_args(arguments)
    kept = True
    curve: list[tuple[int, Measured]] = []
    fleet: tuple[list[dict[str, Any]], list[str]] = ([], [])
    with tempfile.TemporaryDirectory(prefix="zs-city-") as folder:
        for web in (1, 2):
            with live_centre(Path(folder) / f"web{web}", web) as centre:
                kept &= _two_hundred(centre, web, wanted.seconds, curve)
                for screens in CURVE if web == 1 else ():
                    curve.append((web, _told(centre.measure(screens, CURVE_SECONDS), web)))
                kept &= _many(centre, web, wanted.seconds, curve)
                fleet = centre.devices, centre.counties
        ours = next(found for web, found in curve if web == 1 and found.screens == SCREENS)
        _beside(ours, measure_peer(Path(folder) / "peer", *fleet, SCREENS, wanted.seconds))
    draw(_drawn(curve))
    return 0 if kept else 1


def _two_hundred(centre: LiveCentre, web: int, seconds: float, curve: list[tuple[int, Measured]]) -> bool:
    found = _told(centre.measure(SCREENS, seconds), web)
    curve.append((web, found))
    p50, p99 = _percentiles(found)
    title = _title(SCREENS, web)
    if web > 1:
        return True
    kept = tell(Row(f"{title}: fix to wire, p50", p50, "ms", P50_BAR_MS))
    kept &= tell(Row(f"{title}: fix to wire, p99", p99, "ms", P99_BAR_MS))
    kept &= tell(Row(f"{title}: fix to wire, p99 (tick + 10 ms)", p99, "ms", FLUSH_BAR_MS))
    kept &= tell(Row(f"{title}: own-view push, all in, a screen-frame", found.frame_us, "us", FRAME_BAR_US))
    return kept


def _beside(ours: Measured, peer: Measured) -> None:
    """Print what a team builds first beside ours: the same fleet, the same screens, one after the other."""
    name = f"peer, one PUBLISH and one JSON a report, 1 s tick, {SCREENS} screens"
    note = f"{peer.seen:.1%} of fixes seen; fleet late by {peer.late_ms:.0f} ms"
    for place, percentile in enumerate(("p50", "p99")):
        value = _percentiles(peer)[place]
        times = value / _percentiles(ours)[place]
        tell(Row(f"{name}: fix to wire, {percentile}", value, "ms", times=times, of="ours", note=note))
        note = ""
    figures = [("bytes a screen and second", peer.bytes_per_s, ours.bytes_per_s, "bytes")]
    figures += [
        (who, peer.cores[core], ours.cores[core], "core")
        for who, core in (("taking fixes in", "feeds"), ("serving screens", "web"), ("Redis", "redis"))
    ]
    for what, value, of_ours, unit in figures:
        tell(Row(f"{name}: {what}", value, unit, times=value / of_ours, of="ours"))


def _many(centre: LiveCentre, web: int, seconds: float, curve: list[tuple[int, Measured]]) -> bool:
    found = _told(centre.measure(MANY, seconds), web)
    curve.append((web, found))
    if web > 1:
        return True
    title = _title(MANY, web)
    kept = tell(Row(f"{title}: fix to wire, p99", _percentiles(found)[1], "ms", MANY_P99_BAR_MS))
    return kept & tell(Row(f"{title}: the web process", found.cores["web"], "core", MANY_CORE_BAR))


def _told(found: Measured, web: int) -> Measured:
    p50, p99 = _percentiles(found)
    cores = found.cores
    note = (
        f"p50 {p50:.0f}, p99 {p99:.0f} ms; {found.bytes_per_s:,.0f} bytes a screen and second; cores: "
        f"web {cores['web']:.3f}, feeds {cores['feeds']:.3f}, Redis {cores['redis']:.3f}, "
        f"not counted: fleet {cores['fleet']:.2f}, screens {cores['screens']:.2f}; "
        f"fleet late by {found.late_ms:.0f} ms; web {found.web_bytes / 1e6:.0f} MB; {found.seen:.2%} of fixes seen"
    )
    tell(Row(f"{_title(found.screens, web)}: web, a screen-frame", found.frame_us, "us", note=note))
    return found


def _title(screens: int, web: int) -> str:
    return f"{screens:,} screen{'s' * (screens > 1)}, {web} web process{'es' * (web > 1)}"


def _percentiles(found: Measured) -> tuple[float, float]:
    if not found.to_wire_ms.size:
        raise RuntimeError("no fix came to any screen")
    p50, p99 = np.percentile(found.to_wire_ms, (50, 99))
    return float(p50), float(p99)


def _drawn(curve: list[tuple[int, Measured]]) -> str:
    """Draw web cores and waits over screens."""
    lines = ["screens  web  fix to wire p50 / p99   us a screen-frame   web cores"]
    widest = max(found.cores["web"] for _, found in curve)
    for web, found in sorted(curve, key=lambda one: (one[0], one[1].screens)):
        p50, p99 = _percentiles(found)
        cores = found.cores["web"]
        bar = "█" * max(1, round(cores / widest * 30))
        lines.append(
            f"{found.screens:7,}  {web:3}  {p50:10.0f} / {p99:5.0f} ms   {found.frame_us:17.1f}   {cores:5.3f} {bar}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
