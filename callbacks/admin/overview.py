"""How each part of an administrator's work stands, in one line each."""

from __future__ import annotations

import asyncio

from dash import Dash, Input, Output
from dash.development.base_component import Component

from callbacks.admin import wiring
from dashboard import service
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.domain.rights import may
from dashboard.principal_context import current_principal
from dashboard.service import AuditQuery, Refused, Services
from dashboard.service.dispatch_catalogue import dispatch_catalogue
from dashboard.service.feed_keys import feed_keys
from dashboard.service.quarantine import quarantines
from dashboard.store.store import StoreBusy
from layouts.admin import ids, parts
from layouts.admin.overview import cards, sections_of
from layouts.catalogue import text
from layouts.desk.clock_text import date_and_time


def register_overview(app: Dash, services: Services, clock: Clock) -> None:
    """Register the callback of the first page."""

    @app.callback(*(Output(*target) for target in wiring.OVERVIEW), Input(ids.OVERVIEW_TOLD, "data"))
    async def overview(_told: object) -> Component:
        actor = current_principal()
        try:
            return await asyncio.to_thread(standing, services, actor, clock.now_ms())
        except StoreBusy:
            return parts.refused(text("desk.failed.busy", actor.language))


def standing(services: Services, actor: Principal, now: int) -> Component:
    """Draw the cards of the actor's sections."""
    sections = sections_of(actor)
    lines = {name: _LINES[name](services, actor, now) for name in sections}
    return cards(sections, lines, not may(actor, "edit_policy"), actor.language)


def _policies(services: Services, actor: Principal, now: int) -> str:
    found = service.policy_versions(services, actor, now)
    if isinstance(found, Refused) or not found:
        return "–"
    newest, lang = found[0], actor.language
    older = sum(one["open_matters"] for one in found[1:])
    return text(
        "admin.overview.policies_now", lang, version=newest["version"], at=date_and_time(newest["made_at"]),
        by=newest["made_by"] or text(f"admin.origin.{newest['origin']}", lang), matters=newest["open_matters"],
        older=older,
    )  # fmt: skip


def _catalogue(services: Services, actor: Principal, now: int) -> str:
    del now
    found = dispatch_catalogue(services, actor)
    if isinstance(found, Refused):
        return "–"
    changed = sum(1 for one in found if one["version"])
    return text("admin.overview.catalogue_now", actor.language, count=len(found), changed=changed)


def _webhooks(services: Services, actor: Principal, now: int) -> str:
    found = service.webhooks(services, actor, now)
    if isinstance(found, Refused):
        return "–"
    opened = [one for one in found if one["closed_at"] is None]
    troubled = sum(1 for one in opened if one["troubled"])
    return text("admin.overview.webhooks_now", actor.language, count=len(opened), troubled=troubled)


def _delivery(services: Services, actor: Principal, now: int) -> str:
    found = service.failed_tellings(services, actor, now)
    if isinstance(found, Refused):
        return "–"
    key = "admin.overview.delivery_now" if found["failed"] or found["retrying"] else "admin.delivery.none"
    return text(key, actor.language, failed=len(found["failed"]), retrying=len(found["retrying"]))


def _accounts(services: Services, actor: Principal, now: int) -> str:
    found = service.list_accounts(services, actor, now)
    if isinstance(found, Refused):
        return "–"
    active = [one for one in found if one["disabled_at"] is None]
    return text(
        "admin.overview.accounts_now", actor.language, count=len(active), ended=len(found) - len(active),
        sessions=sum(one["sessions"] for one in active),
    )  # fmt: skip


def _tokens(services: Services, actor: Principal, now: int) -> str:
    kiosks, keys = service.kiosk_tokens(services, actor, now), service.gateway_keys(services, actor, now)
    if isinstance(kiosks, Refused) or isinstance(keys, Refused):
        return "–"
    walls, gateways = (sum(one.revoked_at is None for one in found) for found in (kiosks, keys))
    return text("admin.overview.tokens_now", actor.language, walls=walls, gateways=gateways)


def _feeds(services: Services, actor: Principal, now: int) -> str:
    held, keys = quarantines(services, actor, now), feed_keys(services, actor, now)
    if isinstance(held, Refused) or isinstance(keys, Refused):
        return "–"
    apart = sum(one["ended_at"] is None for one in held)
    opened = sum(one["revoked_at"] is None for one in keys)
    return text("admin.overview.feeds_now", actor.language, held=apart, keys=opened)


def _audit(services: Services, actor: Principal, now: int) -> str:
    found = service.audit_rows(services, actor, AuditQuery(limit=1))
    if isinstance(found, Refused) or not found:
        return "–"
    return text(
        "admin.overview.audit_now", actor.language, count=found[0]["n"], at=date_and_time(found[0]["at"])
    )


_LINES = {
    "policies": _policies,
    "catalogue": _catalogue,
    "webhooks": _webhooks,
    "delivery": _delivery,
    "accounts": _accounts,
    "tokens": _tokens,
    "feeds": _feeds,
    "audit": _audit,
}
