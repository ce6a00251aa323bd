"""What supervisors and monitors ask of a web process: does it live, may it have traffic, what does it count."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.clock import Clock
from dashboard.store.store import Store, StoreBusy
from data_feeds.http.metrics import Metrics
from data_feeds.live_socket import LiveHub

READY_WITHIN_S: Final = 3.0
"""How long the store may take to answer; a balancer asks every few seconds."""


def health_routes(store: Store, hub: LiveHub, metrics: Metrics, clock: Clock, release: str) -> list[Route]:
    """`/healthz`: the process lives, whatever is wrong around it, so that nobody restarts it for the database's sake.
    `/readyz`: it can serve people: the store answers with a schema that this release works on, and there is a picture.
    `/metrics`: the figures."""
    asking = _OneAtATime(store)

    async def health(_request: Request) -> Response:
        stats = hub.stats()
        is_whole = stats["store"] == "up" and stats["bus"] == "up"
        body: dict[str, Any] = {
            "status": "ok" if is_whole else "degraded", "store": stats["store"], "live": stats,
        }  # fmt: skip
        return JSONResponse(body)

    async def ready(_request: Request) -> Response:
        schema, stats = await asking.schema(), hub.stats()
        # A newer schema is that of the release which is being put in: this one serves until its turn to restart.
        is_ready = schema in ("current", "newer") and hub.is_ready
        body = {
            "status": "ok" if is_ready else "not ready",
            "store": "ok" if schema in ("current", "newer", "older") else schema,
            "schema": schema if schema in ("current", "newer", "older") else None,
            "picture": stats["picture"],
            "bus": stats["bus"],
        }
        return JSONResponse(body, 200 if is_ready else 503)

    async def figures(_request: Request) -> Response:
        text = await asyncio.to_thread(metrics.text, hub.stats(), hub.health(), clock.now_ms(), release)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", health), Route("/readyz", ready), Route("/metrics", figures)]


class _OneAtATime:
    """Asks the store once for all who ask at the same time, so that one that hangs does not take every thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._asking: asyncio.Task[str] | None = None

    async def schema(self) -> str:
        """Return how the schema is to this release (`Store.schema`), "busy" or "silent"."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                return await asyncio.shield(self._asking)
        except TimeoutError:
            return "silent"

    async def _ask(self) -> str:
        try:
            return await asyncio.to_thread(self._store.schema)
        except StoreBusy:
            return "busy"
