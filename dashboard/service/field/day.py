"""A worker's own day in five figures."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, func, select

from dashboard.domain.principal import Principal
from dashboard.service.services import Services
from dashboard.store import tables


@dataclass(frozen=True, slots=True)
class WorkerDay:
    """Since midnight: orders done, reports made, orders that were late; open now; how long it took to be on site.

    `arrival_ms` is the mean from order to proven arrival, None without one.
    """

    done: int
    open: int
    reported: int
    late: int
    arrival_ms: int | None


def worker_day(services: Services, actor: Principal, now: int) -> WorkerDay:
    """Return the actor's day; all zero for whoever is no grid worker."""
    own = actor.worker
    if not own or actor.role != "grid_worker":
        return WorkerDay(0, 0, 0, 0, None)
    since = services.calendar.midnight_at(services.calendar.local_date(now))
    with services.store.read() as connection:
        receipt, command, matter = tables.receipts.c, tables.commands.c, tables.matters.c
        mine = receipt.receiver_id == own
        joined = tables.receipts.join(tables.commands, receipt.command_id == command.id)
        closed = (matter.worker == own) & (matter.closed_at >= since)
        ended = receipt.declined_at.is_(None) & receipt.recalled_at.is_(None)
        running = mine & receipt.done_at.is_(None) & receipt.left_at.is_(None) & ended
        orders_open = select(func.count()).select_from(joined).where(running & (command.state == "running"))
        took = select(func.avg(receipt.arrived_at - command.issued_at)).select_from(joined)
        mean = connection.execute(took.where(mine & (receipt.arrived_at >= since))).scalar()
        return WorkerDay(
            done=_count(connection, tables.receipts, mine & (receipt.done_at >= since))
            + _count(connection, tables.matters, closed),
            open=connection.execute(orders_open).scalar_one()
            + _count(connection, tables.matters, (matter.worker == own) & matter.closed_at.is_(None)),
            reported=_count(
                connection, tables.matters, (matter.reporter == own) & (matter.opened_at >= since)
            ),
            late=_count(connection, tables.receipts, mine & receipt.late & (receipt.missed_due_at >= since)),
            arrival_ms=None if mean is None else round(float(mean)),
        )


def _count(connection: Connection, table: Table, condition: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(table).where(condition)
    return int(connection.execute(statement).scalar_one())
