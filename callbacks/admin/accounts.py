"""Accounts, tokens of walls and keys of gateways: list, make, end."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from callbacks.admin import wiring
from callbacks.admin.given import Malformed, ask_of, rows_of, text_of
from callbacks.admin.outcomes import outcome_of, pressed_once, said
from callbacks.admin.places import place_names
from dashboard import service
from dashboard.administration import new_password
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.principal_context import current_principal
from dashboard.service import NewAccount, Refused, Services
from dashboard.store.store import StoreBusy
from layouts.admin import accounts, ids, parts
from layouts.catalogue import text
from layouts.refusal import refusal_text


def register_accounts(app: Dash, services: Services, clock: Clock) -> None:
    """Register the callbacks of accounts and of tokens."""

    # What shows a secret once has a callback of its own: of two requests of one callback that are under way at the same
    # time Dash drops the first one's answer.
    @app.callback(
        *(Output(*target) for target in wiring.ACCOUNT_MADE),
        Input(ids.ACCOUNT_CREATE, "n_clicks"),
        *(
            State(one, "value")
            for one in (
                ids.ACCOUNT_NAME, ids.ACCOUNT_PERSON, ids.ACCOUNT_ROLE, ids.ACCOUNT_PLACE, ids.ACCOUNT_UNIT,
                ids.ACCOUNT_WORKER, ids.ACCOUNT_LANGUAGE,
            )
        ),
        running=pressed_once(ids.ACCOUNT_CREATE),
        prevent_initial_call=True,
    )  # fmt: skip
    async def make_account(_create: object, *fields: object) -> tuple[Component | None, int]:
        actor, now = current_principal(), clock.now_ms()
        made = await outcome_of(
            lambda: _create_account(services, actor, [text_of(one) for one in fields], now), actor
        )
        return made, now

    @app.callback(
        *(Output(*target) for target in wiring.PASSWORD_SHOWN),
        Input(ids.PASSWORD_ASKED, "data"),
        prevent_initial_call=True,
    )
    async def reset_password(asked: object) -> tuple[Component | None, int]:
        actor, now = current_principal(), clock.now_ms()
        shown = await outcome_of(lambda: _reset_password(services, actor, ask_of(asked)[1], now), actor)
        return shown, now

    @app.callback(
        *(Output(*target) for target in wiring.ACCOUNTS),
        Input(ids.ACCOUNT_ASKED, "data"),
        Input(ids.ACCOUNT_LISTED, "data"),
        Input(ids.PASSWORD_LISTED, "data"),
    )
    async def account(asked: object, *_listed: object) -> tuple[Any, Any]:
        actor, now, is_asked = current_principal(), clock.now_ms(), ctx.triggered_id == ids.ACCOUNT_ASKED

        def act() -> Component | None:
            return _asked(services, actor, *ask_of(asked), now)

        outcome = await outcome_of(act, actor) if is_asked else no_update
        return await asyncio.to_thread(_accounts, services, actor, now), outcome

    @app.callback(
        *(Output(*target) for target in wiring.ACCOUNT),
        Input(ids.ACCOUNT_GRID, "selectedRows"),
        Input(ids.ACCOUNT_OUTCOME, "children"),
        Input(ids.PASSWORD_LISTED, "data"),
    )
    async def chosen(selected: object, *_done: object) -> Component:
        actor, now = current_principal(), clock.now_ms()
        try:
            rows = rows_of(selected or [])
        except Malformed:
            return parts.refused(text("desk.failed.malformed", actor.language))
        names = ("id", "name", "person", "role", "place", "ended", "factor")
        one = {name: str(rows[0].get(name, "")) for name in names} if rows else None
        sessions = await asyncio.to_thread(_sessions, services, actor, one["id"], now) if one else []
        return accounts.chosen_account(one, actor.id, sessions, actor.language)

    @app.callback(
        *(Output(*target) for target in wiring.TOKEN_MADE),
        Input(ids.TOKEN_OPEN, "n_clicks"),
        State(ids.TOKEN_KIND, "value"),
        State(ids.TOKEN_NAME, "value"),
        State(ids.TOKEN_PLACE, "value"),
        running=pressed_once(ids.TOKEN_OPEN),
        prevent_initial_call=True,
    )
    async def open_token(
        _open: object, kind: object, name: object, place: object
    ) -> tuple[Component | None, int]:
        actor, now = current_principal(), clock.now_ms()

        def act() -> Component:
            return _open_token(services, actor, text_of(kind), text_of(name), text_of(place), now)

        return await outcome_of(act, actor), now

    @app.callback(
        *(Output(*target) for target in wiring.TOKENS),
        Input(ids.TOKEN_ASKED, "data"),
        Input(ids.TOKEN_LISTED, "data"),
    )
    async def token(asked: object, _listed: object) -> tuple[Component, Any]:
        actor, now, is_asked = current_principal(), clock.now_ms(), ctx.triggered_id == ids.TOKEN_ASKED

        def act() -> Component:
            return _revoke_token(services, actor, ask_of(asked)[1], now)

        outcome = await outcome_of(act, actor) if is_asked else no_update
        return await asyncio.to_thread(_tokens, services, actor, now), outcome


def _create_account(services: Services, actor: Principal, given: list[str], now: int) -> Component:
    name, person, role, place, unit, worker, language = given
    request = NewAccount(name, person or name, role, place, unit or None, language or "zh", worker or None)
    password = new_password()
    outcome = service.create_account(services, actor, request, password, now)
    if isinstance(outcome, Refused):
        return parts.refused(refusal_text(outcome, actor.language))
    return accounts.once(text("admin.accounts.made", actor.language, name=name), password)


def _asked(services: Services, actor: Principal, ask: str, of: str, now: int) -> Component:
    """Do what was asked of the chosen account, or of one of its sessions."""
    lang = actor.language
    if ask == "end":
        ended = service.disable_account(services, actor, of, now)
        return said(ended, text("admin.account.was_ended", lang, name=of), actor)
    if ask == "factor":
        forgotten = service.reset_second_factor(services, actor, of, now)
        return said(forgotten, text("admin.account.factor_was_reset", lang, name=of), actor)
    if ask == "session":
        return said(
            service.end_session(services, actor, of, now), text("admin.session.was_ended", lang), actor
        )
    raise Malformed("ask")


def _reset_password(services: Services, actor: Principal, name: str, now: int) -> Component:
    password = new_password()
    outcome = service.reset_password(services, actor, name, password, now)
    if isinstance(outcome, Refused):
        return parts.refused(refusal_text(outcome, actor.language))
    return accounts.once(text("admin.account.password_was_reset", actor.language, name=name), password)


def _sessions(services: Services, actor: Principal, account_id: str, now: int) -> list[dict[str, Any]]:
    try:
        found = service.list_sessions(services, actor, account_id, now)
    except StoreBusy:
        return []
    return [] if isinstance(found, Refused) else found


def _open_token(
    services: Services, actor: Principal, kind: str, name: str, place: str, now: int
) -> Component:
    if kind not in accounts.TOKEN_KINDS:
        raise Malformed("kind")
    if not name:
        return parts.refused(text("refusal.name_missing", actor.language))
    if kind == "kiosk":
        outcome = service.open_kiosk_token(services, actor, name, place, now)
    else:
        outcome = service.open_gateway_key(services, actor, name, place, (), now)
    if isinstance(outcome, Refused):
        return parts.refused(refusal_text(outcome, actor.language))
    made = text(f"admin.tokens.made_{kind}", actor.language, name=name)
    token = outcome.value.token
    return accounts.once(made, f"/wall?kiosk={token}" if kind == "kiosk" else token)


def _revoke_token(services: Services, actor: Principal, token_id: str, now: int) -> Component:
    revoked = service.revoke_kiosk_token(services, actor, token_id, now)
    return said(revoked, text("admin.token.was_revoked", actor.language), actor)


def _accounts(services: Services, actor: Principal, now: int) -> Any:
    try:
        found = service.list_accounts(services, actor, now)
    except StoreBusy:
        return no_update  # what is shown stays; the outcome says it if an act was asked for
    if isinstance(found, Refused):
        return []
    places = place_names(services.pack, {one["jurisdiction"] for one in found}, actor.language)
    units = {one.id: one.short for one in services.pack.units}
    return accounts.account_rows(found, places, units, actor.language)


def _tokens(services: Services, actor: Principal, now: int) -> Component:
    try:
        kiosks = service.kiosk_tokens(services, actor, now)
        keys = service.gateway_keys(services, actor, now)
    except StoreBusy:
        return parts.refused(text("desk.failed.busy", actor.language))
    if isinstance(kiosks, Refused) or isinstance(keys, Refused):
        refused = kiosks if isinstance(kiosks, Refused) else keys
        assert isinstance(refused, Refused)
        return parts.refused(refusal_text(refused, actor.language))
    found = sorted([*kiosks, *keys], key=lambda one: (one.revoked_at is not None, one.opened_at))
    places = place_names(services.pack, {one.jurisdiction for one in found}, actor.language)
    return accounts.token_table([asdict(one) for one in found], places, actor.language)
