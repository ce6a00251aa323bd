"""What is asked of the database, and how it would look it up: held here, because a stopwatch depends on the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy

from dashboard.store.store import Store

Asked = list[tuple[str, Any]]


@contextmanager
def statements_of(store: Store) -> Iterator[Asked]:
    """What is asked of the database meanwhile: statements with their parameters."""
    asked: Asked = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        asked.append((statement, parameters))

    sqlalchemy.event.listen(store._engine, "before_cursor_execute", note)
    yield asked
    sqlalchemy.event.remove(store._engine, "before_cursor_execute", note)


def plan_of(store: Store, statement: str, given: Any) -> str:
    """How the database would look a statement up, in its own words."""
    explain = "EXPLAIN QUERY PLAN " if store.is_sqlite else "EXPLAIN "
    with store.read() as connection:
        if not store.is_sqlite:  # so few rows are read whole otherwise
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return str(connection.exec_driver_sql(explain + statement, given).all())
