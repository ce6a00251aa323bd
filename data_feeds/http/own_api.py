"""The JSON interface of those who receive orders: one unit's or one grid worker's inbox, and what it answers.

A page that lost its network keeps what its person did and sends it later as one batch, in order; every item carries
its own idempotency key, so that a batch sent twice happens once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.principal_context import current_principal
from dashboard.service import Outcome, Services
from dashboard.store.store import StoreBusy
from data_feeds.bells import unit_bell, worker_bell
from data_feeds.http.answering import (
    ApiParts,
    Identifier,
    Instant,
    Latitude,
    Longitude,
    Strict,
    Words,
    read,
    rendered,
    with_time,
)

LONGEST_WAIT_SECONDS = 25.0
MOST_ITEMS: Final = 50
LongWords = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00]*$")]
FieldName = Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$")]
FieldValue = LongWords | bool | Annotated[int, Field(ge=-(2**53), le=2**53)] | None


class OwnItem(Strict):
    """One thing that the receiver did. `kind` says which of the fields count."""

    key: Annotated[str, Field(min_length=8, max_length=64)]
    kind: Literal["answer", "leave", "step", "note"] = "answer"
    command_id: Identifier | None = None
    matter_id: Identifier | None = None
    stage: Literal["delivered", "read", "accepted", "en_route", "arrived", "done", "declined"] | None = None
    reason: Words | None = None
    result: Words | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None
    eta_at: Instant | None = None
    people: Annotated[int, Field(ge=1, le=10_000)] | None = None
    said_at: Instant | None = None
    photos: Annotated[list[Identifier], Field(max_length=12)] = Field(default_factory=list)
    to: Annotated[str, Field(max_length=24, pattern=r"^[A-Z_]+$")] | None = None
    fields: Annotated[dict[FieldName, FieldValue], Field(max_length=20)] = Field(default_factory=dict)
    expected_version: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    text: Words | None = None


class OwnBatch(Strict):
    items: Annotated[list[OwnItem], Field(min_length=1, max_length=MOST_ITEMS)]


Perform = Callable[[Services, Principal, str, OwnItem, int], Outcome | None]
"""One act of a receiver from an item of its batch; None when the item lacks what the act needs."""


def own_router(parts: ApiParts) -> APIRouter:
    """Build the router of /api/v1/own."""
    router = APIRouter(prefix="/api/v1/own")

    @router.get("/inbox")
    async def inbox(
        after: Annotated[int, Query(ge=0, lt=2**53)] = 0,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_SECONDS, allow_inf_nan=False)] = 0.0,
    ) -> JSONResponse:
        """What waits for the asker, by clock; with `wait` once something that concerns it came after `after`, else
        {"seq": after, "unchanged": true}."""
        actor = current_principal()
        if wait and not await parts.live.rung(_bells(actor), after, wait, actor.id):
            return _stamped({"seq": after, "unchanged": True}, parts)
        return _stamped(await read(service.own_inbox, parts, actor), parts)

    @router.get("/matters/{matter_id}")
    async def matter(matter_id: str) -> JSONResponse:
        """One matter as its receiver may see it."""
        return _stamped(await read(service.own_matter, parts, current_principal(), matter_id), parts)

    @router.post("/answers")
    async def answers(body: OwnBatch) -> JSONResponse:
        """Do the items in order; each is answered for itself, and nothing is done after one that could not be kept."""
        done = await asyncio.to_thread(_do_all, parts, current_principal(), body.items)
        return with_time(JSONResponse({"items": done}), parts)

    return router


def _bells(actor: Principal) -> tuple[str, ...]:
    own = actor.own_receiver or ""
    return (worker_bell(own) if actor.role == "grid_worker" else unit_bell(own),)


def _stamped(outcome: Any, parts: ApiParts) -> JSONResponse:
    return with_time(rendered(outcome, parts), parts)


def _do_all(parts: ApiParts, actor: Principal, items: list[OwnItem]) -> list[dict[str, Any]]:
    """Do the items in order. After a store that is busy the rest is `later`: order matters more than speed."""
    answered: list[dict[str, Any]] = []
    for place, item in enumerate(items):
        try:
            answered.append({"key": item.key} | _do(parts, actor, item))
        except StoreBusy:
            answered += [{"key": one.key, "status": "later"} for one in items[place:]]
            break
    return answered


def _do(parts: ApiParts, actor: Principal, item: OwnItem) -> dict[str, Any]:
    outcome = _PERFORM[item.kind](parts.services, actor, actor.own_receiver or "", item, parts.clock.now_ms())
    if outcome is None:
        outcome = service.Refused("item_incomplete", {"kind": item.kind})
    if isinstance(outcome, service.Refused):
        words = parts.refusal_text(outcome, actor.language)
        return {"status": "refused", "error": outcome.code, "words": words, "params": dict(outcome.params)}
    return {"status": "done", "value": outcome.value, "seq": outcome.seq}


def _answer(services: Services, actor: Principal, own: str, item: OwnItem, now: int) -> Outcome | None:
    if item.command_id is None or item.stage is None:
        return None
    answer = service.Answer(
        command_id=item.command_id,
        receiver_id=own,
        stage=item.stage,
        reason=item.reason,
        lon=item.lon,
        lat=item.lat,
        eta_at=item.eta_at,
        people=item.people,
        said_at=item.said_at,
        result=item.result,
        photos=tuple(item.photos),
    )
    return service.answer(services, actor, answer, now=now, idempotency_key=item.key)


def _leave(services: Services, actor: Principal, own: str, item: OwnItem, now: int) -> Outcome | None:
    if item.command_id is None:
        return None
    request = service.RequestLeave(item.command_id, own)
    return service.request_leave(services, actor, request, now=now, idempotency_key=item.key)


def _step(services: Services, actor: Principal, own: str, item: OwnItem, now: int) -> Outcome | None:
    if item.matter_id is None or item.to is None:
        return None
    request = service.Advance(item.matter_id, item.to, dict(item.fields))
    return service.advance(services, actor, request, item.expected_version, now=now, idempotency_key=item.key)


def _note(services: Services, actor: Principal, own: str, item: OwnItem, now: int) -> Outcome | None:
    if item.matter_id is None or not item.text:
        return None
    return service.note(
        services, actor, service.Note(item.matter_id, item.text), now=now, idempotency_key=item.key
    )


_PERFORM: Final[dict[str, Perform]] = {"answer": _answer, "leave": _leave, "step": _step, "note": _note}
