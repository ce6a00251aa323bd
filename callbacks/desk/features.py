"""The desk's features: their parts of the drawer in order, and the one callback that performs their acts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from callbacks.desk import asked as requests
from callbacks.desk.asked import Asked, Malformed
from callbacks.desk.clocks import CLOCKS
from callbacks.desk.commands import COMMANDS
from callbacks.desk.districts import DISTRICTS
from callbacks.desk.feature import Feature, FormAct, Opened
from callbacks.desk.live_view import LiveView
from callbacks.desk.merging import MERGING
from callbacks.desk.room import ROOM
from callbacks.desk.shift import SHIFT
from callbacks.desk.steps import STEPS
from callbacks.desk.tellings import TELLINGS
from callbacks.desk.undoing import UNDOING
from callbacks.desk.wiring import FEATURES as PARTS
from callbacks.desk.wiring import act_targets
from dashboard import service
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import no_right
from dashboard.principal_context import current_principal
from dashboard.service import Services
from dashboard.store.store import StoreBusy
from layouts import ids
from layouts.catalogue import text
from layouts.desk import outcome
from layouts.desk.drawer import part_of
from layouts.desk.forms import no_form
from layouts.drawn import drawn
from layouts.refusal import refusal_text

FEATURES: Final[tuple[Feature, ...]] = (
    STEPS,
    CLOCKS,
    COMMANDS,
    MERGING,
    DISTRICTS,
    SHIFT,
    TELLINGS,
    ROOM,
    UNDOING,
)


def register_features(
    app: Dash, features: Sequence[Feature], services: Services, live: LiveView, clock: Clock
) -> None:
    """Register the callback of the drawer's parts and the one of every form act."""
    acts = acts_of(features)

    @app.callback(
        *(Output(*target) for target in PARTS), Input(ids.DESK_SELECTED, "data"), prevent_initial_call=True
    )
    async def show(data: object) -> str:
        try:
            wanted = requests.read(data)
        except Malformed:
            return ""
        actor, now = current_principal(), clock.now_ms()
        shown = await asyncio.to_thread(parts, features, services, live, actor, wanted, now)
        return drawn(None if shown is None else part_of(wanted.matter_id, shown))

    @app.callback(
        *(Output(*target) for target in act_targets("form")),
        Input(ids.act_request("form"), "data"),
        prevent_initial_call=True,
    )
    async def act(data: object) -> Component:
        key, lang, now = requests.key_of(data), requests.lang_of(data), clock.now_ms()
        try:
            wanted = requests.read_form(data)
            chosen = acts.get(wanted.text("act"))
            if chosen is None or (chosen.on_matter and not wanted.matter_id):
                raise Malformed("act")
            result = await asyncio.to_thread(chosen.perform, services, current_principal(), wanted, now)
        except Malformed:
            return outcome.refused(key, text("desk.failed.malformed", lang))
        except StoreBusy:
            return outcome.refused(key, text("desk.failed.busy", lang))
        if isinstance(result, Refused):
            return outcome.refused(key, refusal_text(result, lang))
        more = chosen.more(result.value)
        return outcome.done(key, text(f"desk.done.{chosen.act}", lang), at=now, lang=lang, detail=more)


def acts_of(features: Sequence[Feature]) -> dict[str, FormAct]:
    """Return every form act by its name."""
    return {one.act: one for feature in features for one in feature.acts}


def parts(
    features: Sequence[Feature], services: Services, live: LiveView, actor: Principal, wanted: Asked, now: int
) -> list[Component] | None:
    """Build every feature's part for the chosen matter, in the features' order."""
    detail = service.matter_detail(services, actor, wanted.matter_id, now)
    if isinstance(detail, Refused):
        return None
    opened = Opened(services, live, actor, detail, now, wanted.lang)
    shown = [(feature, feature.part(opened)) for feature in features if feature.part is not None]
    return [
        html.Div(part, className=f"feature {feature.name}") for feature, part in shown if part is not None
    ]


def build_form(acts: Sequence[Feature], opened: Opened, name: str) -> Component:
    """Build the form of an act, or say why the actor cannot have it."""
    chosen: FormAct | None = acts_of(acts).get(name)
    if chosen is None or (chosen.on_matter and opened.detail is None):
        return no_form(text("desk.failed.malformed", opened.lang), opened.lang)
    refused: Any = no_right(opened.actor, chosen.right)
    if refused is not None:
        return no_form(refusal_text(refused, opened.lang), opened.lang)
    return chosen.form(opened)
