"""What an act of the administrators' page comes to, as words on the page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from dash import Output
from dash.development.base_component import Component

from callbacks.admin.given import Malformed
from dashboard.domain.principal import Principal
from dashboard.service import Outcome, Refused
from dashboard.store.store import StoreBusy
from layouts.admin import parts
from layouts.catalogue import text
from layouts.refusal import refusal_text


async def outcome_of(act: Callable[[], Component | None], actor: Principal) -> Component | None:
    """Do an act in a thread, reading of what was given included; a request that is malformed, or a store that is busy,
    is said as a refusal."""
    try:
        return await asyncio.to_thread(act)
    except Malformed:
        return parts.refused(text("desk.failed.malformed", actor.language))
    except StoreBusy:
        return parts.refused(text("desk.failed.busy", actor.language))


def pressed_once(button: str) -> list[tuple[Output, bool, bool]]:
    """Return what keeps a button from being pressed again before it was answered: what it makes shows a secret once,
    and Dash would drop the first answer."""
    return [(Output(button, "disabled"), True, False)]


def said(outcome: Outcome, done: str, actor: Principal) -> Component:
    """Say that it was done, in these words, or why not."""
    if isinstance(outcome, Refused):
        return parts.refused(refusal_text(outcome, actor.language))
    return parts.done(done)
