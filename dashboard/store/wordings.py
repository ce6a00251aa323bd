"""Wordings for the agents, their versions and readers, as rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dashboard.domain.wording import Wording, WordingRead
from dashboard.store import tables

_COLUMNS = tuple(tables.wordings.c[one.name] for one in fields(Wording))


def find(connection: Connection, wording_id: str) -> Wording | None:
    """Return a wording as it stands, ended ones too; None where there is none."""
    row = connection.execute(select(*_COLUMNS).where(tables.wordings.c.id == wording_id)).first()
    return None if row is None else Wording(*row)


def holding(connection: Connection) -> list[Wording]:
    """Return those that hold, the newest version first."""
    column = tables.wordings.c
    statement = select(*_COLUMNS).where(column.ended_at.is_(None)).order_by(column.given_at.desc(), column.id)
    return [Wording(*row) for row in connection.execute(statement)]


def keep(connection: Connection, wording: Wording, *, is_new_version: bool) -> None:
    """Write a wording; what it said before stays among its versions."""
    row = asdict(wording)
    changed = connection.execute(
        update(tables.wordings).where(tables.wordings.c.id == wording.id).values(row)
    )
    if changed.rowcount == 0:
        connection.execute(insert(tables.wordings), row)
    if is_new_version:
        kept = {name: row[name] for name in ("version", "text", "given_at", "given_by", "given_name")}
        connection.execute(insert(tables.wording_versions), {"wording_id": wording.id, **kept})


def versions(connection: Connection, wording_id: str) -> list[tuple[int, str, int, str]]:
    """Return (version, text, given_at, given_name) of a wording, the newest first."""
    column = tables.wording_versions.c
    statement = (
        select(column.version, column.text, column.given_at, column.given_name)
        .where(column.wording_id == wording_id)
        .order_by(column.version.desc())
    )
    return [(int(row[0]), row[1], int(row[2]), row[3]) for row in connection.execute(statement)]


def note_reads(connection: Connection, wording: Wording, readers: Sequence[tuple[str, str]], now: int) -> int:
    """Note that (reader, name) have read the version that holds; a first reading stands. Returns how many are new."""
    if not readers:
        return 0
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    rows = [
        {
            "wording_id": wording.id,
            "version": wording.version,
            "reader": reader,
            "name": name,
            "read_at": now,
        }
        for reader, name in dict(readers).items()
    ]
    statement = dialect.insert(tables.wording_reads).on_conflict_do_nothing()
    written = statement.returning(tables.wording_reads.c.reader).values(rows)
    return len(connection.execute(written).all())


def reads(connection: Connection, wordings: Collection[Wording]) -> dict[str, list[WordingRead]]:
    """Return who has read the version of each that holds, by wording, the first first."""
    found: dict[str, list[WordingRead]] = {one.id: [] for one in wordings}
    version_of = {one.id: one.version for one in wordings}
    column = tables.wording_reads.c
    statement = (
        select(column.wording_id, column.version, column.reader, column.name, column.read_at)
        .where(column.wording_id.in_(list(found)))
        .order_by(column.read_at, column.reader)
    )
    for row in connection.execute(statement):
        if row.version == version_of[row.wording_id]:
            found[row.wording_id].append(WordingRead(row.reader, row.name, int(row.read_at)))
    return found
