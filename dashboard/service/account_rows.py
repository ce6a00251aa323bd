"""Rows of accounts and sessions, as every act on them reads and ends them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select, update

from dashboard.domain.principal import Principal
from dashboard.store import tables

NAME_LENGTH = 60  # characters of an account's and of a person's name: the columns' length


def fits(name: str) -> bool:
    """Say whether a text can be an account's or a person's name."""
    return bool(name.strip()) and len(name) <= NAME_LENGTH and name.isprintable()


def account_named(connection: Connection, name: str) -> Row[Any] | None:
    """Return the account of a name, also one that was disabled."""
    if not fits(name):  # a database may refuse to look for it
        return None
    return connection.execute(select(tables.accounts).where(tables.accounts.c.name == name)).first()


def close_sessions(connection: Connection, account_id: str, now: int, *, but: str = "") -> None:
    """End every session of an account; `but` is the token hash of one that goes on."""
    session = tables.sessions.c
    connection.execute(
        update(tables.sessions)
        .where((session.account_id == account_id) & session.closed_at.is_(None) & (session.token_hash != but))
        .values(closed_at=now)
    )


def principal_of(row: Any, address: str = "") -> Principal:
    """Return who an account's row is, as seen at `address`."""
    return Principal(
        id=row.id,
        name=row.display_name,
        kind="officer",
        role=row.role,
        jurisdiction=row.jurisdiction,
        unit=row.unit,
        address=address,
        language=row.language,
        worker=row.worker,
    )
