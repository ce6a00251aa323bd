"""Narrow reads for the analysis of orders: a few columns a row, titles with numbers of persons masked."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import func, select

from dashboard.domain.masking import mask_numbers
from dashboard.service.services import Services
from dashboard.store import tables

OPEN_LIMIT = 5_000  # newest open orders that are compared and routed; a city's open orders of weeks
ROUTED_LIMIT = 6_000  # newest routed orders that are learnt from; more teach little and cost seconds


class CameIn(NamedTuple):
    """An order as surges and hot spots need it; degrees WGS-84, instants UTC ms."""

    id: str
    opened_at: int
    category: str
    region: str | None
    township: str | None
    lon: float | None
    lat: float | None


class OpenOrder(NamedTuple):
    """An open order as proposals and routing help need it."""

    id: str
    title: str
    opened_at: int
    category: str
    region: str | None
    township: str | None
    village: str | None
    lon: float | None
    lat: float | None
    dispatched_at: int | None
    version: int


def orders_that_came(services: Services, start_at: int, end_at: int) -> list[CameIn]:
    """Return every hotline order opened in a period (end excluded), merged ones too, oldest first."""
    column = tables.matters.c
    statement = (
        select(*(column[name] for name in CameIn._fields))
        .where((column.kind == "order") & (column.opened_at >= start_at) & (column.opened_at < end_at))
        .order_by(column.opened_at, column.id)
    )
    with services.store.read() as connection:
        return [CameIn(*row) for row in connection.execute(statement)]


def orders_touched(services: Services, since: int, opened_from: int) -> list[CameIn]:
    """Return every hotline order opened since `opened_from` that came or changed since `since`, in no order."""
    column = tables.matters.c
    statement = select(*(column[name] for name in CameIn._fields)).where(
        (column.touched_at >= since) & (column.kind == "order") & (column.opened_at >= opened_from)
    )
    with services.store.read() as connection:
        return [CameIn(*row) for row in connection.execute(statement)]


def open_orders(services: Services) -> list[OpenOrder]:
    """Return the newest open orders that no other one carries, oldest first."""
    column = tables.matters.c
    statement = (
        select(*(column[name] for name in OpenOrder._fields))
        .where(
            (column.kind == "order")
            & column.closed_at.is_(None)
            & column.carrier.is_(None)
            & column.merged_into.is_(None)
        )
        .order_by(column.opened_at.desc(), column.id)
        .limit(OPEN_LIMIT)
    )
    with services.store.read() as connection:
        found = [OpenOrder(*row) for row in connection.execute(statement)]
    return [one._replace(title=mask_numbers(one.title)) for one in reversed(found)]


def routed_orders(services: Services, since: int) -> list[tuple[str, str]]:
    """Return (title, category) of the newest orders that were dispatched since an instant."""
    column = tables.matters.c
    statement = (
        select(column.title, column.category)
        .where((column.kind == "order") & (column.dispatched_at >= since) & (column.category != ""))
        .order_by(column.dispatched_at.desc(), column.id)
        .limit(ROUTED_LIMIT)
    )
    with services.store.read() as connection:
        return [(mask_numbers(title), category) for title, category in connection.execute(statement)]


def enquiries_per_bin(
    services: Services, start_at: int, end_at: int, width_ms: int
) -> dict[tuple[int, str], int]:
    """Return how many calls with a topic ended without an order, by (bin since `start_at`, category); no zeros."""
    column = tables.calls.c
    number = ((column.at - start_at) // width_ms).label("number")
    statement = (
        select(number, column.category, func.count())
        .where((column.kind == "ended") & (column.order_no == "") & (column.category != ""))
        .where((column.at >= start_at) & (column.at < end_at))
        .group_by(number, column.category)
    )
    with services.store.read() as connection:
        return {(int(row[0]), str(row[1])): int(row[2]) for row in connection.execute(statement)}


def seats_that_answered(services: Services, start_at: int, end_at: int) -> int:
    """Return how many seats answered a call in a period (end excluded)."""
    column = tables.calls.c
    statement = select(func.count(func.distinct(column.agent))).where(
        (column.kind == "answered") & (column.agent != "") & (column.at >= start_at) & (column.at < end_at)
    )
    with services.store.read() as connection:
        return int(connection.execute(statement).scalar_one())
