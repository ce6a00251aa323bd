"""Load a city pack whole, or say everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from dashboard.citypack import (
    calendar,
    call_volume,
    cameras,
    categories,
    limits,
    places,
    platforms,
    policies,
    units,
    windows,
)
from dashboard.citypack.boundaries import (
    BASEMAP_FILE,
    FILE_OF_LEVEL,
    FOLDER,
    LIGHT_FILES,
    Boundaries,
    GridLocator,
    Outlines,
    check_outlines,
    check_points,
    read_outlines,
)
from dashboard.citypack.call_volume import UNKNOWN_VOLUME, CallVolume
from dashboard.citypack.cameras import Camera
from dashboard.citypack.categories import Categories
from dashboard.citypack.faults import FaultList, PackError
from dashboard.citypack.limits import Limits
from dashboard.citypack.places import DivisionTables, Place, Region
from dashboard.citypack.platforms import Platform
from dashboard.citypack.policies import Policies
from dashboard.citypack.settings_file import FILE as SETTINGS_FILE
from dashboard.citypack.settings_file import (
    CitizenReports,
    FieldResults,
    MapSettings,
    PackSettings,
    RoomMeans,
    WorkerCounts,
    read_settings,
)
from dashboard.citypack.tables import Table
from dashboard.citypack.units import Units
from dashboard.citypack.windows import Windows
from dashboard.domain.arrival import ArrivalRule
from dashboard.domain.divisions import Division, Divisions, Level
from dashboard.domain.heating import HeatingStart
from dashboard.domain.merging import MergeRules
from dashboard.domain.workdays import WorkingCalendar

# Levels whose outlines hold the points that are checked.
POINT_LEVELS: tuple[Level, ...] = ("region", "village", "grid")


@dataclass(frozen=True, slots=True)
class CityPack:
    """One city as data. Everything in it is checked and read only."""

    path: Path
    code: str
    name: str
    name_en: str
    short: str
    zone: str
    offset_ms: int
    map: MapSettings
    workers: WorkerCounts
    divisions: Divisions
    regions: tuple[Region, ...]
    boundaries: Boundaries
    locator: GridLocator
    units: Units
    categories: Categories
    calendar: WorkingCalendar
    limits: Limits
    policies: Policies
    platforms: tuple[Platform, ...]
    windows: Windows
    places: tuple[Place, ...]
    call_volume: CallVolume
    cameras: tuple[Camera, ...] | None  # None: the pack does not say
    citizen_reports: CitizenReports
    arrival: ArrivalRule
    dialling_code: str
    merging: MergeRules
    rooms: RoomMeans
    results: FieldResults
    shifts_ms: tuple[tuple[int, int], ...]
    heating: HeatingStart | None  # None: the pack knows of no heating season

    def region(self, code: str) -> Region:
        """Return what a region has besides its node in the tree. Raises KeyError."""
        for region in self.regions:
            if region.code == code:
                return region
        raise KeyError(code)


def load_pack(path: Path) -> CityPack:
    """Load the pack in a folder. Raises PackError listing every fault with file and row."""
    faults = FaultList()
    folder = Path(path)
    settings = read_settings(folder, faults)
    tables = places.read_divisions(folder, settings, faults)
    outlines = _check_places(folder, settings, tables, faults)

    def table(file: str, columns: tuple[str, ...]) -> Table:
        return Table(folder, file, columns, faults)

    locator = GridLocator(outlines["grid"])
    divisions = Divisions(_rooted(tables.divisions), locator)
    found_categories = categories.read_categories(table("categories.csv", categories.COLUMNS))
    directory = table("units_for_category.csv", units.DIRECTORY_COLUMNS)
    unit_rows = table("units.csv", units.COLUMNS)
    found_units = units.read_units(unit_rows, directory, divisions, found_categories)
    found_limits = limits.read_limits(table("limits.csv", limits.COLUMNS), found_categories)
    found_policies = policies.read_policies(table("policies.csv", policies.COLUMNS), found_limits)
    found_platforms = platforms.read_platforms(table("platforms.csv", platforms.COLUMNS))
    kinds = {row.optional("kind") for row in unit_rows}  # of units with faults of their own too
    found_windows = windows.read_windows(table(windows.FILE, windows.COLUMNS), kinds, found_categories)
    working = calendar.read_calendar(table("calendar.csv", calendar.COLUMNS), settings)
    volume = UNKNOWN_VOLUME
    if (folder / call_volume.FILE).is_file():
        volume = call_volume.read_call_volume(table(call_volume.FILE, call_volume.COLUMNS))
    found_cameras = None
    if (folder / cameras.FILE).is_file():
        found_cameras = cameras.read_cameras(table(cameras.FILE, cameras.COLUMNS), locator)
    if faults:
        raise PackError(faults.as_tuple())
    return CityPack(
        path=folder,
        code=settings.city.code,
        name=settings.city.name,
        name_en=settings.city.name_en,
        short=settings.city.short,
        zone=settings.city.zone,
        offset_ms=settings.city.offset_ms,
        map=settings.map,
        workers=settings.workers,
        divisions=divisions,
        regions=tables.regions,
        boundaries=Boundaries(folder, divisions, outlines["grid"], outlines["village"]),
        locator=locator,
        units=found_units,
        categories=found_categories,
        calendar=working,
        limits=found_limits,
        policies=found_policies,
        platforms=found_platforms,
        windows=found_windows,
        places=tables.places,
        call_volume=volume,
        cameras=found_cameras,
        citizen_reports=settings.citizen_reports,
        arrival=settings.arrival,
        dialling_code=settings.city.dialling_code,
        merging=settings.merging,
        rooms=settings.rooms,
        results=settings.results,
        shifts_ms=settings.shifts_ms,
        heating=settings.heating,
    )


def _rooted(divisions: tuple[Division, ...]) -> list[Division]:
    """Leave out divisions whose parents were left out for faults of their own."""
    codes = {division.code for division in divisions if division.level == "city"}
    rooted: list[Division] = []
    for division in divisions:  # parents come first
        if division.level == "city" or division.parent in codes:
            codes.add(division.code)
            rooted.append(division)
    return rooted


def _check_places(
    folder: Path, settings: PackSettings, tables: DivisionTables, faults: FaultList
) -> Mapping[Level, Outlines]:
    """Check outlines against divisions and points against outlines. Return the outlines of each level."""
    for file in (*LIGHT_FILES, BASEMAP_FILE):
        if not (folder / FOLDER / file).is_file():
            faults.add(f"{FOLDER}/{file}", None, "file_missing")
    outlines: dict[Level, Outlines] = {}
    for level, file in FILE_OF_LEVEL.items():
        before = len(faults)
        outlines[level] = read_outlines(folder, file, faults)
        wanted = [
            division
            for division in tables.divisions
            if division.level == level and not (level == "region" and division.kind == "zone")
        ]
        if len(faults) == before or outlines[level].codes:
            broken = frozenset(
                fault.param("code")
                for fault in faults.as_tuple()
                if fault.code in ("outline_crossed", "outline_shape")
            )
            check_outlines(level, outlines[level], broken, wanted, faults)
    if settings.workers.platform_total != sum(division.level == "grid" for division in tables.divisions):
        grids = sum(division.level == "grid" for division in tables.divisions)
        total = settings.workers.platform_total
        faults.add(SETTINGS_FILE, None, "workers_differ", total=total, grids=grids)
    _check_points(tables, outlines, faults)
    return outlines


def _check_points(tables: DivisionTables, outlines: Mapping[Level, Outlines], faults: FaultList) -> None:
    """Regions and townships lie in their county, villages and grids in their own outline."""
    holders: dict[str, BaseGeometry] = {}
    for level in POINT_LEVELS:
        holders |= outlines[level].by_code()
    names = {division.code: division.name for division in tables.divisions}
    points = []
    for division in tables.divisions:
        if division.level == "city":
            continue
        file, row = tables.rows[division.code]
        known_village = division.level == "village" and division.place_known
        if known_village:
            continue  # a surveyed point may lie beside its schematic outline
        holder = tables.counties.get(division.code, division.code)
        points.append((file, row, division.code, division.name, division.lon, division.lat, holder))
    check_points(points, holders, names, faults)
