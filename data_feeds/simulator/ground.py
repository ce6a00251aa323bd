"""The city as ground to walk on: grids in metres on a plane, and places inside each."""

from __future__ import annotations

from math import cos, radians

import numpy as np
import numpy.typing as npt

from dashboard.citypack import CityPack

METRES_PER_DEGREE = 111_320.0
WAYPOINTS = 8  # places a patrol goes between, per grid
ROUNDS = 6  # of drawing places in the bounding box and keeping those inside; a grid left with none keeps its own point

Floats = npt.NDArray[np.float64]


class Ground:
    """Grids in code order (the roster's slots), on a plane at the city's middle latitude.

    `homes` is (n, 2): each grid's own point, in metres. `waypoints` is (n, WAYPOINTS, 2): places inside it.
    """

    def __init__(self, pack: CityPack, seed: int) -> None:
        self.codes = [grid.code for grid in pack.divisions.at_level("grid")]
        divisions = pack.divisions
        west, south, east, north = pack.map.bounds
        self._origin = np.array([(west + east) / 2, (south + north) / 2])
        self._scale = np.array([METRES_PER_DEGREE * cos(radians(self._origin[1])), METRES_PER_DEGREE])
        homes = np.array([[divisions.get(code).lon, divisions.get(code).lat] for code in self.codes])
        self.homes: Floats = self.to_metres(homes)
        self.townships = [divisions.township_of(code) or "" for code in self.codes]
        self.waypoints: Floats = self.to_metres(_places_inside(pack, self.codes, homes, seed))

    def to_metres(self, degrees: Floats) -> Floats:
        """Return (..., 2) lon, lat as metres east and north of the middle."""
        return np.asarray((degrees - self._origin) * self._scale)

    def to_degrees(self, metres: Floats) -> Floats:
        """Return (..., 2) metres as lon, lat."""
        return np.asarray(metres / self._scale + self._origin)


def _places_inside(pack: CityPack, codes: list[str], homes: Floats, seed: int) -> Floats:
    """Draw places inside each grid's outline; unfilled ones stay at the grid's own point."""
    chance = np.random.default_rng(seed)
    outlines = pack.boundaries.grids.by_code()
    boxes = np.array([outlines[code].bounds for code in codes])
    places = np.repeat(homes[:, None, :], WAYPOINTS, axis=1)
    open_places = [(grid, place) for grid in range(len(codes)) for place in range(1, WAYPOINTS)]
    for _ in range(ROUNDS):
        if not open_places:
            break
        grids = np.array([grid for grid, _ in open_places])
        drawn = boxes[grids, :2] + chance.random((len(grids), 2)) * (boxes[grids, 2:] - boxes[grids, :2])
        found = pack.locator.locate_all(drawn[:, 0].tolist(), drawn[:, 1].tolist())
        still_open = []
        for index, (grid, place) in enumerate(open_places):
            if found[index] == codes[grid]:
                places[grid, place] = drawn[index]
            else:
                still_open.append((grid, place))
        open_places = still_open
    return places
