"""The interface of a command that is out: its receivers, proofs of arrival, the register, decisions and ratings."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from dashboard import service
from dashboard.principal_context import current_principal
from data_feeds.http.answering import (
    ApiParts,
    IdempotencyKey,
    Identifier,
    Instant,
    Latitude,
    Longitude,
    Strict,
    Words,
    act,
    read,
    rendered,
)

Mark = Annotated[int, Field(ge=1, le=5)]
Name = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00]*$")]
CommandId = Annotated[str, Path(max_length=64)]


class ReceiverBody(Strict):
    kind: Literal["unit", "worker"]
    id: Identifier
    role: Literal["lead", "assist"] = "assist"
    objective: Words = ""
    due_at: Instant | None = None


class ReceiversBody(Strict):
    receivers: Annotated[list[ReceiverBody], Field(min_length=1, max_length=50)]


class RecallBody(Strict):
    reason: Words
    receiver_id: Identifier | None = None


class ReassignBody(Strict):
    receiver_id: Identifier
    to: ReceiverBody
    reason: Words


class RulingBody(Strict):
    receiver_id: Identifier
    ruling: Literal["released", "insisted"]
    reason: Words


class ArrivalBody(Strict):
    receiver_id: Identifier
    word: Words = ""


class WitnessBody(ArrivalBody):
    command_id: Identifier
    witness: Identifier


class PersonBody(Strict):
    name: Name
    post: Annotated[str, Field(max_length=40, pattern=r"^[^\x00]*$")] = ""


class RegisterBody(Strict):
    receiver_id: Identifier
    people: Annotated[list[PersonBody], Field(min_length=1, max_length=50)]
    said_at: Instant | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None


class ReplacementBody(Strict):
    receiver_id: Identifier
    leaving: Identifier
    taking_over: Identifier
    reason: Words = ""


class LeaveBody(Strict):
    receiver_id: Identifier


class DecisionBody(Strict):
    item: Annotated[int, Field(ge=1, le=99)]
    decision: Words
    owner: Words
    owner_unit: Identifier | None = None
    due_at: Instant | None = None
    reviewer: Words = ""


class CompletionBody(Strict):
    result: Words


class ConsultationBody(Strict):
    host: Words
    next_at: Instant
    reason: Words = ""


class RatingBody(Strict):
    receiver_id: Identifier
    punctual: Mark
    competent: Mark
    solved: Mark
    words: Words = ""


def commands_router(parts: ApiParts) -> APIRouter:
    """Build the router of commands that are out."""
    router = APIRouter(prefix="/api/v1")
    _add_receivers(router, parts)
    _add_presence(router, parts)
    _add_decisions(router, parts)
    _add_reading(router, parts)
    return router


def _add_receivers(router: APIRouter, parts: ApiParts) -> None:
    @router.post("/commands/{command_id}/receivers")
    async def receivers(command_id: CommandId, body: ReceiversBody, key: IdempotencyKey) -> JSONResponse:
        """Order more receivers to a command that is out."""
        request = service.AddReceivers(command_id, tuple(_receiver(one) for one in body.receivers))
        return await act(service.add_receivers, parts, request, idempotency_key=key)

    @router.post("/commands/{command_id}/recall")
    async def recall(command_id: CommandId, body: RecallBody, key: IdempotencyKey) -> JSONResponse:
        """Take the command back, or with `receiver_id` that receiver alone."""
        if body.receiver_id is not None:
            one = service.RecallReceiver(command_id, body.receiver_id, body.reason)
            return await act(service.recall_receiver, parts, one, idempotency_key=key)
        return await act(service.recall, parts, service.Recall(command_id, body.reason), idempotency_key=key)

    @router.post("/commands/{command_id}/reassign")
    async def reassign(command_id: CommandId, body: ReassignBody, key: IdempotencyKey) -> JSONResponse:
        """Give one receiver's part to another."""
        request = service.Reassign(command_id, body.receiver_id, _receiver(body.to), body.reason)
        return await act(service.reassign, parts, request, idempotency_key=key)

    @router.post("/commands/{command_id}/rulings")
    async def rulings(command_id: CommandId, body: RulingBody, key: IdempotencyKey) -> JSONResponse:
        """Rule on a receiver's objection."""
        request = service.RuleDecline(command_id, body.receiver_id, body.ruling, body.reason)
        return await act(service.rule_decline, parts, request, idempotency_key=key)


def _add_presence(router: APIRouter, parts: ApiParts) -> None:
    @router.post("/commands/{command_id}/arrivals")
    async def arrivals(command_id: CommandId, body: ArrivalBody, key: IdempotencyKey) -> JSONResponse:
        """Vouch for a receiver's arrival; a grid worker's own position comes from the live fleet."""
        worker = current_principal().worker
        fix = parts.live.fix_of(worker) if worker else None
        request = service.ConfirmArrival(command_id, body.receiver_id, body.word, fix=fix)
        return await act(service.confirm_arrival, parts, request, idempotency_key=key)

    @router.post("/receipts/arrivals")
    async def carried_arrivals(body: WitnessBody, key: IdempotencyKey) -> JSONResponse:
        """A gateway says that `witness`, whom it carries and who is on site, vouches for another receiver."""
        request = service.ConfirmArrival(body.command_id, body.receiver_id, body.word, body.witness)
        return await act(service.confirm_arrival, parts, request, idempotency_key=key)

    @router.post("/commands/{command_id}/register")
    async def register(command_id: CommandId, body: RegisterBody, key: IdempotencyKey) -> JSONResponse:
        """Sign people of a unit in."""
        people = tuple(service.Attendee(one.name, one.post) for one in body.people)
        request = service.SignRegister(command_id, body.receiver_id, people, body.said_at, body.lon, body.lat)
        return await act(service.sign_register, parts, request, idempotency_key=key)

    @router.post("/commands/{command_id}/replacements")
    async def replacements(command_id: CommandId, body: ReplacementBody, key: IdempotencyKey) -> JSONResponse:
        """Let one person go whose place a signed-in colleague takes."""
        request = service.ReplaceAttendee(
            command_id, body.receiver_id, body.leaving, body.taking_over, body.reason
        )
        return await act(service.replace_attendee, parts, request, idempotency_key=key)

    @router.post("/commands/{command_id}/leave")
    async def leave(command_id: CommandId, body: LeaveBody, key: IdempotencyKey) -> JSONResponse:
        """Ask to leave; the refusal names what is not decided yet."""
        request = service.RequestLeave(command_id, body.receiver_id)
        return await act(service.request_leave, parts, request, idempotency_key=key)


def _add_decisions(router: APIRouter, parts: ApiParts) -> None:
    @router.post("/commands/{command_id}/decisions")
    async def decisions(command_id: CommandId, body: DecisionBody, key: IdempotencyKey) -> JSONResponse:
        """Record what was decided on an agenda item."""
        request = service.RecordDecision(
            command_id, body.item, body.decision, body.owner, body.due_at, body.reviewer, body.owner_unit
        )
        return await act(service.record_decision, parts, request, idempotency_key=key)

    @router.post("/commands/{command_id}/decisions/{item}/completion")
    async def completion(
        command_id: CommandId,
        item: Annotated[int, Path(ge=1, le=99)],
        body: CompletionBody,
        key: IdempotencyKey,
    ) -> JSONResponse:
        """Say that what was decided has been done."""
        request = service.CompleteDecision(command_id, item, body.result)
        return await act(service.complete_decision, parts, request, idempotency_key=key)

    @router.post("/commands/{command_id}/consultation")
    async def consultation(
        command_id: CommandId, body: ConsultationBody, key: IdempotencyKey
    ) -> JSONResponse:
        """Raise an undecided whistle to a consultation."""
        request = service.RaiseToConsultation(command_id, body.host, body.next_at, body.reason)
        return await act(service.raise_to_consultation, parts, request, idempotency_key=key)

    @router.post("/commands/{command_id}/ratings")
    async def ratings(command_id: CommandId, body: RatingBody, key: IdempotencyKey) -> JSONResponse:
        """Rate a unit of a whistle that is over."""
        request = service.RateUnit(
            command_id, body.receiver_id, body.punctual, body.competent, body.solved, body.words
        )
        return await act(service.rate_unit, parts, request, idempotency_key=key)


def _add_reading(router: APIRouter, parts: ApiParts) -> None:
    @router.get("/whistles/statistics")
    async def statistics(
        days: Annotated[int, Query(ge=1, le=366)] = 30,
        unit: Annotated[list[Identifier] | None, Query(max_length=100)] = None,
    ) -> JSONResponse:
        """Called, on time, late, refused per unit inside the asker's jurisdiction."""
        actor = current_principal()
        found = await asyncio.to_thread(
            service.whistle_statistics, parts.services, actor, parts.clock.now_ms(), unit, days
        )
        return rendered(found, parts)

    @router.get("/matters/{matter_id}/register")
    async def matter_register(matter_id: CommandId) -> JSONResponse:
        """Who signed in for the commands of a matter, and how the units were rated; names masked."""
        return rendered(await read(service.matter_register, parts, current_principal(), matter_id), parts)


def _receiver(body: ReceiverBody) -> service.ReceiverOrder:
    return service.ReceiverOrder(**body.model_dump())
