"""Who is in charge of a grid."""

from __future__ import annotations

from sqlalchemy import Connection, select

from dashboard.store import tables


def worker_of_grid(connection: Connection, grid: str) -> str | None:
    """Return the roster id of the grid's worker, the first of several, None when the roster has none."""
    column = tables.roster.c
    return connection.execute(
        select(column.worker_id).where(column.grid == grid).order_by(column.slot).limit(1)
    ).scalar_one_or_none()
