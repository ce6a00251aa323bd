"""Every account as the security administrator sees it: who may sign in, and who has."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import no_right
from dashboard.service.services import Services
from dashboard.store import tables

LISTED = 2_000
SHOWN = (
    "id", "name", "display_name", "role", "jurisdiction", "unit", "worker", "language", "created_at", "disabled_at",
    "totp_since",
)  # fmt: skip


def list_accounts(services: Services, actor: Principal, now: int) -> list[dict[str, Any]] | Refused:
    """Return the accounts, those that may sign in first, each with its last sign-in (signed_in_at), its last use
    (seen_at) and how many sessions are open. Full names: whoever gives out accounts knows them. Refused: no_right."""
    refused = no_right(actor, "manage_accounts")
    if refused is not None:
        return refused
    account, session = tables.accounts.c, tables.sessions.c
    is_open = (
        session.closed_at.is_(None)
        & (session.ends_at > now)
        & (session.seen_at > now - services.session_idle_ms)
    )
    used = (
        select(
            session.account_id,
            func.max(session.opened_at).label("signed_in_at"),
            func.max(session.seen_at).label("seen_at"),
            func.count().filter(is_open).label("sessions"),
        )
        .group_by(session.account_id)
        .subquery()
    )
    statement = (
        select(
            *(account[name] for name in SHOWN),
            used.c.signed_in_at,
            used.c.seen_at,
            func.coalesce(used.c.sessions, 0).label("sessions"),
        )
        .outerjoin(used, used.c.account_id == account.id)
        .order_by(account.disabled_at.is_not(None), account.created_at, account.name)
        .limit(LISTED)
    )
    with services.store.read() as connection:
        return [dict(row) for row in connection.execute(statement).mappings()]
