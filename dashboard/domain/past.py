"""What the screens showed at an instant that is over: the rows of the log folded up to it, for whoever may see a scope.

The same fold as the live picture's, without its ring: a screen's state is the last row per id. Instants never go
back, although two acts of one moment may have been written in the other order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

Row = dict[str, Any]
Sees = Callable[[tuple[str, ...]], bool]

TABLES: Final = ("matters", "commands")


@dataclass(frozen=True, slots=True)
class PastStep:
    """What one entry of the log changed on the asker's screens.

    `upserts` are full new rows by table, `gone` ids of rows that left: closed, or out of the jurisdiction.
    """

    seq: int
    at: int
    upserts: dict[str, list[Row]] = field(default_factory=dict)
    gone: dict[str, list[str]] = field(default_factory=dict)


class PastFold:
    """Rows by id as of the last entry taken.

    Attributes:
        rows: table -> id -> row, of what the asker sees.
        first_seen: (table, id) -> instant of the first entry that named it, whether the asker sees it or not.
    """

    def __init__(self, sees: Sees) -> None:
        self._sees = sees
        self._at = 0
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in TABLES}
        self.first_seen: dict[tuple[str, str], int] = {}

    def take(self, seq: int, at: int, rows: Mapping[str, Any]) -> PastStep | None:
        """Fold the rows of the next entry in; returns what the asker's screens showed of it, None for nothing."""
        self._at = max(self._at, at)
        step = PastStep(seq, self._at)
        gone = rows.get("gone") or {}
        for name in TABLES:
            table = self.rows[name]
            left = [str(one) for one in gone.get(name) or ()]
            for row in rows.get(name) or ():
                row_id = str(row["id"])
                self.first_seen.setdefault((name, row_id), self._at)
                if self._sees(tuple(row.get("scope") or ())):
                    table[row_id] = row
                    step.upserts.setdefault(name, []).append(row)
                else:
                    left.append(row_id)
            for row_id in left:
                self.first_seen.setdefault((name, row_id), self._at)
                if table.pop(row_id, None) is not None:
                    step.gone.setdefault(name, []).append(row_id)
        return step if step.upserts or step.gone else None


def rows_at(
    base: Mapping[str, Sequence[Row]], steps: Sequence[PastStep], at: int
) -> dict[str, dict[str, Row]]:
    """Return table -> id -> row as of `at`: the base and every step up to it."""
    shown = {name: {str(row["id"]): row for row in base.get(name, ())} for name in TABLES}
    for step in steps:
        if step.at > at:
            break
        for name in TABLES:
            for row in step.upserts.get(name, ()):
                shown[name][str(row["id"])] = row
            for row_id in step.gone.get(name, ()):
                shown[name].pop(row_id, None)
    return shown
