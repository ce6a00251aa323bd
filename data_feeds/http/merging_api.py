"""The interface of merging: what says the same, merging it, saying that it is not the same, taking one out again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from pydantic import Field

from dashboard import service
from dashboard.principal_context import current_principal
from data_feeds.http.answering import (
    ApiParts,
    IdempotencyKey,
    Identifier,
    Strict,
    Words,
    act,
    read,
    rendered,
)

PathId = Annotated[str, Path(max_length=64)]
Number = Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[A-Za-z]?[0-9]+$")]


class MergeBody(Strict):
    matter_ids: Annotated[list[Identifier], Field(max_length=200, default_factory=list)]
    numbers: Annotated[list[Number], Field(max_length=200, default_factory=list)]
    reason: Words = ""
    expected_version: int | None = None


class RejectBody(Strict):
    matter_ids: Annotated[list[Identifier], Field(min_length=1, max_length=200)]
    reason: Words


class UnmergeBody(Strict):
    reason: Words


def merging_router(parts: ApiParts) -> APIRouter:
    """Build the router of merges."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/matters/{matter_id}/merges")
    async def merges(matter_id: PathId) -> JSONResponse:
        """What a matter carries with each call-back, what carries it, and what is like it with the reasons."""
        return rendered(await read(service.merge_picture, parts, current_principal(), matter_id), parts)

    @router.post("/matters/{matter_id}/merges")
    async def merge(matter_id: PathId, body: MergeBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Let the matter carry others."""
        request = service.MergeMatters(matter_id, tuple(body.matter_ids), tuple(body.numbers), body.reason)
        return await act(
            service.merge, parts, request, body.expected_version, idempotency_key=idempotency_key
        )

    @router.post("/matters/{matter_id}/merges/reject")
    async def reject(matter_id: PathId, body: RejectBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Say that matters are not the same; they are not proposed again."""
        request = service.RejectMerge(matter_id, tuple(body.matter_ids), body.reason)
        return await act(service.reject_merge, parts, request, idempotency_key=idempotency_key)

    @router.post("/matters/{matter_id}/unmerge")
    async def unmerge(matter_id: PathId, body: UnmergeBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Take the matter out of its carrier again."""
        request = service.Unmerge(matter_id, body.reason)
        return await act(service.unmerge, parts, request, idempotency_key=idempotency_key)

    return router
