"""Webhooks: list, enter, close."""

from __future__ import annotations

import asyncio
from typing import Any

from dash import Dash, Input, Output, State, ctx
from dash.development.base_component import Component

from callbacks.admin import wiring
from callbacks.admin.given import Malformed, rows_of, text_of
from dashboard import service
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.principal_context import current_principal
from dashboard.service import Refused, Services
from dashboard.store.store import StoreBusy
from layouts.admin import ids, shown
from layouts.catalogue import text
from layouts.desk.clock_text import date_and_time
from layouts.refusal import refusal_text

Answer = tuple[list[dict[str, Any]], Component | None]


def register_webhooks(app: Dash, services: Services, clock: Clock) -> None:
    """Register the callback of the list of webhooks and its two acts."""

    @app.callback(
        *(Output(*target) for target in wiring.WEBHOOKS),
        Input(ids.WEBHOOK_OPEN, "n_clicks"),
        Input(ids.WEBHOOK_CLOSE, "n_clicks"),
        State(ids.WEBHOOK_NAME, "value"),
        State(ids.WEBHOOK_URL, "value"),
        State(ids.WEBHOOK_PLACE, "value"),
        State(ids.WEBHOOK_GRID, "selectedRows"),
    )
    async def webhooks(
        _open: object, _close: object, name: object, url: object, place: object, selected: object
    ) -> Answer:
        actor, now, asked = current_principal(), clock.now_ms(), ctx.triggered_id
        try:
            outcome: Component | None = None
            if asked == ids.WEBHOOK_OPEN:
                given = (text_of(name), text_of(url), text_of(place))
                outcome = await asyncio.to_thread(_open_webhook, services, actor, *given, now)
            elif asked == ids.WEBHOOK_CLOSE:
                chosen = [row.get("row", "") for row in rows_of(selected or [])][:1]
                outcome = await asyncio.to_thread(_close_webhook, services, actor, "".join(chosen), now)
            return await asyncio.to_thread(_listed, services, actor, now), outcome
        except Malformed:
            return [], shown.refused(text("desk.failed.malformed", actor.language))
        except StoreBusy:
            return [], shown.refused(text("desk.failed.busy", actor.language))


def _open_webhook(
    services: Services, actor: Principal, name: str, url: str, place: str, now: int
) -> Component:
    outcome = service.open_webhook(services, actor, name, url, place, now)
    if isinstance(outcome, Refused):
        return shown.refused(refusal_text(outcome, actor.language))
    return shown.secret_once(name, outcome.value.secret, actor.language)


def _close_webhook(services: Services, actor: Principal, webhook_id: str, now: int) -> Component:
    outcome = service.close_webhook(services, actor, webhook_id, now)
    if isinstance(outcome, Refused):
        return shown.refused(refusal_text(outcome, actor.language))
    return shown.done(text("admin.webhook.closed", actor.language))


def _listed(services: Services, actor: Principal, now: int) -> list[dict[str, Any]]:
    found = service.webhooks(services, actor, now)
    if isinstance(found, Refused):
        return []
    divisions = services.pack.divisions
    return [
        {
            "row": one["id"],
            "name": one["name"],
            "url": one["url"],
            "jurisdiction": divisions.get(one["jurisdiction"]).name,
            "made_at": date_and_time(one["made_at"]),
            "closed_at": date_and_time(one["closed_at"]) if one["closed_at"] else "",
        }
        for one in found
    ]
