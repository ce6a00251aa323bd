"""The audit chain: who, when, from where, what, with which result; each row carries the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from dashboard.domain.principal import Principal
from dashboard.store import tables
from dashboard.store.store import advance

FIRST_HASH = "0" * 64
PAGE = 2_000  # rows read at once
SUBJECT_LENGTH = 140  # characters, the column's length
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
        # What a refused request was about may be anything that somebody typed: as much of it as the column takes.
        "subject": subject.replace("\0", "\ufffd")[:SUBJECT_LENGTH],
        "result": result,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str),
        "previous_hash": previous or FIRST_HASH,
    }
    row["hash"] = _hash(row)
    connection.execute(insert(tables.audit), row)
    return n


def first_break(connection: Connection) -> Break | None:
    """Walk the whole chain and return its first break, None when it is whole."""
    link = Link(1, FIRST_HASH)
    for named in rows_between(connection, 1, None):
        reason = link.misfit(named)
        if reason:
            return Break(link.n, reason)
        link = link.after(named)
    counted = connection.execute(
        select(tables.counters.c.value).where(tables.counters.c.name == "audit")
    ).scalar_one_or_none()
    if (counted or 0) != link.n - 1:
        return Break(link.n, "missing at the end")
    return None


@dataclass(frozen=True, slots=True)
class Link:
    """Where a walk along the chain stands: the number that must come next and the hash it must carry on from."""

    n: int
    previous_hash: str

    def misfit(self, row: Mapping[str, Any]) -> str:
        """Return why `row` cannot be the next one, "" when it fits."""
        if row["n"] != self.n:
            return "missing"
        if row["previous_hash"] != self.previous_hash:
            return "does not follow the row before it"
        return "" if row["hash"] == _hash(row) else "changed"

    def after(self, row: Mapping[str, Any]) -> Link:
        """Return the place behind `row`."""
        return Link(self.n + 1, str(row["hash"]))


def rows_between(connection: Connection, first_n: int, last_n: int | None) -> Iterator[dict[str, Any]]:
    """Yield rows in order by number, both ends included, `PAGE` at a time: a chain of years fits no memory."""
    column = tables.audit.c
    place = first_n - 1
    while True:
        statement = select(tables.audit).where(column.n > place).order_by(column.n).limit(PAGE)
        if last_n is not None:
            statement = statement.where(column.n <= last_n)
        page = connection.execute(statement).all()
        for row in page:
            yield dict(row._mapping)
        if len(page) < PAGE:
            return
        place = page[-1].n


def _hash(row: Mapping[str, Any]) -> str:
    content = json.dumps([row[name] for name in _HASHED], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()
