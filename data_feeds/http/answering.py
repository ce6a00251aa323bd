"""What every address of the JSON interface shares: its parts, the types of its fields, how an act is answered.

A refused act answers 409 with the refusal's code and words, malformed input 422 without echoing it, a store or a
Redis that is away 503.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from fastapi import FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from dashboard import request_id, service
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.domain.step_fields import LATEST_AT
from dashboard.principal_context import current_principal
from dashboard.store.store import StoreBusy, StoreFull
from data_feeds.bus import BusDown
from data_feeds.http.recordings import NO_RECORDINGS, Recordings
from data_feeds.http.trace import fault_answer

Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
# PostgreSQL keeps no NUL in a text.
Words = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
# Printable ASCII, as a header is; a batch carries its keys in its body, where anything could stand.
KEY_PATTERN = r"^[\x21-\x7e]{8,64}$"
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", pattern=KEY_PATTERN)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Instant = Annotated[int, Field(ge=0, lt=LATEST_AT)]


class LiveState(Protocol):
    """What the API reads from the live hub of the same process."""

    def fleet_summary(self, principal: Principal, now: int) -> dict[str, Any]: ...

    def health(self) -> dict[str, Any]: ...

    async def walls(self) -> dict[str, dict[str, Any]]: ...

    async def presence(self, principal: Principal) -> list[dict[str, Any]]: ...

    def rates(self, jurisdiction: str) -> dict[str, Any]: ...

    def analysis(self, jurisdiction: str) -> dict[str, Any]: ...

    def results(self, jurisdiction: str) -> dict[str, Any]: ...

    def fix_of(self, worker_id: str) -> service.Fix | None: ...

    def duty_of(self, worker_id: str, now: int) -> dict[str, Any]: ...

    async def rung(self, names: Collection[str], after: int, timeout_s: float, person: str) -> bool: ...

    def touched(self, names: Collection[str], after: int) -> tuple[int, frozenset[str] | None]: ...


class MalformedStore(Protocol):
    """Where the feeds keep what they could not read."""

    async def recent(self, count: int) -> list[dict[str, Any]]: ...


def _unsaid(key: str, _language: str, **_params: object) -> str:
    """Stands where nobody gave a catalogue: the key's own last part."""
    return key.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class ApiParts:
    """What the addresses work with; `refusal_text` turns a refusal into words in the actor's language.

    `release` is that of the pages that this process gives out, "" for one that gives out none. `recordings` are
    those of what walls say. `say` gives the text of a catalogue's key in a language; for a key that has none its last
    part, which is the code itself. `broken` names what this process cannot reach, "store" or "bus", "" for nothing.
    """

    services: service.Services
    clock: Clock
    live: LiveState
    malformed: MalformedStore
    refusal_text: Callable[[service.Refused, str], str]
    release: str = ""
    recordings: Recordings = NO_RECORDINGS
    say: Callable[..., str] = _unsaid
    broken: Callable[[], str] = lambda: ""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


async def read(function: Callable[..., Any], parts: ApiParts, actor: Principal, *args: Any) -> Any:
    return await asyncio.to_thread(function, parts.services, actor, *args, now=parts.clock.now_ms())


async def act(function: Callable[..., Any], parts: ApiParts, *args: Any, **named: Any) -> JSONResponse:
    actor = current_principal()
    named["now"] = parts.clock.now_ms()
    outcome = await asyncio.to_thread(function, parts.services, actor, *args, **named)
    return rendered(outcome, parts)


def rendered(outcome: Any, parts: ApiParts) -> JSONResponse:
    if isinstance(outcome, service.Refused):
        words = parts.refusal_text(outcome, current_principal().language)
        return JSONResponse({"error": outcome.code, "words": words, "params": dict(outcome.params)}, 409)
    if isinstance(outcome, service.Done):
        return ValueAnswer({"value": outcome.value, "seq": outcome.seq})
    return ValueAnswer({"value": outcome})


class ValueAnswer(JSONResponse):
    """A value of the service as JSON; its dataclasses are read as they are written, not copied before."""

    def render(self, content: Any) -> bytes:
        return json.dumps(
            content, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_fields
        ).encode()


def _fields(value: Any) -> dict[str, Any]:
    if not dataclasses.is_dataclass(value):
        raise TypeError(f"{type(value).__name__} is no part of an answer")
    return {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}


def with_time(answer: JSONResponse, parts: ApiParts) -> JSONResponse:
    """Put the server's time and release beside an answer, and what it cannot reach: a page's clock may be anything, the
    page an old one, and what it shows late."""
    if parts.release:
        answer.headers["x-server-release"] = parts.release
    if broken := parts.broken():
        answer.headers["x-server-broken"] = broken
    answer.headers["x-server-now"] = str(parts.clock.now_ms())
    answer.headers["x-server-rate"] = str(parts.clock.rate)
    return answer


def add_fault_answers(app: FastAPI, store_away_page: Callable[[], str] = lambda: "") -> None:
    """Answer malformed requests and dead dependencies in words, never echoing input and never with a trace.

    `store_away_page` is the HTML that a person gets, who asked for a page, while the store cannot be reached.
    """

    async def store_busy(request: Request, error: Exception) -> Response:
        wanted = wants_page(request.url.path, request.headers.get("accept", ""))
        return store_busy_answer(error, store_away_page() if wanted else "")

    app.add_exception_handler(RequestValidationError, _malformed_request)
    app.add_exception_handler(HTTPException, _framework_refused)
    app.add_exception_handler(StoreBusy, store_busy)
    app.add_exception_handler(BusDown, _bus_down)
    app.add_exception_handler(Exception, _fault)


async def _malformed_request(_request: Request, error: Exception) -> JSONResponse:
    faults = error.errors() if isinstance(error, RequestValidationError) else ()
    named = [{"field": _place_of(fault), "why": fault["msg"]} for fault in faults]
    return JSONResponse({"error": "malformed_request", "faults": named}, 422)


async def _framework_refused(request: Request, error: Exception) -> JSONResponse:
    """What the framework refuses by itself, in our own shape: bytes that are no text, an address it does not know."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 400:
        return await _malformed_request(request, error)
    codes = {404: "unknown_address", 405: "method_not_allowed"}
    return JSONResponse({"error": codes.get(status, "refused")}, status, getattr(error, "headers", None))


def _place_of(fault: Mapping[str, Any]) -> str:
    """Where the fault is. The name of a field that we do not know is the sender's own text and stays out."""
    loc = fault["loc"][:-1] if fault["type"] == "extra_forbidden" else fault["loc"]
    return ".".join(str(part) for part in loc)


def wants_page(path: str, accept: str) -> bool:
    """Whether a browser asks for something to show to a person."""
    return "text/html" in accept and not path.startswith("/api/")


def store_busy_answer(error: Exception, page: str) -> Response:
    """Return the answer to what was asked while the store is locked, full or away: the page, where there is one."""
    if page:
        return HTMLResponse(page, 503, {"retry-after": "5"})
    return _try_again("store_full" if isinstance(error, StoreFull) else "store_busy")


async def _bus_down(_request: Request, _error: Exception) -> JSONResponse:
    return _try_again("bus_down")


def _try_again(code: str) -> JSONResponse:
    said = {"error": code, "request_id": request_id.current()}
    return JSONResponse({name: value for name, value in said.items() if value}, 503, {"retry-after": "1"})


async def _fault(_request: Request, _error: Exception) -> JSONResponse:
    return fault_answer()  # the framework raises it again for the server's log
