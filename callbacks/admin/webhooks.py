"""Webhooks: list, enter, close."""

from __future__ import annotations

import asyncio

from dash import Dash, Input, Output, State, ctx
from dash.development.base_component import Component

from callbacks.admin import wiring
from callbacks.admin.given import ask_of, text_of
from callbacks.admin.outcomes import outcome_of, pressed_once, said
from callbacks.admin.places import place_names
from dashboard import service
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.principal_context import current_principal
from dashboard.service import Refused, Services
from dashboard.store.store import StoreBusy
from layouts.admin import ids, parts
from layouts.admin.webhooks import secret_once, webhook_table
from layouts.catalogue import text
from layouts.refusal import refusal_text

Answer = tuple[Component, Component | None]


def register_webhooks(app: Dash, services: Services, clock: Clock) -> None:
    """Register the callback of the list of webhooks and its two acts."""

    @app.callback(
        *(Output(*target) for target in wiring.WEBHOOKS),
        Input(ids.WEBHOOK_OPEN, "n_clicks"),
        Input(ids.WEBHOOK_ASKED, "data"),
        State(ids.WEBHOOK_NAME, "value"),
        State(ids.WEBHOOK_URL, "value"),
        State(ids.WEBHOOK_PLACE, "value"),
        running=pressed_once(ids.WEBHOOK_OPEN),
    )
    async def webhooks(_open: object, asked: object, name: object, url: object, place: object) -> Answer:
        actor, now, pressed = current_principal(), clock.now_ms(), ctx.triggered_id

        def act() -> Component | None:
            if pressed == ids.WEBHOOK_OPEN:
                return _open_webhook(services, actor, text_of(name), text_of(url), text_of(place), now)
            if pressed == ids.WEBHOOK_ASKED:
                return _close_webhook(services, actor, ask_of(asked)[1], now)
            return None

        outcome = await outcome_of(act, actor)
        return await asyncio.to_thread(_listed, services, actor, now), outcome


def _open_webhook(
    services: Services, actor: Principal, name: str, url: str, place: str, now: int
) -> Component:
    outcome = service.open_webhook(services, actor, name, url, place, now)
    if isinstance(outcome, Refused):
        return parts.refused(refusal_text(outcome, actor.language))
    return secret_once(name, outcome.value.secret, actor.language)


def _close_webhook(services: Services, actor: Principal, webhook_id: str, now: int) -> Component:
    closed = service.close_webhook(services, actor, webhook_id, now)
    return said(closed, text("admin.webhook.closed", actor.language), actor)


def _listed(services: Services, actor: Principal, now: int) -> Component:
    try:
        found = service.webhooks(services, actor, now)
    except StoreBusy:
        return parts.refused(text("desk.failed.busy", actor.language))
    if isinstance(found, Refused):
        return parts.refused(refusal_text(found, actor.language))
    places = place_names(services.pack, {one["jurisdiction"] for one in found}, actor.language)
    return webhook_table(found, places, actor.language)
