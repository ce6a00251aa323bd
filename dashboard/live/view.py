"""What one class of screens may see of the picture: a jurisdiction at a level of detail.

All screens of a class receive the same bytes. Its state is the picture filtered by scope; its changes keep a
screen equal to a fresh filtered snapshot, also when a row enters or leaves the jurisdiction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dashboard.live.picture import LOG_LINES, LOG_SPAN, TABLES, Change, Picture, Row, Scope, scope_of

Surface = Literal["wall", "desk"]


@dataclass(frozen=True, slots=True)
class ViewClass:
    """Jurisdiction (division code) and level of detail that screens share."""

    jurisdiction: str
    surface: Surface


class ScopeFilter:
    """Answers whether a scope is visible from a jurisdiction; remembers answers, scopes repeat all day."""

    def __init__(self, jurisdiction: str, city: str, is_within: Callable[[str, str], bool]) -> None:
        self.jurisdiction = jurisdiction
        self.sees_all = jurisdiction == city
        self._is_within = is_within
        self._known: dict[str, bool] = {}

    def sees(self, scope: Scope) -> bool:
        """True if any code lies within the jurisdiction; what has no scope is for the whole city alone."""
        return self.sees_all or any(self._sees_code(code) for code in scope)

    def _sees_code(self, code: str) -> bool:
        known = self._known.get(code)
        if known is None:
            known = self._known[code] = self._is_within(code, self.jurisdiction)
        return known


def view_snapshot(picture: Picture, scopes: ScopeFilter) -> dict[str, Any]:
    """Return the filtered picture: epoch, seq, rows, and the last lines in sequence."""
    snapshot: dict[str, Any] = {"epoch": picture.epoch, "seq": picture.seq}
    for name, table in picture.tables().items():
        snapshot[name] = [row for row in table.values() if scopes.sees(scope_of(row))]
    snapshot["log"] = [line for line in picture.lines if scopes.sees(scope_of(line))][-LOG_LINES:]
    return snapshot


def view_changes(changes: Sequence[Change], scopes: ScopeFilter, after: int) -> dict[str, Any] | None:
    """Return what consecutive changes mean to one view as one value, None when nothing of it is visible.

    `after` is the sequence that the view was last told of; entries between it and the changes were invisible.
    """
    upserts: dict[str, dict[str, Row]] = {name: {} for name in TABLES}
    gone: dict[str, dict[str, None]] = {name: {} for name in TABLES}
    shown: dict[tuple[str, str], bool] = {}  # before the first of these changes
    log: list[Row] = []
    for change in changes:
        for key, scope in change.before.items():
            shown.setdefault(key, scope is not None and scopes.sees(scope))
        for name in TABLES:
            left = list(change.gone.get(name, ()))
            for row in change.upserts.get(name, ()):
                row_id = str(row["id"])
                if scopes.sees(scope_of(row)):
                    upserts[name][row_id] = row
                    gone[name].pop(row_id, None)
                else:
                    left.append(row_id)
            for row_id in left:
                upserts[name].pop(row_id, None)
                if shown.get((name, row_id)):
                    gone[name][row_id] = None
        if change.line is not None and scopes.sees(scope_of(change.line)):
            log.append(change.line)
    if not changes or not (log or any(upserts.values()) or any(gone.values())):
        return None
    return {
        "seq_from": after + 1,
        "seq_to": changes[-1].seq,
        "upserts": {name: list(rows.values()) for name, rows in upserts.items()},
        "gone": {name: list(ids) for name, ids in gone.items()},
        "log": log[-LOG_LINES:],
    }


def no_changes(after: int, seq: int) -> dict[str, Any]:
    """Return what brings a view from `after` to `seq` where it sees nothing of what lies between."""
    nothing: dict[str, list[Row]] = {name: [] for name in TABLES}
    return {"seq_from": after + 1, "seq_to": seq, "upserts": nothing, "gone": nothing, "log": []}


def kept_lines(lines: Iterable[Row], seq: int) -> list[Row]:
    """Return the lines that a screen at `seq` keeps: the same rule on the server and in the browser."""
    return [line for line in lines if int(line["seq"]) > seq - LOG_SPAN][-LOG_LINES:]
