"""The interface of the machines: a matter's loop and its steps, call-backs, supervision orders, new disputes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from pydantic import Field

from dashboard import service
from dashboard.domain.step_fields import FIELD_KINDS
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

PathId = Annotated[str, Path(max_length=64)]
LongWords = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00]*$")]
FieldValue = bool | Instant | LongWords


class StepBody(Strict):
    to: Identifier
    fields: Annotated[dict[Identifier, FieldValue], Field(default_factory=dict, max_length=len(FIELD_KINDS))]
    expected_version: int | None = None


class CallbackBody(Strict):
    result: Literal["answered", "no_answer", "wrong_number"]
    resolved: bool | None = None
    satisfaction: Identifier = "unasked"
    words: Words = ""


class TextBody(Strict):
    text: Words


class DisputeBody(Strict):
    title: Words
    category: Identifier
    applicant: Words
    opponent: Words
    words: Words
    phone: Words = ""
    address: Words = ""
    urgency: int = 3
    place: Words = ""
    division: Annotated[str, Field(max_length=24, pattern=r"^[0-9]*$")] = ""
    lon: Longitude | None = None
    lat: Latitude | None = None
    mediation_eligible: bool = True
    people: Annotated[int, Field(ge=2, le=100_000)] = 2
    amount_yuan: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    channel: Identifier = "window"


def machines_router(parts: ApiParts) -> APIRouter:
    """Build the router of steps, call-backs, supervision orders and disputes."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/matters/{matter_id}/loop")
    async def loop(matter_id: PathId) -> JSONResponse:
        """The steps open to the asker with what stands against each, and the matter's pauses, bounces and cards."""
        found = await read(service.matter_loop, parts, current_principal(), matter_id)
        return (
            rendered(found, parts)
            if isinstance(found, service.Refused)
            else JSONResponse(_loop(found, parts))
        )

    @router.post("/matters/{matter_id}/steps")
    async def steps(matter_id: PathId, body: StepBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Take one step of the matter's machine; closing is a step too."""
        step = service.Advance(matter_id, body.to, body.fields)
        return await act(service.advance, parts, step, body.expected_version, idempotency_key=idempotency_key)

    @router.post("/matters/{matter_id}/callbacks")
    async def callbacks(
        matter_id: PathId, body: CallbackBody, idempotency_key: IdempotencyKey
    ) -> JSONResponse:
        """Record one attempt to call the citizen back."""
        call = service.RecordCallback(matter_id, body.result, body.resolved, body.satisfaction, body.words)
        return await act(service.record_callback, parts, call, idempotency_key=idempotency_key)

    @router.post("/matters/{matter_id}/supervisions/{supervision_id}/answer")
    async def answer(
        matter_id: PathId, supervision_id: PathId, body: TextBody, idempotency_key: IdempotencyKey
    ) -> JSONResponse:
        """The unit's answer to a reminder or a supervision order."""
        said = service.AnswerSupervision(matter_id, supervision_id, body.text)
        return await act(service.answer_supervision, parts, said, idempotency_key=idempotency_key)

    @router.post("/disputes")
    async def disputes(body: DisputeBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Register a dispute; its parties' names are sealed and never answered back."""
        case = service.RegisterDispute(**body.model_dump())
        return await act(service.register_dispute, parts, case, idempotency_key=idempotency_key)

    @router.get("/windows")
    async def windows() -> JSONResponse:
        """The windows that a dispute can be sorted to."""
        return rendered(await read(service.windows, parts, current_principal()), parts)

    @router.get("/units/{unit_id}/pressure")
    async def pressure(unit_id: PathId) -> JSONResponse:
        """A unit's cards, bounces and written pressure of the last 30 days."""
        return rendered(await read(service.unit_pressure, parts, current_principal(), unit_id), parts)

    return router


def _loop(found: service.Loop, parts: ApiParts) -> dict[str, Any]:
    language = current_principal().language
    shown = {name: getattr(found, name) for name in found.__dataclass_fields__ if name != "steps"}
    shown["steps"] = [
        {
            "to": one.to, "act": one.act, "required": list(one.required), "optional": list(one.optional),
            "refused": None if one.refused is None else parts.refusal_text(one.refused, language),
        }
        for one in found.steps
    ]  # fmt: skip
    return {"value": shown}
