"""Webhooks: addresses of other systems that the system administrator entered, each with a secret of its own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import no_right
from dashboard.domain.webhook_address import BadAddress, check_address
from dashboard.domain.words import ADDRESS_WORDS, both
from dashboard.service.act import new_id
from dashboard.service.services import Services
from dashboard.store import audit, tables

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class WebhookOpened:
    """A new webhook; `secret` signs every message to it and is shown once."""

    id: str
    secret: str


def open_webhook(
    services: Services, actor: Principal, name: str, url: str, jurisdiction: str, now: int
) -> Outcome:
    """Enter an address that tellings by webhook of a jurisdiction go to; `Done.value` is a `WebhookOpened`.

    Refused: no_right, no_such_division, name_missing, webhook_address (says why).
    """
    refused = no_right(actor, "manage_webhooks")
    kept = ""
    if refused is None:
        try:
            kept = check_address(url)
        except BadAddress as error:
            refused = Refused("webhook_address", both(ADDRESS_WORDS, error.why, "why"))
    if refused is None and not name.strip():
        refused = Refused("name_missing")
    if refused is None and jurisdiction not in services.pack.divisions:
        refused = Refused("no_such_division", {"division": jurisdiction})
    webhook_id, secret = new_id(), secrets.token_urlsafe(SECRET_BYTES)
    with services.store.write() as connection:
        if refused is not None:
            audit.record(connection, actor, "open_webhook", name[:60], refused.code, {"url": url[:500]}, now)
            return refused
        row = {
            "id": webhook_id, "name": name.strip()[:60], "url": kept, "jurisdiction": jurisdiction, "made_at": now,
            "made_by": actor.id, "secret_sealed": services.seal.close(secret, webhook_id),
        }  # fmt: skip
        connection.execute(insert(tables.webhooks), row)
        detail = {"id": webhook_id, "url": kept, "jurisdiction": jurisdiction}
        audit.record(connection, actor, "open_webhook", name[:60], "done", detail, now)
    return Done(WebhookOpened(webhook_id, secret))


def close_webhook(services: Services, actor: Principal, webhook_id: str, now: int) -> Outcome:
    """Close a webhook: nothing more is sent to it. Refused: no_right, no_such_webhook."""
    column = tables.webhooks.c
    with services.store.write() as connection:
        refused = no_right(actor, "manage_webhooks")
        if refused is None:
            closed = connection.execute(
                update(tables.webhooks)
                .where((column.id == webhook_id) & column.closed_at.is_(None))
                .values(closed_at=now)
            )
            refused = None if closed.rowcount else Refused("no_such_webhook")
        result = refused.code if refused else "done"
        audit.record(connection, actor, "close_webhook", webhook_id[:60], result, {}, now)
    return refused or Done(webhook_id)


def webhooks(services: Services, actor: Principal, now: int) -> list[dict[str, Any]] | Refused:
    """Return every webhook without its secret, the open ones first, each with when it answered last (received_at), and
    since when something to it is in trouble and how much (troubled_at, troubled). Refused: no_right."""
    del now
    refused = no_right(actor, "manage_webhooks")
    if refused is not None:
        return refused
    column = tables.webhooks.c
    names = ("id", "name", "url", "jurisdiction", "made_at", "closed_at")
    telling = tables.tellings.c
    in_trouble = (telling.state == "failed") | ((telling.state == "waiting") & (telling.fault != ""))
    told = (
        select(
            telling.recipient,
            func.max(telling.received_at).label("received_at"),
            func.count().filter(in_trouble).label("troubled"),
            func.min(telling.made_at).filter(in_trouble).label("troubled_at"),
        )
        .where(telling.recipient_kind == "webhook")
        .group_by(telling.recipient)
    )
    with services.store.read() as connection:
        health = {row.recipient: dict(row._mapping) for row in connection.execute(told)}
        rows = connection.execute(
            select(*(column[name] for name in names)).order_by(
                column.closed_at.is_not(None), column.made_at.desc()
            )
        ).mappings()
        unused = {"received_at": None, "troubled": 0, "troubled_at": None}
        return [{**row, **{name: health.get(row["id"], unused)[name] for name in unused}} for row in rows]
