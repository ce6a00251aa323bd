"""What a report costs on its way over Redis: one PUBLISH each against our packed frame per county and tick.

Part of `make bench`; alone: `python -m tools.bench_redis`. Publisher, Redis and subscriber are three processes; what
counts is the processor time of each. The frame is what `data_feeds.fleet_publisher` publishes at 4,383 reports a
second and ticks of 100 ms.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from subprocess import PIPE
from typing import Any

import numpy as np

from dashboard.live.fleet import Fleet
from dashboard.live.fleet_frames import pack_fixes, unpack_fixes
from dashboard.settings import PROJECT_ROOT
from data_feeds.bus import Bus
from data_feeds.embedded_redis import EmbeddedRedis, find_program
from tools.bench_machine import cpu_s
from tools.bench_motion import WORKERS
from tools.bench_rows import Row, tell

REGIONS = 4  # counties of the default city
TICKS = 100  # 10 s of the fleet
PER_FRAME = WORKERS // 10 // REGIONS
SINGLES = 4_000
CHANNEL = "bench:fleet:"
LEGS = ("publisher", "Redis", "subscriber")
Costs = dict[str, float]


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="zs-redis-") as folder:
        redis = EmbeddedRedis(Path(folder), Path(folder) / "redis.sock", find_program())
        redis.start()
        try:
            assert redis.pid is not None
            found = asyncio.run(_measure(redis.url, redis.pid))
        finally:
            redis.stop()
    single, pipelined, packed = found
    print("one report over Redis, processor time")
    for leg in LEGS:
        tell(Row(f"one PUBLISH and one JSON per report, awaited: {leg}", single[leg], "us"))
    for leg in LEGS:
        times = pipelined[leg] / packed[leg]
        row = Row(f"one PUBLISH per report, a tick's in one pipeline: {leg}", pipelined[leg], "us")
        tell(Row(row.what, row.value, row.unit, times=times, of="packed"))
    for leg in LEGS:
        name = f"ours, a packed frame of {PER_FRAME} reports per county and tick: {leg}"
        tell(Row(name, packed[leg], "us", times=single[leg] / packed[leg], of="less than one by one"))
    return 0


async def _measure(url: str, redis_pid: int) -> tuple[Costs, Costs, Costs]:
    bus = Bus(url)
    report = {
        "id": "rz-001234", "slot": 1234, "at": 1_795_401_600_000, "lon": 119.461234, "lat": 35.421234, "state": 17,
    }  # fmt: skip
    one = json.dumps(report, separators=(",", ":")).encode()
    rows = np.arange(PER_FRAME)
    columns = (rows, rows + 119_400_000, rows + 35_400_000, np.ones(PER_FRAME), rows + 1_795_401_600_000)

    async def singly() -> None:
        for _ in range(SINGLES):
            await bus.publish(f"{CHANNEL}json", one)

    async def in_pipelines() -> None:
        at_once = PER_FRAME * REGIONS
        for _ in range(SINGLES // at_once + 1):
            await bus.publish_many([(f"{CHANNEL}json", one)] * at_once)
            await asyncio.sleep(0.01)

    async def packed() -> None:
        for tick in range(TICKS):
            frame = pack_fixes(tick, 1_795_401_600_000, *columns, roster=1)
            await bus.publish_many([(f"{CHANNEL}{region}", frame) for region in range(REGIONS)])
            await asyncio.sleep(0.01)

    at_once = PER_FRAME * REGIONS
    counts = (SINGLES, (SINGLES // at_once + 1) * at_once, TICKS * at_once)
    found = []
    for work, reports in zip((singly, in_pipelines, packed), counts, strict=True):
        found.append(await _one_way(url, redis_pid, work, reports))
    await bus.close()
    return found[0], found[1], found[2]


async def _one_way(url: str, redis_pid: int, work: Any, reports: int) -> Costs:
    listener = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tools.bench_redis", url, cwd=PROJECT_ROOT, stdin=PIPE, stdout=PIPE
    )
    assert listener.stdout is not None
    try:
        await listener.stdout.readline()  # it has subscribed
        before = {
            "publisher": time.process_time(),
            "Redis": cpu_s(redis_pid),
            "subscriber": cpu_s(listener.pid),
        }
        await work()
        taken = 0
        while taken < reports:
            taken = int(await asyncio.wait_for(listener.stdout.readline(), 20))
        after = {
            "publisher": time.process_time(),
            "Redis": cpu_s(redis_pid),
            "subscriber": cpu_s(listener.pid),
        }
        return {leg: (after[leg] - before[leg]) / reports * 1e6 for leg in LEGS}
    finally:
        listener.kill()
        await listener.wait()


async def _listen(url: str) -> None:
    """Take reports into a fleet, whichever way they come; tells how many there were whenever it is quiet."""
    bus, fleet = Bus(url), Fleet(WORKERS)
    taken = told = 0

    async def tell_when_quiet() -> None:
        nonlocal told
        while True:
            await asyncio.sleep(0.3)
            if taken != told:
                told = taken
                print(taken, flush=True)

    teller = asyncio.create_task(tell_when_quiet())
    channels = [f"{CHANNEL}{name}" for name in ("json", *range(REGIONS))]
    async for message in bus.subscribe(channels, on_state=lambda state: print(state, flush=True)):
        if message.channel.endswith("json"):
            report = json.loads(message.data)
            slot = report["slot"]
            fleet.lon_e6[slot], fleet.lat_e6[slot] = round(report["lon"] * 1e6), round(report["lat"] * 1e6)
            fleet.fix_at[slot], fleet.state[slot] = report["at"], report["state"]
            taken += 1
        else:
            batch = unpack_fixes(message.data)
            fleet.apply(batch)
            taken += len(batch)
    teller.cancel()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        import uvloop

        uvloop.run(_listen(sys.argv[1]))
    else:
        sys.exit(main())
