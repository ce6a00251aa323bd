"""Outlines of the divisions: read, checked, served to maps, and searched for the grid that holds a point."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from pathlib import Path
from typing import Any

import shapely
from shapely import STRtree
from shapely.affinity import affine_transform
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from dashboard.citypack.faults import FaultList
from dashboard.domain.divisions import Division, Divisions, Level

METRES_PER_DEGREE = 111_320.0  # mean length of a degree of latitude
FOLDER = "boundaries"
RING_DIGITS = 5  # of a degree: 1.1 m; the outlines below townships are schematic
FILE_OF_LEVEL: dict[Level, str] = {
    "city": "city.geojson",
    "region": "counties.geojson",
    "township": "townships.geojson",
    "village": "villages.geojson",
    "grid": "grids.geojson",
}
LIGHT_FILES = ("city_light.geojson", "counties_light.geojson", "townships_light.geojson")
BASEMAP_FILE = "basemap.geojson"


@dataclass(frozen=True, slots=True)
class Outlines:
    """The outlines of one file, in file order."""

    codes: tuple[str, ...]
    shapes: tuple[BaseGeometry, ...]

    def by_code(self) -> dict[str, BaseGeometry]:
        """Return each outline under its division's code."""
        return dict(zip(self.codes, self.shapes, strict=True))


class GridLocator:
    """Finds the grid that holds a point, by a tree of bounding boxes and an exact test."""

    def __init__(self, grids: Outlines) -> None:
        self._codes = grids.codes
        self._shapes = grids.by_code()
        self._tree = STRtree(grids.shapes)

    def __call__(self, lon: float, lat: float) -> str | None:
        """Return the code of the grid at a WGS-84 point, None outside; on a shared edge the lower code."""
        hits = self._tree.query(Point(lon, lat), predicate="intersects")
        return min((self._codes[hit] for hit in hits), default=None)

    def metres_outside(self, code: str, lon: float, lat: float) -> float:
        """Return how far a WGS-84 point lies outside a grid's outline, 0 inside. Raises KeyError: no such outline.

        On a plane at the point's latitude: exact to a metre over the few kilometres that are asked about.
        """
        east_m = METRES_PER_DEGREE * cos(radians(lat))
        shape = affine_transform(
            self._shapes[code], (east_m, 0, 0, METRES_PER_DEGREE, -lon * east_m, -lat * METRES_PER_DEGREE)
        )
        return float(shapely.distance(shape, Point(0.0, 0.0)))

    def locate_all(self, lons: Sequence[float], lats: Sequence[float]) -> list[str | None]:
        """Locate many points at once."""
        found: list[str | None] = [None] * len(lons)
        points = shapely.points(lons, lats)
        for point, hit in zip(*self._tree.query(points, predicate="intersects").tolist(), strict=True):
            code = self._codes[hit]
            before = found[point]
            found[point] = code if before is None else min(before, code)
        return found


class Boundaries:
    """The outline files of a pack, as GeoJSON for maps."""

    def __init__(self, folder: Path, divisions: Divisions, grids: Outlines, villages: Outlines) -> None:
        self._folder = folder / FOLDER
        self._divisions = divisions
        self.grids = grids
        self._small = villages.by_code() | grids.by_code()

    def rings(self, code: str) -> list[list[list[float]]]:
        """Return the outer rings of a village or a grid as [lon, lat] lists, WGS-84 to a metre; nothing for others."""
        shape = self._small.get(code)
        if shape is None:
            return []
        return [
            [[round(lon, RING_DIGITS), round(lat, RING_DIGITS)] for lon, lat in part.exterior.coords]
            for part in shapely.get_parts(shape).tolist()
        ]

    def path(self, name: str) -> Path:
        """Return a file by its name without ending: counties_light, townships, grids, basemap, ..."""
        return self._folder / f"{name}.geojson"

    def geojson(self, name: str) -> dict[str, Any]:
        """Return a file as a FeatureCollection; each division's feature carries `code`, `name`, `lon`, `lat`.

        The name is empty where the place is schematic (`place_known` false below townships): such a name
        must not be written on a map.
        """
        content: dict[str, Any] = json.loads(self.path(name).read_text(encoding="utf-8"))
        for feature in content["features"]:
            properties = feature["properties"]
            if properties.get("code") in self._divisions:
                division = self._divisions.get(properties["code"])
                shown = division.place_known or division.level in ("city", "region", "township")
                properties["name"] = division.name if shown else ""
                properties["lon"], properties["lat"] = division.lon, division.lat
        return content


def read_outlines(folder: Path, file: str, faults: FaultList) -> Outlines:
    """Read the outlines of one GeoJSON file, noting every fault; an outline with a fault is left out."""
    name = f"{FOLDER}/{file}"
    try:
        text = (folder / FOLDER / file).read_text(encoding="utf-8")
        features = json.loads(text)["features"]
        shapes = shapely.get_parts(shapely.from_geojson(text)).tolist()
        codes = [str(feature["properties"]["code"]) for feature in features]
    except FileNotFoundError:
        faults.add(name, None, "file_missing")
        return Outlines((), ())
    except UnicodeDecodeError as error:
        faults.add(name, None, "file_not_text", offset=error.start)
        return Outlines((), ())
    except (json.JSONDecodeError, shapely.errors.ShapelyError, KeyError, TypeError) as error:
        faults.add(name, None, "file_broken", reason=f"{type(error).__name__} {error}")
        return Outlines((), ())
    if len(codes) != len(shapes):
        faults.add(name, None, "file_broken", reason="an outline is empty")
        return Outlines((), ())
    good: dict[str, BaseGeometry] = {}
    valid = shapely.is_valid(shapes)
    for code, outline, is_valid in zip(codes, shapes, valid, strict=True):
        if outline.geom_type not in ("Polygon", "MultiPolygon"):
            faults.add(name, None, "outline_shape", code=code)
        elif code in good:
            faults.add(name, None, "outline_twice", code=code)
        elif not is_valid or outline.is_empty:
            reason = shapely.is_valid_reason(outline)
            faults.add(name, None, "outline_crossed", code=code, name="", reason=reason)
        else:
            good[code] = outline
    return Outlines(tuple(good), tuple(good.values()))


def check_outlines(
    level: Level, outlines: Outlines, broken: frozenset[str], divisions: Iterable[Division], faults: FaultList
) -> None:
    """Note divisions without an outline, and outlines without a division. `broken` ones are known already."""
    name = f"{FOLDER}/{FILE_OF_LEVEL[level]}"
    wanted = {division.code: division for division in divisions}
    found = set(outlines.codes)
    for code, division in wanted.items():
        if code not in found and code not in broken:
            faults.add(name, None, "outline_missing", code=code, name=division.name)
    for code in outlines.codes:
        if code not in wanted:
            faults.add(name, None, "outline_unknown", code=code)


def check_points(
    points: Sequence[tuple[str, int, str, str, float, float, str]],
    holders: Mapping[str, BaseGeometry],
    names: Mapping[str, str],
    faults: FaultList,
) -> None:
    """Note points that lie outside the outline they belong to.

    `points`: (file, row, code, name, lon, lat, code of the holding outline). A missing holder is skipped:
    it is a fault of its own.
    """
    known = [point for point in points if point[6] in holders]
    if not known:
        return
    shapes = [holders[point[6]] for point in known]
    shapely.prepare(shapes)
    places = shapely.points([point[4] for point in known], [point[5] for point in known])
    for point, inside in zip(known, shapely.intersects(shapes, places), strict=True):
        if not inside:
            file, row, code, name, lon, lat, holder = point
            where = names.get(holder, holder)
            faults.add(file, row, "point_outside", code=code, name=name, lon=lon, lat=lat, where=where)
