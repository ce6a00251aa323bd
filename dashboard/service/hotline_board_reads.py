"""Narrow reads for the hotline's page: each bounded by the open orders or by the day, whatever the store holds."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import case, func, select

from dashboard.service.services import Services
from dashboard.store import tables


class StageCount(NamedTuple):
    """Open orders of one stage and channel: how many, and since when the oldest stands there."""

    stage: str
    channel: str
    orders: int
    oldest_at: int


class SuperiorCount(NamedTuple):
    """Open orders of one superior source: how many, how many overdue, and the nearest deadline that is still ahead."""

    source: str
    open: int
    overdue: int
    next_due_at: int | None


def open_by_stage(services: Services) -> list[StageCount]:
    """Return the open orders by stage and channel; merged ones wait with the one that carries them."""
    column = tables.matters.c
    statement = (
        select(column.stage, column.channel, func.count(), func.min(column.stage_at))
        .where(
            column.closed_at.is_(None)
            & (column.kind == "order")
            & column.merged_into.is_(None)
            & column.carrier.is_(None)
        )
        .group_by(column.stage, column.channel)
    )
    with services.store.read() as connection:
        return [StageCount(*row) for row in connection.execute(statement)]


def open_of_superiors(services: Services, now: int) -> list[SuperiorCount]:
    """Return the open orders that a superior source handed down, by source, the most first; merged ones end with the
    one that carries them."""
    column = tables.matters.c
    overdue = func.sum(case((column.final_due_at <= now, 1), else_=0))
    ahead = func.min(case((column.final_due_at > now, column.final_due_at)))
    statement = (
        select(column.superior_source, func.count(), overdue, ahead)
        .where(
            column.closed_at.is_(None)
            & (column.kind == "order")
            & column.carrier.is_(None)
            & (column.superior_source != "")
        )
        .group_by(column.superior_source)
    )
    with services.store.read() as connection:
        rows = [
            SuperiorCount(row[0], int(row[1]), int(row[2]), row[3]) for row in connection.execute(statement)
        ]
    return sorted(rows, key=lambda row: (-row.open, row.source))


def opened_by_origin(services: Services, start_at: int, end_at: int) -> dict[tuple[str, str], int]:
    """Return how many orders were opened in a period (end excluded), by (number dialled, superior source)."""
    column = tables.matters.c
    statement = (
        select(column.origin_number, column.superior_source, func.count())
        .where((column.kind == "order") & (column.opened_at >= start_at) & (column.opened_at < end_at))
        .group_by(column.origin_number, column.superior_source)
    )
    with services.store.read() as connection:
        return {(row[0], row[1]): int(row[2]) for row in connection.execute(statement)}
