"""Addresses of the citizens' pages: `/report/<grid>` behind a poster's code, `/report/follow/<code>` for its sender."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from dashboard import service
from dashboard.clock import Clock
from data_feeds.http.gate import LANGUAGE_COOKIE


@dataclass(frozen=True, slots=True)
class CitizenPages:
    """The HTML that these addresses answer with; the last argument of each is the language."""

    report: Callable[[str, int, str], str]
    follow: Callable[[Mapping[str, Any] | None, str, int, str], str]
    no_such_grid: Callable[[str], str]


def citizen_routes(services: service.Services, clock: Clock, pages: CitizenPages) -> list[Route]:
    """Routes of the two pages."""

    async def report(request: Request) -> Response:
        code, language = request.path_params["grid"], language_of(request)
        grid = services.pack.divisions.by_code.get(code)
        if grid is None or grid.level != "grid":
            return HTMLResponse(pages.no_such_grid(language), 404)
        return HTMLResponse(pages.report(code, clock.now_ms(), language))

    async def follow(request: Request) -> Response:
        code = request.path_params["code"]
        found = await asyncio.to_thread(service.follow, services, code, clock.now_ms())
        row = None if found is None else dataclasses.asdict(found)
        html = pages.follow(row, code, clock.now_ms(), language_of(request))
        return HTMLResponse(html, 404 if row is None else 200)

    return [
        Route("/report/{grid}", report, methods=["GET"]),
        Route("/report/follow/{code}", follow, methods=["GET"]),
    ]


def language_of(request: Request) -> str:
    """The language of a page without an account: what its own switch chose, else Chinese."""
    return "en" if request.cookies.get(LANGUAGE_COOKIE) == "en" else "zh"
