"""The values one transaction works on: read once, changed in memory, written together at the end."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection

from dashboard.domain.command import Command, Decision, Receipt
from dashboard.domain.deadline import Deadline
from dashboard.domain.matter import Matter
from dashboard.domain.telling import Telling
from dashboard.store.records import COMMANDS, DEADLINES, DECISIONS, MATTERS, RECEIPTS, TELLINGS, Record

Value = TypeVar("Value")
# SQLite takes 32,766 bound values, PostgreSQL 65,535; batches stay far below either.
CHUNK = 500
MOST_DIFFERENCES = 60  # a merge of a burst changes thirty matters; more than this is told as a number
# Bookkeeping that says nothing about what was done.
UNTOLD = frozenset({"version", "touched_at", "touched_by", "touched_kind", "reading_digest"})


class Shelf(Generic[Value]):
    """The values of one table in this transaction, with what was read to tell what changed.

    `of` is the field whose equals are asked for together (`having`); it never changes within a value.
    """

    def __init__(self, record: Record[Value], of: str | None = None) -> None:
        self.record = record
        self._of = of
        self._read: dict[tuple[Any, ...], Value] = {}
        self._now: dict[tuple[Any, ...], Value] = {}
        self._groups: dict[Any, dict[tuple[Any, ...], Value]] = {}

    def get(self, *key: Any) -> Value | None:
        """Return a value that was read or put."""
        return self._now.get(key)

    def put(self, value: Value) -> None:
        """Keep a new or changed value."""
        self._keep(self.record.key_of(value), value)

    def __iter__(self) -> Iterator[Value]:
        return iter(list(self._now.values()))

    def having(self, value: Any) -> list[Value]:
        """Return the kept values whose `of` field has this value, in the order in which they were read or put."""
        return list(self._groups.get(value, {}).values())

    def _keep(self, key: tuple[Any, ...], value: Value) -> None:
        self._now[key] = value
        if self._of is not None:
            self._groups.setdefault(getattr(value, self._of), {})[key] = value

    def load(self, connection: Connection, condition: ColumnElement[bool]) -> list[Value]:
        """Read rows; one that this transaction has already read or changed stays as it is here."""
        found = []
        for row in connection.execute(self.record.select().where(condition)):
            value = self.record.value(row)
            key = self.record.key_of(value)
            if key not in self._now:
                self._read[key] = value
                self._keep(key, value)
            found.append(self._now[key])
        return found

    def changed(self) -> list[Value]:
        """Return the values that are new or differ from what was read."""
        return [value for key, value in self._now.items() if self._read.get(key) != value]

    def differences(self) -> Iterator[tuple[str, Any]]:
        """Yield table:key and the changed fields of each changed value."""
        for value in self.changed():
            key = self.record.key_of(value)
            named = ":".join((self.record.table.name, *map(str, key)))
            was = self._read.get(key)
            if was is None:
                yield named, "new"
                continue
            pairs = ((name, getattr(was, name), getattr(value, name)) for name in self.record.columns)
            changed = {name: [old, new] for name, old, new in pairs if old != new and name not in UNTOLD}
            if changed:
                yield named, changed

    def write(self, connection: Connection) -> None:
        """Write what changed: updates first, so that an ended clock frees its chain for the next one."""
        self.record.update(
            connection, [one for one in self.changed() if self.record.key_of(one) in self._read]
        )
        new = [value for key, value in self._now.items() if key not in self._read]
        self.record.insert(connection, new)
        self._read = dict(self._now)


class Workspace:
    """All shelves of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.matters = Shelf(MATTERS)
        self.commands = Shelf(COMMANDS, of="matter_id")
        self.receipts = Shelf(RECEIPTS, of="command_id")
        self.decisions = Shelf(DECISIONS, of="command_id")
        self.deadlines = Shelf(DEADLINES, of="matter_id")
        self.tellings: Shelf[Telling] = Shelf(TELLINGS, of="matter_id")
        self._with_clocks: set[str] = set()
        self._with_commands: set[str] = set()
        self._made: set[str] = set()

    def matter(self, matter_id: str) -> Matter | None:
        """Return a matter, reading it if need be."""
        found = self.matters.get(matter_id)
        if found is None:
            self.matters.load(self.connection, MATTERS.table.c.id == matter_id)
            found = self.matters.get(matter_id)
        return found

    def load_matters(self, matter_ids: Collection[str]) -> None:
        """Read some matters at once."""
        ids = list(matter_ids)
        for start in range(0, len(ids), CHUNK):
            self.matters.load(self.connection, MATTERS.table.c.id.in_(ids[start : start + CHUNK]))

    def matters_by_external(self, source: str, external_ids: Collection[str]) -> dict[str, Matter]:
        """Return the known matters of a source, by external id."""
        found: dict[str, Matter] = {}
        ids = list(external_ids)
        for start in range(0, len(ids), CHUNK):
            column = MATTERS.table.c
            condition = (column.source == source) & column.external_id.in_(ids[start : start + CHUNK])
            found |= {one.external_id: one for one in self.matters.load(self.connection, condition)}
        return found

    def command(self, command_id: str) -> Command | None:
        """Return a command with its receipts and decisions, reading them if need be."""
        found = self.commands.get(command_id)
        if found is None:
            self.commands.load(self.connection, COMMANDS.table.c.id == command_id)
            found = self.commands.get(command_id)
            if found is not None:
                self._load_parts([command_id])
        return found

    def commands_of(self, matter_ids: Collection[str]) -> list[Command]:
        """Return all commands of some matters, with their receipts and decisions."""
        wanted = [one for one in matter_ids if one not in self._with_commands]
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            known = {one.id for one in self.commands}
            found = self.commands.load(self.connection, COMMANDS.table.c.matter_id.in_(chunk))
            fresh = [one.id for one in found if one.id not in known]
            if fresh:
                self._load_parts(fresh)
        self._with_commands.update(wanted)
        return [one for matter_id in dict.fromkeys(matter_ids) for one in self.commands.having(matter_id)]

    def receipts_of(self, command_id: str) -> list[Receipt]:
        """Return the receipts of a command that is in this workspace, in the order they were named."""
        return sorted(self.receipts.having(command_id), key=lambda one: one.position)

    def decisions_of(self, command_id: str) -> list[Decision]:
        """Return the agenda of a command that is in this workspace, in order."""
        return sorted(self.decisions.having(command_id), key=lambda one: one.item)

    def clocks_of(self, matter_id: str) -> list[Deadline]:
        """Return the armed clocks of a matter, reading them if need be."""
        self.load_clocks([matter_id])
        return [one for one in self.deadlines.having(matter_id) if one.state == "armed"]

    def load_clocks(self, matter_ids: Collection[str]) -> None:
        """Read the armed clocks of some matters."""
        wanted = [one for one in matter_ids if one not in self._with_clocks]
        for start in range(0, len(wanted), CHUNK):
            column = DEADLINES.table.c
            chunk = wanted[start : start + CHUNK]
            self.deadlines.load(self.connection, column.matter_id.in_(chunk) & (column.state == "armed"))
        self._with_clocks.update(wanted)

    def is_new(self, matter_id: str) -> None:
        """Say that a matter was made in this transaction: there is nothing of it to read."""
        self._with_clocks.add(matter_id)
        self._with_commands.add(matter_id)
        self._made.add(matter_id)

    def is_fresh(self, matter_id: str) -> bool:
        """Say whether a matter was made in this transaction."""
        return matter_id in self._made

    def differences(self) -> dict[str, Any]:
        """Return what this transaction changes, field by field as [before, after]; a new value is said to be new.

        For the audit: clocks are left out, they follow from what is here. At most `MOST_DIFFERENCES` values are named.
        """
        found: dict[str, Any] = {}
        for shelf in (self.matters, self.commands, self.receipts, self.decisions):
            for named, change in shelf.differences():
                if len(found) >= MOST_DIFFERENCES:
                    found["more"] = int(found.get("more", 0)) + 1
                else:
                    found[named] = change
        return found

    def write(self) -> None:
        """Write every changed value."""
        for shelf in (self.matters, self.commands, self.receipts, self.decisions, self.deadlines):
            shelf.write(self.connection)
        self.tellings.write(self.connection)

    def _load_parts(self, command_ids: list[str]) -> None:
        self.receipts.load(self.connection, RECEIPTS.table.c.command_id.in_(command_ids))
        self.decisions.load(self.connection, DECISIONS.table.c.command_id.in_(command_ids))
