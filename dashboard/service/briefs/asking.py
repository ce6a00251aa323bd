"""What a brief's query is asked with, and what it answers."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select

from dashboard.domain.masking import mask_numbers
from dashboard.domain.principal import Principal
from dashboard.service.leading.open_matters import Reach
from dashboard.service.services import Services
from dashboard.store import tables

MOST_ROWS: Final = 100  # shown beneath a number; how many there are the number itself says
PIECE_ROWS: Final = 200  # fetched at once


@dataclass(frozen=True, slots=True)
class Answer:
    """The numbers of a query by name, None where there is nothing to divide by, and the rows behind them.

    `columns` name the rows' cells, in the catalogue's room `brief.column`.
    """

    fields: dict[str, float | None]
    columns: tuple[str, ...] = ()
    rows: list[list[Any]] = field(default_factory=list)


class Asking:
    """A consistent view of one jurisdiction's part of the store, for the queries of one brief."""

    def __init__(self, services: Services, connection: Connection, place: str) -> None:
        self.services = services
        self.connection = connection
        self.place = place
        self._reach = Reach(services, Principal("system:briefs", "", "system", "system", place))

    def count(self, scope: Any, *wanted: Any, joined: Any = None) -> int:
        """Rows inside the jurisdiction, counted per scope, of which there are few."""
        statement = select(scope, func.count()).where(*wanted).group_by(scope)
        if joined is not None:
            statement = statement.select_from(joined)
        return sum(int(count) for one, count in self.connection.execute(statement) if self._reach.sees(one))

    def per(self, key: Any, scope: Any, *wanted: Any, joined: Any = None) -> dict[Any, int]:
        """The same, by a further column."""
        statement = select(key, scope, func.count()).where(*wanted).group_by(key, scope)
        if joined is not None:
            statement = statement.select_from(joined)
        found: dict[Any, int] = {}
        for one, where, count in self.connection.execute(statement):
            if self._reach.sees(where):
                found[one] = found.get(one, 0) + int(count)
        return found

    def rows(self, statement: Select[Any]) -> list[Any]:
        """Rows whose `scope` lies inside the jurisdiction."""
        return list(self._seen(statement))

    def _seen(self, statement: Select[Any]) -> Generator[Any, None, None]:
        # In pieces: PostgreSQL's driver holds every row before it gives the first, a month of orders for a few lines.
        with self.connection.execute(statement, execution_options={"yield_per": PIECE_ROWS}) as found:
            for row in found:
                if self._reach.sees(row.scope):
                    yield row

    def matter_rows(self, *wanted: Any) -> list[list[Any]]:
        """Matters as a brief lists them: number, what, where, whose, when opened; at most `MOST_ROWS`."""
        column = tables.matters.c
        names = ("no", "title", "township", "region", "unit", "opened_at", "scope")
        statement = (
            select(*(column[name] for name in names)).where(*wanted).order_by(column.opened_at, column.id)
        )
        with closing(self._seen(statement)) as seen:
            return [
                [
                    row.no,
                    mask_numbers(row.title),
                    self.place_name(row.township or row.region),
                    self.unit_name(row.unit),
                    row.opened_at,
                ]
                for row in islice(seen, MOST_ROWS)
            ]

    def place_name(self, code: str | None) -> str:
        """A division's name."""
        divisions = self.services.pack.divisions
        return divisions.get(code).name if code and code in divisions else ""

    def unit_name(self, unit: str | None) -> str:
        """A unit's short name."""
        units = self.services.pack.units
        return units.get(unit).short if unit and unit in units else ""

    def category_name(self, code: str) -> str:
        """A category's name."""
        found = self.services.pack.categories.get(code)
        return found.name if found else code

    def days(self, from_at: int, until_at: int) -> list[tuple[date, int, int]]:
        """The local days of a period with their ends."""
        calendar = self.services.calendar
        found = []
        at = from_at
        while at < until_at:
            day = calendar.local_date(at)
            end = calendar.midnight_at(date.fromordinal(day.toordinal() + 1))
            found.append((day, at, min(end, until_at)))
            at = end
        return found


MATTER_COLUMNS: Final = ("no", "title", "place", "unit", "opened_at")
Params = dict[str, Any]


def share(part: float, whole: float) -> float | None:
    """A share in per cent with one decimal, None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def change(now: float, before: float) -> float | None:
    """How much more or fewer in per cent, whole and without its sign; None where there was nothing before."""
    return abs(round(100 * (now - before) / before)) if before else None
