"""Addresses of the plain pages of the hand; what they show is built for whoever asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from dashboard.domain.principal import Principal
from dashboard.principal_context import current_principal


def hand_route(path: str, page: Callable[[Principal], str]) -> Route:
    """Return the route of one page; `page` builds its HTML for the person who asks and may read the store."""

    async def show(_request: Request) -> Response:
        return HTMLResponse(await asyncio.to_thread(page, current_principal()))

    # A city's outlines and the modules' names shrink to a quarter; no secret is in it that a length could tell.
    return Route(path, show, methods=["GET"], middleware=[Middleware(GZipMiddleware, minimum_size=600)])
