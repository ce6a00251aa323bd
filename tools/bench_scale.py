"""Measures one and two web processes, and a three-node cluster, under a whole city: `python -m tools.bench_scale`.

Two workers, 4,383 fixes a second, the hotline, officers who act, 200 screens. Then a node of the cluster, a worker and
a web process are killed, and every screen is held against a fresh state. Bars: docs/scale.md.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import psutil  # type: ignore[import-untyped]

from data_feeds.bus_names import FEED_CALLS, FEED_COUNTERS, LOG
from tests.throwaway_redis_cluster import (
    NODE_TIMEOUT_MS,
    ClusterUnavailable,
    ThrowawayCluster,
    sharded_server,
)
from tools.bench_report import Machine, line, tree_s
from tools.bench_rows import Row, skip, tell
from tools.scale_city import ScaleCity, scale_city
from tools.scale_probes import PROBES

WARM_UP_S: Final = 8.0
P50_BAR_MS, P99_BAR_MS = 60, 120
BACK_BAR_S: Final = 8.0  # of a reconnect storm
# Officers are threads of this process: at Python's own 5 ms each of them would hold up fixes that are being sent.
SWITCH_S: Final = 0.0005
NODE_BAR_S: Final = 10.0  # as a dead peer


@dataclass(frozen=True, slots=True)
class Way:
    """How many processes, on one Redis or on a cluster."""

    web: int = 2
    feeds: int = 1
    on_cluster: bool = False


WAYS: Final = {
    "one": Way(web=1),
    "two": Way(),
    "feeds": Way(feeds=2),
    "cluster": Way(on_cluster=True),
    "cluster-feeds": Way(feeds=2, on_cluster=True),
}


def main(arguments: list[str]) -> int:
    """Print the tables; 1 when a bar is over or a check fails."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_scale", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="how long each way is measured")
    parser.add_argument("--screens", type=int, default=200)
    parser.add_argument("--no-kill", action="store_true", help="end after the figures")
    parser.add_argument("--only", choices=tuple(WAYS), help="one of the ways alone")
    wanted = parser.parse_args(arguments)
    sys.setswitchinterval(SWITCH_S)
    ways = [wanted.only] if wanted.only else list(WAYS)
    kept = [asyncio.run(_way(way, wanted)) for way in ways]
    return 0 if all(kept) else 1


async def _way(name: str, wanted: argparse.Namespace) -> bool:
    way, cluster = WAYS[name], None
    if way.on_cluster:
        try:
            cluster = ThrowawayCluster(sharded_server(), replicas=3)
        except ClusterUnavailable as missing:
            skip("three-node cluster", str(missing))
            return True
        cluster.start()
    title = f"{way.web} web, {way.feeds} feeds, {'three-node cluster' if cluster else 'one Redis'}"
    print(f"{title}, 2 workers, {wanted.screens} screens, 4,383 fixes a second")
    try:
        with tempfile.TemporaryDirectory(prefix="zs-scale-") as folder:
            async with scale_city(Path(folder), web=way.web, feeds=way.feeds, cluster=cluster) as city:
                return await _measure(city, title, wanted)
    finally:
        if cluster is not None:
            cluster.stop()


async def _measure(city: ScaleCity, way: str, wanted: argparse.Namespace) -> bool:
    screens = wanted.screens
    await city.open_screens(screens)
    city.begin()
    await asyncio.sleep(WARM_UP_S)
    await city.ask_screens("state")
    before, began, machine = _used(city), time.monotonic(), Machine()
    nodes_before = _published(city)
    await asyncio.sleep(wanted.seconds)
    took_s, after = time.monotonic() - began, _used(city)
    found = await city.ask_screens("state")
    kept = _tell_delays(city, way, found)
    for name, used_s in after.items():
        tell(
            Row(
                f"{way}: {name}",
                (used_s - before[name]) / took_s,
                "core",
                note=f"{_rss_mb(city.parts[name]):.0f} MB",
            )
        )
    _tell_nodes(nodes_before, _published(city))
    machine.report()
    if city.cluster is not None and not wanted.no_kill:
        kept &= await _kill_node(city, city.cluster, way, screens)
    if len(city.webs) > 1 and not wanted.no_kill:
        kept &= await _kill(city, way, screens)
    await city.end_load()
    return await _tell_truth(city, way, screens) and kept


def _tell_delays(city: ScaleCity, way: str, found: dict[str, Any]) -> bool:
    """The whole way of a fix and its two legs; a move is on the bus once, and seen by every screen of its county."""
    sent = city.load.sent
    passed = {(probe, move): at for probe, move, at in found["passed_at"]}
    seen = [((probe, move), at) for probe, move, at in found["seen_at"]]
    whole = [(at - sent.probe_at[one]) * 1_000 for one, at in seen if one in sent.probe_at]
    to_bus = [(at - sent.probe_at[one]) * 1_000 for one, at in passed.items() if one in sent.probe_at]
    from_bus = [(at - passed[one]) * 1_000 for one, at in seen if one in passed]
    kept = line(f"{way}: fix to wire", whole, P50_BAR_MS, by_median=True)
    kept &= line(f"{way}: fix to wire", whole, P99_BAR_MS)
    line(f"{way}: of that to the bus", to_bus)
    line(f"{way}: of that from the bus to the wire", from_bus)
    late_ms = np.percentile(sent.late_s, 99) * 1_000
    note = f"{len(to_bus)} moves of {len(PROBES)} workers; the driver itself sent up to {late_ms:.1f} ms late (p99)"
    tell(Row(f"{way}: fix to wire, p95", float(np.percentile(whole, 95)), "ms", note=note))
    return kept


async def _kill_node(city: ScaleCity, cluster: ThrowawayCluster, way: str, screens: int) -> bool:
    """A master that carries counties dies: screens say so, its replica takes over, and it comes back as a replica."""
    kept_whole = [
        cluster.master_of(one) for one in (FEED_CALLS, FEED_COUNTERS, LOG)
    ]  # counts must stay exact
    node = next(one for one in cluster.masters if one not in kept_whole)
    await asyncio.to_thread(node.kill)
    killed_at = time.time()
    said_s = await _until(city, killed_at, lambda told: told["bus_up"] == 0)
    up_s = await _until(city, killed_at, lambda told: told["bus_up"] == screens)
    await city.ask_screens("state")  # what was seen until now is forgotten
    moving: set[int] = set()

    def all_moved(told: dict[str, Any]) -> bool:
        moving.update(probe for probe, _, _ in told["seen_at"])
        return len(moving) == len(PROBES)

    seen_s = await _until(city, killed_at, all_moved)
    kept = tell(Row(f"{way}: a county's node killed, every screen says so", said_s, "s", NODE_BAR_S))
    note = f"every screen knows after {up_s:.1f} s; node timeout {NODE_TIMEOUT_MS / 1_000:g} s"
    kept &= tell(
        Row(f"{way}: its replica serves, every county moves again", seen_s, "s", NODE_BAR_S, note=note)
    )
    node.start()
    await asyncio.to_thread(cluster.settle, node)
    return kept


async def _until(
    city: ScaleCity, since: float, holds: Callable[[dict[str, Any]], bool], within_s: float = 30.0
) -> float:
    """Return how many seconds after `since` all screens together are as asked; infinity where that never comes."""
    while time.time() - since < within_s:
        if holds(await city.ask_screens("state")):
            return time.time() - since
        await asyncio.sleep(0.1)
    return math.inf


async def _kill(city: ScaleCity, way: str, screens: int) -> bool:
    """A worker dies and the other goes on; a web process dies and its screens move to the other."""
    city.base.workers[0].kill()
    done = sum(len(one.acknowledged) for one in city.people)
    city.webs[0].kill()
    killed_at = time.time()
    back: dict[str, Any] = {}
    while time.time() - killed_at < 20.0:
        await asyncio.sleep(0.5)
        back = await city.ask_screens("state")
        if back["up"] == screens:
            break
    took_s = back["last_back_at"] - killed_at
    kept = tell(
        Row(
            f"{way}: web1 and worker1 killed, last screen back",
            took_s,
            "s",
            BACK_BAR_S,
            note=f"{back['up']} screens up",
        )
    )
    kept &= back["up"] == screens
    await asyncio.sleep(12.0)  # the lease of the dead worker has run out
    city.webs[0].start()
    city.base.workers[0].start()
    acts = sum(len(one.acknowledged) for one in city.people) - done
    return tell(Row(f"{way}: acts acknowledged in the 12 s after", acts, bar=1, is_least=True)) and kept


async def _tell_truth(city: ScaleCity, way: str, screens: int) -> bool:
    faults = [*await city.faults_of_counts(), *city.log_faults()]
    found = await city.compare_screens()
    if found["same"] != screens:
        faults.append(f"{found['same']} of {screens} screens show a fresh state: {found['told']}")
    if found["gaps"]:
        faults.append(f"gaps on screens: {found['gaps']}")
    sent = city.load.sent
    print(
        f"  sent and arrived: {sent.fixes} fixes, {sent.calls} calls, {sent.opened} orders opened, {sent.closed} "
        f"closed; {found['frames']} frames, {found['bytes'] / 1e6:.1f} MB to screens"
    )
    if refused := {name: count for name, count in sent.refused.items() if count}:
        print(f"  not taken at once: {refused}")
    if found["notices"]:
        print(f"  notices: {found['notices']}")
    for fault in faults:
        print(f"  FAULT {fault}")
    equal = f"{found['same']} of {screens} screens equal to a fresh state"
    return tell(Row(f"{way}: wrong counts, holes, unequal screens", len(faults), bar=0, note=equal))


def _used(city: ScaleCity) -> dict[str, float]:
    return {name: tree_s(pid) for name, pid in city.parts.items()}


def _rss_mb(pid: int) -> float:
    """Of the process that works: gunicorn's child, else the process itself."""
    process = psutil.Process(pid)
    family = process.children() or [process]
    return max(float(one.memory_info().rss) for one in family) / 1e6


def _published(city: ScaleCity) -> list[tuple[int, int]]:
    """Return of each node (messages published, bytes sent), none where there is one Redis."""
    if city.cluster is None:
        return []
    found = []
    for node in city.cluster.masters:
        calls = node.ask("INFO", "commandstats").get("cmdstat_spublish", {}).get("calls", 0)
        found.append((int(calls), int(node.ask("INFO", "stats")["total_net_output_bytes"])))
    return found


def _tell_nodes(before: list[tuple[int, int]], after: list[tuple[int, int]]) -> None:
    if not after:
        return
    spent = [(now[0] - then[0], now[1] - then[1]) for then, now in zip(before, after, strict=True)]
    messages, sent = sum(one[0] for one in spent), sum(one[1] for one in spent)
    for number, (count, size) in enumerate(spent, 1):
        note = f"of {messages} messages; {size / sent:.0%} of {sent / 1e6:.1f} MB sent"
        tell(Row(f"node {number} of the cluster", 100 * count / messages, "%", note=note))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
