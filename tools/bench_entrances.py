"""What a team would take positions in with instead of our feeds: the peers of `bench_ingest`.

`python -m tools.bench_entrances KIND PORT` serves `/osmand` and `/v1/positions` until it is ended. None of them checks
keys, limits, speed or order, and none publishes anything: each keeps the last fix per device, and that is all.
"""

from __future__ import annotations

import json
import sys
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import uvicorn
from fastapi import FastAPI, Query, Request, Response
from flask import Flask, request
from pydantic import BaseModel, Field

from data_feeds.decoders.packed_positions import HEADER, RECORD

KINDS = ("fastapi", "asgi", "flask")


class FixModel(BaseModel):
    """One fix as the batch has it."""

    id: str = Field(max_length=64)
    at: int = Field(gt=0)
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    speed_mps: float | None = Field(None, ge=0, le=200)
    accuracy_m: float | None = Field(None, ge=0)
    duty: bool | None = None
    task: bool | None = None


class BatchModel(BaseModel):
    """A batch."""

    fixes: list[FixModel] = Field(min_length=1, max_length=5_000)


def fastapi_app() -> Any:
    """FastAPI with pydantic models."""
    app = FastAPI()
    latest: dict[str, Any] = {}

    @app.get("/osmand", status_code=204)
    async def osmand(
        id: str = Query(max_length=64),
        lat: float = Query(ge=-90, le=90),
        lon: float = Query(ge=-180, le=180),
        timestamp: int = Query(gt=0),
        speed: float | None = Query(None, ge=0),
        bearing: float | None = Query(None, ge=0, le=360),
        accuracy: float | None = Query(None, ge=0),
    ) -> Response:
        latest[id] = (timestamp, lon, lat, speed, bearing, accuracy)
        return Response(status_code=204)

    @app.post("/v1/positions")
    async def positions(batch: BatchModel) -> dict[str, int]:
        for fix in batch.fixes:
            latest[fix.id] = fix
        return {"accepted": len(batch.fixes)}

    @app.post("/v1/packed")
    async def packed(request: Request) -> dict[str, int]:
        body = await request.body()
        _, count, table_bytes = HEADER.unpack_from(body)
        devices = body[HEADER.size : HEADER.size + table_bytes].decode().split("\n")
        records = np.frombuffer(body, RECORD, count, HEADER.size + table_bytes)
        columns = (records[name].tolist() for name in ("device", "at", "lon", "lat", "speed_mps"))
        for device, *fix in zip(*columns, strict=True):
            latest[devices[device]] = fix
        return {"accepted": count}

    return app


def asgi_app() -> Any:
    """Bare ASGI with the standard library: the least that Python does under the same server."""
    latest: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/osmand":
            asked = dict(parse_qsl(scope["query_string"].decode()))
            fix = (int(asked["timestamp"]), float(asked["lon"]), float(asked["lat"]), float(asked["speed"]))
            latest[asked["id"]] = fix
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        fixes = json.loads(body)["fixes"]
        for fix in fixes:
            latest[fix["id"]] = (
                int(fix["at"]),
                float(fix["lon"]),
                float(fix["lat"]),
                float(fix["speed_mps"]),
            )
        answer = b'{"accepted":%d}' % len(fixes)
        length = str(len(answer)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        await send({"type": "http.response.body", "body": answer})

    return app


def flask_app() -> Flask:
    """Flask routes, which is also what a route of a plain Dash application is."""
    app = Flask("bench")
    latest: dict[str, Any] = {}

    @app.get("/osmand")
    def osmand() -> tuple[str, int]:
        asked = request.args
        latest[asked["id"]] = (int(asked["timestamp"]), float(asked["lon"]), float(asked["lat"]))
        return "", 204

    @app.post("/v1/positions")
    def positions() -> dict[str, int]:
        fixes = request.get_json()["fixes"]
        for fix in fixes:
            latest[fix["id"]] = (int(fix["at"]), float(fix["lon"]), float(fix["lat"]))
        return {"accepted": len(fixes)}

    return app


def main(kind: str, port: int) -> None:
    """Serve until ended."""
    apps = {"fastapi": fastapi_app, "asgi": asgi_app}
    uvicorn.run(
        apps[kind](), port=port, loop="uvloop", http="httptools", ws="none", lifespan="off", access_log=False,
        log_level="warning",
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
