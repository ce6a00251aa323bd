"""Pages of the hand on a real server: a real store, the real interface, bells rung by the log itself, no Redis.

The person who asks is whoever the test has put there; everything behind is the product's.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.live.picture import Picture
from dashboard.service import Services
from dashboard.store import event_log
from data_feeds.bells import Bells
from data_feeds.http.answering import ApiParts, add_fault_answers
from data_feeds.http.assets import assets
from data_feeds.http.routers import routers
from data_feeds.http.screens import favicon
from layouts.catalogue import said_or_code
from layouts.refusal import refusal_text
from tests.browser.desk_server import AsPrincipal
from tests.free_port import free_port
from tests.store.centre import MONDAY_1000

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "test-pictures"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

STANDING = 1e-9  # seconds of a clock that stands in a second; no answer carries a rate of nothing


class RunningClock:
    """The scene's Monday morning, running on from there by the test machine's own steady clock."""

    rate = 1.0
    is_demonstration = True

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._ahead_ms = 0

    def skip(self, minutes: float) -> None:
        self._ahead_ms += round(minutes * 60_000)

    @property
    def now(self) -> int:
        return self.now_ms()

    def now_ms(self) -> int:
        return MONDAY_1000 + round((time.monotonic() - self._began) * 1000) + self._ahead_ms


class StandingClock(RunningClock):
    """The same morning, standing still until it is moved, here and on the pages: two pictures of it are equal."""

    rate = STANDING

    def now_ms(self) -> int:
        return MONDAY_1000 + self._ahead_ms


class FoldedLog:
    """The live state of one process: the log folded as the hub folds it, as soon as an act was committed."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._loop: asyncio.AbstractEventLoop | None = None
        self.picture = Picture()
        self.bells = Bells()

    def start(self) -> None:
        """Take the whole picture; runs in the server's loop."""
        self._loop = asyncio.get_running_loop()
        whole = service.snapshot(self._services)
        self.picture.load(whole.epoch, whole.seq, whole.matters, whole.commands, whole.log, whole.asks)
        self.bells.reloaded(self.picture)

    def look(self) -> None:
        """Fold what is new; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._fold)

    def _fold(self) -> None:
        with self._services.store.read() as connection:
            entries = event_log.read_after(connection, self.picture.seq, 10_000)
        changes = [self.picture.apply(entry.as_dict()) for entry in entries]
        self.bells.changed([one for one in changes if one is not None])

    async def rung(self, names: Collection[str], after: int, timeout_s: float, person: str) -> bool:
        return await self.bells.rung(names, after, timeout_s, person)

    def touched(self, names: Collection[str], after: int) -> tuple[int, frozenset[str] | None]:
        return self.picture.seq, self.bells.touched(names, after)

    def duty_of(self, worker_id: str, now: int) -> dict[str, Any]:
        return {"state": "on_duty", "fix_at": now}

    def fix_of(self, worker_id: str) -> None:
        return None

    def fleet_summary(self, principal: Principal, now: int) -> dict[str, Any]:
        return {}

    def health(self) -> dict[str, Any]:
        return {}

    def rates(self, jurisdiction: str) -> dict[str, Any]:
        return {}

    def analysis(self, jurisdiction: str) -> dict[str, Any]:
        return {}


class NothingMalformed:
    """No feeds run beside this server."""

    async def recent(self, count: int) -> list[dict[str, Any]]:
        return []


class HandServer:
    """Serves pages of the hand on a port of its own; `person` is who asks."""

    def __init__(
        self,
        services: Services,
        clock: Any,
        person: Principal,
        routes: Sequence[BaseRoute],
        policy: Callable[[], str] = lambda: POLICY,
        release: str = "",
    ) -> None:
        self.person = person
        self.port = free_port()
        self.broken = ""  # what the server says that it cannot reach
        self.log = FoldedLog(services)
        self._services, self._clock = services, clock
        object.__setattr__(services, "after_commit", self.log.look)
        self.become(routes, release)
        first = self._app
        first.router.add_event_handler("startup", self.log.start)

        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            # The first application starts and ends the process; requests go to the newest.
            await (first if scope["type"] == "lifespan" else self._app)(scope, receive, send)

        config = uvicorn.Config(
            AsPrincipal(served, lambda: self.person, policy), port=self.port, log_level="critical"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def become(self, routes: Sequence[BaseRoute], release: str) -> None:
        """From now on this is the server of another release."""
        parts = ApiParts(
            self._services, self._clock, self.log, NothingMalformed(), refusal_text, release,  # type: ignore[arg-type]
            say=said_or_code, broken=lambda: self.broken,
        )  # fmt: skip
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        add_fault_answers(app)
        for router in routers(parts):
            app.include_router(router)
        icon = Route("/favicon.ico", favicon)
        app.router.routes.extend([*routes, icon, Mount("/assets", assets(ROOT / "assets", release))])
        self._app = app

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._server.force_exit = True  # a held question must not hold the test
        self._thread.join(5)
