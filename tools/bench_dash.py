"""Server CPU of bringing one screen up to date, beside Dash's own two ways: an interval, and a WebSocket callback.

Part of `make bench`; alone: `python -m tools.bench_dash`. All three send the same fleet once a second to real lines;
ours is the whole web process of a running installation, Redis and rights included.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tools.bench_live_centre import live_centre
from tools.bench_machine import cpu_s
from tools.bench_rows import Row, tell
from tools.bench_screen_process import running, two_free_ports

POLLS = 25
SOCKETS, SOCKET_SECONDS = (1, 30), 8.0
SCREENS, SECONDS = 200, 8.0
TIMES_BAR = 300  # docs/performance.md


def main() -> int:
    """Measure, print; 1 when the bar is over."""
    print("one screen brought up to date, 4,383 workers, server CPU")
    interval_us, interval_bytes = _interval()
    tell(Row("Dash interval + GeoJSON", interval_us, "us", note=f"{interval_bytes:,.0f} bytes"))
    for screens in SOCKETS:
        cost_us, size = asyncio.run(_websocket(screens))
        name = f"Dash WebSocket callback + GeoJSON, {screens} screen{'s' * (screens > 1)}"
        tell(Row(name, cost_us, "us", note=f"{size:,.0f} bytes"))
    with (
        tempfile.TemporaryDirectory(prefix="zs-dash-") as folder,
        live_centre(Path(folder) / "centre") as centre,
    ):
        found = centre.measure(SCREENS, SECONDS)
    # A movement frame comes ten times a second, an interval's answer once: compared is what a screen costs a second.
    ours_us = found.cores["web"] / SCREENS * 1e6
    note = f"{found.bytes_per_s:,.0f} bytes; ten frames in this second, {found.frame_us:.1f} us each"
    tell(Row(f"ours, {SCREENS} screens, a screen and second, all in", ours_us, "us", note=note))
    tell(Row("Dash interval against ours, a screen and second", interval_us / ours_us, "x"))
    times = interval_us / found.frame_us
    return (
        0
        if tell(Row("Dash interval against ours, a screen-update", times, "x", TIMES_BAR, is_least=True))
        else 1
    )


def _interval() -> tuple[float, float]:
    """Return microseconds and bytes of one poll."""
    port = two_free_ports()
    with running([sys.executable, "-m", "tools.bench_dash_app", "interval", str(port)], port) as process:
        _get(port, "/")
        sizes = [len(_poll(port, 0))]
        used_s = cpu_s(process.pid)
        sizes = [len(_poll(port, number)) for number in range(POLLS)]
        return (cpu_s(process.pid) - used_s) / POLLS * 1e6, sum(sizes) / POLLS


def _poll(port: int, ticks: int) -> bytes:
    body = {
        "output": "workers.data",
        "outputs": {"id": "workers", "property": "data"},
        "inputs": [{"id": "tick", "property": "n_intervals", "value": ticks}],
        "changedPropIds": ["tick.n_intervals"],
        "parsedChangedPropsIds": ["tick.n_intervals"],
    }
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/_dash-update-component",
        json.dumps(body).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        found: bytes = answer.read()
    if b"FeatureCollection" not in found:
        raise RuntimeError(f"the interval was answered {found[:200]!r}")
    return found


async def _websocket(screens: int) -> tuple[float, float]:
    """Return microseconds and bytes of one update of one page."""
    port = two_free_ports()
    command = [sys.executable, "-m", "tools.bench_dash_app", "websocket", str(port)]
    with running(command, port) as process:
        await asyncio.to_thread(_get, port, "/")
        known = json.loads(await asyncio.to_thread(_get, port, "/_dash-dependencies"))
        output = next(one["output"] for one in known if one.get("no_output"))
        payload = {
            "output": output, "outputs": [], "inputs": [], "changedPropIds": [], "parsedChangedPropsIds": [],
            "state": [],
        }  # fmt: skip
        order = {"type": "callback_request", "requestId": "1", "rendererId": "r1", "payload": payload}
        taken: list[int] = []
        async with asyncio.TaskGroup() as pages:
            lines = []
            for _ in range(screens):
                line = await connect(
                    f"ws://127.0.0.1:{port}/_dash-ws-callback",
                    origin=f"http://127.0.0.1:{port}",  # type: ignore[arg-type]
                    max_size=None,
                    compression=None,
                    proxy=None,
                )
                await line.send(json.dumps(order))
                lines.append(line)
            readers = [pages.create_task(_read(line, taken)) for line in lines]
            await asyncio.sleep(2.5)  # each page's callback has begun
            taken.clear()
            used_s = cpu_s(process.pid)
            await asyncio.sleep(SOCKET_SECONDS)
            used_s = cpu_s(process.pid) - used_s
            updates, size = len(taken), sum(taken)
            for reader in readers:
                reader.cancel()
            for line in lines:
                line.transport.abort()
    if not updates:
        raise RuntimeError("no page was ever told anything")
    return used_s / updates * 1e6, size / updates


async def _read(line: ClientConnection, taken: list[int]) -> None:
    async for message in line:
        if len(message) > 10_000:  # everything else on this line is small
            taken.append(len(message))


def _get(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return answer.read()


if __name__ == "__main__":
    sys.exit(main())
