"""The JSON interface under /api/v1, for terminals, receivers' gateways and anyone who writes a screen of their own.

Every address parses, calls one service function and renders its answer; the gate has already decided who may come
this far. How refusals, malformed input and outages are answered: `answering`.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from dashboard import service
from dashboard.principal_context import current_principal
from data_feeds.bells import LOG_BELL
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

LONGEST_WAIT_SECONDS = 25.0


class ReceiverBody(Strict):
    kind: Literal["unit", "worker"]
    id: Identifier
    role: Literal["lead", "assist"] = "assist"
    objective: Words = ""
    due_at: Instant | None = None


class CommandBody(Strict):
    matter_id: Identifier
    expected_version: int
    objective: Words
    receivers: Annotated[list[ReceiverBody], Field(min_length=1, max_length=50)]
    override_reason: Words | None = None


class WhistleBody(Strict):
    matter_id: Identifier
    expected_version: int
    units: Annotated[list[ReceiverBody], Field(min_length=1, max_length=20)]
    agenda: Annotated[list[Words], Field(min_length=1, max_length=12)]
    decider: Words
    place: Words = ""
    lon: Longitude | None = None
    lat: Latitude | None = None
    message: Annotated[str, Field(max_length=45, pattern=r"^[^\x00]*$")] = ""
    reception: Words = ""
    fallback: Words = ""


class PersonBody(Strict):
    name: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00]*$")]
    post: Annotated[str, Field(max_length=40, pattern=r"^[^\x00]*$")] = ""


class ReceiptBody(Strict):
    command_id: Identifier
    receiver_id: Identifier
    stage: Literal["delivered", "read", "accepted", "en_route", "arrived", "done", "declined"]
    reason: Words | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None
    eta_at: Instant | None = None
    people: Annotated[int, Field(ge=1, le=10_000)] | None = None
    accuracy_m: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    said_at: Instant | None = None
    result: Words | None = None
    signed_in: Annotated[list[PersonBody], Field(default_factory=list, max_length=50, alias="register")]


class KioskBody(Strict):
    name: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00]*$")]
    jurisdiction: Identifier


def api_router(parts: ApiParts) -> APIRouter:
    """Build the router of /api/v1."""
    router = APIRouter(prefix="/api/v1")
    _add_reading(router, parts)
    _add_commanding(router, parts)
    _add_receiving(router, parts)
    _add_administration(router, parts)
    return router


def _add_reading(router: APIRouter, parts: ApiParts) -> None:
    @router.get("/fleet/summary")
    async def fleet_summary() -> dict[str, Any]:
        """Counts of grid workers by state inside the asker's jurisdiction, total and per region."""
        return parts.live.fleet_summary(current_principal(), parts.clock.now_ms())

    @router.get("/feeds/health")
    async def feeds_health() -> dict[str, Any]:
        """Freshness of the seven platforms and counters of the feeds."""
        return parts.live.health()

    @router.get("/matters")
    async def matters() -> dict[str, Any]:
        """Open matters inside the asker's jurisdiction as screen rows, soonest clock first."""
        rows = await read(service.queue, parts, current_principal())
        return {"matters": rows}

    @router.get("/matters/{matter_id}")
    async def matter(matter_id: str) -> JSONResponse:
        """One matter with its timeline, commands and decisions; personal data masked."""
        outcome = await read(service.matter_detail, parts, current_principal(), matter_id)
        return rendered(outcome, parts)


def _add_commanding(router: APIRouter, parts: ApiParts) -> None:
    @router.post("/commands")
    async def commands(body: CommandBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Send one command to its receivers."""
        order = service.Dispatch(
            matter_id=body.matter_id,
            receivers=tuple(_receiver(item) for item in body.receivers),
            objective=body.objective,
            recommendation=None,
            override_reason=body.override_reason,
        )
        return await act(
            service.dispatch, parts, order, body.expected_version, idempotency_key=idempotency_key
        )

    @router.post("/whistles")
    async def whistles(body: WhistleBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Call units to a place, each with its own thirty minutes."""
        call = service.RaiseWhistle(
            matter_id=body.matter_id,
            units=tuple(_receiver(item) for item in body.units),
            agenda=tuple(body.agenda),
            decider=body.decider,
            place=body.place,
            lon=body.lon,
            lat=body.lat,
            message=body.message,
            reception=body.reception,
            fallback=body.fallback,
        )
        return await act(
            service.raise_whistle, parts, call, body.expected_version, idempotency_key=idempotency_key
        )


def _add_receiving(router: APIRouter, parts: ApiParts) -> None:
    @router.get("/inbox")
    async def inbox(
        after: Annotated[int, Query(ge=0, lt=2**53)] = 0,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_SECONDS, allow_inf_nan=False)] = 0.0,
    ) -> JSONResponse:
        """Commands addressed to the gateway's receivers that changed after `after`; waits up to `wait` seconds."""
        actor = current_principal()
        page = await read(service.inbox, parts, actor, after)
        if wait and not _has_news(page):
            await parts.live.rung((LOG_BELL,), after, min(wait, LONGEST_WAIT_SECONDS), actor.id)
            page = await read(service.inbox, parts, actor, after)
        return rendered(page, parts)

    @router.post("/receipts")
    async def receipts(body: ReceiptBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """A receiver's answer; the answer 200 means that it is committed."""
        people = tuple(service.Attendee(one.name, one.post) for one in body.signed_in)
        said = body.model_dump(exclude={"signed_in"})
        answer = service.Answer(**said, register=people, fix=parts.live.fix_of(body.receiver_id))
        return await act(service.answer, parts, answer, idempotency_key=idempotency_key)


def _add_administration(router: APIRouter, parts: ApiParts) -> None:
    @router.get("/feeds/malformed")
    async def malformed(count: Annotated[int, Query(ge=1, le=500)] = 100) -> dict[str, Any]:
        """The most recent inputs that no decoder could read, newest first."""
        return {"malformed": await parts.malformed.recent(count)}

    @router.get("/kiosk-tokens")
    async def kiosk_tokens() -> JSONResponse:
        """Kiosk tokens by name and state; never the tokens themselves."""
        return rendered(await read(service.kiosk_tokens, parts, current_principal()), parts)

    @router.post("/kiosk-tokens")
    async def open_kiosk(body: KioskBody) -> JSONResponse:
        """Open a kiosk token; the answer is the only time it is shown."""
        return await act(service.open_kiosk_token, parts, body.name, body.jurisdiction)

    @router.post("/kiosk-tokens/{token_id}/revoke")
    async def revoke_kiosk(token_id: str) -> JSONResponse:
        """Revoke a kiosk token; walls that use it go dark within ten seconds."""
        return await act(service.revoke_kiosk_token, parts, token_id)

    @router.get("/audit/verify")
    async def verify_audit() -> JSONResponse:
        """Walk the audit chain and name its first break, if any."""
        return rendered(
            await asyncio.to_thread(service.verify_audit, parts.services, current_principal()), parts
        )


def _receiver(body: ReceiverBody) -> service.ReceiverOrder:
    return service.ReceiverOrder(**body.model_dump())


def _has_news(page: object) -> bool:
    return bool(page.commands) if isinstance(page, service.InboxPage) else True
