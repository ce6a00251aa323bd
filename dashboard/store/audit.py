"""The audit chain: who, when, from where, what, with which result; each row carries the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from dashboard.domain.principal import Principal
from dashboard.store import tables
from dashboard.store.store import advance

FIRST_HASH = "0" * 64
_HASHED = ("n", "at", "actor", "role", "address", "act", "subject", "result", "detail", "previous_hash")


@dataclass(frozen=True, slots=True)
class Break:
    """The first row that does not fit the chain: changed, removed or put in."""

    n: int
    reason: str


def record(
    connection: Connection,
    actor: Principal,
    act: str,
    subject: str,
    result: str,
    detail: Mapping[str, Any],
    now: int,
) -> int:
    """Append one row and return its number. `result` is "done" or the refusal's code."""
    n = advance(connection, "audit")
    previous = connection.execute(
        select(tables.audit.c.hash).where(tables.audit.c.n == n - 1)
    ).scalar_one_or_none()
    row: dict[str, Any] = {
        "n": n,
        "at": now,
        "actor": actor.id,
        "role": actor.role,
        "address": actor.address,
        "act": act,
        "subject": subject,
        "result": result,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str),
        "previous_hash": previous or FIRST_HASH,
    }
    row["hash"] = _hash(row)
    connection.execute(insert(tables.audit), row)
    return n


def first_break(connection: Connection) -> Break | None:
    """Walk the whole chain and return its first break, None when it is whole."""
    expected_n, previous = 1, FIRST_HASH
    for row in connection.execute(select(tables.audit).order_by(tables.audit.c.n)):
        named = dict(row._mapping)
        if named["n"] != expected_n:
            return Break(expected_n, "missing")
        if named["previous_hash"] != previous:
            return Break(expected_n, "does not follow the row before it")
        if named["hash"] != _hash(named):
            return Break(expected_n, "changed")
        expected_n, previous = expected_n + 1, named["hash"]
    counted = connection.execute(
        select(tables.counters.c.value).where(tables.counters.c.name == "audit")
    ).scalar_one_or_none()
    if (counted or 0) != expected_n - 1:
        return Break(expected_n, "missing at the end")
    return None


def _hash(row: Mapping[str, Any]) -> str:
    content = json.dumps([row[name] for name in _HASHED], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()
