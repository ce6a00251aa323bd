"""Open sessions as the security administrator sees them, and their end."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select, update

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import no_right
from dashboard.service.services import Services
from dashboard.store import audit, tables

LISTED: Final = 500
ID_LENGTH: Final = 24  # of the token's hash: names a session, opens nothing


def list_sessions(
    services: Services, actor: Principal, account_id: str, now: int
) -> list[dict[str, Any]] | Refused:
    """Return an account's open sessions, the last used first: id, address, agent, opened_at, seen_at, ends_at,
    passed_factor. Refused: no_right."""
    refused = no_right(actor, "manage_accounts")
    if refused is not None:
        return refused
    column = tables.sessions.c
    statement = (
        select(
            column.token_hash, column.address, column.agent, column.opened_at, column.seen_at, column.ends_at,
            column.passed_factor,
        )
        .where(
            (column.account_id == account_id)
            & column.closed_at.is_(None)
            & (column.stage == "open")
            & (column.ends_at > now)
            & (column.seen_at > now - services.session_idle_ms)
        )
        .order_by(column.seen_at.desc(), column.token_hash)
        .limit(LISTED)
    )  # fmt: skip
    with services.store.read() as connection:
        rows = connection.execute(statement).mappings().all()
    return [
        {"id": row["token_hash"][:ID_LENGTH]} | {name: row[name] for name in row if name != "token_hash"}
        for row in rows
    ]


def end_session(services: Services, actor: Principal, session_id: str, now: int) -> Outcome:
    """End one session; its screens close within seconds. Refused: no_right, session_ended."""
    column = tables.sessions.c
    refused = no_right(actor, "manage_accounts")
    with services.store.write() as connection:
        ended = 0
        if refused is None and len(session_id) == ID_LENGTH:
            ended = connection.execute(
                update(tables.sessions)
                .where(column.token_hash.startswith(session_id, autoescape=True) & column.closed_at.is_(None))
                .values(closed_at=now)
            ).rowcount
        if refused is None and not ended:
            refused = Refused("session_ended")
        audit.record(
            connection,
            actor,
            "end_session",
            session_id[:ID_LENGTH],
            refused.code if refused else "done",
            {},
            now,
        )
    return refused or Done(session_id)
