"""The two ways that Dash itself has of keeping a map current, as servers: the peers of `bench_dash`.

`python -m tools.bench_dash_app interval|websocket PORT` serves a page with one map of all workers until it is ended.
"interval" answers each poll with everybody as GeoJSON; "websocket" is Dash 4.4's persistent callback, which hands the
same to every open page once a second, built once.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import dash_leaflet
import uvicorn
from dash import Dash, Input, Output, ctx, dcc, html, set_props
from fastapi import FastAPI

from tools.bench_encode import features
from tools.bench_motion import motion

SECONDS = 30
TICK_S = 1.0


def interval_server() -> FastAPI:
    """A `dcc.Interval` and a callback that answers with everybody."""
    moved = motion(SECONDS)
    server = FastAPI()
    app = Dash("bench", server=server, suppress_callback_exceptions=True)  # type: ignore[arg-type]
    app.layout = html.Div(
        [dcc.Interval(id="tick", interval=1_000), dash_leaflet.Map(dash_leaflet.GeoJSON(id="workers"))]
    )

    @app.callback(Output("workers", "data"), Input("tick", "n_intervals"))
    def show(ticks: int | None) -> dict[str, Any]:
        return features(moved, 1 + (ticks or 0) % (SECONDS - 1))

    return server


def websocket_server() -> FastAPI:
    """A persistent callback per page that sets the map's data when there is a new second."""
    moved = motion(SECONDS)
    latest: dict[str, Any] = {}
    ticked: list[asyncio.Condition] = []

    async def tick() -> None:
        second = 0
        while True:
            await asyncio.sleep(TICK_S)
            second = 1 + second % (SECONDS - 1)
            latest.update(features(moved, second))
            async with ticked[0]:
                ticked[0].notify_all()

    @asynccontextmanager
    async def life(_server: FastAPI) -> AsyncIterator[None]:
        # Dash prepares its callbacks before the first request over HTTP; a socket may come sooner.
        backend: Any = app.backend
        for prepare in backend._before_request_funcs:
            prepared = prepare()
            if inspect.isawaitable(prepared):
                await prepared
        ticked.append(asyncio.Condition())
        task = asyncio.create_task(tick())
        yield
        task.cancel()

    server = FastAPI(lifespan=life)
    app = Dash(
        "bench",
        server=server,  # type: ignore[arg-type]
        websocket_callbacks=True,
        websocket_inactivity_timeout=0,
        suppress_callback_exceptions=True,
    )
    app.layout = html.Div([dash_leaflet.Map(dash_leaflet.GeoJSON(id="workers"))])

    @app.callback()
    async def stream() -> None:
        socket = ctx.websocket
        while not socket.is_shutdown:
            async with ticked[0]:
                await ticked[0].wait()
            set_props("workers", {"data": latest})

    return server


if __name__ == "__main__":
    kind, port = sys.argv[1:]
    made = interval_server() if kind == "interval" else websocket_server()
    uvicorn.run(
        made, port=int(port), loop="uvloop", http="httptools", ws="websockets-sansio", access_log=False,
        log_level="error",
    )  # fmt: skip
