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


def desk_of(services: Services, connection: Connection, matter: Matter) -> dict[str, Holding]:
    """Return the posts that answer for a matter: those of the lowest division around its place where an A or a B is on.

    A county without a manned desk is answered for by the city.
    """
    column = tables.posts.c
    rows = connection.execute(
        select(*_COLUMNS).where(column.ended_at.is_(None) & column.post.in_(("A", "B", "leader")))
    )
    by_place: dict[str, dict[str, Holding]] = {}
    for one in map(_holding, rows):
        by_place.setdefault(one.jurisdiction, {})[one.post] = one
    for code in (matter.township, matter.region, services.city):
        posts = by_place.get(code or "", {})
        if "A" in posts or "B" in posts:
            return posts
    return {}


def _holding(row: Row[Any]) -> Holding:
    return Holding(*row)
