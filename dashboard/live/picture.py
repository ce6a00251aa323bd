"""The folded screen state of a city: rows of open matters, commands and asks by id, and the last lines of the log.

State = snapshot + log entries in sequence. Each entry carries the full new rows, so the state is the last row
seen per id. The fold keeps a ring of recent changes from which a screen that was away catches up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Row = dict[str, Any]
Scope = tuple[str, ...]

TABLES: Final = ("matters", "commands", "asks")
LOG_SPAN: Final = 2_000  # sequence numbers that a line stays for
LOG_LINES: Final = 200  # lines that one screen keeps
RING_ENTRIES: Final = 4_096  # about an hour of a busy city; beyond it a screen takes a snapshot


class OutOfOrder(ValueError):
    """Raised when an entry does not follow the last one folded: there is a hole to fill first."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(f"entry {found} where {expected} belongs")
        self.expected = expected
        self.found = found


@dataclass(frozen=True, slots=True)
class Change:
    """What one log entry did to the picture.

    `before` holds the scope each touched row had, keyed (table, id), None where there was no row: it tells a
    view what left.
    """

    seq: int
    line: Row | None
    upserts: dict[str, list[Row]] = field(default_factory=dict)
    gone: dict[str, list[str]] = field(default_factory=dict)
    before: dict[tuple[str, str], Scope | None] = field(default_factory=dict)


class Picture:
    """Rows by id at one (epoch, seq)."""

    def __init__(self, ring_entries: int = RING_ENTRIES) -> None:
        self.epoch = ""
        self.seq = 0
        self.matters: dict[str, Row] = {}
        self.commands: dict[str, Row] = {}
        self.asks: dict[str, Row] = {}
        self.lines: deque[Row] = deque()
        self._ring: deque[Change] = deque(maxlen=ring_entries)

    def tables(self) -> dict[str, dict[str, Row]]:
        """Return the row tables by name."""
        return {"matters": self.matters, "commands": self.commands, "asks": self.asks}

    def load(
        self,
        epoch: str,
        seq: int,
        matters: Iterable[Row],
        commands: Iterable[Row],
        lines: Iterable[Row],
        asks: Iterable[Row] = (),
    ) -> None:
        """Start over from a snapshot; every screen needs a snapshot after that."""
        self.epoch = epoch
        self.seq = seq
        self.matters = {str(row["id"]): row for row in matters}
        self.commands = {str(row["id"]): row for row in commands}
        self.asks = {str(row["id"]): row for row in asks}
        self.lines = deque(sorted(lines, key=lambda line: int(line["seq"])))
        self._ring.clear()
        self._trim_lines()

    def apply(self, entry: Mapping[str, Any]) -> Change | None:
        """Fold one log entry in; returns None for one that is already in.

        Raises:
            OutOfOrder: entries are missing before this one.
        """
        seq = int(entry["seq"])
        if seq <= self.seq:
            return None
        if seq != self.seq + 1:
            raise OutOfOrder(self.seq + 1, seq)
        change = Change(seq, line_of(entry))
        rows = entry.get("rows") or {}
        gone = rows.get("gone") or {}
        for name, table in self.tables().items():
            for row in rows.get(name) or ():
                row_id = str(row["id"])
                self._remember(change, name, row_id, table)
                table[row_id] = row
                change.upserts.setdefault(name, []).append(row)
            for row_id in map(str, gone.get(name) or ()):
                self._remember(change, name, row_id, table)
                table.pop(row_id, None)
                change.gone.setdefault(name, []).append(row_id)
        if change.line is not None:
            self.lines.append(change.line)
        self.seq = seq
        self._trim_lines()
        self._ring.append(change)
        return change

    def changes_after(self, seq: int) -> list[Change] | None:
        """Return the changes that a screen at `seq` has not seen, None when the ring does not reach back."""
        if seq > self.seq or seq < 0:
            return None
        if seq == self.seq:
            return []
        if not self._ring or self._ring[0].seq > seq + 1:
            return None
        return [change for change in self._ring if change.seq > seq]

    @staticmethod
    def _remember(change: Change, name: str, row_id: str, table: Mapping[str, Row]) -> None:
        row = table.get(row_id)
        change.before.setdefault((name, row_id), None if row is None else scope_of(row))

    def _trim_lines(self) -> None:
        while self.lines and int(self.lines[0]["seq"]) <= self.seq - LOG_SPAN:
            self.lines.popleft()


def scope_of(row: Mapping[str, Any]) -> Scope:
    """Return the division codes that a row or line belongs to."""
    return tuple(row.get("scope") or ())


def line_of(entry: Mapping[str, Any]) -> Row | None:
    """Return the log line of an entry; an entry marked silent has none."""
    if entry.get("silent"):
        return None
    return {
        "seq": int(entry["seq"]),
        "at": entry["at"],
        "kind": entry["kind"],
        "params": entry.get("params") or {},
        "matter_id": entry.get("matter_id"),
        "command_id": entry.get("command_id"),
        "tone": entry.get("tone") or "",
        "scope": list(entry.get("scope") or ()),
    }
