"""The desk alone on a real server: its layout, its callbacks and a picture that the test decides."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import uvicorn
from dash import Dash
from fastapi import FastAPI
from starlette.responses import FileResponse, JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import principal_context
from dashboard.domain.map_base import MapBase
from dashboard.domain.principal import Principal
from layouts.desk import map_window, page
from layouts.document import document
from layouts.map import Bounds

ROOT = Path(__file__).resolve().parents[2]
CITY_BOUNDS = Bounds(118.6, 35.05, 119.7, 36.05)


class AsPrincipal:
    """Stands for the gate: every request acts as the principal that the test has put at the desk."""

    def __init__(self, app: ASGIApp, who: Callable[[], Principal], policy: Callable[[], str]) -> None:
        self._app = app
        self._who = who
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = principal_context.enter(self._who())

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                header = (b"content-security-policy", self._policy().encode())
                message = {**message, "headers": [*message.get("headers", ()), header]}
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        finally:
            principal_context.leave(token)


class DeskServer:
    """Serves one desk on a port of its own; `picture` answers what the stand-in live stream polls."""

    def __init__(
        self,
        principal: Principal,
        picture: Callable[[], dict[str, Any]],
        *,
        register: Callable[[Dash], None] = lambda app: None,
        place_names: dict[str, str] | None = None,
        base: MapBase | None = None,
        port: int = 0,
    ) -> None:
        self.principal = principal
        self.port = port or _free_port()
        server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

        @server.get("/test/picture")
        async def give_picture() -> JSONResponse:
            return JSONResponse(picture())

        @server.get("/test/desk_live.mjs")
        async def give_live() -> FileResponse:
            return FileResponse(Path(__file__).with_name("desk_live.mjs"), media_type="text/javascript")

        @server.get("/citypack/boundaries/{name}")
        async def give_map(name: str) -> FileResponse:
            return FileResponse(map_file(name))

        # The map's window first: whatever page comes after it answers every address that nobody else has.
        self._dash("zhongshu-desk-map", server, "/desk_map/").layout = lambda: map_window.build(
            self.principal, **self._drawn(place_names, base)
        )
        app = self._dash("zhongshu-desk", server, "/")
        app.layout = lambda: page.build(self.principal, **self._drawn(place_names, base))
        register(app)
        config = uvicorn.Config(
            AsPrincipal(server, lambda: self.principal, lambda: _policy(list(app.csp_hashes()))),
            port=self.port,
            log_level="warning",
            lifespan="off",
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def _drawn(self, place_names: dict[str, str] | None, base: MapBase | None) -> dict[str, Any]:
        return {
            "jurisdiction_name": "日照市", "bounds": CITY_BOUNDS, "demonstration": True,
            "place_names": place_names or {}, "base": base,
        }  # fmt: skip

    def _dash(self, name: str, server: FastAPI, prefix: str) -> Dash:
        app = Dash(
            name,
            server=server,  # type: ignore[arg-type]  # Dash names the type of one of its backends only
            routes_pathname_prefix=prefix,
            requests_pathname_prefix=prefix,
            assets_folder=str(ROOT / "assets"),
            assets_url_path="/assets",
            assets_external_path="/",
            assets_ignore=r"zhongshu\.mjs",
            assets_path_ignore=[
                "live",
                "wall",
                "desk",
                "fonts",
                "catalogue",
                "hand",
                "unit",
                "field",
                "room",
                "report",
                "admin",
            ],
            external_scripts=[{"src": "/test/desk_live.mjs", "type": "module"}],
            update_title="",
        )
        app.index_string = document(
            "中枢 · 值班台", language=self.principal.language, surface="desk", theme="dark"
        )
        return app

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(5)


def _policy(script_hashes: Sequence[str]) -> str:
    """The content security policy under which the product serves the desk."""
    scripts = " ".join(script_hashes)
    return (
        f"default-src 'self'; script-src 'self' {scripts}; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:"
    )


def map_file(name: str) -> Path:
    """The city pack's file behind an address of the base map."""
    return ROOT / "citypacks" / "rizhao" / "boundaries" / Path(name).name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
