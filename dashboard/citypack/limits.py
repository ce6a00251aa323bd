"""Time limits as rows: how long a stage of a matter may take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dashboard.citypack.categories import Categories
from dashboard.citypack.tables import Table
from dashboard.domain.workdays import DAY_MS, HOUR_MS, WorkingCalendar

COLUMNS = ("kind", "stage", "urgency", "category", "value", "unit", "name", "source")
KINDS = ("order", "event", "dispute", "supervision", "whistle", "dispatch", "district")
UNITS_MS = {"min": 60_000, "h": HOUR_MS, "day": DAY_MS}
WORKING_UNITS = ("workhour", "workday")


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit. `urgency` and `category` are None where the row holds for all of them.

    `unit` is min, h or day (elapsed), or workhour or workday (the working calendar counts).
    `source` says where the number comes from, or "assumed".
    """

    kind: str
    stage: str
    urgency: int | None
    category: str | None
    value: int
    unit: str
    name: str
    source: str

    @property
    def is_working(self) -> bool:
        """True when the limit counts working time."""
        return self.unit in WORKING_UNITS

    def due_at(self, start_at: int, calendar: WorkingCalendar) -> int:
        """Return the instant at which the limit ends when it starts at `start_at` (UTC ms)."""
        if self.unit == "workday":
            return calendar.add_workdays(start_at, self.value)
        if self.unit == "workhour":
            return calendar.add_working_ms(start_at, self.value * HOUR_MS)
        return start_at + self.value * UNITS_MS[self.unit]


class Limits:
    """Every limit; the most exact row wins."""

    def __init__(self, limits: Iterable[Limit]) -> None:
        self._limits = tuple(limits)

    def __iter__(self) -> Iterator[Limit]:
        return iter(self._limits)

    def __len__(self) -> int:
        return len(self._limits)

    def find(
        self, kind: str, stage: str, urgency: int | None = None, category: str | None = None
    ) -> Limit | None:
        """Return the limit for a stage, None when there is none.

        A row with a category beats one without, a longer category beats a shorter, then a row with an
        urgency beats one without. An emergency (1) keeps its own limit before a category's general one.
        """
        best: tuple[tuple[int, int, int], Limit] | None = None
        for limit in self._limits:
            if (limit.kind, limit.stage) != (kind, stage) or limit.urgency not in (None, urgency):
                continue
            if limit.category is not None and not (category or "").startswith(limit.category):
                continue
            emergency = int(urgency == 1 and limit.urgency == 1)
            rank = (emergency, len(limit.category or ""), int(limit.urgency is not None))
            if best is None or rank > best[0]:
                best = (rank, limit)
        return best[1] if best else None

    def has_stage(self, kind: str, stage: str) -> bool:
        """Say whether any limit is given for a stage."""
        return any((limit.kind, limit.stage) == (kind, stage) for limit in self._limits)


def read_limits(table: Table, categories: Categories) -> Limits:
    """Read limits.csv, noting every fault."""
    rows: dict[tuple[object, ...], int] = {}
    found: list[Limit] = []
    for row in table:
        limit = Limit(
            kind=row.choice("kind", KINDS),
            stage=row.text("stage"),
            urgency=row.optional_whole("urgency", 1, 4),
            category=row.optional("category"),
            value=row.whole("value", 1, 10_000),
            unit=row.choice("unit", (*UNITS_MS, *WORKING_UNITS)),
            name=row.text("name"),
            source=row.text("source"),
        )
        if limit.category is not None and limit.category not in categories:
            row.fault("category_unknown", category=limit.category)
        key = (limit.kind, limit.stage, limit.urgency, limit.category)
        if key in rows:
            row.fault("limit_twice", first_row=rows[key])
        rows.setdefault(key, row.number)
        if row.is_good:
            found.append(limit)
    return Limits(found)
