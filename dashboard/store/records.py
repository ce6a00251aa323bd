"""Between rows and frozen values: each value class is one table, field by field."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Row, Table, bindparam, insert, update

from dashboard.domain.command import Command, Decision, Receipt
from dashboard.domain.deadline import Deadline
from dashboard.domain.matter import Matter
from dashboard.store import tables

Value = TypeVar("Value")
# Tuples are kept as JSON lists; every other field is a plain column.
_JSON_FIELDS = frozenset({"scope"})


@dataclass(frozen=True, slots=True)
class Record(Generic[Value]):
    """One value class and its table. `key` names the primary key columns."""

    table: Table
    build: type[Value]
    key: tuple[str, ...]

    def columns(self) -> tuple[str, ...]:
        """Return the field names, which are the column names."""
        return tuple(one.name for one in fields(self.build))  # type: ignore[arg-type]

    def value(self, row: Row[Any]) -> Value:
        """Build the value from a row of the whole table."""
        named = dict(row._mapping)
        for name in _JSON_FIELDS & named.keys():
            named[name] = tuple(json.loads(named[name]))
        return self.build(**{name: named[name] for name in self.columns()})

    def row(self, value: Value) -> dict[str, Any]:
        """Return the columns of a value."""
        named = {name: getattr(value, name) for name in self.columns()}
        for name in _JSON_FIELDS & named.keys():
            named[name] = json.dumps(named[name])
        return named

    def key_of(self, value: Value) -> tuple[Any, ...]:
        """Return the primary key of a value."""
        return tuple(getattr(value, name) for name in self.key)

    def insert(self, connection: Connection, values: Sequence[Value]) -> None:
        """Write new rows, all in one statement."""
        if values:
            connection.execute(insert(self.table), [self.row(value) for value in values])

    def update(self, connection: Connection, values: Sequence[Value]) -> None:
        """Write changed rows, all in one statement."""
        if not values:
            return
        statement = update(self.table).values(
            {name: bindparam(f"new_{name}") for name in self.columns() if name not in self.key}
        )
        for name in self.key:
            statement = statement.where(self.table.c[name] == bindparam(f"key_{name}"))
        parameters = []
        for value in values:
            row = self.row(value)
            bound = {f"new_{name}": cell for name, cell in row.items() if name not in self.key}
            parameters.append(bound | {f"key_{name}": row[name] for name in self.key})
        connection.execute(statement, parameters)


MATTERS = Record(tables.matters, Matter, ("id",))
COMMANDS = Record(tables.commands, Command, ("id",))
RECEIPTS = Record(tables.receipts, Receipt, ("command_id", "receiver_id"))
DECISIONS = Record(tables.decisions, Decision, ("command_id", "item"))
DEADLINES = Record(tables.deadlines, Deadline, ("id",))
