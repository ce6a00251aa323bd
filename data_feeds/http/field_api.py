"""What only the grid workers' page asks: how the fleet sees them, their day, and photographs of what they reported."""

from __future__ import annotations

import dataclasses
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse

from dashboard import service
from dashboard.principal_context import current_principal
from data_feeds.http.answering import (
    ApiParts,
    IdempotencyKey,
    Instant,
    Latitude,
    Longitude,
    act,
    read,
    rendered,
    with_time,
)
from data_feeds.http.described import bytes_of

ReportKey = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{8,64}$")]


def field_router(parts: ApiParts) -> APIRouter:
    """Build the router of /api/v1/field."""
    router = APIRouter(prefix="/api/v1/field")

    @router.get("/day")
    async def day() -> JSONResponse:
        """The worker's figures of today, and on or off duty as the fleet sees it."""
        actor = current_principal()
        figures = await read(service.worker_day, parts, actor)
        duty = parts.live.duty_of(actor.worker or "", parts.clock.now_ms())
        return with_time(rendered({"duty": duty, "day": dataclasses.asdict(figures)}, parts), parts)

    @router.post("/reports/{report_key}/photos", openapi_extra=bytes_of("application/octet-stream"))
    async def photo(
        report_key: ReportKey,
        request: Request,
        idempotency_key: IdempotencyKey,
        taken_at: Annotated[Instant | None, Query()] = None,
        lon: Annotated[Longitude | None, Query()] = None,
        lat: Annotated[Latitude | None, Query()] = None,
    ) -> JSONResponse:
        """Keep the body as a photograph of the event that was reported under `report_key`."""
        file = service.EventPhoto(report_key, await request.body(), taken_at, lon, lat)
        return with_time(
            await act(service.add_event_photo, parts, file, idempotency_key=idempotency_key), parts
        )

    return router
