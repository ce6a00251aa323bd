"""The audit chain for the auditor: /api/v1/audit."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse

from dashboard import service
from dashboard.principal_context import current_principal
from data_feeds.http.answering import ApiParts, Instant, rendered
from data_feeds.http.described import file_answer

Cell = Annotated[str, Query(max_length=140, pattern=r"^[^\x00]*$")]
MEDIA_TYPES = {"jsonl": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}


def audit_router(parts: ApiParts) -> APIRouter:
    """Build the router of the audit."""
    router = APIRouter(prefix="/api/v1/audit")

    @router.get("/rows")
    async def rows(
        from_at: Instant | None = None,
        until_at: Instant | None = None,
        actor: Cell = "",
        act: Cell = "",
        subject: Cell = "",
        result: Cell = "",
        before_n: Instant | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> JSONResponse:
        """Rows of the chain, newest first; `before_n` pages on."""
        query = service.AuditQuery(from_at, until_at, actor, act, subject, result, before_n, limit)
        found = await asyncio.to_thread(service.audit_rows, parts.services, current_principal(), query)
        return rendered(found, parts)

    @router.post("/exports", response_class=Response, responses=file_answer(*MEDIA_TYPES.values()))
    async def export(
        from_at: Instant | None = None,
        until_at: Instant | None = None,
        format: Literal["jsonl", "csv"] = "jsonl",
    ) -> Response:
        """A period as a file to keep; that it was taken is itself a row of the chain."""
        request = service.AuditExport(from_at, until_at, format)
        outcome = await asyncio.to_thread(
            service.export_audit, parts.services, current_principal(), request, parts.clock.now_ms()
        )
        if isinstance(outcome, service.Refused):
            return rendered(outcome, parts)
        exported: service.ExportedAudit = outcome.value
        named = f'attachment; filename="{exported.file_name}"'
        return StreamingResponse(
            exported.lines(), media_type=MEDIA_TYPES[format], headers={"content-disposition": named}
        )

    return router
