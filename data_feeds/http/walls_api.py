"""Walls: what one is to show, and driving them: /api/v1/walls."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from dashboard import service
from dashboard.principal_context import current_principal
from data_feeds.bus import BusDown
from data_feeds.http.answering import ApiParts, IdempotencyKey, Identifier, Strict, Words, act, read, rendered

SceneName = Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[a-z]+$")]
WallName = Annotated[str, Query(max_length=60, pattern=r"^[^\x00]*$")]
Millimetres = Annotated[int, Field(ge=0, le=1_000_000)]


class DriveBody(Strict):
    scene: SceneName | None = None
    matter_id: Identifier | None = None
    held: bool | None = None
    rotates: bool | None = None
    rotation_s: Annotated[int, Field(ge=0, le=3_600)] | None = None


class MuteBody(Strict):
    muted: bool = True
    reason: Words = ""


class BuildBody(Strict):
    panel_columns: Annotated[int, Field(ge=0, le=1_000)]
    panel_rows: Annotated[int, Field(ge=0, le=1_000)]
    width_mm: Millimetres = 0
    distance_mm: Millimetres = 5_000


def walls_router(parts: ApiParts) -> APIRouter:
    """Build the router of the walls."""
    router = APIRouter(prefix="/api/v1/walls")

    @router.get("")
    async def walls() -> JSONResponse:
        """Every wall that the asker may drive, with what it is to show and what it says that it shows."""
        found = await read(service.drivable_walls, parts, current_principal())
        if isinstance(found, service.Refused):
            return rendered(found, parts)
        said, is_known = await _said(parts)
        shown = [{**wall, "shows": said.get(wall["id"])} for wall in found["walls"]]
        recordings = await asyncio.to_thread(parts.recordings.told)
        return rendered({**found, "walls": shown, "shown_known": is_known, "recordings": recordings}, parts)

    @router.get("/own")
    async def own(name: WallName = "") -> JSONResponse:
        """What the screen that asks is to show, and which recordings it may play."""
        found = await read(service.own_wall, parts, current_principal(), name)
        if isinstance(found, service.Refused):
            return rendered(found, parts)
        return rendered({**found, "recordings": await asyncio.to_thread(parts.recordings.files)}, parts)

    @router.post("/{wall_id}/show")
    async def show(wall_id: Identifier, body: DriveBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Show a scene, hold it, turn or not."""
        request = service.DriveWall(wall_id, **body.model_dump())
        return await act(service.drive_wall, parts, request, idempotency_key=idempotency_key)

    @router.post("/{wall_id}/mute")
    async def mute(wall_id: Identifier, body: MuteBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Silence a wall for 15 minutes, or let it speak again."""
        request = service.MuteWall(wall_id, body.muted, body.reason)
        return await act(service.mute_wall, parts, request, idempotency_key=idempotency_key)

    @router.post("/{wall_id}/build")
    async def build(wall_id: Identifier, body: BuildBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Say how a wall is built."""
        request = service.SetUpWall(wall_id, **body.model_dump())
        return await act(service.set_up_wall, parts, request, idempotency_key=idempotency_key)

    return router


async def _said(parts: ApiParts) -> tuple[dict[str, dict[str, Any]], bool]:
    """What the walls say, and whether that is known: without Redis a wall can be driven and not be heard."""
    try:
        return await parts.live.walls(), True
    except BusDown:
        return {}, False
