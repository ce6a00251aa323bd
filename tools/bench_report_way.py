"""Runs the peer of `bench_end_to_end` (`bench_report_peer`) and measures it with the fleet and the screens of ours."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from data_feeds.embedded_redis import EmbeddedRedis, find_program
from tools.bench_live_load import Floats, Measured, Way, by_frame, measure, sent_within
from tools.bench_screen_process import running, two_free_ports

SETTLE_S = 4.0  # a queue and three ticks: what comes later is not seen


def measure_peer(
    folder: Path, devices: Sequence[Mapping[str, Any]], counties: Sequence[str], screens: int, seconds: float
) -> Measured:
    """Measure one PUBLISH and one JSON per report, with screens spread evenly over the counties.

    Args:
        devices: as `bench_live_load.measure` has them, and the `county` of each.
    """
    folder.mkdir(parents=True, exist_ok=True)
    roster = folder / "roster.json"
    roster.write_text(json.dumps([{name: one[name] for name in ("id", "slot", "county")} for one in devices]))
    redis = EmbeddedRedis(folder / "redis", folder / "redis.sock", find_program())
    redis.start()
    try:
        port = two_free_ports()
        command = [sys.executable, "-m", "tools.bench_report_peer"]
        with (
            running([*command, "ingest", str(port), redis.url, str(roster)], port) as ingest,
            running([*command, "screens", str(port + 1), redis.url, str(roster)], port + 1) as served,
        ):
            pids = {"feeds": ingest.pid, "web": served.pid, "redis": redis.pid or 0}
            way = Way(folder, port, port + 1, pids, matched_by_instant, settle_s=SETTLE_S)
            groups = [
                {"path": f"/live?county={code}", "count": len(range(place, screens, len(counties)))}
                for place, code in enumerate(counties[:screens])
            ]
            return measure(way, devices, groups, screens, seconds)
    finally:
        redis.stop()


def matched_by_instant(
    noted: Mapping[str, Any], sent: Mapping[str, Any], began_ns: int, ended_ns: int
) -> tuple[Floats, float]:
    """Match every fix of the span with the message of each stream that carries it: a report says its instant."""
    chosen = sent_within(sent, began_ns, ended_ns)
    columns = (np.frombuffer(sent[name], np.int64)[chosen].tolist() for name in ("slot", "at_ms", "sent_ns"))
    fixes = list(zip(*columns, strict=True))
    at_ns, frame = np.frombuffer(noted["at_ns"], np.int64), np.frombuffer(noted["frame"], np.int64)
    stream = np.array(noted["stream"])[np.frombuffer(noted["screen"], np.int_)]
    waits: list[Floats] = []
    visible = seen = 0
    for number, kept in enumerate(noted["kept"]):
        shown: dict[tuple[int, int], int] = {}
        for _, message in kept:
            tick = json.loads(message)
            shown |= {(one["slot"], one["at"]): tick["tick"] for one in tick["reports"]}
        slots = {slot for slot, _ in shown}
        arrivals = by_frame(frame[stream == number], at_ns[stream == number])
        for slot, at, sent_at in fixes:
            if slot not in slots:
                continue
            visible += 1
            number_of = shown.get((slot, at))
            if number_of is not None:
                seen += 1
                waits.append(((arrivals[number_of] - sent_at) / 1e6).astype(np.float32))
    return (np.concatenate(waits) if waits else np.zeros(0, np.float32)), seen / max(1, visible)
