"""The auditor's section: rows of a period, and the walk along the chain."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

from dash import Dash, Input, Output, State, ctx
from dash.development.base_component import Component

from callbacks.admin import wiring
from callbacks.admin.given import Malformed, ask_of, number_of, rows_of, text_of
from dashboard import service
from dashboard.clock import CITY_ZONE
from dashboard.principal_context import current_principal
from dashboard.service import AuditQuery, Refused, Services
from dashboard.store.store import StoreBusy
from layouts.admin import audit, ids, parts
from layouts.catalogue import text
from layouts.refusal import refusal_text

FIELDS = (
    ids.AUDIT_FROM, ids.AUDIT_UNTIL, ids.AUDIT_ACTOR, ids.AUDIT_ACT, ids.AUDIT_SUBJECT, ids.AUDIT_RESULT,
)  # fmt: skip


def register_audit(app: Dash, services: Services) -> None:
    """Register the callbacks that show rows and walk the chain."""

    @app.callback(
        *(Output(*target) for target in wiring.AUDIT_ROWS),
        Input(ids.AUDIT_SHOW, "n_clicks"),
        Input(ids.AUDIT_ASKED, "data"),
        *(State(one, "value") for one in FIELDS),
    )
    async def show(_clicks: object, asked: object, *fields: object) -> tuple[list[dict[str, Any]], Component]:
        actor = current_principal()
        try:
            first, last, who, act, subject, result = (text_of(one) for one in fields)
            from_at, until_at = instant(first, after=False), instant(last, after=True)
            before = number_of(ask_of(asked)[1]) if ctx.triggered_id == ids.AUDIT_ASKED else None
            query = AuditQuery(from_at, until_at, who, act, subject, result, before, audit.SHOWN_ROWS)
            found = await asyncio.to_thread(service.audit_rows, services, actor, query)
        except (Malformed, ValueError, OverflowError):  # the calendar ends in the year 9999
            return [], parts.refused(text("admin.audit.malformed", actor.language))
        except StoreBusy:
            return [], parts.refused(text("desk.failed.busy", actor.language))
        if isinstance(found, Refused):
            return [], parts.refused(refusal_text(found, actor.language))
        headline = audit.headline_of(found, from_at, until_at, before is not None, actor.language)
        return audit.rows(found, actor.language), headline

    @app.callback(*(Output(*target) for target in wiring.AUDIT_ROW), Input(ids.AUDIT_GRID, "selectedRows"))
    async def open_row(selected: object) -> Component:
        actor = current_principal()
        try:
            chosen = rows_of(selected or [])
            if not chosen:
                return audit.opened(None, actor.language)
            query = AuditQuery(before_n=number_of(chosen[0].get("n", "")) + 1, limit=1)
            found = await asyncio.to_thread(service.audit_rows, services, actor, query)
        except (Malformed, ValueError):
            return parts.refused(text("desk.failed.malformed", actor.language))
        except StoreBusy:
            return parts.refused(text("desk.failed.busy", actor.language))
        if isinstance(found, Refused):
            return parts.refused(refusal_text(found, actor.language))
        return audit.opened(found[0] if found else None, actor.language)

    @app.callback(
        *(Output(*target) for target in wiring.AUDIT_WALK),
        Input(ids.AUDIT_VERIFY, "n_clicks"),
        prevent_initial_call=True,
    )
    async def verify(_clicks: object) -> Component:
        actor = current_principal()
        try:
            state = await asyncio.to_thread(service.verify_audit, services, actor)
        except StoreBusy:
            return parts.refused(text("desk.failed.busy", actor.language))
        if isinstance(state, Refused):
            return parts.refused(refusal_text(state, actor.language))
        return audit.verified(state.rows, state.broken_at, state.reason, actor.language)


def instant(written: str, *, after: bool) -> int | None:
    """Return the instant (UTC ms) of a day or a minute in the city; a day's end with `after`. None for nothing written.

    Raises:
        ValueError: neither a day nor a minute.
    """
    if not written:
        return None
    if len(written) <= 10:
        day = date.fromisoformat(written) + timedelta(days=1 if after else 0)
        at = datetime.combine(day, datetime.min.time(), CITY_ZONE)
    else:
        at = datetime.fromisoformat(written).replace(tzinfo=CITY_ZONE)
    return int(at.timestamp() * 1000)
