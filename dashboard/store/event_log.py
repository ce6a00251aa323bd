"""The event log, which is also the outbox: gapless, in order, each entry with the screen rows it changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from dashboard.domain.masking import mask_all
from dashboard.store import tables
from dashboard.store.store import advance

# Wake who waits in a consultation room; on boards and in a matter's history each single one would be noise.
SILENT_KINDS = frozenset({"RoomSpoken", "RoomRead"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. `rows` is {"matters": [...], "commands": [...], "gone": {"matters": [...], "commands": [...]}}."""

    seq: int
    at: int
    kind: str
    matter_id: str | None
    command_id: str | None
    actor: str
    params: dict[str, Any]
    rows: dict[str, Any]
    scope: tuple[str, ...]
    tone: str

    def as_dict(self) -> dict[str, Any]:
        """Return the entry as the JSON object that goes to Redis."""
        return {
            "seq": self.seq,
            "at": self.at,
            "kind": self.kind,
            "matter_id": self.matter_id,
            "command_id": self.command_id,
            "actor": self.actor,
            "params": self.params,
            "rows": self.rows,
            "scope": list(self.scope),
            "tone": self.tone,
            "silent": self.kind in SILENT_KINDS,
        }

    def line(self) -> dict[str, Any]:
        """Return the entry as a log line of a screen: without rows and without who acted."""
        return {
            name: value for name, value in self.as_dict().items() if name not in ("rows", "actor", "silent")
        }


def append(connection: Connection, entries: Sequence[Entry]) -> int:
    """Write entries in order; their `seq` is replaced by the next numbers. Returns the last number."""
    last = advance(connection, "log", len(entries)) if entries else last_seq(connection)
    first = last - len(entries) + 1
    if entries:
        connection.execute(
            insert(tables.log),
            [
                {
                    "seq": first + place,
                    "at": one.at,
                    "kind": one.kind,
                    "matter_id": one.matter_id,
                    "command_id": one.command_id,
                    "actor": one.actor,
                    "params": json.dumps(one.params, ensure_ascii=False),
                    "rows": json.dumps(one.rows, ensure_ascii=False, separators=(",", ":")),
                    "scope": json.dumps(one.scope),
                    "tone": one.tone,
                }
                for place, one in enumerate(entries)
            ],
        )
    return last


def last_seq(connection: Connection) -> int:
    """Return the number of the newest entry, 0 when there is none."""
    return int(
        connection.execute(
            select(tables.counters.c.value).where(tables.counters.c.name == "log")
        ).scalar_one()
    )


def read_after(connection: Connection, seq: int, limit: int) -> list[Entry]:
    """Return up to `limit` entries after `seq`, oldest first."""
    statement = select(tables.log).where(tables.log.c.seq > seq).order_by(tables.log.c.seq).limit(limit)
    return [_entry(row) for row in connection.execute(statement)]


def rows_after(connection: Connection, seq: int, limit: int) -> list[tuple[int, int, dict[str, Any]]]:
    """Return (number, instant, screen rows) of up to `limit` entries after `seq`, oldest first: what a fold takes."""
    entry = tables.log.c
    statement = (
        select(entry.seq, entry.at, entry.rows).where(entry.seq > seq).order_by(entry.seq).limit(limit)
    )
    return [(int(row.seq), int(row.at), json.loads(row.rows)) for row in connection.execute(statement)]


def newest(connection: Connection, limit: int) -> list[Entry]:
    """Return the newest entries that screens tell, newest first."""
    told = select(tables.log).where(tables.log.c.kind.not_in(SILENT_KINDS))
    return [_entry(row) for row in connection.execute(told.order_by(tables.log.c.seq.desc()).limit(limit))]


def of_matter(connection: Connection, matter_id: str, limit: int = 500) -> list[Entry]:
    """Return the newest entries of one matter that screens tell, newest first."""
    statement = (
        select(tables.log)
        .where((tables.log.c.matter_id == matter_id) & tables.log.c.kind.not_in(SILENT_KINDS))
        .order_by(tables.log.c.seq.desc())
        .limit(limit)
    )
    return [_entry(row) for row in connection.execute(statement)]


def first_seq_from(connection: Connection, at: int) -> int:
    """Return the first number whose entry is of `at` or later, one past the last when there is none.

    The log is as good as ordered by time: numbers are given inside the transaction, instants at its beginning.
    """
    return _first_place(connection, tables.log.c.at, lambda value: int(value) >= at)


def first_seq_with_rows(connection: Connection) -> int:
    """Return the first number whose screen rows were not forgotten yet, one past the last when all were."""
    return _first_place(connection, tables.log.c.rows != "{}", bool)


def _first_place(connection: Connection, column: Any, holds: Callable[[Any], bool]) -> int:
    """Bisect the log, which has no hole, for the first entry for which `holds`: some thirty looks at one row."""
    low, high = 1, last_seq(connection) + 1
    while low < high:
        middle = (low + high) // 2
        if holds(connection.execute(select(column).where(tables.log.c.seq == middle)).scalar_one()):
            high = middle
        else:
            low = middle + 1
    return low


def trim(connection: Connection, before_at: int) -> int:
    """Forget the screen rows of entries older than `before_at`; the events themselves stay. Returns how many."""
    oldest_kept = connection.execute(
        select(func.min(tables.log.c.seq)).where(tables.log.c.at >= before_at)
    ).scalar_one()
    if oldest_kept is None:
        return 0
    result = connection.execute(
        tables.log.update()
        .where((tables.log.c.seq < oldest_kept) & (tables.log.c.rows != "{}"))
        .values(rows="{}")
    )
    return result.rowcount


def forget_idempotency(connection: Connection, before_at: int) -> int:
    """Drop idempotency keys older than `before_at`: no caller retries that late. Returns how many."""
    return connection.execute(delete(tables.idempotency).where(tables.idempotency.c.at < before_at)).rowcount


def _entry(row: Any) -> Entry:
    return Entry(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        matter_id=row.matter_id,
        command_id=row.command_id,
        actor=row.actor,
        params=mask_all(json.loads(row.params)),  # also of entries older than masking at writing
        rows=json.loads(row.rows),
        scope=tuple(json.loads(row.scope)),
        tone=row.tone,
    )
