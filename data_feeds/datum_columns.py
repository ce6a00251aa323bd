"""GCJ-02 and BD-09 to WGS-84 for whole columns: the formulas of `dashboard.domain.datum`, which is where they are
explained, in numpy. A test compares them point by point."""

from __future__ import annotations

from collections.abc import Callable
from math import pi

import numpy as np

from dashboard.domain import datum as one
from data_feeds.board_columns import Floats

_Places = tuple[Floats, Floats]


def gcj02_columns_to_wgs84(lon: Floats, lat: Floats) -> _Places:
    """Convert degrees by iteration; places outside China are returned as they came."""
    return _invert(_wgs84_to_gcj02, lon, lat)


def bd09_columns_to_wgs84(lon: Floats, lat: Floats) -> _Places:
    """Convert degrees by iteration; places outside China are returned as they came."""
    return gcj02_columns_to_wgs84(*_invert(_gcj02_to_bd09, lon, lat))


def _is_inside_china(lon: Floats, lat: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return (lon >= one.WEST) & (lon <= one.EAST) & (lat >= one.SOUTH) & (lat <= one.NORTH)


def _wgs84_to_gcj02(lon: Floats, lat: Floats) -> _Places:
    shift_lon, shift_lat = _gcj02_shift(lon, lat)
    inside = _is_inside_china(lon, lat)
    return np.where(inside, lon + shift_lon, lon), np.where(inside, lat + shift_lat, lat)


def _gcj02_to_bd09(lon: Floats, lat: Floats) -> _Places:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * one.BD_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * one.BD_PI)
    inside = _is_inside_china(lon, lat)
    return (
        np.where(inside, radius * np.cos(angle) + one.BD_SHIFT_LON, lon),
        np.where(inside, radius * np.sin(angle) + one.BD_SHIFT_LAT, lat),
    )


def _gcj02_shift(lon: Floats, lat: Floats) -> _Places:
    x, y = lon - one.ORIGIN_LON, lat - one.ORIGIN_LAT
    root = np.sqrt(np.abs(x))
    waves = (20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north_m += (20.0 * np.sin(y * pi) + 40.0 * np.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north_m += (160.0 * np.sin(y / 12.0 * pi) + 320.0 * np.sin(y * pi / 30.0)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east_m += (20.0 * np.sin(x * pi) + 40.0 * np.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east_m += (150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x / 30.0 * pi)) * 2.0 / 3.0

    latitude = np.radians(lat)
    curve = 1.0 - one.ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    meridian_m = one.SEMI_MAJOR_M * (1.0 - one.ECCENTRICITY_SQUARED) / (curve * np.sqrt(curve)) * pi / 180.0
    parallel_m = one.SEMI_MAJOR_M / np.sqrt(curve) * np.cos(latitude) * pi / 180.0
    return east_m / parallel_m, north_m / meridian_m


def _invert(forward: Callable[[Floats, Floats], _Places], lon: Floats, lat: Floats) -> _Places:
    """Find the points that `forward` carries to these; each stops at the pass at which it is exact enough."""
    found_lon, found_lat = lon.copy(), lat.copy()
    left = np.flatnonzero(_is_inside_china(lon, lat))
    for _ in range(one.INVERSE_PASSES):
        seen_lon, seen_lat = forward(found_lon[left], found_lat[left])
        miss_lon, miss_lat = lon[left] - seen_lon, lat[left] - seen_lat
        found_lon[left] += miss_lon
        found_lat[left] += miss_lat
        exact = (np.abs(miss_lon) < one.INVERSE_TOLERANCE_DEG) & (
            np.abs(miss_lat) < one.INVERSE_TOLERANCE_DEG
        )
        left = left[~exact]
        if not left.size:
            break
    return found_lon, found_lat
