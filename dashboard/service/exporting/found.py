"""What looking for a table's rows gives: how many there are, and the rows as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dashboard.service.services import Services

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Period:
    """[from_at, until_at) in UTC ms."""

    from_at: int
    until_at: int


@dataclass(frozen=True, slots=True)
class Found:
    """`count` rows; `rows()` reads them page by page, so that none is held."""

    count: int
    rows: Callable[[], Iterator[Row]]


class Names:
    """The words of codes, in Chinese: a table that is taken away is read where no screen explains a code."""

    def __init__(self, services: Services) -> None:
        self._pack = services.pack

    def of(self, row: Row) -> Row:
        """The names of a matter's places and category."""
        found = self._pack.categories.get(row["category"])
        return {
            "category": found.name if found else row["category"],
            "region": self.place(row["region"]),
            "township": self.place(row["township"]),
        }

    def unit(self, unit: str | None) -> str:
        """A unit's short name, "" for none that is known."""
        return self._pack.units.get(unit).short if unit and unit in self._pack.units else ""

    def place(self, code: str | None) -> str:
        """A division's name, "" for none that is known."""
        divisions = self._pack.divisions
        return divisions.get(code).name if code and code in divisions else ""
