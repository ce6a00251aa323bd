"""Attachments: bytes in with what they belong to, bytes out as a download; see docs/api.md.

A file is sent as its bytes alone, what it belongs to stands in the query. Given out, it is always a download with its
true type, under a policy that lets nothing in it run, so that no file can act in this server's name.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from dashboard import service
from dashboard.principal_context import current_principal
from data_feeds.http.answering import (
    ApiParts,
    IdempotencyKey,
    Identifier,
    Instant,
    Latitude,
    Longitude,
    act,
    rendered,
)
from data_feeds.http.described import bytes_of, file_answer

logger = logging.getLogger(__name__)

_NOTHING_RUNS = "default-src 'none'; sandbox"
KEPT_TYPES = ("image/jpeg", "application/pdf")  # a photo is kept as it was drawn anew here
FileName = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]


def attachments_router(parts: ApiParts) -> APIRouter:
    """Build the router of attachments."""
    router = APIRouter(prefix="/api/v1")

    @router.post("/attachments", openapi_extra=bytes_of("application/octet-stream"))
    async def keep(
        request: Request,
        idempotency_key: IdempotencyKey,
        matter: Annotated[Identifier, Query()],
        kind: Literal["photo", "document"] = "photo",
        name: FileName = "",
        command: Annotated[Identifier | None, Query()] = None,
        room: Annotated[Identifier | None, Query()] = None,
        taken_at: Annotated[Instant | None, Query()] = None,
        lon: Annotated[Longitude | None, Query()] = None,
        lat: Annotated[Latitude | None, Query()] = None,
    ) -> JSONResponse:
        """Keep the body as a photo or a document of a matter."""
        file = service.NewAttachment(
            matter, command, room, kind, name, await request.body(), taken_at, lon, lat
        )  # fmt: skip
        return await act(service.keep_attachment, parts, file, idempotency_key=idempotency_key)

    @router.get("/attachments/{attachment_id}", response_class=Response, responses=file_answer(*KEPT_TYPES))
    async def give(attachment_id: str) -> Response:
        """The bytes, as a download."""
        return await _given(parts, attachment_id, preview=False)

    @router.get(
        "/attachments/{attachment_id}/preview", response_class=Response, responses=file_answer("image/jpeg")
    )
    async def show(attachment_id: str) -> Response:
        """A small picture of it, drawn anew here."""
        return await _given(parts, attachment_id, preview=True)

    @router.get("/matters/{matter_id}/attachments")
    async def listed(matter_id: str) -> JSONResponse:
        """What is kept with a matter, oldest first."""
        actor, now = current_principal(), parts.clock.now_ms()
        rows = await asyncio.to_thread(service.attachments_of, parts.services, actor, matter_id, now)
        return rendered(rows, parts)

    return router


async def _given(parts: ApiParts, attachment_id: str, *, preview: bool) -> Response:
    actor, now = current_principal(), parts.clock.now_ms()
    try:
        found = await asyncio.to_thread(
            service.read_attachment, parts.services, actor, attachment_id, now, preview=preview
        )
    except service.NoSuchContent:
        logger.critical("the bytes of attachment %s are gone or changed", attachment_id)
        return JSONResponse({"error": "attachment_gone"}, 503)
    if isinstance(found, service.Refused):
        return rendered(found, parts)
    how = "inline" if preview else "attachment"
    return Response(
        found.content,
        media_type=found.media_type,
        headers={
            "content-disposition": f"{how}; filename*=UTF-8''{quote(found.name, safe='')}",
            "content-security-policy": _NOTHING_RUNS,
            # A list shows the same small pictures again and again; the file itself stays in no browser.
            "cache-control": "private, max-age=600" if preview else "no-store",
        },
    )
