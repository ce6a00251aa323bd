"""Devices that are kept apart and keys that gateways sign with: list, open, revoke, let out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from callbacks.admin import wiring
from callbacks.admin.given import Malformed, ask_of, text_of
from callbacks.admin.outcomes import outcome_of, pressed_once, said
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.principal_context import current_principal
from dashboard.service import Refused, Services
from dashboard.service.feed_keys import feed_keys, open_feed_key, revoke_feed_key
from dashboard.service.quarantine import quarantines, release_device
from dashboard.store.store import StoreBusy
from layouts.admin import feeds, ids, parts
from layouts.catalogue import text
from layouts.refusal import refusal_text

Health = Callable[[], Mapping[str, Any]]


def register_feeds(app: Dash, services: Services, clock: Clock, health: Health) -> None:
    """Register the callbacks; `health` returns `zs:health` as it was last heard, empty before."""

    @app.callback(
        *(Output(*target) for target in wiring.FEED_MADE),
        Input(ids.FEED_OPEN, "n_clicks"),
        *(State(one, "value") for one in (ids.FEED_NAME, ids.FEED_KIND, ids.FEED_SENDER, ids.FEED_MODE)),
        running=pressed_once(ids.FEED_OPEN),
        prevent_initial_call=True,
    )
    async def open_key(_open: object, *fields: object) -> tuple[Component | None, int]:
        actor, now = current_principal(), clock.now_ms()
        made = await outcome_of(
            lambda: _open_key(services, actor, [text_of(one) for one in fields], now), actor
        )
        return made, now

    @app.callback(
        *(Output(*target) for target in wiring.FEEDS),
        Input(ids.FEED_ASKED, "data"),
        Input(ids.FEED_LISTED, "data"),
        Input(ids.FEED_LOAD, "n_clicks"),
        State(ids.FEED_WHY, "value"),
    )
    async def listed(asked: object, _listed: object, _load: object, why: object) -> tuple[Component, Any]:
        actor, now, is_asked = current_principal(), clock.now_ms(), ctx.triggered_id == ids.FEED_ASKED

        def act() -> Component:
            return _asked(services, actor, *ask_of(asked), text_of(why), now)

        outcome = await outcome_of(act, actor) if is_asked else no_update
        return await asyncio.to_thread(_shown, services, actor, health(), now), outcome


def _open_key(services: Services, actor: Principal, given: list[str], now: int) -> Component:
    name, kind, sender, mode = given
    if kind not in feeds.SENDER_KINDS or mode not in feeds.MODES:
        raise Malformed("kind")
    outcome = open_feed_key(services, actor, name, kind, sender, mode == "signed", now)
    if isinstance(outcome, Refused):
        return parts.refused(refusal_text(outcome, actor.language))
    return feeds.key_once(outcome.value.id, outcome.value.secret, name, actor.language)


def _asked(services: Services, actor: Principal, ask: str, of: str, why: str, now: int) -> Component:
    if ask == "revoke":
        revoked = revoke_feed_key(services, actor, of, now)
        return said(revoked, text("admin.feed_key.was_revoked", actor.language), actor)
    if ask == "release":
        released = release_device(services, actor, of, why, now)
        return said(released, text("admin.held.was_released", actor.language), actor)
    raise Malformed("ask")


def _shown(services: Services, actor: Principal, health: Mapping[str, Any], now: int) -> Component:
    try:
        held, keys = quarantines(services, actor, now), feed_keys(services, actor, now)
    except StoreBusy:
        return parts.refused(text("desk.failed.busy", actor.language))
    for found in (held, keys):
        if isinstance(found, Refused):
            return parts.refused(refusal_text(found, actor.language))
    assert not isinstance(held, Refused)
    assert not isinstance(keys, Refused)
    return feeds.feeds_view(held, keys, counts_of(health), bool(health), actor.language)


def counts_of(health: Mapping[str, Any]) -> dict[str, int]:
    """Return outcome -> how often, over all feeds."""
    per_feed = health.get("feeds", {}).values()
    return {name: sum(int(one.get(name, 0)) for one in per_feed) for name in feeds.COUNTED}
