"""The dispatch catalogue: list its rows, fill the form with one, write a new version of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from callbacks.admin import wiring
from callbacks.admin.given import MOST_CODES, Malformed, text_of
from callbacks.admin.outcomes import outcome_of, pressed_once, said
from dashboard.citypack import CityPack
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.principal_context import current_principal
from dashboard.service import Done, Refused, Services
from dashboard.service.act import new_id
from dashboard.service.dispatch_catalogue import EditDirection, dispatch_catalogue, edit_direction
from dashboard.store.store import StoreBusy
from layouts.admin import ids, parts
from layouts.admin.dispatch_rows import dispatch_rows_table
from layouts.catalogue import text
from layouts.refusal import refusal_text

Form = tuple[Any, Any, Any, Any]
"""Lead, assists, level, and the version that they are of."""
UNTOUCHED: Form = (no_update, no_update, no_update, no_update)


def register_dispatch_rows(app: Dash, services: Services, clock: Clock) -> None:
    """Register the callback of the catalogue's section."""

    @app.callback(
        *(Output(*target) for target in wiring.DIRECTIONS),
        Input(ids.DIRECTION_CATEGORY, "value"),
        Input(ids.DIRECTION_SAVE, "n_clicks"),
        State(ids.DIRECTION_LEAD, "value"),
        State(ids.DIRECTION_ASSISTS, "value"),
        State(ids.DIRECTION_LEVEL, "value"),
        State(ids.DIRECTION_WHY, "value"),
        State(ids.DIRECTION_BASED, "data"),
        running=pressed_once(ids.DIRECTION_SAVE),
    )
    async def directions(
        category: object,
        _save: object,
        lead: object,
        assists: object,
        level: object,
        why: object,
        based: object,
    ) -> tuple[Any, ...]:
        actor, now, pressed = current_principal(), clock.now_ms(), ctx.triggered_id
        done: list[bool] = []

        def act() -> Component | None:
            if pressed != ids.DIRECTION_SAVE:
                return None
            request = EditDirection(
                text_of(category),
                text_of(lead),
                _codes(assists),
                text_of(level),
                _number(based),
                text_of(why),
            )
            outcome = edit_direction(services, actor, request, now, new_id())
            done.append(isinstance(outcome, Done))
            return said(outcome, text("admin.direction.saved", actor.language), actor)

        outcome = await outcome_of(act, actor)
        shown, form = await asyncio.to_thread(_listed, services, actor, category)
        # What was refused stays in the form as it was written; the newest version is what is looked at from now on.
        kept = (*UNTOUCHED[:3], form[3]) if done == [False] else form
        return (shown, outcome, *kept, "" if done == [True] else no_update)


def _codes(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MOST_CODES:
        raise Malformed("assists")
    return tuple(text_of(one) for one in value)


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Malformed("version")
    return value


def _listed(services: Services, actor: Principal, category: object) -> tuple[Component, Form]:
    """Return the catalogue as it stands, and the form's values; a category that is none leaves the form alone."""
    try:
        found = dispatch_catalogue(services, actor)
    except StoreBusy:
        return parts.refused(text("desk.failed.busy", actor.language)), UNTOUCHED
    if isinstance(found, Refused):
        return parts.refused(refusal_text(found, actor.language)), UNTOUCHED
    chosen = next((one for one in found if one["category"] == category), None)
    form: Form = (
        UNTOUCHED
        if chosen is None
        else (chosen["lead"], list(chosen["assists"]), chosen["level"], chosen["version"])
    )
    lang = actor.language
    names = dict(category_names(services.pack, lang))
    return dispatch_rows_table(found, names, dict(kind_names(services.pack, lang)), lang), form


def category_names(pack: CityPack, lang: str) -> Sequence[tuple[str, str]]:
    """Return (code, name) of every category that the catalogue has a row for."""
    rows = [one for one in pack.categories if one.code in pack.units.directory]
    named = [(one.code, f"{one.code} {one.name_en if lang == 'en' else one.name}") for one in rows]
    return sorted(named)


def kind_names(pack: CityPack, lang: str) -> Sequence[tuple[str, str]]:
    """Return (kind, how people call such a unit): the city's own for what the city has one of."""
    found = [
        (kind, text("admin.direction.town", lang) if kind == "town" else unit.short)
        for kind, unit in pack.units.kinds.items()
    ]
    return sorted(found, key=lambda pair: pair[1])
