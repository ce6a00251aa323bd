"""Fills the drawer's recommendation; asked when a matter is chosen and then now and again, not at every receipt."""

from __future__ import annotations

import asyncio

from dash import Dash, Input, Output

from callbacks.desk import asked as requests
from callbacks.desk.advice import suggestions
from callbacks.desk.asked import Malformed
from callbacks.desk.live_view import LiveView, already_ordered, fixes_near_matter
from callbacks.desk.wiring import RECOMMENDED
from dashboard import service
from dashboard.clock import Clock
from dashboard.domain.refusal import Refused
from dashboard.principal_context import current_principal
from dashboard.service import Services
from layouts import ids
from layouts.desk.drawer import cannot_show, part_of
from layouts.desk.recommended import recommended
from layouts.drawn import drawn
from layouts.refusal import refusal_text


def register_recommended(app: Dash, services: Services, live: LiveView, clock: Clock) -> None:
    """Register the callback of the drawer's recommendation."""

    @app.callback(
        *(Output(*target) for target in RECOMMENDED),
        Input(ids.DESK_RECOMMEND_FOR, "data"),
        prevent_initial_call=True,
    )
    async def show(data: object) -> str:
        try:
            wanted = requests.read(data)
        except Malformed:
            return drawn(cannot_show(""))
        fixes = fixes_near_matter(live, wanted.matter_id)
        advice = await asyncio.to_thread(
            service.recommend, services, current_principal(), wanted.matter_id, fixes, clock.now_ms()
        )
        if isinstance(advice, Refused):
            return drawn(cannot_show(refusal_text(advice, wanted.lang)))
        ordered = already_ordered(live, wanted.matter_id)
        shown = recommended(suggestions(advice, wanted.lang, without=ordered), wanted.lang)
        return drawn(part_of(wanted.matter_id, shown))
