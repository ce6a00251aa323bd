"""A page says that its person is there: /api/v1/session/use.

What a page asks for by itself does not keep its session alive (`access.Address.is_use`), or an unattended desk would
never end. Reading, scrolling and moving a map ask nothing of the server; this is how they count.
"""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from data_feeds.http.access import USED_PATH
from data_feeds.http.answering import ApiParts


def session_router(_parts: ApiParts) -> APIRouter:
    """Build the router of the session's use."""
    router = APIRouter()

    @router.post(USED_PATH, status_code=204, response_class=Response)
    async def use() -> Response:
        """Nothing is left to do: the gate has counted the use before it let this in."""
        return Response(status_code=204)

    return router
