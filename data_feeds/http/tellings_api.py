"""Who was told by what, and the receipts of those who were: /api/v1/tellings."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field

from dashboard import service
from dashboard.principal_context import current_principal
from data_feeds.http.answering import ApiParts, IdempotencyKey, Identifier, Strict, Words, act, read, rendered


class ShownBody(Strict):
    ids: Annotated[list[Identifier], Field(min_length=1, max_length=200)]


class SentBody(Strict):
    state: Literal["received", "failed"]
    fault: Annotated[str, Field(max_length=40, pattern=r"^[a-z_]*$")] = ""


class TextBody(Strict):
    text: Words


class ReasonBody(Strict):
    reason: Words


def tellings_router(parts: ApiParts) -> APIRouter:
    """Build the router of tellings."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/tellings/waiting")
    async def waiting() -> JSONResponse:
        """What was told to the asker and nobody has shown yet."""
        return rendered(await read(service.waiting_tellings, parts, current_principal()), parts)

    @router.post("/tellings/receipts")
    async def shown(body: ShownBody) -> JSONResponse:
        """Say that a screen showed, or played, these tellings; saying it twice changes nothing."""
        return await act(service.receipt_shown, parts, tuple(body.ids))

    @router.post("/tellings/mute")
    async def mute(body: ReasonBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Silence the asker's desk for a quarter of an hour."""
        request = service.MuteSound(body.reason)
        return await act(service.mute_sound, parts, request, idempotency_key=idempotency_key)

    @router.get("/tellings/failed")
    async def failed() -> JSONResponse:
        """Delivery as the system administrator sees it: counts, and what was given up."""
        return rendered(await read(service.failed_tellings, parts, current_principal()), parts)

    @router.post("/tellings/{telling_id}/receipt")
    async def sent(telling_id: Identifier, body: SentBody) -> JSONResponse:
        """Take a gateway's word on a text message or a call that it carried."""
        return await act(service.receipt_sent, parts, telling_id, body.state, body.fault)

    @router.get("/matters/{matter_id}/tellings")
    async def of_matter(matter_id: Identifier) -> JSONResponse:
        """Every telling of a matter with its attempts, the newest first."""
        return rendered(await read(service.tellings_of, parts, current_principal(), matter_id), parts)

    @router.post("/matters/{matter_id}/tellings/retry")
    async def retry(matter_id: Identifier, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Send what was given up once more."""
        request = service.RetryTellings(matter_id)
        return await act(service.retry_tellings, parts, request, idempotency_key=idempotency_key)

    @router.post("/matters/{matter_id}/tellings/by-hand")
    async def by_hand(matter_id: Identifier, body: TextBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Say that those who were not reached were told by hand."""
        request = service.ToldByHand(matter_id, body.text)
        return await act(service.told_by_hand, parts, request, idempotency_key=idempotency_key)

    return router
