"""How delivery stands: what was given up, what is tried again, and each means of sending."""

from __future__ import annotations

import asyncio

from dash import Dash, Input, Output
from dash.development.base_component import Component

from callbacks.admin import wiring
from dashboard import service
from dashboard.clock import Clock
from dashboard.principal_context import current_principal
from dashboard.service import Refused, Services
from dashboard.store.store import StoreBusy
from layouts.admin import ids, parts
from layouts.admin.delivery import delivery as delivery_view
from layouts.catalogue import text
from layouts.refusal import refusal_text


def register_delivery(app: Dash, services: Services, clock: Clock) -> None:
    """Register the callback that shows how delivery stands."""

    @app.callback(
        *(Output(*target) for target in wiring.DELIVERY),
        Input(ids.DELIVERY_LOAD, "n_clicks"),
        Input(ids.DELIVERY_TOLD, "data"),
    )
    async def delivery(_clicks: object, _told: object) -> Component:
        actor = current_principal()
        try:
            found = await asyncio.to_thread(service.failed_tellings, services, actor, clock.now_ms())
        except StoreBusy:
            return parts.refused(text("desk.failed.busy", actor.language))
        if isinstance(found, Refused):
            return parts.refused(refusal_text(found, actor.language))
        return delivery_view(found, actor.language)
