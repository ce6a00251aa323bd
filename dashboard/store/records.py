"""Between rows and frozen values: each value class is one table, field by field."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Row, Select, Table, bindparam, insert, select, update

from dashboard.domain.command import Command, Decision, Receipt
from dashboard.domain.deadline import Deadline
from dashboard.domain.matter import Matter
from dashboard.domain.telling import Telling
from dashboard.store import tables

Value = TypeVar("Value")
# Tuples are kept as JSON lists; every other field is a plain column.
_JSON_FIELDS = frozenset({"scope", "shared_with"})


class Record(Generic[Value]):
    """One value class and its table, field by field in the class's order.

    Args:
        table: has a column for every field.
        build: the frozen value class.
        key: the primary key's fields.
    """

    def __init__(self, table: Table, build: type[Value], key: tuple[str, ...]) -> None:
        self.table = table
        self._make: Callable[..., Value] = build
        self.key = key
        self.columns = tuple(one.name for one in fields(build))  # type: ignore[arg-type]
        self._json_places = [place for place, name in enumerate(self.columns) if name in _JSON_FIELDS]
        # Built once: putting forty columns into a statement costs as much as running it.
        self._select = select(*(table.c[name] for name in self.columns))
        self._insert = insert(table)
        self._update = update(table).values(
            {name: bindparam(f"new_{name}") for name in self.columns if name not in key}
        )
        for name in key:
            self._update = self._update.where(table.c[name] == bindparam(f"key_{name}"))

    def select(self) -> Select[Any]:
        """Return the statement whose rows `value` takes."""
        return self._select

    def value(self, row: Row[Any]) -> Value:
        """Build the value from a row of `select`."""
        if not self._json_places:
            return self._make(*row)
        cells = list(row)
        for place in self._json_places:
            cells[place] = tuple(json.loads(cells[place]))
        return self._make(*cells)

    def row(self, value: Value) -> dict[str, Any]:
        """Return the columns of a value."""
        named = {name: getattr(value, name) for name in self.columns}
        for name in _JSON_FIELDS & named.keys():
            named[name] = json.dumps(named[name])
        return named

    def key_of(self, value: Value) -> tuple[Any, ...]:
        """Return the primary key of a value."""
        return tuple(getattr(value, name) for name in self.key)

    def insert(self, connection: Connection, values: Sequence[Value]) -> None:
        """Write new rows, all in one statement."""
        if values:
            connection.execute(self._insert, [self.row(value) for value in values])

    def update(self, connection: Connection, values: Sequence[Value]) -> None:
        """Write changed rows, all in one statement."""
        if not values:
            return
        parameters = []
        for value in values:
            row = self.row(value)
            bound = {f"new_{name}": cell for name, cell in row.items() if name not in self.key}
            parameters.append(bound | {f"key_{name}": row[name] for name in self.key})
        connection.execute(self._update, parameters)


MATTERS = Record(tables.matters, Matter, ("id",))
COMMANDS = Record(tables.commands, Command, ("id",))
RECEIPTS = Record(tables.receipts, Receipt, ("command_id", "receiver_id"))
DECISIONS = Record(tables.decisions, Decision, ("command_id", "item"))
DEADLINES = Record(tables.deadlines, Deadline, ("id",))
TELLINGS = Record(tables.tellings, Telling, ("id",))
