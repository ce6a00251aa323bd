"""The queue's views: what can be chosen from, and the officer's own."""

from __future__ import annotations

import asyncio

from dash import Dash, Input, Output

from callbacks.desk import asked as requests
from callbacks.desk.asked import Asked, Malformed
from callbacks.desk.wiring import VIEWS
from dashboard import service
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.domain.queue_view import view_of
from dashboard.domain.refusal import Outcome, Refused
from dashboard.principal_context import current_principal
from dashboard.service import Services
from dashboard.store.store import StoreBusy
from layouts import ids
from layouts.catalogue import text
from layouts.desk.views import Choices, views_panel
from layouts.drawn import drawn
from layouts.refusal import refusal_text


def register_views(app: Dash, services: Services, clock: Clock) -> None:
    """Register the callback that lists, keeps and forgets views."""

    @app.callback(
        *(Output(*target) for target in VIEWS), Input(ids.DESK_VIEWS_ASKED, "data"), prevent_initial_call=True
    )
    async def say(data: object) -> str:
        actor, lang, said = current_principal(), requests.lang_of(data), ""
        try:
            outcome = await asyncio.to_thread(
                _do, services, actor, requests.read_opening(data), clock.now_ms()
            )
            said = refusal_text(outcome, lang) if isinstance(outcome, Refused) else ""
        except Malformed:
            said = text("desk.failed.malformed", lang)
        except StoreBusy:
            said = text("desk.failed.busy", lang)
        try:
            kept = await asyncio.to_thread(service.queue_views, services, actor)
        except StoreBusy:
            kept, said = {}, text("desk.failed.busy", lang)
        named = {name: view.as_dict() for name, view in kept.items()}
        return drawn(views_panel(named, _choices(services, actor, lang), said, lang))


def _do(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome | None:
    do = wanted.text("do")
    if do == "list":
        return None
    if do == "drop":
        return service.drop_queue_view(services, actor, wanted.text("name"))
    view = view_of(wanted.fields.get("view"))
    if do != "keep" or view is None:
        raise Malformed("view")
    return service.keep_queue_view(services, actor, wanted.text("name", required=False), view, now)


def _choices(services: Services, actor: Principal, lang: str) -> Choices:
    pack = services.pack
    regions = [one.code for one in pack.regions if pack.divisions.is_within(one.code, actor.jurisdiction)]
    tops = [one for one in pack.categories if one.level == 1]
    return Choices(
        regions=tuple((code, pack.divisions.get(code).name) for code in regions),
        categories=tuple(
            (one.code, one.name_en if lang == "en" and one.name_en else one.name) for one in tops
        ),
    )
