"""Keys that gateways sign what they feed with: opened by an administrator, shown once, kept sealed, revoked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import no_right
from dashboard.service.services import Services
from dashboard.store import audit, tables
from dashboard.store.seal import Unsealable

SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class FeedKeyOpened:
    """A new key; `secret` is shown once."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class FeedKeyInUse:
    """An open key as the feeds need it: it signs for the platform or the device `of`; with `signed_only` that
    sender's plain key is refused."""

    id: str
    kind: str
    of: str
    secret: str
    signed_only: bool


def open_feed_key(
    services: Services, actor: Principal, name: str, kind: str, sender: str, signed_only: bool, now: int
) -> Outcome:
    """Open a key that signs for a platform or a device; `Done.value` is a `FeedKeyOpened`.

    Refused: no_right, name_missing, no_such_sender.
    """
    key_id, secret = f"feed-{secrets.token_hex(8)}", secrets.token_urlsafe(SECRET_BYTES)
    with services.store.write() as connection:
        refused = no_right(actor, "manage_tokens")
        if refused is None and not name.strip():
            refused = Refused("name_missing")
        if refused is None and not _is_known(services, connection, kind, sender):
            refused = Refused("no_such_sender", {"sender": sender[:64]})
        detail: dict[str, Any] = {"kind": kind[:8], "sender": sender[:64], "signed_only": signed_only}
        if refused is not None:
            audit.record(connection, actor, "open_feed_key", name[:60], refused.code, detail, now)
            return refused
        row = {
            "id": key_id, "name": name.strip()[:60], "sender_kind": kind, "sender": sender,
            "secret_sealed": services.seal.close(secret, key_id), "signed_only": signed_only, "opened_at": now,
            "opened_by": actor.id,
        }  # fmt: skip
        connection.execute(insert(tables.feed_keys), row)
        audit.record(connection, actor, "open_feed_key", name[:60], "done", detail | {"id": key_id}, now)
    return Done(FeedKeyOpened(key_id, secret))


def revoke_feed_key(services: Services, actor: Principal, key_id: str, now: int) -> Outcome:
    """Revoke a key: what it signs from now on is of nobody. Refused: no_right, no_such_token."""
    column = tables.feed_keys.c
    with services.store.write() as connection:
        refused = no_right(actor, "manage_tokens")
        if refused is None:
            ended = connection.execute(
                update(tables.feed_keys)
                .where((column.id == key_id) & column.revoked_at.is_(None))
                .values(revoked_at=now)
            )
            refused = None if ended.rowcount else Refused("no_such_token")
        result = refused.code if refused else "done"
        audit.record(connection, actor, "revoke_feed_key", key_id[:60], result, {}, now)
    return refused or Done(key_id)


def feed_keys(services: Services, actor: Principal, now: int) -> list[dict[str, Any]] | Refused:
    """Return every key without its secret, the open ones first. Refused: no_right."""
    del now
    refused = no_right(actor, "manage_tokens")
    if refused is not None:
        return refused
    column = tables.feed_keys.c
    names = ("id", "name", "sender_kind", "sender", "signed_only", "opened_at", "opened_by", "revoked_at")
    statement = select(*(column[name] for name in names)).order_by(
        column.revoked_at.is_not(None), column.opened_at.desc(), column.id
    )
    with services.store.read() as connection:
        return [dict(row) for row in connection.execute(statement).mappings()]


def feed_keys_in_use(services: Services) -> list[FeedKeyInUse]:
    """Return every open key with its secret, for the feeds alone. One that no key at hand opens is left out: what it
    signs is of nobody, and its sender's plain key stays refused where it was."""
    found = []
    with services.store.read() as connection:
        rows = connection.execute(
            select(tables.feed_keys)
            .where(tables.feed_keys.c.revoked_at.is_(None))
            .order_by(tables.feed_keys.c.id)
        ).all()
    for row in rows:
        try:
            secret = services.seal.open(row.secret_sealed, row.id)
        except Unsealable:
            secret = secrets.token_urlsafe(SECRET_BYTES)
        found.append(FeedKeyInUse(row.id, row.sender_kind, row.sender, secret, row.signed_only))
    return found


def _is_known(services: Services, connection: Connection, kind: str, sender: str) -> bool:
    if kind == "platform":
        return any(one.id == sender for one in services.pack.platforms)
    if kind != "device":
        return False
    device = tables.roster.c.device_id
    return connection.execute(select(device).where(device == sender)).first() is not None
