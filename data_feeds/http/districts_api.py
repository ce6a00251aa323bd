"""The interface between counties: proposing a move or a share, answering, withdrawing, ruling for the city."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse

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


class ProposalBody(Strict):
    kind: Literal["move", "share"]
    to_region: Identifier
    reason: Words
    expected_version: int | None = None


class AnswerBody(Strict):
    accept: bool
    reason: Words = ""


class OverrideBody(Strict):
    accept: bool
    reason: Words


class WithdrawBody(Strict):
    reason: Words = ""


class EndShareBody(Strict):
    reason: Words


def districts_router(parts: ApiParts) -> APIRouter:
    """Build the router of moves and shares between counties."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/matters/{matter_id}/proposals")
    async def proposals(matter_id: PathId) -> JSONResponse:
        """How a matter stands between counties, and what the asker may do with each proposal."""
        return rendered(await read(service.matter_proposals, parts, current_principal(), matter_id), parts)

    @router.post("/matters/{matter_id}/proposals")
    async def propose(matter_id: PathId, body: ProposalBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Propose to another county that it takes the matter over, or handles it together."""
        if body.kind == "move":
            move = service.ProposeMove(matter_id, body.to_region, body.reason)
            return await act(
                service.propose_move, parts, move, body.expected_version, idempotency_key=idempotency_key
            )
        share = service.ProposeShare(matter_id, body.to_region, body.reason)
        return await act(
            service.propose_share, parts, share, body.expected_version, idempotency_key=idempotency_key
        )

    @router.post("/proposals/{proposal_id}/answer")
    async def answer(proposal_id: PathId, body: AnswerBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """The other side's word: accepted, or declined with a reason."""
        request = service.AnswerProposal(proposal_id, body.accept, body.reason)
        return await act(service.answer_proposal, parts, request, idempotency_key=idempotency_key)

    @router.post("/proposals/{proposal_id}/withdraw")
    async def withdraw(
        proposal_id: PathId, body: WithdrawBody, idempotency_key: IdempotencyKey
    ) -> JSONResponse:
        """The sender takes its proposal back."""
        request = service.WithdrawProposal(proposal_id, body.reason)
        return await act(service.withdraw_proposal, parts, request, idempotency_key=idempotency_key)

    @router.post("/proposals/{proposal_id}/override")
    async def override(
        proposal_id: PathId, body: OverrideBody, idempotency_key: IdempotencyKey
    ) -> JSONResponse:
        """The city rules, whatever a county said."""
        request = service.OverrideProposal(proposal_id, body.accept, body.reason)
        return await act(service.override_proposal, parts, request, idempotency_key=idempotency_key)

    @router.post("/matters/{matter_id}/shares/{region}/end")
    async def end_share(
        matter_id: PathId, region: PathId, body: EndShareBody, idempotency_key: IdempotencyKey
    ) -> JSONResponse:
        """Stop handling a matter together with a county."""
        request = service.EndShare(matter_id, region, body.reason)
        return await act(service.end_share, parts, request, idempotency_key=idempotency_key)

    return router
