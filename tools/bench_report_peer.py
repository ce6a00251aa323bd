"""A fleet on screens as a team builds it first: the peer of `bench_end_to_end`, two servers with a Redis between them.

`python -m tools.bench_report_peer ingest|screens PORT REDIS_URL ROSTER` serves until it is ended. "ingest" takes a fix
over HTTP and does one PUBLISH with one JSON for it; "screens" listens, and once a second sends each screen the reports
of its county that came since, filtered and written as JSON for each screen. No keys, no rules, no resumption: less than
ours does. ROSTER is a JSON file of `id`, `slot` and `county` of each device.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from redis.asyncio import Redis

CHANNEL = "reports"
TICK_S = 1.0


def ingest_app(redis_url: str, roster: Path) -> Any:
    """One PUBLISH and one JSON per report; bare ASGI, because FastAPI does not take 4,383 of these a second."""
    devices = {one["id"]: one for one in json.loads(roster.read_text(encoding="utf-8"))}
    redis = Redis.from_url(redis_url)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        asked = dict(parse_qsl(scope["query_string"].decode()))
        device = devices[asked["id"]]
        report = {
            "slot": device["slot"], "county": device["county"], "at": int(asked["timestamp"]),
            "lon": float(asked["lon"]), "lat": float(asked["lat"]), "speed": float(asked["speed"]),
            "bearing": float(asked["bearing"]), "accuracy": float(asked["accuracy"]),
        }  # fmt: skip
        await redis.publish(CHANNEL, json.dumps(report))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


def screens_app(redis_url: str) -> FastAPI:
    """What came, to each screen once a second."""
    screens: dict[WebSocket, str] = {}
    reports: dict[int, dict[str, Any]] = {}

    async def listen() -> None:
        heard = Redis.from_url(redis_url).pubsub()
        await heard.subscribe(CHANNEL)
        async for message in heard.listen():
            if message["type"] == "message":
                report = json.loads(message["data"])
                reports[report["slot"]] = report

    async def tick() -> None:
        number = 0
        while True:
            await asyncio.sleep(TICK_S)
            number += 1
            came = list(reports.values())
            reports.clear()
            for screen, county in list(screens.items()):
                seen = [report for report in came if report["county"] == county]
                with suppress(WebSocketDisconnect, RuntimeError):  # it has just left
                    await screen.send_text(json.dumps({"tick": number, "reports": seen}))

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(listen()), asyncio.create_task(tick())]
        yield
        for task in tasks:
            task.cancel()

    app = FastAPI(lifespan=life)

    @app.websocket("/live")
    async def live(screen: WebSocket, county: str) -> None:
        await screen.accept()
        screens[screen] = county
        try:
            while True:
                await screen.receive_text()
        except WebSocketDisconnect:
            del screens[screen]

    return app


def main(arguments: list[str]) -> None:
    """Serve until ended."""
    kind, port, redis_url, roster = arguments
    app = ingest_app(redis_url, Path(roster)) if kind == "ingest" else screens_app(redis_url)
    # What is still queued when the fleet ends has nobody to be answered: not worth a page of complaints.
    uvicorn.run(app, port=int(port), loop="uvloop", http="httptools", access_log=False, log_level="critical")


if __name__ == "__main__":
    main(sys.argv[1:])
