"""The JSON interface of a leader: the picture held until it changes, what its numbers count, and a leader's word."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from dashboard import service
from dashboard.domain.due_state import MINUTE_MS
from dashboard.principal_context import current_principal
from data_feeds.bells import LOG_BELL
from data_feeds.http.answering import (
    ApiParts,
    IdempotencyKey,
    Identifier,
    Instant,
    Strict,
    ValueAnswer,
    Words,
    act,
    read,
    rendered,
    with_time,
)

LONGEST_WAIT_SECONDS = 25.0
DOWN_AFTER_INTERVALS, LATE_AFTER_INTERVALS = 10, 2  # as assets/live/freshness.mjs
MatterId = Annotated[str, Path(max_length=64)]
Digest = Annotated[str, Query(pattern=r"^[0-9a-f]{0,16}$")]


class InstructionBody(Strict):
    text: Words
    units: Annotated[list[Identifier], Field(min_length=1, max_length=20)]
    due_at: Instant
    in_charge: Literal["", "head", "deputy"] = ""


class WordBody(Strict):
    text: Words = ""


def leader_router(parts: ApiParts) -> APIRouter:
    """Build the router of /api/v1/leader and of what a leader says about a matter."""
    router = APIRouter(prefix="/api/v1")
    _add_reading(router, parts)
    _add_acts(router, parts)
    return router


def _add_reading(router: APIRouter, parts: ApiParts) -> None:
    @router.get("/leader/picture")
    async def picture(
        after: Annotated[int, Query(ge=0, lt=2**53)] = 0,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_SECONDS, allow_inf_nan=False)] = 0.0,
        known: Digest = "",
    ) -> JSONResponse:
        """The picture with its `digest`; {"seq", "unchanged": true} while it is still the one `known`.

        It is looked at again with news of the log, and once at the end of `wait`: clocks run out without any.
        """
        actor = current_principal()
        if wait:
            await parts.live.rung((LOG_BELL,), after, wait, actor.id)
        found = await read(service.leader_picture, parts, actor)
        if isinstance(found, service.Refused):
            return with_time(rendered(found, parts), parts)
        found["rates"] = parts.live.rates(actor.jurisdiction)
        found["sources"] = _silent(parts.live.health(), parts.clock.now_ms())
        seq = found.pop("seq")
        digest = hashlib.sha256(ValueAnswer({"value": found}).body).hexdigest()[:16]
        answer = (
            {"seq": seq, "unchanged": True} if digest == known else found | {"seq": seq, "digest": digest}
        )
        return with_time(rendered(answer, parts), parts)

    @router.get("/leader/lists/{which}")
    async def lists(which: Literal["overdue", "red"]) -> JSONResponse:
        """The matters that a number counts."""
        return with_time(
            rendered(await read(service.leader_list, parts, current_principal(), which), parts), parts
        )

    @router.get("/leader/day")
    async def day() -> JSONResponse:
        """Yesterday's figures and today's so far."""
        return with_time(rendered(await read(service.leader_day, parts, current_principal()), parts), parts)


def _add_acts(router: APIRouter, parts: ApiParts) -> None:
    @router.post("/matters/{matter_id}/instructions")
    async def instructions(
        matter_id: MatterId, body: InstructionBody, idempotency_key: IdempotencyKey
    ) -> JSONResponse:
        """批示: an order with its clock to one or more units."""
        said = service.Instruct(matter_id, body.text, tuple(body.units), body.due_at, body.in_charge)
        return with_time(await act(service.instruct, parts, said, idempotency_key=idempotency_key), parts)

    @router.post("/matters/{matter_id}/supervisions")
    async def supervisions(
        matter_id: MatterId, body: WordBody, idempotency_key: IdempotencyKey
    ) -> JSONResponse:
        """督办单: the unit's answer gets a clock."""
        said = service.Supervise(matter_id, body.text)
        return with_time(await act(service.supervise, parts, said, idempotency_key=idempotency_key), parts)

    @router.post("/matters/{matter_id}/urges")
    async def urges(matter_id: MatterId, body: WordBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """催办."""
        said = service.Urge(matter_id, body.text)
        return with_time(await act(service.urge, parts, said, idempotency_key=idempotency_key), parts)


def _silent(health: dict[str, Any], now: int) -> list[dict[str, Any]]:
    """The platforms whose heartbeats are late or have stopped: {"id", "state", "last_at"}; by the screens' rule.

    `last_at` is rounded down to its minute, so that the picture does not change with every heartbeat.
    """
    found = []
    for row in health.get("platforms", ()):
        last_at, interval_ms = row.get("last_at"), row.get("interval_ms") or MINUTE_MS
        age = None if last_at is None else now - last_at
        if age is not None and age <= LATE_AFTER_INTERVALS * interval_ms:
            continue
        state = "down" if age is None or age > DOWN_AFTER_INTERVALS * interval_ms else "late"
        seen_at = None if last_at is None else last_at // MINUTE_MS * MINUTE_MS
        found.append({"id": str(row.get("id")), "state": state, "last_at": seen_at})
    return found
