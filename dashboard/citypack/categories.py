"""The category tree of hotline orders and grid events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dashboard.citypack.tables import Table

COLUMNS = ("code", "parent", "tree", "name", "name_en", "share_pct", "urgency", "lead", "source")
DEFAULT_URGENCY = 3  # ordinary
DISPUTE_WORDS = ("纠纷", "争议")  # disputes have no tree of their own


@dataclass(frozen=True, slots=True)
class Category:
    """One category: two digits for the first level, four for the second, six for the third.

    `share_pct` is its share of the whole tree in per cent, None on the third level. `urgency` is 1
    emergency to 4 difficult. `lead` is the responsible body in words, as the category list names it.
    """

    code: str
    parent: str | None
    tree: str
    name: str
    name_en: str
    share_pct: float | None
    urgency: int
    lead: str
    source: str

    @property
    def level(self) -> int:
        """1, 2 or 3."""
        return len(self.code) // 2


class Categories:
    """Every category under its code."""

    def __init__(self, categories: Iterable[Category]) -> None:
        self._by_code = {category.code: category for category in categories}

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[Category]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def get(self, code: str) -> Category | None:
        """Return the category, or the nearest above it that is known: a finer code of a newer list still
        finds its group. None when even its first level is unknown."""
        for length in (6, 4, 2):
            if len(code) >= length and code[:length] in self._by_code:
                return self._by_code[code[:length]]
        return None

    def at_level(self, level: int, tree: str = "hotline") -> tuple[Category, ...]:
        """Return the categories of one level of one tree ("hotline" or "event")."""
        return tuple(one for one in self._by_code.values() if one.level == level and one.tree == tree)

    def disputes(self) -> tuple[Category, ...]:
        """Return the categories of disputes, by their names, the event tree's first: it has a head for any other."""
        named = [one for one in self if any(word in one.name for word in DISPUTE_WORDS)]
        return tuple(sorted(named, key=lambda one: (one.tree != "event", one.code)))

    def children(self, code: str) -> tuple[Category, ...]:
        """Return the categories directly below."""
        return tuple(one for one in self._by_code.values() if one.parent == code)


def read_categories(table: Table) -> Categories:
    """Read categories.csv, noting unknown parents and repeated codes."""
    rows: dict[str, int] = {}
    found: list[Category] = []
    parents: list[tuple[int, str, str]] = []
    for row in table:
        code, parent = row.text("code"), row.optional("parent")
        if code in rows:
            row.fault("code_twice", code=code, first_file=row.file, first_row=rows[code])
        rows.setdefault(code, row.number)
        if parent is not None:
            parents.append((row.number, code, parent))
        category = Category(
            code=code,
            parent=parent,
            tree=row.choice("tree", ("hotline", "event")),
            name=row.text("name"),
            name_en=row.optional("name_en") or row.text("name"),
            share_pct=row.optional_decimal("share_pct", 0, 100),
            urgency=row.optional_whole("urgency", 1, 4) or DEFAULT_URGENCY,
            lead=row.optional("lead") or "",
            source=row.text("source"),
        )
        if row.is_good:
            found.append(category)
    for number, code, parent in parents:
        if parent not in rows:
            table.faults.add(table.file, number, "category_parent", category=code, parent=parent)
    return Categories(found)
