"""What the desk's map asks for beside the live picture: /api/v1/map."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from dashboard import service
from dashboard.principal_context import current_principal
from data_feeds.http.answering import ApiParts, read, rendered

Searched = Annotated[str, Query(min_length=1, max_length=40, pattern=r"^[^\x00]*$")]


def map_router(parts: ApiParts) -> APIRouter:
    """Build the router of the map."""
    router = APIRouter(prefix="/api/v1/map")

    @router.get("/places/{code}")
    async def place(code: str) -> JSONResponse:
        """A division inside the asker's jurisdiction and what lies directly in it."""
        return rendered(await read(service.place_on_map, parts, current_principal(), code), parts)

    @router.get("/cameras")
    async def cameras() -> JSONResponse:
        """Cameras inside the asker's jurisdiction, by id and place."""
        return rendered(await read(service.cameras_on_map, parts, current_principal()), parts)

    @router.get("/found")
    async def found(words: Searched) -> JSONResponse:
        """What somebody may mean by these words, inside the asker's jurisdiction."""
        return rendered(await read(service.find_on_map, parts, current_principal(), words), parts)

    return router
