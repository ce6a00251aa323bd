"""Who is on, and the hand-over: /api/v1/shift."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field

from dashboard import service
from dashboard.principal_context import current_principal
from data_feeds.http.answering import ApiParts, IdempotencyKey, Identifier, Strict, Words, act, read, rendered

PostName = Literal["A", "B", "leader"]
Ref = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]


class PostBody(Strict):
    post: PostName


class RelieveBody(Strict):
    post: PostName
    reason: Words


class HandoverBody(Strict):
    post: PostName
    lines: list[Words] = Field(default_factory=list, max_length=20)
    left_out: list[Ref] = Field(default_factory=list, max_length=100)


class ItemBody(Strict):
    ref: Ref


def shift_router(parts: ApiParts) -> APIRouter:
    """Build the router of the shift."""
    router = APIRouter(prefix="/api/v1/shift")

    @router.get("")
    async def board() -> JSONResponse:
        """Who holds which post in the asker's jurisdiction, the running sheet, or what would be on it."""
        return rendered(await read(service.duty_board, parts, current_principal()), parts)

    @router.post("/posts")
    async def take(body: PostBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Come on duty."""
        request = service.TakePost(body.post)
        return await act(service.take_post, parts, request, idempotency_key=idempotency_key)

    @router.post("/posts/leave")
    async def leave(body: PostBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Go off duty without a successor."""
        request = service.LeavePost(body.post)
        return await act(service.leave_post, parts, request, idempotency_key=idempotency_key)

    @router.post("/posts/relieve")
    async def relieve(body: RelieveBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """End the post of somebody who is gone."""
        request = service.RelievePost(body.post, body.reason)
        return await act(service.relieve_post, parts, request, idempotency_key=idempotency_key)

    @router.post("/handovers")
    async def begin(body: HandoverBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Write the sheet of one's own post."""
        request = service.BeginHandover(body.post, tuple(body.lines), tuple(body.left_out))
        return await act(service.begin_handover, parts, request, idempotency_key=idempotency_key)

    @router.post("/handovers/{handover_id}/items")
    async def confirm(
        handover_id: Identifier, body: ItemBody, idempotency_key: IdempotencyKey
    ) -> JSONResponse:
        """Take note of one line."""
        request = service.ConfirmItem(handover_id, body.ref)
        return await act(service.confirm_item, parts, request, idempotency_key=idempotency_key)

    @router.post("/handovers/{handover_id}/complete")
    async def complete(handover_id: Identifier, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Take the post over; refused while a line is unconfirmed."""
        request = service.EndHandover(handover_id)
        return await act(service.complete_handover, parts, request, idempotency_key=idempotency_key)

    @router.post("/handovers/{handover_id}/cancel")
    async def cancel(handover_id: Identifier, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Take one's own sheet back."""
        request = service.EndHandover(handover_id)
        return await act(service.cancel_handover, parts, request, idempotency_key=idempotency_key)

    return router
