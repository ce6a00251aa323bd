"""Addresses that begin and end a session, and the one that turns a kiosk address into a wall's cookie."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import service
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.principal_context import current_principal
from data_feeds.http.gate import KIOSK_COOKIE, SESSION_COOKIE

MAX_FORM_BYTES = 4_096
# A wall runs unattended for months; its token ends when it is revoked, not when a cookie is forgotten.
KIOSK_COOKIE_SECONDS = 400 * 24 * 3600
_HOMES = {
    "unit_liaison": "/unit",
    "grid_worker": "/field",
    "leader": "/leader",
    "sysadmin": "/admin/",
    "secadmin": "/admin/",
    "auditor": "/admin/",
}


@dataclass(frozen=True, slots=True)
class SignInPages:
    """The HTML that these addresses answer with, and the words of a refusal."""

    sign_in: Callable[..., str]
    refusal: Callable[[service.Refused], str]
    malformed: Callable[[], str]


def sign_in_routes(
    services: service.Services, clock: Clock, pages: SignInPages, *, secure: bool
) -> list[Route]:
    """Routes `/sign-in`, `/sign-out` and `/`; `secure` marks the cookies for HTTPS only."""

    async def show(_request: Request) -> Response:
        return HTMLResponse(pages.sign_in())

    async def enter(request: Request) -> Response:
        form = _form(await request.body())
        if form is None:
            return HTMLResponse(pages.sign_in(refusal=pages.malformed()), 400)
        name, password = form
        address = request.client.host if request.client else ""
        outcome = await asyncio.to_thread(
            service.sign_in, services, name, password, address=address, now=clock.now_ms()
        )
        if isinstance(outcome, service.Refused):
            return HTMLResponse(pages.sign_in(refusal=pages.refusal(outcome), name=name), 401)
        response = RedirectResponse(home_of(outcome.value.principal), 303)
        response.set_cookie(
            SESSION_COOKIE, outcome.value.token, httponly=True, samesite="lax", secure=secure, path="/"
        )
        return response

    async def end(request: Request) -> Response:
        token = request.cookies.get(SESSION_COOKIE)
        if token:
            await asyncio.to_thread(service.sign_out, services, token, now=clock.now_ms())
        response = RedirectResponse("/sign-in", 303)
        response.delete_cookie(SESSION_COOKIE, path="/")
        return response

    async def home(_request: Request) -> Response:
        return RedirectResponse(home_of(current_principal()), 303)

    return [
        Route("/sign-in", show, methods=["GET"]),
        Route("/sign-in", enter, methods=["POST"]),
        Route("/sign-out", end, methods=["POST"]),
        Route("/", home, methods=["GET"]),
    ]


def home_of(principal: Principal) -> str:
    """Return the page that a role works at."""
    return _HOMES.get(principal.role, "/desk/")


def kiosk_redirect(token: str, page: str, *, secure: bool) -> Response:
    """Move a kiosk token from the address into a cookie, so that it stays out of history and screen captures."""
    response = RedirectResponse(page, 303)
    response.set_cookie(
        KIOSK_COOKIE,
        token,
        httponly=True,
        samesite="lax",
        secure=secure,
        path="/",
        max_age=KIOSK_COOKIE_SECONDS,
    )
    return response


def _form(body: bytes) -> tuple[str, str] | None:
    if len(body) > MAX_FORM_BYTES:
        return None
    try:
        fields = parse_qs(body.decode("utf-8"), max_num_fields=8, strict_parsing=True)
    except ValueError:
        return None
    name, password = fields.get("name", [""])[0].strip(), fields.get("password", [""])[0]
    return (name, password) if name and password and "\0" not in name else None
