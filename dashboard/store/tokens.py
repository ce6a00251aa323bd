"""Tokens of screens and gateways: stored only as hashes, each with a name, a jurisdiction and a way to revoke it."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from dashboard.store import tables

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Token:
    """One kiosk token or gateway key, without its secret part."""

    id: str
    kind: str
    name: str
    jurisdiction: str
    opened_at: int
    opened_by: str
    revoked_at: int | None


def token_hash(token: str) -> str:
    """Return what is stored of a token. A plain hash suffices: a token is 256 random bits, not a password."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_token(
    connection: Connection,
    kind: str,
    name: str,
    jurisdiction: str,
    receivers: tuple[str, ...],
    opened_by: str,
    now: int,
) -> tuple[str, str]:
    """Make a token; returns its id and the token itself, which is never seen again."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    token_id = f"{kind}:{secrets.token_hex(6)}"
    connection.execute(
        insert(tables.tokens),
        {
            "id": token_id,
            "token_hash": token_hash(token),
            "kind": kind,
            "name": name,
            "jurisdiction": jurisdiction,
            "receivers": json.dumps(receivers),
            "opened_at": now,
            "opened_by": opened_by,
        },
    )
    return token_id, token


def find(connection: Connection, kind: str, token: str) -> Token | None:
    """Return the token if it is of this kind and not revoked."""
    row = connection.execute(
        select(tables.tokens).where(
            (tables.tokens.c.token_hash == token_hash(token))
            & (tables.tokens.c.kind == kind)
            & tables.tokens.c.revoked_at.is_(None)
        )
    ).first()
    if row is None:
        return None
    return Token(row.id, row.kind, row.name, row.jurisdiction, row.opened_at, row.opened_by, row.revoked_at)


def revoke(connection: Connection, token_id: str, now: int) -> bool:
    """Revoke a token; False when there is none of that id still open."""
    changed = connection.execute(
        update(tables.tokens)
        .where((tables.tokens.c.id == token_id) & tables.tokens.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return changed.rowcount == 1


def all_tokens(connection: Connection, kind: str) -> list[Token]:
    """Return every token of a kind, oldest first, revoked ones too."""
    rows = connection.execute(
        select(tables.tokens).where(tables.tokens.c.kind == kind).order_by(tables.tokens.c.opened_at)
    )
    return [Token(r.id, r.kind, r.name, r.jurisdiction, r.opened_at, r.opened_by, r.revoked_at) for r in rows]


def receivers_of(connection: Connection, token_id: str) -> tuple[str, ...]:
    """Return the receivers a gateway carries; empty for all in its jurisdiction."""
    found = connection.execute(
        select(tables.tokens.c.receivers).where(tables.tokens.c.id == token_id)
    ).scalar_one_or_none()
    return tuple(json.loads(found)) if found else ()
