"""The JSON interface of the after-action page: one past period, whole, in one answer."""

from __future__ import annotations

import asyncio
import gzip
import threading
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from dashboard import service
from dashboard.domain.step_fields import LATEST_AT
from dashboard.principal_context import current_principal
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

MatterQuery = Annotated[str | None, Query(max_length=64, pattern=r"^[A-Za-z0-9_:-]+$")]
InstantQuery = Annotated[int | None, Query(ge=0, lt=LATEST_AT)]
GIVEN_UP = 499  # nginx's word for an asker who went; nobody reads it
GZIP_LEVEL = (
    5  # rows repeat their names: ten times smaller, and the level above takes twice as long for a hundredth
)


class ExportBody(Strict):
    matter: Identifier | None = None
    from_at: Instant | None = None
    to_at: Instant | None = None


class FindingBody(Strict):
    fact: Words
    cause: Words
    improvement: Words
    owner: Words = ""
    due_on: Annotated[str, Field(max_length=10)] = ""


def replay_router(parts: ApiParts, turn: asyncio.Lock | None = None) -> APIRouter:
    """Build the router of /api/v1/replay; `turn` is held by the one replay that is read at a time."""
    router = APIRouter(prefix="/api/v1")
    # One at a time in a process: each is seconds of one core in a large city, and screens come first.
    turn = turn or asyncio.Lock()

    @router.get("/replay")
    async def replay(
        asked: Request,
        matter: MatterQuery = None,
        from_at: Annotated[InstantQuery, Query(alias="from")] = None,
        to_at: Annotated[InstantQuery, Query(alias="to")] = None,
        accept_encoding: Annotated[str, Header(max_length=200)] = "",
    ) -> Response:
        """A past period of a matter, or of the asker's jurisdiction; see `service.read_replay`."""
        request = service.ReadReplay(matter, from_at, to_at)
        given_up = threading.Event()
        watching = asyncio.create_task(_watch(asked, given_up))
        try:
            async with turn:
                if given_up.is_set():
                    return Response(status_code=GIVEN_UP)
                reading = partial(service.read_replay, is_wanted=lambda: not given_up.is_set())
                found = await read(reading, parts, current_principal(), request)
        finally:
            watching.cancel()
        if isinstance(found, service.Refused):
            return with_time(rendered(found, parts), parts)
        answer = await asyncio.to_thread(_packed, found, accept_encoding)
        return with_time(answer, parts)

    @router.post("/replay/exports")
    async def export(body: ExportBody) -> JSONResponse:
        """That the asker takes away what the page shows goes into the audit before the page makes the file."""
        request = service.ReadReplay(body.matter, body.from_at, body.to_at)
        return await act(service.record_export, parts, request)

    @router.post("/replay/{matter_id}/findings")
    async def finding(
        matter_id: Annotated[str, Path(max_length=64)], body: FindingBody, idempotency_key: IdempotencyKey
    ) -> JSONResponse:
        """A person's finding of a matter: a fact, its cause, what is to change, who does it and by when."""
        request = service.KeepFinding(matter_id, **body.model_dump())
        return await act(service.keep_finding, parts, request, idempotency_key=idempotency_key)

    return router


async def _watch(asked: Request, given_up: threading.Event) -> None:
    """Set `given_up` once the asker has gone: it has chosen another period, left the page or waited too long."""
    while (await asked.receive())["type"] != "http.disconnect":
        pass
    given_up.set()


def _packed(found: dict[str, Any], accept_encoding: str) -> JSONResponse:
    """Megabytes of rows are written and packed beside the event loop, which serves everybody's screens."""
    answer = ValueAnswer({"value": found})
    answer.headers["vary"] = "accept-encoding"
    if "gzip" in accept_encoding:
        answer.body = gzip.compress(bytes(answer.body), GZIP_LEVEL, mtime=0)
        answer.headers["content-encoding"] = "gzip"
        answer.headers["content-length"] = str(len(answer.body))
    return answer
