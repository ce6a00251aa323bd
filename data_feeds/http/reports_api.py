"""Citizens' reports by grid code: sent and followed without signing in."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from dashboard import service
from data_feeds.bells import matter_bell
from data_feeds.http.answering import (
    ApiParts,
    IdempotencyKey,
    Identifier,
    Latitude,
    Longitude,
    Strict,
    Words,
    with_time,
)
from data_feeds.http.described import answered_as, bytes_of
from data_feeds.http.own_api import LONGEST_WAIT_SECONDS
from data_feeds.http.report_pages import language_of

# Strangers may hold so many questions of a process open; who comes after them is answered at once and asks again later.
MOST_WAITING: Final = 2_000
FollowCode = Annotated[str, Path(pattern=r"^[a-z2-9]{20}$")]


class ReportBody(Strict):
    grid: Identifier
    category: Identifier
    text: Words
    place: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] = ""
    lon: Longitude | None = None
    lat: Latitude | None = None
    phone: Annotated[str, Field(max_length=20, pattern=r"^[0-9+\- ]*$")] = ""
    name: Annotated[str, Field(max_length=20, pattern=r"^[^\x00]*$")] = ""
    address: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""


def reports_router(parts: ApiParts) -> APIRouter:
    """Build the router of /api/v1/reports."""
    router = APIRouter(prefix="/api/v1/reports")
    waiting = 0  # questions that are held now

    @router.post("")
    async def send(body: ReportBody, request: Request, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Send a report; answers its number and the code to follow it with."""
        asked = service.CitizenReport(**body.model_dump())
        outcome = await asyncio.to_thread(
            service.report, parts.services, asked, address_of(request), parts.clock.now_ms(), idempotency_key
        )
        return _answer(parts, outcome, request)

    @router.post("/{code}/photos", openapi_extra=bytes_of("application/octet-stream"))
    async def photo(code: FollowCode, request: Request, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Add a photograph, as the bytes of a JPEG, PNG or WebP alone; answers how many the report has now."""
        content = await request.body()
        outcome = await asyncio.to_thread(
            service.add_report_photo, parts.services, code, content, address_of(request), parts.clock.now_ms(),
            idempotency_key,
        )  # fmt: skip
        return _answer(parts, outcome, request)

    @router.get("/{code}", responses=answered_as("Answer", "Unchanged"))
    async def follow(
        code: FollowCode,
        after: Annotated[int, Query(ge=0, lt=2**53)] = 0,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_SECONDS, allow_inf_nan=False)] = 0.0,
    ) -> JSONResponse:
        """How far a report is, in plain steps; with `wait` once something happened on it after `after`, else
        {"seq": after, "unchanged": true}."""
        nonlocal waiting
        if wait and waiting < MOST_WAITING:
            bells = [
                matter_bell(one)
                for one in await asyncio.to_thread(service.followed_matters, parts.services, code)
            ]
            waiting += 1
            try:
                has_news = await parts.live.rung(bells, after, wait, f"report:{code}")
            finally:
                waiting -= 1
            if bells and not has_news:
                return with_time(JSONResponse({"seq": after, "unchanged": True}), parts)
        # The place in the log before the report is read: what happens meanwhile is told by the next answer.
        seq, _ = parts.live.touched((), 0)
        found = await asyncio.to_thread(service.follow, parts.services, code, parts.clock.now_ms())
        if found is None:
            return JSONResponse({"error": "no_such_report"}, 404)
        return with_time(JSONResponse({"value": dataclasses.asdict(found), "seq": seq}), parts)

    return router


def address_of(request: Request) -> str:
    """The sender's network address, as the trusted proxy said it."""
    return request.client.host if request.client else ""


def _answer(parts: ApiParts, outcome: service.Outcome, request: Request) -> JSONResponse:
    """As `answering.rendered`, in the page's language: nobody signed in, so no account says which."""
    if isinstance(outcome, service.Refused):
        words = parts.refusal_text(outcome, language_of(request))
        return JSONResponse({"error": outcome.code, "words": words, "params": dict(outcome.params)}, 409)
    return with_time(JSONResponse({"value": outcome.value, "seq": outcome.seq}), parts)
