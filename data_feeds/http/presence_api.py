"""Who else has which matter open: /api/v1/presence."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from dashboard.principal_context import current_principal
from data_feeds.http.answering import ApiParts, rendered


def presence_router(parts: ApiParts) -> APIRouter:
    """Build the router of presence."""
    router = APIRouter(prefix="/api/v1/presence")

    @router.get("")
    async def presence() -> JSONResponse:
        """What colleagues have open inside the asker's jurisdiction, names masked."""
        return rendered(await parts.live.presence(current_principal()), parts)

    return router
