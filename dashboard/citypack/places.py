"""The division tables: regions, zones, townships, villages, grids, and the gazetteer of known places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dashboard.citypack.faults import FaultList
from dashboard.citypack.settings_file import PackSettings
from dashboard.citypack.tables import Row, Table
from dashboard.domain.divisions import Division, Level

REGION_COLUMNS = ("code", "name", "name_en", "short", "kind", "county", "lon", "lat", "full_name", "source")
TOWNSHIP_COLUMNS = ("code", "name", "kind", "county", "lon", "lat", "position_source")
ZONE_COLUMNS = ("township", "zone", "source")
VILLAGE_COLUMNS = ("code", "name", "official_name", "kind", "township", "lon", "lat", "place_known")
GRID_COLUMNS = ("code", "name", "kind", "village", "lon", "lat", "place_known")
PLACE_COLUMNS = ("kind", "code", "name", "lon", "lat", "source")

REGION_KINDS = ("district", "county", "zone")
TOWNSHIP_KINDS = ("street", "town", "township", "economic_zone")


@dataclass(frozen=True, slots=True)
class Region:
    """What a region has besides its node in the tree. `county` is where it lies on the map."""

    code: str
    name: str
    name_en: str
    short: str
    full_name: str
    kind: str
    county: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place whose position is known from a source (WGS-84)."""

    kind: str
    code: str
    name: str
    lon: float
    lat: float
    source: str


@dataclass(frozen=True, slots=True)
class DivisionTables:
    """What the division tables hold, with the row each division was read from and its county on the map."""

    divisions: tuple[Division, ...]
    regions: tuple[Region, ...]
    places: tuple[Place, ...]
    rows: dict[str, tuple[str, int]]
    counties: dict[str, str]
    village_official: dict[str, str]


class _Reader:
    """Reads the tables from the top down, so that every parent is known before its children."""

    def __init__(self, folder: Path, settings: PackSettings, faults: FaultList) -> None:
        self._folder = folder
        self._faults = faults
        self.rows: dict[str, tuple[str, int]] = {}
        self.divisions: dict[str, Division] = {}
        self.regions: list[Region] = []
        self.places: list[Place] = []
        self.counties: dict[str, str] = {}
        self.official: dict[str, str] = {}
        city = settings.city
        lon, lat = settings.map.urban_centre
        self.divisions[city.code] = Division(city.code, city.name, "city", None, lon, lat, "city", True)
        self._city = city.code

    def table(self, file: str, columns: tuple[str, ...]) -> Table:
        return Table(self._folder, file, columns, self._faults)

    def claim(self, row: Row, column: str) -> str:
        """Return a new division's code, noting one that is already taken."""
        code = row.text(column)
        if code in self.rows:
            first_file, first_row = self.rows[code]
            row.fault("code_twice", code=code, first_file=first_file, first_row=first_row)
        self.rows.setdefault(code, (row.file, row.number))
        return code

    def add(self, row: Row, code: str, level: Level, parent: str, kind: str, place_known: bool) -> None:
        lon, lat = row.decimal("lon", -180, 180), row.decimal("lat", -90, 90)
        name = row.text("name")
        if row.is_good:
            self.divisions[code] = Division(code, name, level, parent, lon, lat, kind, place_known)

    def parent(self, row: Row, code: str, parent: str, level: Level) -> None:
        """Note a parent that is not there; one that is there with faults of its own is not noted again."""
        if parent in self.divisions:
            if self.divisions[parent].level != level:
                row.fault("parent_level", code=code, parent=parent, wanted=level)
        elif parent not in self.rows:
            row.fault("parent_unknown", code=code, parent=parent)
        else:
            row.is_good = False

    def read_regions(self) -> None:
        for row in self.table("regions.csv", REGION_COLUMNS):
            code, kind = self.claim(row, "code"), row.choice("kind", REGION_KINDS)
            county = row.text("county")
            row.text("source")
            region = Region(
                code, row.text("name"), row.text("name_en"), row.text("short"), row.text("full_name"), kind,
                county,
            )  # fmt: skip
            self.add(row, code, "region", self._city, kind, True)
            self.counties[code] = county
            if row.is_good:
                self.regions.append(region)

    def read_townships(self) -> None:
        zones = self._read_zones()
        named: set[str] = set()
        for row in self.table("townships.csv", TOWNSHIP_COLUMNS):
            code, kind = self.claim(row, "code"), row.choice("kind", TOWNSHIP_KINDS)
            county = row.text("county")
            self.parent(row, code, county, "region")
            self.counties[code] = county
            named.add(code)
            position = row.text("position_source")
            self.add(row, code, "township", zones.get(code, (county, 0))[0], kind, position != "assumed")
        for township, (_, number) in zones.items():
            if township not in named:
                self._faults.add("zones.csv", number, "township_unknown", township=township)

    def _read_zones(self) -> dict[str, tuple[str, int]]:
        zones: dict[str, tuple[str, int]] = {}
        kinds = {region.code: region.kind for region in self.regions}
        for row in self.table("zones.csv", ZONE_COLUMNS):
            township, zone = row.text("township"), row.text("zone")
            row.text("source")
            if kinds.get(zone) != "zone":
                row.fault("zone_unknown", zone=zone)
            if township in zones:
                row.fault("code_twice", code=township, first_file=row.file, first_row=zones[township][1])
            if row.is_good:
                zones[township] = (zone, row.number)
        return zones

    def read_villages(self) -> None:
        for row in self.table("villages.csv", VILLAGE_COLUMNS):
            code, township = self.claim(row, "code"), row.text("township")
            self.parent(row, code, township, "township")
            self.official[code] = row.text("official_name")
            kind = row.choice("kind", ("community", "village"))
            self.add(row, code, "village", township, kind, row.flag("place_known"))

    def read_grids(self) -> None:
        for row in self.table("grids.csv", GRID_COLUMNS):
            code, village = self.claim(row, "code"), row.text("village")
            self.parent(row, code, village, "village")
            kind = row.choice("kind", ("urban", "rural"))
            self.add(row, code, "grid", village, kind, row.flag("place_known"))

    def read_places(self) -> None:
        for row in self.table("gazetteer.csv", PLACE_COLUMNS):
            place = Place(
                row.text("kind"), row.text("code"), row.text("name"), row.decimal("lon", -180, 180),
                row.decimal("lat", -90, 90), row.text("source"),
            )  # fmt: skip
            is_former = place.kind.startswith("former_")  # merged since: the place still has its name
            if place.code not in self.divisions and not is_former and row.is_good:
                row.fault("parent_unknown", code=place.name, parent=place.code)
            if row.is_good:
                self.places.append(place)


def read_divisions(folder: Path, settings: PackSettings, faults: FaultList) -> DivisionTables:
    """Read the division tables, noting every fault. Divisions with faults are left out."""
    reader = _Reader(folder, settings, faults)
    steps: tuple[Callable[[], None], ...] = (
        reader.read_regions, reader.read_townships, reader.read_villages, reader.read_grids,
        reader.read_places,
    )  # fmt: skip
    for step in steps:
        step()
    return DivisionTables(
        divisions=tuple(reader.divisions.values()),
        regions=tuple(reader.regions),
        places=tuple(reader.places),
        rows=reader.rows,
        counties=reader.counties,
        village_official=reader.official,
    )
