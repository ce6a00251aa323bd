"""The JSON interface of those who receive orders: one unit's or one grid worker's inbox, and what it answers.

A page that lost its network keeps what its person did and sends it later as one batch, in order; every item carries
its own idempotency key, so that a batch sent twice happens once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from dashboard import service
from dashboard.domain.own_steps import incomplete
from dashboard.domain.principal import Principal
from dashboard.principal_context import current_principal
from dashboard.service import Outcome
from dashboard.store.store import StoreBusy
from data_feeds.bells import unit_bell, worker_bell
from data_feeds.http.answering import (
    KEY_PATTERN,
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
    with_time,
)

LONGEST_WAIT_SECONDS = 25.0
MOST_ITEMS: Final = 50
LongWords = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00]*$")]
FieldName = Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$")]
FieldValue = LongWords | bool | Annotated[int, Field(ge=-(2**53), le=2**53)] | None


class OwnPerson(Strict):
    name: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00]*$")]
    post: Annotated[str, Field(max_length=40, pattern=r"^[^\x00]*$")] = ""


class OwnItem(Strict):
    """One thing that the receiver did. `kind` says which of the fields count."""

    key: Annotated[str, Field(pattern=KEY_PATTERN)]
    kind: Literal[
        "answer", "leave", "step", "note", "register", "replace", "complete", "event", "help", "supervision"
    ] = "answer"
    command_id: Identifier | None = None
    matter_id: Identifier | None = None
    stage: Literal["delivered", "read", "accepted", "en_route", "arrived", "done", "declined"] | None = None
    reason: Words | None = None
    result: Words | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None
    accuracy_m: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    eta_at: Instant | None = None
    people: Annotated[int, Field(ge=1, le=10_000)] | None = None
    said_at: Instant | None = None
    signed_in: Annotated[list[OwnPerson], Field(max_length=50, alias="register")] = Field(
        default_factory=list
    )
    leaving: Identifier | None = None
    taking_over: Identifier | None = None
    item: Annotated[int, Field(ge=1, le=20)] | None = None
    supervision_id: Identifier | None = None
    photos: Annotated[list[Identifier], Field(max_length=12)] = Field(default_factory=list)
    to: Annotated[str, Field(max_length=24, pattern=r"^[A-Z_]+$")] | None = None
    fields: Annotated[dict[FieldName, FieldValue], Field(max_length=20)] = Field(default_factory=dict)
    expected_version: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    text: Words | None = None
    category: Identifier | None = None
    handling: Literal["self", "township", "emergency"] | None = None


class RevealBody(Strict):
    reason: Words


class DoneItem(Strict):
    """What became of one item: done with its value, refused in words, or to be sent again later."""

    key: str
    status: Literal["done", "refused", "later"]
    value: Any = None
    seq: int | None = None
    error: str = ""
    words: str = ""
    params: dict[str, Any] = Field(default_factory=dict)


class DoneBatch(Strict):
    items: list[DoneItem]


class OwnBatch(Strict):
    items: Annotated[list[OwnItem], Field(min_length=1, max_length=MOST_ITEMS)]


Perform = Callable[[ApiParts, Principal, str, OwnItem], Outcome | None]
"""One act of a receiver from an item of its batch; None when the item lacks what the act needs."""


def own_router(parts: ApiParts) -> APIRouter:
    """Build the router of /api/v1/own."""
    router = APIRouter(prefix="/api/v1/own")

    @router.get("/inbox")
    async def inbox(
        after: Annotated[int, Query(ge=0, lt=2**53)] = 0,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_SECONDS, allow_inf_nan=False)] = 0.0,
        changes: bool = False,
    ) -> JSONResponse:
        """What waits for the asker, by clock; with `wait` once something that concerns it came after `after`, else
        {"seq": after, "unchanged": true}. With `changes` only what is on matters that changed after `after`, named in
        `of`; everything where that is not known any more."""
        actor = current_principal()
        bells = _bells(actor)
        if wait and not await parts.live.rung(bells, after, wait, actor.id):
            duty = _duty(parts, actor)
            beside = {} if duty is None else {"duty": duty}
            return _stamped({"seq": after, "unchanged": True} | beside, parts)
        seq, only = parts.live.touched(bells, after) if changes else (0, None)
        found = await read(partial(service.own_inbox, only=only), parts, actor)
        # The store may be ahead of what has rung here: what lies between is told by the next answer.
        found = replace(found, duty=_duty(parts, actor))
        return _stamped(found if only is None else replace(found, seq=seq), parts)

    @router.get("/matters/{matter_id}")
    async def matter(matter_id: str) -> JSONResponse:
        """One matter as its receiver may see it."""
        return _stamped(await read(service.own_matter, parts, current_principal(), matter_id), parts)

    @router.get("/statistics")
    async def statistics() -> JSONResponse:
        """The unit's own figures of thirty days."""
        return _stamped(await read(service.own_statistics, parts, current_principal()), parts)

    @router.post("/matters/{matter_id}/citizen")
    async def citizen(matter_id: str, body: RevealBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """A citizen's whole data, for a reason; written to the audit log."""
        request = service.RevealCitizen(matter_id, body.reason)
        return with_time(
            await act(service.reveal_citizen, parts, request, idempotency_key=idempotency_key), parts
        )

    @router.post("/answers", responses={200: {"model": DoneBatch}})
    async def answers(body: OwnBatch) -> JSONResponse:
        """Do the items in order; each is answered for itself, and nothing is done after one that could not be kept."""
        done = await asyncio.to_thread(_do_all, parts, current_principal(), body.items)
        return with_time(JSONResponse({"items": done}), parts)

    return router


def _bells(actor: Principal) -> tuple[str, ...]:
    own = actor.own_receiver or ""
    return (worker_bell(own) if actor.role == "grid_worker" else unit_bell(own),)


def _duty(parts: ApiParts, actor: Principal) -> dict[str, Any] | None:
    """How the fleet sees a grid worker, with every answer: that is no entry of the log, so no bell rings for it."""
    return parts.live.duty_of(actor.worker, parts.clock.now_ms()) if actor.worker else None


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
    outcome = _PERFORM[item.kind](parts, actor, actor.own_receiver or "", item)
    if outcome is None:
        outcome = incomplete()
    if isinstance(outcome, service.Refused):
        words = parts.refusal_text(outcome, actor.language)
        return {"status": "refused", "error": outcome.code, "words": words, "params": dict(outcome.params)}
    return {"status": "done", "value": outcome.value, "seq": outcome.seq}


def _act(
    function: Callable[..., Outcome], parts: ApiParts, actor: Principal, item: OwnItem, *given: Any
) -> Outcome:
    return function(parts.services, actor, *given, now=parts.clock.now_ms(), idempotency_key=item.key)


def _answer(parts: ApiParts, actor: Principal, own: str, item: OwnItem) -> Outcome | None:
    if item.command_id is None or item.stage is None:
        return None
    answer = service.Answer(
        command_id=item.command_id,
        receiver_id=own,
        stage=item.stage,
        reason=item.reason,
        lon=item.lon,
        lat=item.lat,
        accuracy_m=item.accuracy_m,
        eta_at=item.eta_at,
        people=item.people,
        said_at=item.said_at,
        result=item.result,
        photos=tuple(item.photos),
        register=_people(item),
        # What the fleet itself says of a worker goes before what a browser says.
        fix=parts.live.fix_of(own) if actor.role == "grid_worker" else None,
    )
    return _act(service.answer, parts, actor, item, answer)


def _leave(parts: ApiParts, actor: Principal, own: str, item: OwnItem) -> Outcome | None:
    if item.command_id is None:
        return None
    return _act(service.request_leave, parts, actor, item, service.RequestLeave(item.command_id, own))


def _step(parts: ApiParts, actor: Principal, own: str, item: OwnItem) -> Outcome | None:
    del own
    if item.matter_id is None or item.to is None:
        return None
    step = service.Advance(item.matter_id, item.to, dict(item.fields), tuple(item.photos))
    return _act(service.advance, parts, actor, item, step, item.expected_version)


def _note(parts: ApiParts, actor: Principal, own: str, item: OwnItem) -> Outcome | None:
    del own
    if item.matter_id is None or not item.text:
        return None
    return _act(service.note, parts, actor, item, service.Note(item.matter_id, item.text))


def _register(parts: ApiParts, actor: Principal, own: str, item: OwnItem) -> Outcome | None:
    if item.command_id is None or not item.signed_in:
        return None
    signed = service.SignRegister(item.command_id, own, _people(item), item.said_at, item.lon, item.lat)
    return _act(service.sign_register, parts, actor, item, signed)


def _replace(parts: ApiParts, actor: Principal, own: str, item: OwnItem) -> Outcome | None:
    if item.command_id is None or item.leaving is None or item.taking_over is None:
        return None
    request = service.ReplaceAttendee(item.command_id, own, item.leaving, item.taking_over, item.reason or "")
    return _act(service.replace_attendee, parts, actor, item, request)


def _complete(parts: ApiParts, actor: Principal, own: str, item: OwnItem) -> Outcome | None:
    del own
    if item.command_id is None or item.item is None or not item.result:
        return None
    request = service.CompleteDecision(item.command_id, item.item, item.result)
    return _act(service.complete_decision, parts, actor, item, request)


def _event(parts: ApiParts, actor: Principal, own: str, item: OwnItem) -> Outcome | None:
    del own
    if item.category is None or item.handling is None or not item.text:
        return None
    found = service.EventReport(
        item.category, item.text, item.handling, item.lon, item.lat, item.accuracy_m, item.said_at
    )
    return _act(service.report_event, parts, actor, item, found)


def _help(parts: ApiParts, actor: Principal, own: str, item: OwnItem) -> Outcome | None:
    del own
    call = service.CallForHelp(item.lon, item.lat, item.accuracy_m, item.said_at)
    return _act(service.call_for_help, parts, actor, item, call)


def _supervision(parts: ApiParts, actor: Principal, own: str, item: OwnItem) -> Outcome | None:
    del own
    if item.matter_id is None or item.supervision_id is None or not item.text:
        return None
    request = service.AnswerSupervision(item.matter_id, item.supervision_id, item.text)
    return _act(service.answer_supervision, parts, actor, item, request)


def _people(item: OwnItem) -> tuple[service.Attendee, ...]:
    return tuple(service.Attendee(one.name, one.post) for one in item.signed_in)


_PERFORM: Final[dict[str, Perform]] = {
    "answer": _answer,
    "leave": _leave,
    "step": _step,
    "note": _note,
    "register": _register,
    "replace": _replace,
    "complete": _complete,
    "supervision": _supervision,
    "event": _event,
    "help": _help,
}
