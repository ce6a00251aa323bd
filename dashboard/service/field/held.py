"""Receivers for whom a person is signed in now: a stand-in must not answer over a person's head."""

from __future__ import annotations

from sqlalchemy import Connection, select

from dashboard.store import tables

HELD_MS = 5 * 60_000  # a page asks at least every half minute; five minutes without a word is nobody there
PERSONS = ("unit_liaison", "grid_worker")


def held_receivers(connection: Connection, now: int) -> frozenset[str]:
    """Return the units and workers that a signed-in liaison or grid worker speaks for at `now` (UTC ms)."""
    session, account = tables.sessions.c, tables.accounts.c
    statement = (
        select(account.role, account.unit, account.worker)
        .join_from(tables.sessions, tables.accounts, session.account_id == account.id)
        .where(
            account.role.in_(PERSONS)
            & account.disabled_at.is_(None)
            & session.closed_at.is_(None)
            & (session.seen_at > now - HELD_MS)
            & (session.ends_at > now)
        )
    )
    found = (row.worker if row.role == "grid_worker" else row.unit for row in connection.execute(statement))
    return frozenset(one for one in found if one)
