"""The escalation policy and webhooks, for the system administrator: /api/v1/policies, /api/v1/webhooks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from dashboard import service
from dashboard.principal_context import current_principal
from data_feeds.http.answering import ApiParts, IdempotencyKey, Identifier, Strict, Words, act, read, rendered

Cell = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
PolicyRow = Annotated[dict[Annotated[str, Field(max_length=24)], Cell], Field(max_length=24)]


class EditBody(Strict):
    based_on: Annotated[int, Field(ge=1, lt=2**31)]
    changed: Annotated[list[PolicyRow], Field(max_length=500, default_factory=list)]
    removed: Annotated[list[Cell], Field(max_length=500, default_factory=list)]


class PreviewBody(EditBody):
    matter_ids: Annotated[list[Identifier], Field(max_length=500)] | None = None
    numbers: Annotated[list[Identifier], Field(max_length=50, default_factory=list)]


class PublishBody(EditBody):
    why: Words


class WebhookBody(Strict):
    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00]*$")]
    url: Words
    jurisdiction: Identifier


def policies_router(parts: ApiParts) -> APIRouter:
    """Build the router of policies and webhooks."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/policies")
    async def policies(version: Annotated[int | None, Query(ge=1, lt=2**31)] = None) -> JSONResponse:
        """The rows of a version, the newest when none is named."""
        return rendered(await read(service.policy_rows, parts, current_principal(), version), parts)

    @router.get("/policies/versions")
    async def versions() -> JSONResponse:
        """Who published which version, when and why."""
        return rendered(await read(service.policy_versions, parts, current_principal()), parts)

    @router.post("/policies/preview")
    async def preview(body: PreviewBody) -> JSONResponse:
        """Where open matters would stand if they went by the edited rows; changes nothing."""
        asked = {"matter_ids": body.matter_ids, "numbers": body.numbers}
        return await act(service.preview_policy, parts, _edit(body, ""), **asked)

    @router.post("/policies")
    async def publish(body: PublishBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Publish the edited rows as the next version."""
        return await act(service.edit_policy, parts, _edit(body, body.why), idempotency_key=idempotency_key)

    @router.get("/webhooks")
    async def webhooks() -> JSONResponse:
        """Every webhook without its secret."""
        return rendered(await read(service.webhooks, parts, current_principal()), parts)

    @router.post("/webhooks")
    async def open_webhook(body: WebhookBody) -> JSONResponse:
        """Enter an address; its secret is in this answer and nowhere else."""
        return await act(service.open_webhook, parts, body.name, body.url, body.jurisdiction)

    @router.post("/webhooks/{webhook_id}/close")
    async def close_webhook(webhook_id: Identifier) -> JSONResponse:
        """Send nothing more to an address."""
        return await act(service.close_webhook, parts, webhook_id)

    return router


def _edit(body: EditBody, why: str) -> service.EditPolicy:
    return service.edit_of(body.based_on, body.changed, body.removed, why)
