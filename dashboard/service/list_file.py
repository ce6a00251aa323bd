"""Lists that come as a CSV file and take the place of the one before: reading with every fault said, taking over."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Table, delete, insert

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome
from dashboard.domain.rights import no_right
from dashboard.service.services import Services
from dashboard.store import audit


class ListFileError(ValueError):
    """A file that cannot be used; `faults` are sentences with their row."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults[:20]))
        self.faults = tuple(faults)


def rows_of(file: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number of each row in the file and its cells, without the blanks around them.

    Raises:
        ListFileError: naming the columns that are missing.
    """
    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        missing = set(columns) - set(reader.fieldnames or ())
        if missing:
            raise ListFileError([f"columns missing: {', '.join(sorted(missing))}"])
        for number, row in enumerate(reader, start=2):
            yield number, {name: (row[name] or "").strip() for name in columns}


def replace_list(
    services: Services, actor: Principal, act: str, table: Table, rows: Sequence[Mapping[str, Any]], now: int
) -> Outcome:
    """Put `rows` in the place of all that the table has; `Done.value` is how many there are now. Refused: no_right."""
    with services.store.write() as connection:
        refused = no_right(actor, "import_roster")
        if refused is not None:
            audit.record(connection, actor, act, table.name, refused.code, {}, now)
            return refused
        connection.execute(delete(table))
        if rows:
            connection.execute(insert(table), list(rows))
        audit.record(connection, actor, act, table.name, "done", {"rows": len(rows)}, now)
    return Done(len(rows))
