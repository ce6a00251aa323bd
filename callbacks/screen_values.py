"""What the screens need of the city pack, as the plain values that layouts take."""

from __future__ import annotations

from typing import Any

from dashboard.citypack import CityPack
from dashboard.domain.divisions import Division
from layouts.catalogue import text
from layouts.map import Bounds, MapSources
from layouts.wall.city import Place, WallCity, WallPlatform

# Degrees around a division's outermost points, so that no border lies on the edge of the picture.
_MARGIN_DEGREES = 0.01
_SKETCH_DEGREES = 0.006  # about 600 m: two pixels of a map of 400 pixels over 1.4 degrees
_LEAST_POINTS = 8  # of an island: one with fewer would be a speck


def wall_city(pack: CityPack, sources: MapSources | None = None) -> WallCity:
    """Names, places and extents of the city for the wall; `sources` are its map's files where not the default."""
    zones = {region.code for region in pack.regions if region.kind == "zone"}
    return WallCity(
        code=pack.code,
        name=pack.name,
        centre_name=text("page.centre", city=pack.name),
        regions=tuple(
            _region(pack, region.code, region.name, region.code in zones) for region in pack.regions
        ),
        townships=tuple(_place(division) for division in pack.divisions if division.level == "township"),
        bounds=Bounds(*pack.map.bounds),
        inset=Bounds(*pack.map.urban_bounds),
        inset_name=text("page.urban_core"),
        platforms=tuple(WallPlatform(one.id, one.short, one.interval_ms) for one in pack.platforms),
        categories={category.code: category.name for category in pack.categories},
        map_sources=sources or MapSources.of_release(),
    )


def box_of(pack: CityPack, code: str) -> Bounds:
    """The box that holds every grid of a division; the whole city's map box for the city itself."""
    if code == pack.code:
        return Bounds(*pack.map.bounds)
    inside = [d for d in pack.divisions if d.level == "grid" and pack.divisions.is_within(d.code, code)]
    longitudes, latitudes = [d.lon for d in inside], [d.lat for d in inside]
    if not inside:
        return Bounds(*pack.map.bounds)
    return Bounds(
        min(longitudes) - _MARGIN_DEGREES,
        min(latitudes) - _MARGIN_DEGREES,
        max(longitudes) + _MARGIN_DEGREES,
        max(latitudes) + _MARGIN_DEGREES,
    )


def outlines_around(pack: CityPack, grid: str) -> list[dict[str, Any]]:
    """The outlines of a grid's village, as {"code", "name", "ring": [[lon, lat], ...]}; nothing for an unknown grid."""
    village = pack.divisions.village_of(grid) if grid in pack.divisions else None
    if village is None:
        return []
    shapes = pack.boundaries.grids.by_code()
    return [
        {
            "code": code,
            "name": pack.divisions.get(code).name,
            "ring": [[round(lon, 6), round(lat, 6)] for lon, lat in _ring(shapes[code])],
        }
        for code in pack.divisions.children(village)
        if code in shapes
    ]


def region_outlines(pack: CityPack) -> list[dict[str, Any]]:
    """The regions that have an outline, drawn with the few points that a map of a hand's breadth can show:
    {"code", "name", "at": [lon, lat], "rings": [[[lon, lat], ...], ...]}."""
    found = []
    for feature in pack.boundaries.geojson("counties_light")["features"]:
        named, shape = feature["properties"], feature["geometry"]
        parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        rings = [_thinned(part[0]) for part in parts]
        found.append(
            {
                "code": named["code"],
                "name": named["name"],
                "at": [round(named["lon"], 3), round(named["lat"], 3)],
                "rings": [ring for ring in rings if len(ring) > _LEAST_POINTS],
            }
        )
    return found


def _thinned(ring: list[list[float]]) -> list[list[float]]:
    """The points of a ring that lie apart enough to be seen apart."""
    kept = [ring[0]]
    for point in ring[1:]:
        if max(abs(point[0] - kept[-1][0]), abs(point[1] - kept[-1][1])) >= _SKETCH_DEGREES:
            kept.append(point)
    return [[round(lon, 3), round(lat, 3)] for lon, lat, *_ in kept]


def _ring(shape: Any) -> list[tuple[float, float]]:
    """The outer ring of an outline, of its largest part when it has several."""
    part = max(shape.geoms, key=lambda one: one.area) if hasattr(shape, "geoms") else shape
    return list(part.exterior.coords)


def _region(pack: CityPack, code: str, short: str, is_zone: bool) -> Place:
    """A region's name is written amid its villages: its seat is where everything else is drawn already."""
    inside = [d for d in pack.divisions if d.level == "village" and pack.divisions.region_of(d.code) == code]
    if not inside:
        division = pack.divisions.get(code)
        return Place(code, short, division.lon, division.lat, is_zone)
    longitude = sum(d.lon for d in inside) / len(inside)
    return Place(code, short, longitude, sum(d.lat for d in inside) / len(inside), is_zone)


def _place(division: Division) -> Place:
    return Place(division.code, division.name, division.lon, division.lat)
