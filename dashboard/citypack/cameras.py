"""cameras.csv: where the city's public cameras stand, by the ids under which the video platform has them.

Optional: without the file the product knows of no camera and says so. It shows ids and places, never a picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.citypack.boundaries import GridLocator
from dashboard.citypack.tables import Table

FILE = "cameras.csv"
COLUMNS = ("camera_id", "name", "lon", "lat", "source")
LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera (WGS-84 degrees) and the grid that it stands in."""

    id: str
    name: str
    lon: float
    lat: float
    grid: str


def read_cameras(table: Table, locate: GridLocator) -> tuple[Camera, ...]:
    """Read cameras.csv in its order, noting every fault: an id twice, a place outside every grid."""
    rows: dict[str, int] = {}
    found: list[Camera] = []
    for row in table:
        camera_id, name = row.text("camera_id", LONGEST_ID), row.text("name")
        lon, lat = row.decimal("lon", -180, 180), row.decimal("lat", -90, 90)
        row.text("source")
        if camera_id in rows:
            row.fault("code_twice", code=camera_id, first_file=row.file, first_row=rows[camera_id])
        rows.setdefault(camera_id, row.number)
        grid = locate(lon, lat) if row.is_good else None
        if row.is_good and grid is None:
            row.fault("point_outside", code=camera_id, name=name, lon=lon, lat=lat, where="grids.geojson")
        if row.is_good and grid is not None:
            found.append(Camera(camera_id, name, lon, lat, grid))
    return tuple(found)
