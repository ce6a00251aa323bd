"""Narrow reads for the hotline picture and the rates: counted in the database or a few columns a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import func, or_, select

from dashboard.service.services import Services
from dashboard.store import tables


class OrderFact(NamedTuple):
    """What volumes, topics and rates need of a hotline order; instants UTC ms, None until it happened."""

    external_id: str
    region: str | None
    category: str
    urgency: int
    channel: str
    opened_at: int
    dispatched_at: int | None
    signed_at: int | None
    replied_at: int | None
    closed_at: int | None
    resolved: bool | None
    satisfied: bool | None
    unit: str | None


_COLUMNS = tuple(tables.matters.c[name] for name in OrderFact._fields)


def sign_due_at(services: Services) -> Callable[[int, int], int]:
    """Return what says when a unit must have signed: (urgency, dispatched_at) -> instant."""

    def due_at(urgency: int, dispatched_at: int) -> int:
        limit = services.policies.limit_or_net("order", "sign", urgency)
        return limit.due_at(dispatched_at, services.calendar)

    return due_at


def order_facts(services: Services, start_at: int, end_at: int) -> list[OrderFact]:
    """Return hotline orders opened or closed in a period (end excluded), once each; merged ones are left out.

    A merged order is answered with the one that carries it: counting both would count one answer twice.
    """
    column = tables.matters.c
    opened = (column.opened_at >= start_at) & (column.opened_at < end_at)
    closed = (column.closed_at >= start_at) & (column.closed_at < end_at)
    statement = select(*_COLUMNS).where(
        (column.kind == "order")
        # Not `is null`: SQLite takes the index of these columns for that, and reads every order that was ever opened.
        & (func.coalesce(column.merged_into, "") == "")
        & (func.coalesce(column.carrier, "") == "")
        & or_(opened, closed)
    )
    with services.store.read() as connection:
        return [OrderFact(*row) for row in connection.execute(statement)]


def orders_opened(services: Services, start_at: int, end_at: int) -> list[OrderFact]:
    """Return every hotline order opened in a period (end excluded), merged ones too: each was a request."""
    column = tables.matters.c
    statement = select(*_COLUMNS).where(
        (column.kind == "order") & (column.opened_at >= start_at) & (column.opened_at < end_at)
    )
    with services.store.read() as connection:
        return [OrderFact(*row) for row in connection.execute(statement)]


def arrivals_per_bin(services: Services, start_at: int, end_at: int, width_ms: int) -> dict[int, int]:
    """Return how many calls arrived in each bin of a period, by the bin's number since `start_at`; no zeros."""
    column = tables.calls.c
    number = ((column.at - start_at) // width_ms).label("number")
    statement = (
        select(number, func.count())
        .where((column.kind == "arrived") & (column.at >= start_at) & (column.at < end_at))
        .group_by(number)
    )
    with services.store.read() as connection:
        return {int(row[0]): int(row[1]) for row in connection.execute(statement)}


def topic_counts(services: Services, start_at: int, end_at: int) -> dict[str, int]:
    """Return requests by category in a period: orders opened, and calls that were answered without an order."""
    matters, calls = tables.matters.c, tables.calls.c
    orders = (
        select(matters.category, func.count())
        .where((matters.kind == "order") & (matters.opened_at >= start_at) & (matters.opened_at < end_at))
        .group_by(matters.category)
    )
    answered = (
        select(calls.category, func.count())
        .where((calls.kind == "ended") & (calls.order_no == "") & (calls.category != ""))
        .where((calls.at >= start_at) & (calls.at < end_at))
        .group_by(calls.category)
    )
    counts: dict[str, int] = {}
    with services.store.read() as connection:
        for statement in (orders, answered):
            for category, count in connection.execute(statement):
                counts[category] = counts.get(category, 0) + count
    return counts
