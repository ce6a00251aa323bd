"""Pauses, returns, extensions, cards and supervision orders of a matter, read and written by their numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, Table, func, insert, select, update

from dashboard.domain.pausing import Pause
from dashboard.store import tables


def next_n(connection: Connection, table: Table, matter_id: str) -> int:
    """Return the number of a matter's next row in a table that counts from 1 within the matter."""
    statement = select(func.coalesce(func.max(table.c.n), 0)).where(table.c.matter_id == matter_id)
    return int(connection.execute(statement).scalar_one()) + 1


def pauses_of(connection: Connection, matter_id: str) -> tuple[Pause, ...]:
    """Return a matter's pauses, oldest first."""
    column = tables.pauses.c
    statement = select(tables.pauses).where(column.matter_id == matter_id).order_by(column.n)
    return tuple(Pause(**row._mapping) for row in connection.execute(statement))


def begin_pause(connection: Connection, pause: Pause) -> None:
    """Write a pause that begins."""
    connection.execute(insert(tables.pauses), asdict(pause))


def end_pause(connection: Connection, pause: Pause) -> None:
    """Write how a pause ended."""
    column = tables.pauses.c
    connection.execute(
        update(tables.pauses)
        .where((column.matter_id == pause.matter_id) & (column.n == pause.n))
        .values(ended_at=pause.ended_at, ended_by=pause.ended_by, counted=pause.counted)
    )


def restate_pause(connection: Connection, matter_id: str, final_due_at: int | None) -> None:
    """Write that the matter's end was set anew while it is paused: what the pause moves is that end."""
    column = tables.pauses.c
    connection.execute(
        update(tables.pauses)
        .where((column.matter_id == matter_id) & column.ended_at.is_(None))
        .values(final_due_at=final_due_at)
    )


def rows_of(connection: Connection, table: Table, matter_id: str) -> list[Row[Any]]:
    """Return a matter's rows of a table that counts from 1 within the matter, oldest first."""
    statement = select(table).where(table.c.matter_id == matter_id).order_by(table.c.n)
    return list(connection.execute(statement).all())


def waiting(connection: Connection, table: Table, matter_id: str) -> Row[Any] | None:
    """Return the return or extension of a matter that waits for its ruling, None when none does."""
    column = table.c
    statement = (
        select(table)
        .where((column.matter_id == matter_id) & column.ruled_at.is_(None))
        .order_by(column.n.desc())
        .limit(1)
    )
    return connection.execute(statement).first()


def rule(connection: Connection, table: Table, matter_id: str, n: int, **ruled: Any) -> None:
    """Write the ruling on a return or an extension."""
    column = table.c
    connection.execute(update(table).where((column.matter_id == matter_id) & (column.n == n)).values(**ruled))


def open_supervisions(connection: Connection, matter_id: str) -> list[Row[Any]]:
    """Return the reminders and supervision orders of a matter that wait for an answer, oldest first."""
    column = tables.supervisions.c
    statement = (
        select(tables.supervisions)
        .where((column.matter_id == matter_id) & column.answered_at.is_(None))
        .order_by(column.issued_at, column.id)
    )
    return list(connection.execute(statement).all())
