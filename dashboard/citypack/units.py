"""Handling units: departments, utilities, bureaus, one per township; and which of them takes what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dashboard.citypack.categories import Categories
from dashboard.citypack.tables import Table
from dashboard.domain.divisions import Divisions

COLUMNS = (
    "unit_id", "name", "short", "code", "region", "kind", "aliases", "lon", "lat", "position_source",
    "duty_phone", "source",
)  # fmt: skip
DIRECTORY_COLUMNS = ("category", "lead", "assists", "level", "source")
DIRECTED_LEVELS = ("city", "region", "township")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that can be given work.

    `code` is one character that stands for it on the map. `region` is a region code, or the city's code
    for a city department. `township` is set for a township's own unit. `position_source` is "assumed"
    where the place is a stated assumption. `categories` are those it leads or assists.
    """

    id: str
    name: str
    short: str
    code: str
    region: str
    township: str | None
    kind: str
    aliases: tuple[str, ...]
    lon: float
    lat: float
    position_source: str
    duty_phone: str | None
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Direction:
    """One row of the dispatch directory: which kind of unit leads a category, which assist, at what level."""

    category: str
    lead: str
    assists: tuple[str, ...]
    level: str


class UnknownUnit(KeyError):
    """No unit has this id."""

    def __init__(self, unit_id: str) -> None:
        super().__init__(unit_id)
        self.unit_id = unit_id

    def __str__(self) -> str:
        return f"no unit has the id {self.unit_id!r}"


class Units:
    """Every unit under its id, and the dispatch directory (派单目录)."""

    def __init__(self, units: Iterable[Unit], directory: Mapping[str, Direction], city: str) -> None:
        self._by_id = {unit.id: unit for unit in units}
        self._directory = dict(directory)
        self._city = city
        self._by_kind: dict[tuple[str, str], list[Unit]] = {}
        for unit in self._by_id.values():
            self._by_kind.setdefault((unit.kind, unit.township or unit.region), []).append(unit)

    def __contains__(self, unit_id: object) -> bool:
        return unit_id in self._by_id

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    @property
    def directory(self) -> Mapping[str, Direction]:
        """The pack's dispatch directory: category -> row."""
        return self._directory

    @property
    def kinds(self) -> Mapping[str, Unit]:
        """Kind -> a unit of it, the city's where there is one."""
        found: dict[str, Unit] = {}
        for unit in self._by_id.values():
            if unit.kind not in found or (unit.region == self._city != found[unit.kind].region):
                found[unit.kind] = unit
        return found

    def get(self, unit_id: str) -> Unit:
        """Return the unit. Raises UnknownUnit."""
        try:
            return self._by_id[unit_id]
        except KeyError:
            raise UnknownUnit(unit_id) from None

    def of_region(self, region: str) -> tuple[Unit, ...]:
        """Return a region's units, or the city's own for the city's code."""
        return tuple(unit for unit in self._by_id.values() if unit.region == region)

    def of_township(self, township: str) -> Unit | None:
        """Return the unit of a township."""
        return next(iter(self._by_kind.get(("town", township), ())), None)

    def of_kind(self, kind: str, region: str | None, township: str | None = None) -> Unit | None:
        """Return the nearest unit of a kind: the township's, else the region's, else the city's."""
        for place in (township, region, self._city):
            if place is not None and (found := self._by_kind.get((kind, place))):
                return found[0]
        return None

    def direction(self, category: str) -> Direction | None:
        """Return the directory's row for a category, or for the nearest category above it."""
        for length in (6, 4, 2):
            if len(category) >= length and category[:length] in self._directory:
                return self._directory[category[:length]]
        return None

    def for_category(
        self, category: str, region: str | None, township: str | None = None
    ) -> tuple[Unit, ...]:
        """Return the recommended lead, then the assists, for a category at a place.

        `region` and `township` are division codes, None where unknown. A kind that the region does not
        have is answered by the city's; a township's unit is named only when the township is known. Empty
        when the directory does not know the category or no unit fits.
        """
        direction = self.direction(category)
        return () if direction is None else self.named_by(direction, region, township)

    def named_by(
        self, direction: Direction, region: str | None, township: str | None = None
    ) -> tuple[Unit, ...]:
        """Return the units that a row of the directory names at a place, the lead first; see `for_category`."""
        where = region if direction.level != "city" else None
        found: list[Unit] = []
        for kind in (direction.lead, *direction.assists):
            unit = self.of_kind(kind, region if kind != direction.lead else where, township)
            if unit is not None and unit not in found:
                found.append(unit)
        return tuple(found)

    def find(self, words: str) -> tuple[Unit, ...]:
        """Return the units that a person may mean by `words`: exact name, short name or alias first; else
        those whose name holds the words. Several when it is ambiguous, city units first."""
        exact = [one for one in self if words in (one.name, one.short, one.id) or words in one.aliases]
        found = exact or [one for one in self if words and words in one.name]
        return tuple(sorted(found, key=lambda one: one.region != self._city))


def read_units(table: Table, directory: Table, divisions: Divisions, categories: Categories) -> Units:
    """Read units.csv and units_for_category.csv, noting every fault."""
    city = divisions.city.code
    directions = _read_directory(directory, categories)
    takes: dict[str, list[str]] = {}
    for direction in directions.values():
        for kind in (direction.lead, *direction.assists):
            takes.setdefault(kind, []).append(direction.category)
    found: dict[str, Unit] = {}
    rows: dict[str, int] = {}
    kinds: set[str] = set()
    for row in table:
        unit_id, region, kind = row.text("unit_id"), row.text("region"), row.text("kind")
        if unit_id in rows:
            row.fault("code_twice", code=unit_id, first_file=row.file, first_row=rows[unit_id])
        rows.setdefault(unit_id, row.number)
        kinds.add(kind)
        if region not in divisions or divisions.get(region).level not in ("city", "region"):
            row.fault("region_unknown", column="region", region=region)
        # A township's unit carries the township's code at the end of its id: rz-town-371102002.
        township = unit_id.rpartition("-")[2] if kind == "town" else None
        if township and (township not in divisions or divisions.region_of(township) != region):
            row.fault("parent_unknown", code=unit_id, parent=township)
        unit = Unit(
            id=unit_id,
            name=row.text("name"),
            short=row.text("short"),
            code=row.character("code"),
            region=region,
            township=township,
            kind=kind,
            aliases=row.parts("aliases"),
            lon=row.decimal("lon", -180, 180),
            lat=row.decimal("lat", -90, 90),
            position_source=row.text("position_source"),
            duty_phone=row.optional("duty_phone"),
            categories=tuple(takes.get(kind, ())),
        )
        row.text("source")
        if row.is_good:
            found[unit_id] = unit
    for row in directory:
        for kind in (row.text("lead"), *row.parts("assists")):
            if kind not in kinds:
                row.fault("kind_unknown", kind=kind)
    return Units(found.values(), directions, city)


def _read_directory(table: Table, categories: Categories) -> dict[str, Direction]:
    directions: dict[str, Direction] = {}
    for row in table:
        category = row.text("category")
        if category not in categories:
            row.fault("category_unknown", category=category)
        if category in directions:
            row.fault("category_twice", category=category)
        direction = Direction(
            category, row.text("lead"), row.parts("assists"), row.choice("level", DIRECTED_LEVELS)
        )
        row.text("source")
        if row.is_good:
            directions[category] = direction
    for category_row in categories:
        if category_row.level == 2 and category_row.code not in directions:
            table.faults.add(
                table.file, None, "category_undirected", category=category_row.code, name=category_row.name
            )
    return directions
