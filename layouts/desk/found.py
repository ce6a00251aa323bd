"""Rows that a dialog shows only when somebody looks for them: as data that the page module builds rows from.

The city has hundreds of units, of which a handful is looked for: drawn all at once they would only be hidden again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from layouts.desk.attributes import attributes


@dataclass(frozen=True, slots=True)
class Found:
    """One row: its id, kind and name, what it is looked for by, and what is worth knowing about it."""

    id: str
    kind: str
    name: str
    search: str
    words: str
    minutes: int | None = None
    hands: int = 0


def found_rows(rows: Sequence[Found], columns: int) -> dict[str, Any]:
    """Return what a table of `columns` columns carries so that the page module can add these rows."""
    data = [
        [one.id, one.kind, one.name, one.search.lower(), one.words, one.minutes, one.hands] for one in rows
    ]
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return attributes({"data-found": written, "data-found-columns": str(columns)})
