"""Attempts to call citizens back, read and written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict

from sqlalchemy import Connection, insert, select

from dashboard.domain.callback import CallBack
from dashboard.store import tables

CHUNK = 500  # bound values per statement, far below what either database takes


def callbacks_of(connection: Connection, matter_ids: Collection[str]) -> dict[str, tuple[CallBack, ...]]:
    """Return the attempts of some matters by matter id, oldest first; a matter without any has an empty tuple."""
    found: dict[str, list[CallBack]] = {one: [] for one in matter_ids}
    ids = list(found)
    column = tables.callbacks.c
    for start in range(0, len(ids), CHUNK):
        statement = (
            select(tables.callbacks)
            .where(column.matter_id.in_(ids[start : start + CHUNK]))
            .order_by(column.matter_id, column.n)
        )
        for row in connection.execute(statement):
            found[row.matter_id].append(CallBack(**row._mapping))
    return {matter_id: tuple(calls) for matter_id, calls in found.items()}


def add(connection: Connection, call: CallBack) -> None:
    """Write one attempt."""
    connection.execute(insert(tables.callbacks), asdict(call))
