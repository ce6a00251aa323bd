"""The JSON interface under /api/v1, for terminals, receivers' gateways and anyone who writes a screen of their own.

Every address parses, calls one service function and renders its answer; the gate has already decided who may come
this far. A refused act answers 409 with the refusal's code and words, malformed input 422 without echoing it.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from dashboard import service
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.principal_context import current_principal
from dashboard.store.store import StoreBusy
from data_feeds.bus import BusDown

LONGEST_WAIT_SECONDS = 25.0

Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
# PostgreSQL keeps no NUL in a text.
Words = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=64)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Instant = Annotated[int, Field(ge=0, lt=2**53)]


class LiveState(Protocol):
    """What the API reads from the live hub of the same process."""

    def fleet_summary(self, principal: Principal, now: int) -> dict[str, Any]: ...

    def health(self) -> dict[str, Any]: ...

    async def changed_after(self, seq: int, timeout_s: float) -> None: ...


class MalformedStore(Protocol):
    """Where the feeds keep what they could not read."""

    async def recent(self, count: int) -> list[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class ApiParts:
    """What the addresses work with; `refusal_text` turns a refusal into words in the actor's language."""

    services: service.Services
    clock: Clock
    live: LiveState
    malformed: MalformedStore
    refusal_text: Callable[[service.Refused, str], str]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReceiverBody(_Strict):
    kind: Literal["unit", "worker"]
    id: Identifier
    role: Literal["lead", "assist"] = "assist"
    objective: Words = ""
    due_at: Instant | None = None


class CommandBody(_Strict):
    matter_id: Identifier
    expected_version: int
    objective: Words
    receivers: Annotated[list[ReceiverBody], Field(min_length=1, max_length=50)]
    override_reason: Words | None = None


class WhistleBody(_Strict):
    matter_id: Identifier
    expected_version: int
    units: Annotated[list[ReceiverBody], Field(min_length=1, max_length=20)]
    agenda: Annotated[list[Words], Field(min_length=1, max_length=12)]
    decider: Words
    place: Words = ""
    lon: Longitude | None = None
    lat: Latitude | None = None


class ReceiptBody(_Strict):
    command_id: Identifier
    receiver_id: Identifier
    stage: Literal["delivered", "read", "accepted", "en_route", "arrived", "done", "declined"]
    reason: Words | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None
    eta_at: Instant | None = None
    people: Annotated[int, Field(ge=1, le=10_000)] | None = None


class KioskBody(_Strict):
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
        rows = await _read(service.queue, parts, current_principal())
        return {"matters": rows}

    @router.get("/matters/{matter_id}")
    async def matter(matter_id: str) -> JSONResponse:
        """One matter with its timeline, commands and decisions; personal data masked."""
        outcome = await _read(service.matter_detail, parts, current_principal(), matter_id)
        return _rendered(outcome, parts)


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
        return await _act(
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
        )
        return await _act(
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
        page = await _read(service.inbox, parts, actor, after)
        if wait and not _has_news(page):
            await parts.live.changed_after(after, min(wait, LONGEST_WAIT_SECONDS))
            page = await _read(service.inbox, parts, actor, after)
        return _rendered(page, parts)

    @router.post("/receipts")
    async def receipts(body: ReceiptBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """A receiver's answer; the answer 200 means that it is committed."""
        answer = service.Answer(**body.model_dump())
        return await _act(service.answer, parts, answer, idempotency_key=idempotency_key)


def _add_administration(router: APIRouter, parts: ApiParts) -> None:
    @router.get("/feeds/malformed")
    async def malformed(count: Annotated[int, Query(ge=1, le=500)] = 100) -> dict[str, Any]:
        """The most recent inputs that no decoder could read, newest first."""
        return {"malformed": await parts.malformed.recent(count)}

    @router.get("/kiosk-tokens")
    async def kiosk_tokens() -> JSONResponse:
        """Kiosk tokens by name and state; never the tokens themselves."""
        return _rendered(await _read(service.kiosk_tokens, parts, current_principal()), parts)

    @router.post("/kiosk-tokens")
    async def open_kiosk(body: KioskBody) -> JSONResponse:
        """Open a kiosk token; the answer is the only time it is shown."""
        return await _act(service.open_kiosk_token, parts, body.name, body.jurisdiction)

    @router.post("/kiosk-tokens/{token_id}/revoke")
    async def revoke_kiosk(token_id: str) -> JSONResponse:
        """Revoke a kiosk token; walls that use it go dark within ten seconds."""
        return await _act(service.revoke_kiosk_token, parts, token_id)

    @router.get("/audit/verify")
    async def verify_audit() -> JSONResponse:
        """Walk the audit chain and name its first break, if any."""
        return _rendered(
            await asyncio.to_thread(service.verify_audit, parts.services, current_principal()), parts
        )


def _receiver(body: ReceiverBody) -> service.ReceiverOrder:
    return service.ReceiverOrder(**body.model_dump())


def _has_news(page: object) -> bool:
    return bool(page.commands) if isinstance(page, service.InboxPage) else True


async def _read(function: Callable[..., Any], parts: ApiParts, actor: Principal, *args: Any) -> Any:
    return await asyncio.to_thread(function, parts.services, actor, *args, now=parts.clock.now_ms())


async def _act(function: Callable[..., Any], parts: ApiParts, *args: Any, **named: Any) -> JSONResponse:
    actor = current_principal()
    named["now"] = parts.clock.now_ms()
    outcome = await asyncio.to_thread(function, parts.services, actor, *args, **named)
    return _rendered(outcome, parts)


def _rendered(outcome: Any, parts: ApiParts) -> JSONResponse:
    if isinstance(outcome, service.Refused):
        words = parts.refusal_text(outcome, current_principal().language)
        return JSONResponse({"error": outcome.code, "words": words, "params": dict(outcome.params)}, 409)
    value = outcome.value if isinstance(outcome, service.Done) else outcome
    body: dict[str, Any] = {"value": _plain(value)}
    if isinstance(outcome, service.Done):
        body["seq"] = outcome.seq
    return JSONResponse(body)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def add_fault_answers(app: FastAPI) -> None:
    """Answer malformed requests and dead dependencies in words, never echoing input and never with a trace."""
    app.add_exception_handler(RequestValidationError, _malformed_request)
    app.add_exception_handler(StoreBusy, _store_busy)
    app.add_exception_handler(BusDown, _bus_down)


async def _malformed_request(_request: Request, error: Exception) -> JSONResponse:
    faults = error.errors() if isinstance(error, RequestValidationError) else ()
    named = [{"field": _place_of(fault), "why": fault["msg"]} for fault in faults]
    return JSONResponse({"error": "malformed_request", "faults": named}, 422)


def _place_of(fault: Mapping[str, Any]) -> str:
    """Where the fault is. The name of a field that we do not know is the sender's own text and stays out."""
    loc = fault["loc"][:-1] if fault["type"] == "extra_forbidden" else fault["loc"]
    return ".".join(str(part) for part in loc)


async def _store_busy(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse({"error": "store_busy"}, 503, {"retry-after": "1"})


async def _bus_down(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse({"error": "bus_down"}, 503, {"retry-after": "1"})
