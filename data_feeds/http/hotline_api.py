"""The JSON interface of the hotline's page and of call halls: wordings for the agents, and what may be merged."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field

from dashboard import service
from dashboard.domain.wording import READERS_AT_ONCE
from dashboard.principal_context import current_principal
from data_feeds.http.answering import ApiParts, IdempotencyKey, Identifier, Strict, Words, act, read, rendered

Place = Annotated[str, Field(max_length=24, pattern=r"^[A-Za-z0-9_-]*$")]
Topic = Annotated[str, Field(max_length=20, pattern=r"^[A-Za-z0-9]*$")]
Version = Annotated[int, Field(ge=1, lt=2**31)]
Seats = Annotated[list[Identifier], Field(min_length=1, max_length=READERS_AT_ONCE)]


class GiveBody(Strict):
    text: Words
    place: Place = ""
    category: Topic = ""


class ReviseBody(Strict):
    text: Words
    expected_version: Version


class EndBody(Strict):
    reason: Words = ""


class ReadBody(Strict):
    version: Version


class SeatsBody(Strict):
    version: Version
    agents: Seats


def hotline_router(parts: ApiParts) -> APIRouter:
    """Build the router of /api/v1/hotline and of /api/v1/agents."""
    router = APIRouter(prefix="/api/v1")
    _add_wordings(router, parts)
    _add_call_hall(router, parts)

    @router.get("/hotline/merges")
    async def merges() -> JSONResponse:
        """Open orders that may be one matter: by the rule of the centre, and by the analysis, with the reasons."""
        actor = current_principal()
        pairs = parts.live.analysis(actor.jurisdiction).get("merges", [])
        return rendered(await read(service.hotline_merges, parts, actor, pairs), parts)

    return router


def _add_wordings(router: APIRouter, parts: ApiParts) -> None:
    @router.get("/hotline/wordings")
    async def wordings() -> JSONResponse:
        """What agents are to say now, in which version, and who has read it."""
        return rendered(await read(service.hotline_wordings, parts, current_principal()), parts)

    @router.post("/hotline/wordings")
    async def give(body: GiveBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Tell agents what to say."""
        request = service.GiveWording(body.text, body.place, body.category)
        return await act(service.give_wording, parts, request, idempotency_key=idempotency_key)

    @router.post("/hotline/wordings/{wording_id}/revise")
    async def revise(
        wording_id: Identifier, body: ReviseBody, idempotency_key: IdempotencyKey
    ) -> JSONResponse:
        """Change what they are to say: a new version, which everybody has to read."""
        request = service.ReviseWording(wording_id, body.text, body.expected_version)
        return await act(service.revise_wording, parts, request, idempotency_key=idempotency_key)

    @router.post("/hotline/wordings/{wording_id}/end")
    async def end(wording_id: Identifier, body: EndBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """It holds no longer."""
        request = service.EndWording(wording_id, body.reason)
        return await act(service.end_wording, parts, request, idempotency_key=idempotency_key)

    @router.post("/hotline/wordings/{wording_id}/read")
    async def note_read(
        wording_id: Identifier, body: ReadBody, idempotency_key: IdempotencyKey
    ) -> JSONResponse:
        """The officer has read the version that holds."""
        request = service.ReadWording(wording_id, body.version)
        return await act(service.read_wording, parts, request, idempotency_key=idempotency_key)


def _add_call_hall(router: APIRouter, parts: ApiParts) -> None:
    @router.get("/agents/wordings")
    async def held() -> JSONResponse:
        """What a call hall is to show to its seats."""
        return rendered(await read(service.wordings_for_agents, parts, current_principal()), parts)

    @router.post("/agents/wordings/{wording_id}/reads")
    async def reads(wording_id: Identifier, body: SeatsBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Which of its seats have read the version that holds."""
        request = service.ReportWordingReads(wording_id, body.version, tuple(body.agents))
        return await act(service.report_wording_reads, parts, request, idempotency_key=idempotency_key)
