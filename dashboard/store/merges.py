"""Pairs of matters that were found or made one, as rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from dashboard.store.tables import matters, merges

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Pair:
    """A matter that carries, or would, and one that repeats it.

    `state`: proposed, merged, rejected, unmerged, moved (its carrier was itself merged), lapsed (one of them ended
    while it was only proposed). `facts` is what spoke for it: {"metres", "apart_ms", "text"}.
    """

    carrier_id: str
    matter_id: str
    state: str
    made_at: int
    likeness: float = 0.0
    facts: str = "{}"
    ruled_at: int | None = None
    ruled_by: str | None = None
    ruled_name: str = ""
    reason: str = ""

    @property
    def why(self) -> Mapping[str, Any]:
        """What spoke for it."""
        found: dict[str, Any] = json.loads(self.facts)
        return found


_COLUMNS = tuple(merges.c[name] for name in Pair.__slots__)


def _pair(row: Row[Any]) -> Pair:
    make: Callable[..., Pair] = Pair
    return make(*row)


def ruled(pair: Pair, state: str, at: int, by: str = "", by_name: str = "", reason: str = "") -> Pair:
    """Return a pair as somebody ruled on it (nobody: it follows from another act)."""
    return replace(pair, state=state, ruled_at=at, ruled_by=by or None, ruled_name=by_name, reason=reason)


def put(connection: Connection, pairs: Iterable[Pair]) -> None:
    """Write pairs, each replacing what was known of it."""
    rows = [{name: getattr(one, name) for name in Pair.__slots__} for one in pairs]
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        for carrier_id in {one["carrier_id"] for one in chunk}:
            ids = [one["matter_id"] for one in chunk if one["carrier_id"] == carrier_id]
            connection.execute(
                delete(merges).where((merges.c.carrier_id == carrier_id) & merges.c.matter_id.in_(ids))
            )
        connection.execute(insert(merges), chunk)


def with_state(connection: Connection, carrier_id: str, state: str) -> list[Pair]:
    """Return the pairs of a carrier in one state, the likeliest first."""
    column = merges.c
    statement = select(*_COLUMNS).where((column.carrier_id == carrier_id) & (column.state == state))
    return [
        _pair(row) for row in connection.execute(statement.order_by(column.likeness.desc(), column.matter_id))
    ]


def of_matter(connection: Connection, matter_id: str) -> list[Pair]:
    """Return every pair in which a matter is the one that repeats another."""
    return [
        _pair(row) for row in connection.execute(select(*_COLUMNS).where(merges.c.matter_id == matter_id))
    ]


def heads_of(connection: Connection, matter_ids: Collection[str]) -> dict[str, str]:
    """Return, for matters that are proposed to be merged into another, that other."""
    found: dict[str, str] = {}
    ids = list(matter_ids)
    for start in range(0, len(ids), CHUNK):
        column = merges.c
        statement = select(column.matter_id, column.carrier_id).where(
            column.matter_id.in_(ids[start : start + CHUNK]) & (column.state == "proposed")
        )
        found |= {row[0]: row[1] for row in connection.execute(statement)}
    return found


def proposed_heads(connection: Connection, only: str | None = None) -> dict[str, tuple[int, int]]:
    """Return, by matter, how many are proposed to be merged into it and since when; `only` one or all of them."""
    column = merges.c
    statement = select(column.carrier_id, func.count(), func.min(column.made_at)).where(
        column.state == "proposed"
    )
    if only is not None:
        statement = statement.where(column.carrier_id == only)
    return {
        row[0]: (int(row[1]), int(row[2]))
        for row in connection.execute(statement.group_by(column.carrier_id))
    }


def mergeable(
    connection: Connection, fixed: Collection[str]
) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...], int]]:
    """Return (head, other, scope of the head, scope of the other, made_at) of every proposal that an officer could
    follow now, the likeliest first; `fixed` are the stages in which a matter cannot be merged into another.

    As `dashboard.domain.merging.why_not_carried` says of the two, in the store: nobody reads a city's matters to count.
    """
    head, other, pair = matters.alias(), matters.alias(), merges.c
    statement = (
        select(pair.carrier_id, pair.matter_id, head.c.scope, other.c.scope, pair.made_at)
        .join_from(merges, head, head.c.id == pair.carrier_id)
        .join(other, other.c.id == pair.matter_id)
        .where(
            (pair.state == "proposed")
            & head.c.closed_at.is_(None)
            & other.c.closed_at.is_(None)
            & other.c.carrier.is_(None)
            & (other.c.kind == head.c.kind)
            & (other.c.proposals == 0)
            & other.c.whistle.is_(None)
            & other.c.paused_at.is_(None)
            & other.c.stage.not_in(fixed)
        )
        .order_by(pair.likeness.desc(), pair.matter_id)
    )
    return [
        (row[0], row[1], tuple(json.loads(row[2])), tuple(json.loads(row[3])), int(row[4]))
        for row in connection.execute(statement)
    ]


def rejected_with(connection: Connection, matter_id: str) -> set[str]:
    """Return the matters that somebody said are not the same as this one."""
    column = merges.c
    statement = select(column.carrier_id, column.matter_id).where(
        column.state.in_(("rejected", "unmerged"))
        & ((column.carrier_id == matter_id) | (column.matter_id == matter_id))
    )
    return {one for row in connection.execute(statement) for one in row} - {matter_id}


def carried_by(connection: Connection, carrier_id: str) -> list[str]:
    """Return the ids of the matters that a matter carries, the oldest first."""
    statement = (
        select(matters.c.id)
        .where(matters.c.carrier == carrier_id)
        .order_by(matters.c.opened_at, matters.c.id)
    )
    return [row[0] for row in connection.execute(statement)]
