"""Reading who is on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from dashboard.domain.matter import Matter
from dashboard.domain.shift import Holding
from dashboard.service.services import Services
from dashboard.store import tables

_COLUMNS = tuple(tables.posts.c[name] for name in Holding.__dataclass_fields__)


def held_in(connection: Connection, jurisdiction: str) -> dict[str, Holding]:
    """Return the posts of one division that somebody holds now, by post."""
    column = tables.posts.c
    rows = connection.execute(
        select(*_COLUMNS).where((column.jurisdiction == jurisdiction) & column.ended_at.is_(None))
    )
    return {one.post: one for one in map(_holding, rows)}


def desk_of(services: Services, connection: Connection, matter: Matter) -> str | None:
    """Return the division whose desk answers for a matter: the lowest around its place where an A or a B is on.

    A county without a manned desk is answered for by the city; None when nobody is on anywhere.
    """
    column = tables.posts.c
    around = [one for one in (matter.township, matter.region, services.city) if one]
    manned = set(
        connection.execute(
            select(column.jurisdiction).where(
                column.jurisdiction.in_(around) & column.ended_at.is_(None) & column.post.in_(("A", "B"))
            )
        ).scalars()
    )
    return next((one for one in around if one in manned), None)


def _holding(row: Row[Any]) -> Holding:
    return Holding(**row._mapping)
