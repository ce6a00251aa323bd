"""Walls as rows, and which walls a centre has: every open kiosk token is one, by its name."""

from __future__ import annotations

from dataclasses import asdict, fields

from sqlalchemy import Connection, insert, select, update

from dashboard.domain.wall import DEFAULT_NAME, Wall, wall_id
from dashboard.store import tables

_FIELDS = tuple(field.name for field in fields(Wall))


def wall_named(connection: Connection, jurisdiction: str, name: str) -> Wall:
    """Return a wall as it was last driven, else with its defaults."""
    found = wall_id(jurisdiction, name)
    return _driven(connection).get(found) or Wall(found, jurisdiction, name)


def all_walls(connection: Connection, jurisdictions: tuple[str, ...]) -> list[Wall]:
    """Return every wall: those with an open token, those that were driven, and the hall of each of `jurisdictions`.

    By jurisdiction and name.
    """
    column = tables.tokens.c
    open_tokens = connection.execute(
        select(column.jurisdiction, column.name).where((column.kind == "kiosk") & column.revoked_at.is_(None))
    )
    named = {(row.jurisdiction, row.name) for row in open_tokens}
    named |= {(jurisdiction, DEFAULT_NAME) for jurisdiction in jurisdictions}
    walls = {wall_id(*one): Wall(wall_id(*one), *one) for one in named} | _driven(connection)
    return sorted(walls.values(), key=lambda one: (one.jurisdiction, one.name))


def keep(connection: Connection, wall: Wall) -> None:
    """Write a wall, which is new or was read in the same transaction."""
    changed = connection.execute(
        update(tables.walls).where(tables.walls.c.id == wall.id).values(asdict(wall))
    )
    if changed.rowcount == 0:
        connection.execute(insert(tables.walls), asdict(wall))


def _driven(connection: Connection) -> dict[str, Wall]:
    return {
        row.id: Wall(*(getattr(row, name) for name in _FIELDS))
        for row in connection.execute(select(tables.walls))
    }
