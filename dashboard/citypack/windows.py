"""The windows of the mediation centre: where the guide desk sends a dispute (引导台分流)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from dashboard.citypack.categories import Categories
from dashboard.citypack.tables import Table

FILE = "windows.csv"
COLUMNS = ("code", "name", "name_en", "units", "categories", "source")
LONGEST_CODE = 20  # characters; a dispute keeps the code of its window


@dataclass(frozen=True, slots=True)
class Window:
    """One window: its code as people say it (12 号窗口), the kinds of units that sit there, the categories it takes."""

    code: str
    name: str
    name_en: str
    units: tuple[str, ...]
    categories: tuple[str, ...]


class Windows:
    """Every window under its code, in the order of the file."""

    def __init__(self, windows: Iterable[Window]) -> None:
        self._by_code = {one.code: one for one in windows}

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[Window]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def find(self, code: str) -> Window | None:
        """Return the window of a code, None when there is none: disputes of before kept whatever was written."""
        return self._by_code.get(code)

    def for_category(self, category: str | None) -> tuple[Window, ...]:
        """Return the windows that take a category, or one above it; the closest ones first."""
        if not category:
            return ()
        suited = [
            (max(len(code) for code in one.categories if category.startswith(code)), one)
            for one in self
            if any(category.startswith(code) for code in one.categories)
        ]
        return tuple(one for _, one in sorted(suited, key=lambda pair: -pair[0]))


def read_windows(table: Table, kinds: Collection[str | None], categories: Categories) -> Windows:
    """Read windows.csv, noting every fault; `kinds` are the kinds of units that the pack has."""
    rows: dict[str, int] = {}
    found: list[Window] = []
    for row in table:
        code = row.text("code")
        if code in rows:
            row.fault("code_twice", code=code, first_file=row.file, first_row=rows[code])
        rows.setdefault(code, row.number)
        if len(code) > LONGEST_CODE:
            row.fault("cell_long", column="code", limit=LONGEST_CODE, value=code)
        window = Window(
            code, row.text("name"), row.text("name_en"), row.parts("units"), row.parts("categories")
        )
        row.text("source")
        if not window.units:
            row.fault("cell_empty", column="units")
        for kind in window.units:
            if kind not in kinds:
                row.fault("kind_unknown", kind=kind)
        for category in window.categories:
            if category not in categories:
                row.fault("category_unknown", category=category)
        if row.is_good:
            found.append(window)
    return Windows(found)
