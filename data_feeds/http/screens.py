"""Addresses around the screens: the entrances of their pages and the live sockets' endpoints."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlencode

import httpx
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import principal_context
from dashboard.domain.principal import Principal
from dashboard.principal_context import current_principal
from data_feeds.http.sign_in import kiosk_redirect
from data_feeds.live_socket import LiveHub
from data_feeds.narrow_socket import NarrowSockets

# What a wall's address may say besides its token (docs/wall.md).
WALL_ASKS: Final = frozenset({"scene", "matter", "wall", "panels", "width", "distance"})

Endpoint = Callable[[Request], Awaitable[Response]]


def wall_entrance(*, secure: bool) -> Endpoint:
    """`/wall?kiosk=…` puts the token into a cookie and goes on to the page, with what else the page reads."""

    async def enter(request: Request) -> Response:
        tokens = request.query_params.getlist("kiosk")[:1]  # the one that the gate has checked
        kept = [(name, value) for name, value in request.query_params.multi_items() if name in WALL_ASKS]
        page = f"/wall/?{urlencode(kept)}" if kept else "/wall/"
        return kiosk_redirect(tokens[0], page, secure=secure) if any(tokens) else RedirectResponse(page, 303)

    return enter


def page_entrance(surface: str) -> Route:
    """`/desk` as people type it goes on to `/desk/`, where Dash has the page.

    Dash answers every address that nobody else has with the page made last, so this may not be left to it.
    """

    async def enter(_request: Request) -> Response:
        return RedirectResponse(f"/{surface}/", 303)

    return Route(f"/{surface}", enter, methods=["GET"])


class LiveEndpoint:
    """`/live` as a raw ASGI application: the hub speaks the socket itself."""

    def __init__(self, hub: LiveHub) -> None:
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope["state"]
        await self._hub.serve(scope, receive, state.get("send", send), current_principal(), state["recheck"])


class NarrowEndpoint:
    """`/admin/live` and `/hotline/live`: what one page is told, and nothing of the live picture."""

    def __init__(self, sockets: NarrowSockets) -> None:
        self._sockets = sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope["state"]
        await self._sockets.serve(receive, state.get("send", send), current_principal(), state["recheck"])


def live_endpoint(hub: LiveHub) -> LiveEndpoint:
    """The endpoint of the live socket."""
    return LiveEndpoint(hub)


async def render_once(app: ASGIApp, path: str, principal: Principal) -> None:
    """Ask `app` for one of its pages from within, as `principal`, and throw the answer away.

    Dash learns which component files it may serve when it renders an index page, once per process; a process that
    has rendered none answers the files of another process's page with an error.
    """
    token = principal_context.enter(principal)
    try:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://localhost"
        ) as client:
            (await client.get(path)).raise_for_status()
    finally:
        principal_context.leave(token)


async def favicon(_request: Request) -> Response:
    """No icon; said once so that browsers stop asking."""
    return Response(status_code=204, headers={"cache-control": "max-age=86400"})
