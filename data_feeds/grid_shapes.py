"""Who is outside the own grid: all grids as prepared polygons in metres, asked once a tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, radians
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

OUT_OF_GRID_M: Final = 100.0  # the city's rule: 越界 is more than 100 m outside the own grid
_METRES_PER_DEGREE: Final = 111_320.0


class GridShapes:
    """Grid polygons (WGS-84 degrees) held in metres on a plane at the city's middle latitude."""

    def __init__(self, polygons: Mapping[str, Any]) -> None:
        self._index = {code: number for number, code in enumerate(polygons)}
        shapes = np.array(list(polygons.values()), dtype=object)
        middle = float(shapely.bounds(shapes)[:, [1, 3]].mean()) if len(shapes) else 0.0
        self._scale = np.array([_METRES_PER_DEGREE * cos(radians(middle)), _METRES_PER_DEGREE])
        self._shapes = shapely.transform(shapes, lambda points: points * self._scale)
        shapely.prepare(self._shapes)

    def outside(self, grids: Sequence[str], lons: npt.ArrayLike, lats: npt.ArrayLike) -> list[bool]:
        """Say for each position (degrees) whether it is more than 100 m from its grid; an unknown grid has none."""
        numbers = np.array([self._index.get(grid, -1) for grid in grids], np.int64)
        known = numbers >= 0
        outside: npt.NDArray[np.bool_] = np.zeros(len(grids), np.bool_)
        if known.any():
            metres = np.column_stack((lons, lats))[known] * self._scale
            shapes = self._shapes[numbers[known]]
            outside[known] = ~shapely.dwithin(shapes, shapely.points(metres), OUT_OF_GRID_M)
        return [bool(is_outside) for is_outside in outside.tolist()]
