"""Asking to leave a whistle: granted, or refused with the decisions that are missing (事不决、人不撤)."""

from __future__ import annotations

import asyncio

from dash import Dash, Input, Output
from dash.development.base_component import Component

from callbacks.desk import asked as requests
from callbacks.desk.acts import told
from callbacks.desk.asked import Asked, Malformed
from callbacks.desk.wiring import act_targets
from dashboard import service
from dashboard.clock import Clock
from dashboard.domain.refusal import Outcome, Refused
from dashboard.principal_context import current_principal
from dashboard.service import Services
from dashboard.store.store import StoreBusy
from layouts import ids
from layouts.catalogue import text
from layouts.desk import outcome
from layouts.desk.guard import leave_refused
from layouts.drawn import drawn
from layouts.refusal import refusal_text


def register_leave(app: Dash, services: Services, clock: Clock) -> None:
    """Register the callback that asks for a unit's release."""

    @app.callback(
        *(Output(*target) for target in act_targets("leave")),
        Input(ids.act_request("leave"), "data"),
        prevent_initial_call=True,
    )
    async def leave(data: object) -> tuple[Component, str]:
        now = clock.now_ms()
        try:
            wanted = requests.read_act(data)
            request = service.RequestLeave(wanted.command(), wanted.text("receiver_id"))
            result = await asyncio.to_thread(
                service.request_leave, services, current_principal(), request, now, wanted.key
            )
        except Malformed:
            return outcome.refused(
                requests.key_of(data), text("desk.failed.malformed", requests.lang_of(data))
            ), ""
        except StoreBusy:
            return outcome.refused(wanted.key, text("desk.failed.busy", wanted.lang)), ""
        return _shown(wanted, result, now)


def _shown(wanted: Asked, result: Outcome, now: int) -> tuple[Component, str]:
    if not isinstance(result, Refused) or result.code != "whistle_undecided":
        return told("leave", wanted, result, now), ""
    guard = leave_refused(
        wanted.matter_id,
        str(result.params.get("receiver", "")),
        tuple(str(question) for question in result.params.get("missing", ())),
        now,
        wanted.lang,
    )
    return outcome.refused(wanted.key, refusal_text(result, wanted.lang), guard=True), drawn(guard)
