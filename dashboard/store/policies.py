"""Versions of the escalation policy as rows; a version is written once and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select

from dashboard.store import tables

STEP_COLUMNS = tuple(
    one.name for one in tables.policy_steps.columns if one.name not in ("version", "position")
)
LISTS = ("tell", "means")


def newest(connection: Connection) -> int:
    """Return the newest version, 1 where none was written yet: the city pack's rows are then version 1."""
    found = connection.execute(select(func.max(tables.policy_versions.c.version))).scalar_one()
    return 1 if found is None else int(found)


def is_empty(connection: Connection) -> bool:
    """Say whether no version was written yet."""
    return connection.execute(select(tables.policy_versions.c.version).limit(1)).first() is None


def steps_of(connection: Connection, version: int) -> list[dict[str, Any]]:
    """Return the steps of a version in their order, each with the fields of a policy step; empty if unknown."""
    column = tables.policy_steps.c
    rows = connection.execute(
        select(*(column[name] for name in STEP_COLUMNS))
        .where(column.version == version)
        .order_by(column.position)
    )
    return [_read(dict(row)) for row in rows.mappings()]


def write_version(connection: Connection, version: dict[str, Any], steps: Sequence[dict[str, Any]]) -> None:
    """Write a new version: the columns of `policy_versions`, and its steps as `steps_of` returns them."""
    connection.execute(insert(tables.policy_versions), version)
    rows = [
        {name: _written(name, step[name]) for name in STEP_COLUMNS}
        | {"version": version["version"], "position": position}
        for position, step in enumerate(steps)
    ]
    connection.execute(insert(tables.policy_steps), rows)


def versions(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """Return the newest versions, each with its number of steps."""
    column, step = tables.policy_versions.c, tables.policy_steps.c
    count = select(func.count()).where(step.version == column.version).scalar_subquery()
    statement = select(*column, count.label("steps")).order_by(column.version.desc()).limit(limit)
    return [dict(row) for row in connection.execute(statement).mappings()]


def open_matters(connection: Connection) -> dict[int, int]:
    """Return version -> how many open matters go by it."""
    column = tables.matters.c
    statement = (
        select(column.policy_version, func.count())
        .where(column.closed_at.is_(None))
        .group_by(column.policy_version)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def _written(name: str, value: Any) -> Any:
    return ";".join(value) if name in LISTS else value


def _read(row: dict[str, Any]) -> dict[str, Any]:
    for name in LISTS:
        row[name] = tuple(part for part in row[name].split(";") if part)
    return row
