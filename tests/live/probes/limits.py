"""The live socket at its limits, each figure beside its bar: `python -m tests.live.probes.limits [NAME ...]`.

Names: memory, storm, restart, stopped, dead, outage; without one all of them. `--screens N`: another number than 500.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import statistics
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from dashboard.live.movement_frames import parse_delta
from dashboard.live.wire import Kind, decode_json
from tests.live.light_screen import FaithfulScreen
from tests.live.probes.hall import Hub, hub, open_light
from tools.bench_rows import Row, tell

OUTAGE_S = 60.0


def say(what: str, value: float, unit: str, bar: float, note: str = "") -> None:
    """Tell a figure and the most that it may be."""
    tell(Row(what, value, unit, bar, note=note))


async def memory(screens: int) -> None:
    async with hub() as opened:
        await open_light(opened, 20, lambda *_: None)  # what the first screens of a class bring
        await asyncio.sleep(3)
        before = await opened.ask()
        await open_light(opened, screens, lambda *_: None)
        await asyncio.sleep(10)
        after = await opened.ask()
        assert after["screens"] == screens + 20
        each_kb = (after["rss_kb"] - before["rss_kb"]) / screens
        say(f"memory per screen, {screens} screens", each_kb, "KB", 20)


async def storm(screens: int, *, restart: bool = False) -> None:
    """All screens lose their connection at once, or their server; they return by the browser's rules."""
    async with hub() as opened:
        hall = [FaithfulScreen(opened.port, random.Random(seed)) for seed in range(screens)]
        following = [asyncio.create_task(screen.follow()) for screen in hall]
        while not all(screen.is_whole for screen in hall):
            await asyncio.sleep(0.05)
        await opened.ask("commit 20")
        missed = 30
        if restart:
            await opened.kill()
            await asyncio.sleep(2)
            await opened.start(entries=20 + missed)
            back_at = asyncio.get_running_loop().time()
        else:
            back_at = asyncio.get_running_loop().time()
            await opened.ask("cut")
            for _ in range(missed):
                await opened.ask("commit 1")
                await asyncio.sleep(0.05)
        committed = 20 + missed
        while not all(screen.breaks and screen.is_whole and screen.seq == committed for screen in hall):
            await asyncio.sleep(0.05)
        took = sorted(screen.breaks[0][1] - back_at for screen in hall)
        p95 = took[int(len(took) * 0.95)]
        gaps, doubles = sum(screen.gaps for screen in hall), sum(screen.duplicates for screen in hall)
        name = "server killed and started" if restart else "connections cut"
        say(f"{screens} screens return, {name}: gaps", gaps, "", 0)
        say(f"{name}: shown twice", doubles, "", 0)
        since = ", from the server's return" if restart else ""
        say(
            f"{name}: whole again{since}",
            p95,
            "s p95",
            8,
            f"p50 {statistics.median(took):.2f} s, max {took[-1]:.2f} s",
        )
        for screen in hall:
            screen.stop()
        for task in following:
            task.cancel()


async def stopped(screens: int) -> None:
    """A hall stops reading while twenty healthy screens go on."""
    async with hub() as opened:
        late: list[float] = []
        is_measured = False

        def took(kind: Kind, frame: bytes) -> None:
            if kind is Kind.FLEET_DELTA and is_measured:
                late.append(time.time() * 1000 - parse_delta(frame).tick_at)

        await open_light(opened, 20, took)
        halted = await open_light(opened, screens, lambda *_: None)
        await asyncio.sleep(3)
        before, most_kb = await opened.ask(), 0
        is_measured = True
        for screen in halted:
            assert screen.transport is not None
            screen.transport.pause_reading()
        started = time.monotonic()
        dropped_s = 0.0
        most_waiting = 0
        while time.monotonic() - started < 15:
            found = await opened.ask("heavy 1 20000")
            most_kb = max(most_kb, found["rss_kb"])
            most_waiting = max(most_waiting, found["most_waiting_bytes"])
            if found["screens"] == 20 and not dropped_s:
                dropped_s = time.monotonic() - started
            await asyncio.sleep(0.1)
        p99 = sorted(late)[int(len(late) * 0.99)]
        watched = "" if dropped_s else "some were there after 15 s"
        say(f"{screens} screens stop reading: all dropped after", dropped_s or 15.0, "s", 10, watched)
        say("healthy screens meanwhile, tick to screen", p99, "ms p99", 300, f"{len(late)} frames")
        say("more memory in the server", (most_kb - before["rss_kb"]) / 1024, "MB", 100)
        say("most that waited for one screen", most_waiting / 1024, "KiB", 1_024)


CLIENT = """
import asyncio, sys
from websockets.asyncio.client import connect
async def main():
    async with connect(f"ws://127.0.0.1:{sys.argv[1]}/live?view=wall", compression=None, max_size=None) as opened:
        print("open", flush=True)
        async for _ in opened:
            pass
asyncio.run(main())
"""


@asynccontextmanager
async def black_hole(port: int) -> AsyncIterator[tuple[int, Callable[[], None]]]:
    """A line to `port` that swallows everything once it is told to."""
    pumps: list[asyncio.Task[None]] = []

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        pumps.extend(
            (asyncio.create_task(pump(reader, far_writer)), asyncio.create_task(pump(far_reader, writer)))
        )

    def swallow() -> None:
        for task in pumps:
            task.cancel()

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1], swallow
    server.close()


async def dead(_screens: int) -> None:
    """From the instant of silence to the eviction: with little to send, and with a buffer that fills."""
    for traffic in ("movement alone", "a buffer that fills"):
        for way in ("SIGSTOP", "black hole"):
            took = [await _silence(way, fills=traffic != "movement alone") for _ in range(2)]
            say(f"dead peer, {way}, {traffic}: gone after", max(took), "s", 10, f"the slower of {len(took)}")


async def _silence(way: str, *, fills: bool) -> float:
    async with hub() as opened, black_hole(opened.port) as (proxied, swallow):
        port = opened.port if way == "SIGSTOP" else proxied
        client = await asyncio.create_subprocess_exec(sys.executable, "-c", CLIENT, str(port), stdout=PIPE)
        assert client.stdout is not None
        await client.stdout.readline()
        await asyncio.sleep(4 + random.random() * 3)  # any place in the ping's beat
        filling = asyncio.create_task(_fill(opened)) if fills else None
        await asyncio.sleep(0.5)
        if way == "SIGSTOP":
            client.send_signal(signal.SIGSTOP)
        else:
            swallow()
        try:
            return await opened.until(lambda found: found["screens"] == 0)
        finally:
            if filling is not None:
                filling.cancel()
            client.kill()
            await client.wait()


async def _fill(opened: Hub) -> None:
    while True:
        await opened.ask("heavy 1 400000")
        await asyncio.sleep(0.1)


async def outage(_screens: int) -> None:
    """Redis is killed and comes back after a minute; a screen follows all the while."""
    async with hub() as opened:
        said: list[tuple[float, str]] = []
        moved: list[float] = []

        def took(kind: Kind, frame: bytes) -> None:
            if kind is Kind.HEALTH:
                said.append((time.monotonic(), decode_json(frame)["live"]["bus"]))
            elif kind is Kind.FLEET_DELTA:
                moved.append(time.monotonic())

        await open_light(opened, 1, took)
        follower = FaithfulScreen(opened.port, random.Random(1))
        following = asyncio.create_task(follower.follow())
        await asyncio.sleep(5)
        await opened.ask("commit 3")
        killed_at = time.monotonic()
        opened.redis.kill()
        await asyncio.sleep(OUTAGE_S / 2)
        await opened.ask("truth 5")
        told_at = time.monotonic()
        while follower.seq != 8:
            await asyncio.sleep(0.02)
        told_s = time.monotonic() - told_at
        await asyncio.sleep(killed_at + OUTAGE_S - time.monotonic())
        opened.redis.start()
        back_at = time.monotonic()
        while said[-1][1] != "up" or moved[-1] < back_at:
            await asyncio.sleep(0.02)
        down_s = next(at for at, state in said if state == "down" and at > killed_at) - killed_at
        say(f"Redis away {OUTAGE_S:g} s: a screen is told after", down_s, "s", 5)
        say("an entry committed meanwhile is on the screen after", told_s, "s", 5)
        up_s = max(said[-1][0], next(at for at in moved if at > back_at)) - back_at
        say("Redis back: live again, positions moving, after", up_s, "s", 5)
        broken = (follower.gaps, follower.duplicates, len(follower.breaks))
        say("gaps, lines shown twice, broken connections", sum(broken), "", 0)
        follower.stop()
        following.cancel()


PROBES: dict[str, Callable[[int], Coroutine[Any, Any, None]]] = {
    "memory": memory,
    "storm": storm,
    "restart": lambda screens: storm(screens, restart=True),
    "stopped": stopped,
    "dead": dead,
    "outage": outage,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[*PROBES, []])
    parser.add_argument("--screens", type=int, default=500)
    given = parser.parse_args()
    for name in given.names or PROBES:
        asyncio.run(PROBES[name](given.screens))


if __name__ == "__main__":
    main()
