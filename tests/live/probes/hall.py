"""A hub in a process of its own with a moving fleet in front of it, and light screens before it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.live.fleet import REPORTING
from dashboard.live.fleet_frames import pack_fixes, roster_mark
from dashboard.live.wire import Kind
from data_feeds.bus import Bus, BusDown
from data_feeds.bus_names import fleet_channel
from data_feeds.embedded_redis import EmbeddedRedis, find_program
from data_feeds.task_ending import end_tasks
from tests.live.light_screen import LightScreen
from tests.live.probes.hub_process import WORKERS

ROOT = Path(__file__).resolve().parents[3]
TICK_S = 0.1


class Hub:
    """The hub's process and the feeds' movement in front of it."""

    def __init__(self, redis: EmbeddedRedis) -> None:
        self.redis = redis
        self.redis_url = redis.url
        self.port = 0
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()

    async def start(self, entries: int = 0) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.live.probes.hub_process", self.redis_url, str(self.port), str(entries),
            cwd=ROOT, stdin=PIPE, stdout=PIPE,
        )  # fmt: skip
        self.port = (await self._answer())["port"]

    async def ask(self, order: str = "stats") -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdin is not None
        async with self._lock:
            self._process.stdin.write(order.encode() + b"\n")
            return await self._answer()

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def until(self, holds: Callable[[dict[str, Any]], bool], limit_s: float = 60.0) -> float:
        """Return how many seconds it took."""
        started = time.monotonic()
        while not holds(await self.ask()):
            if time.monotonic() - started > limit_s:
                raise TimeoutError(f"not within {limit_s:g} s")
            await asyncio.sleep(0.05)
        return time.monotonic() - started

    async def move(self) -> None:
        """A tenth of the fleet moves every tick, as at one fix a second."""
        bus, rng = Bus(self.redis_url), np.random.default_rng(1)
        mark = roster_mark((slot, f"w{slot}") for slot in range(WORKERS))
        lon = rng.integers(119_300_000, 119_600_000, WORKERS).astype(np.int32)
        number = 0
        while True:
            slots = np.arange(number % 10, WORKERS, 10)
            lon[slots] += rng.integers(20, 60, slots.size).astype(np.int32)
            now = int(time.time() * 1000)
            lat, state, at = (np.full(slots.size, value) for value in (35_430_000, REPORTING, now))
            frame = pack_fixes(number, now, slots, lon[slots], lat, state, at, roster=mark)
            with contextlib.suppress(BusDown):  # the feeds go on when Redis is back
                await bus.publish(fleet_channel("371102"), frame)
            number += 1
            await asyncio.sleep(TICK_S)

    async def _answer(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        answer: dict[str, Any] = json.loads(await self._process.stdout.readline())
        return answer


@asynccontextmanager
async def hub() -> AsyncIterator[Hub]:
    folder = Path(tempfile.mkdtemp(prefix="zs-limits-"))
    redis = EmbeddedRedis(folder, folder / "redis.sock", find_program())
    redis.start()
    opened = Hub(redis)
    try:
        await opened.start()
        moving = asyncio.create_task(opened.move())
        try:
            yield opened
        finally:
            await end_tasks([moving])
    finally:
        await opened.kill()
        redis.stop()
        shutil.rmtree(folder)


async def open_light(opened: Hub, count: int, on_frame: Callable[[Kind, bytes], None]) -> list[LightScreen]:
    loop, screens = asyncio.get_running_loop(), []
    for _ in range(count):
        _, screen = await loop.create_connection(
            lambda: LightScreen("view=wall", on_frame, lambda: None), "127.0.0.1", opened.port
        )
        screens.append(screen)
    return screens
