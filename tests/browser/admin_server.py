"""The administrators' page alone on a real server: its layout, its callbacks, its socket and a store of the test's."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.routing import Mount, WebSocketRoute
from starlette.types import Receive, Scope, Send

import callbacks.admin
from callbacks.admin.dispatch_rows import category_names, kind_names
from callbacks.admin.places import place_names
from dashboard.citypack.policies import CHOICES
from dashboard.domain.principal import Principal
from dashboard.live.wire import encode_time
from dashboard.principal_context import current_principal
from dashboard.service import Services
from data_feeds.admin_socket import AdminSockets
from data_feeds.http.assets import assets
from data_feeds.live_outbox import OutboxCounts
from layouts.admin.page import Ground, build
from layouts.dash_screen import DashScreen
from layouts.document import document
from tests.browser.desk_server import ROOT, AsPrincipal
from tests.browser.hand_server import POLICY
from tests.free_port import free_port


class _Told:
    """What the administrators' socket asks of the live picture."""

    def __init__(self, clock: Any) -> None:
        self._clock = clock

    def time_frame(self, echo: float = 0.0) -> bytes:
        return encode_time(self._clock.now_ms(), self._clock.rate, echo, 0)

    def hello(self, **more: Any) -> dict[str, Any]:
        return {
            "now": self._clock.now_ms(),
            "rate": self._clock.rate,
            "epoch": "test",
            "seq": 0,
            "release": "",
        } | more


class AdminServer:
    """Serves `/admin/` on a port of its own; `person` is who asks."""

    def __init__(self, services: Services, clock: Any, person: Principal) -> None:
        self.person = person
        self.port = free_port()
        pack = services.pack
        self._sockets = AdminSockets(_Told(clock), OutboxCounts())
        inner = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=self._lifespan)
        inner.router.routes.append(WebSocketRoute("/admin/live", self._live))
        inner.router.routes.append(Mount("/assets", assets(ROOT / "assets", "")))
        codes = [one.code for one in (pack.divisions.city, *pack.divisions.at_level("region"))]
        ground = Ground(
            demonstration=True,
            choices=CHOICES,
            places={lang: list(place_names(pack, codes, lang).items()) for lang in ("zh", "en")},
            units=[(one.id, one.name) for one in pack.units],
            categories={lang: category_names(pack, lang) for lang in ("zh", "en")},
            kinds={lang: kind_names(pack, lang) for lang in ("zh", "en")},
        )
        app = DashScreen(
            "zhongshu.admin",
            server=inner,  # type: ignore[arg-type]  # Dash names the type of one of its backends only
            routes_pathname_prefix="/admin/",
            requests_pathname_prefix="/admin/",
            assets_folder=str(ROOT / "assets"),
            assets_url_path="/assets",
            assets_external_path="/",
            assets_ignore=r".*\.m?js$",
            external_scripts=[{"src": "/assets/admin/page.mjs", "type": "module"}],
            suppress_callback_exceptions=True,
            index_string=document(
                "中枢", language="zh", surface="admin", theme="dark", before_paint="/assets/admin/theme.js"
            ),
            update_title="",
        )
        app.backend.websocket_capability = False
        app.layout = lambda: build(current_principal(), ground)
        callbacks.admin.register(app, services, clock, dict)
        hashes = " ".join(app.csp_hashes())
        policy = POLICY.replace("script-src 'self'", f"script-src 'self' {hashes}")
        config = uvicorn.Config(
            AsPrincipal(inner, lambda: self.person, lambda: policy), port=self.port, log_level="critical"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    @asynccontextmanager
    async def _lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(self._sockets.loops()["admin time"]())
        yield
        task.cancel()

    @property
    def _live(self) -> Any:
        sockets = self._sockets

        class Live:
            async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
                await sockets.serve(receive, send, current_principal())

        return Live()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._server.force_exit = True  # an open socket must not hold the test
        self._thread.join(5)
