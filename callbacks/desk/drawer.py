"""Fills the drawer for the chosen matter; asked again whenever the live stream says that it changed."""

from __future__ import annotations

import asyncio

from dash import Dash, Input, Output
from dash.development.base_component import Component

from callbacks.desk import asked as requests
from callbacks.desk.asked import Malformed
from callbacks.desk.matter_view import decisions_of, head_of, history_of, newest_whistle
from callbacks.desk.wiring import DRAWER
from dashboard import service
from dashboard.citypack import CityPack
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import may
from dashboard.principal_context import current_principal
from dashboard.service import MatterDetail, Services
from layouts import ids
from layouts.desk.decisions import decisions
from layouts.desk.drawer import cannot_show, part_of
from layouts.desk.head import matter_head
from layouts.desk.receipts import receipts
from layouts.desk.timeline import Subject, timeline
from layouts.drawn import drawn
from layouts.refusal import refusal_text

RECEIPT_ACTS = ("confirm_arrival", "rule_decline")
"""Acts that stand inside the receipts, on a claim and on an objection."""


def register_drawer(app: Dash, services: Services, clock: Clock) -> None:
    """Register the callback of the drawer's head, receipts, decisions and timeline."""

    @app.callback(
        *(Output(*target) for target in DRAWER), Input(ids.DESK_SELECTED, "data"), prevent_initial_call=True
    )
    async def show(data: object) -> tuple[str, ...]:
        try:
            wanted = requests.read(data)
        except Malformed:
            return _nothing_but("")
        actor, now = current_principal(), clock.now_ms()
        detail = await asyncio.to_thread(service.matter_detail, services, actor, wanted.matter_id, now)
        if isinstance(detail, Refused):
            return _nothing_but(refusal_text(detail, wanted.lang))
        parts = drawer_parts(detail, actor, services.pack, now, wanted.lang)
        return tuple(drawn(part_of(wanted.matter_id, part)) for part in parts)


def drawer_parts(
    detail: MatterDetail, actor: Principal, pack: CityPack, now: int, lang: str
) -> tuple[Component, Component, Component, Component]:
    """Render a matter's detail in the order of the drawer's outputs."""
    whistle = newest_whistle(detail)
    return (
        matter_head(head_of(detail, actor, pack, lang), now, lang),
        receipts(detail.commands, now, lang, frozenset(one for one in RECEIPT_ACTS if may(actor, one))),
        decisions(
            whistle, decisions_of(detail, whistle), now, lang, may_complete=may(actor, "complete_decision")
        ),
        timeline(
            history_of(detail), now, lang, Subject(detail.row["no"], detail.row["title"], detail.row["id"])
        ),
    )


def _nothing_but(sentence: str) -> tuple[str, ...]:
    """What all parts show when there is no matter to show: the sentence in the head, nothing below it."""
    return (drawn(cannot_show(sentence)), *([""] * (len(DRAWER) - 1)))
