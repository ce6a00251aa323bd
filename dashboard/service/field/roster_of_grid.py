"""Who is in charge of a grid."""

from __future__ import annotations

from sqlalchemy import Connection, select

from dashboard.domain.principal import Principal
from dashboard.service.services import Services
from dashboard.store import tables


def worker_of_grid(connection: Connection, grid: str) -> str | None:
    """Return the roster id of the grid's worker, the first of several, None when the roster has none."""
    column = tables.roster.c
    return connection.execute(
        select(column.worker_id).where(column.grid == grid).order_by(column.slot).limit(1)
    ).scalar_one_or_none()


def grid_of_worker(services: Services, actor: Principal) -> str | None:
    """Return the grid of the worker that acts, None for everybody else."""
    column = tables.roster.c
    with services.store.read() as connection:
        return connection.execute(
            select(column.grid).where(column.worker_id == actor.worker)
        ).scalar_one_or_none()
