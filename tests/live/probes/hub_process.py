"""A hub of 4,383 workers in a process of its own, as gunicorn's worker runs it, told what to do over its input.

`python -m tests.live.probes.hub_process REDIS_URL PORT ENTRIES`; one JSON answer per line:
  stats            what /healthz says, with `rss_kb` and `cpu_s` of the process
  commit N         commits and relays N entries that every screen sees
  heavy N BYTES    the same, each with a row of so many bytes
  truth N          commits N such entries and tells nobody, as while Redis is away
  cut              breaks every screen's connection
"""

from __future__ import annotations

import asyncio
import json
import resource
import socket
import sys
import time
from pathlib import Path
from typing import Any

import uvicorn

from data_feeds.bus import Bus
from data_feeds.live_server import SERVED
from data_feeds.live_socket import LiveHub
from tests.live.live_city import CITY, PACK, FakeTruth, Relay, officer, worker

WORKERS = 4_383


class MachineClock:
    """The time as the machine has it: the feeds of a probe stamp their ticks with it too."""

    rate, is_demonstration = 1.0, False

    def now_ms(self) -> int:
        return int(time.time() * 1000)


def rss_kb() -> int:
    """Resident memory of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


async def main(redis_url: str, port: int, entries: int) -> None:
    truth = FakeTruth(workers=[worker(slot, ("371102", "371103")[slot % 2]) for slot in range(WORKERS)])
    for _ in range(entries):
        truth.commit(scope=[CITY], matters=[{"id": "m1", "scope": [CITY]}])
    bus = Bus(redis_url)
    hub = LiveHub(bus, None, MachineClock(), PACK, release="probe", source=truth)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await hub.serve(scope, receive, send, officer())

    listener = socket.create_server(("127.0.0.1", port), backlog=2048)
    config = uvicorn.Config(
        app, lifespan="off", log_level="warning", loop="uvloop", http="httptools", **SERVED
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    await hub.start()
    relay = Relay(bus, truth)
    await relay.open()
    while not (server.started and hub.is_ready and hub.fleet.n):
        await asyncio.sleep(0.01)
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)

    orders: asyncio.StreamReader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin
    )
    while (line := await orders.readline()) != b"":
        order, *given = line.decode().split()
        if order in ("commit", "heavy"):
            row = {"id": "m1", "scope": [CITY], "filler": "x" * int(given[1]) if order == "heavy" else ""}
            for _ in range(int(given[0])):
                await relay.relay(truth.commit(scope=[CITY], matters=[row]))
        elif order == "truth":
            for _ in range(int(given[0])):
                truth.commit(scope=[CITY], matters=[{"id": "m1", "scope": [CITY]}])
        elif order == "cut":
            for screen in list(hub._screens):
                screen.outbox._direct.abort()
        used = resource.getrusage(resource.RUSAGE_SELF)
        answer = hub.stats() | {"rss_kb": rss_kb(), "cpu_s": used.ru_utime + used.ru_stime}
        print(json.dumps(answer), flush=True)
    server.should_exit = True
    await serving


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
