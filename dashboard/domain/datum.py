"""WGS-84, GCJ-02 and BD-09: three readings of one place.

Inside the product every position is WGS-84. Chinese web maps draw in GCJ-02 (a published national
obfuscation of up to about 700 m), Baidu in BD-09 (GCJ-02 shifted again); both are converted at the
edge, on the way in and on the way out. CGCS2000 differs from WGS-84 by centimetres: no conversion.

The forward formulas are the ones that map software has used and published since 2010: the
Krasovsky 1940 ellipsoid and a sum of sines around 105 E 35 N. They have no closed inverse, so the
inverse is a fixed-point iteration to 1e-10 degrees (about 0.01 mm).
"""

from __future__ import annotations

from collections.abc import Callable
from math import atan2, cos, hypot, pi, radians, sin, sqrt
from typing import Literal

Datum = Literal["wgs84", "gcj02", "bd09"]
LonLat = tuple[float, float]

SEMI_MAJOR_M = 6_378_245.0  # Krasovsky 1940
ECCENTRICITY_SQUARED = 0.00669342162296594323
ORIGIN_LON, ORIGIN_LAT = 105.0, 35.0
BD_PI = pi * 3000.0 / 180.0
BD_SHIFT_LON, BD_SHIFT_LAT = 0.0065, 0.006

# The obfuscation applies inside this box; outside it all three are the same reading.
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271

INVERSE_TOLERANCE_DEG = 1e-10
# The shift changes by less than 0.1 % a step near any point of China: each pass gains three digits.
INVERSE_PASSES = 12


def is_inside_china(lon: float, lat: float) -> bool:
    """Say whether a point (degrees) lies in the box in which the obfuscation applies."""
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def wgs84_to_gcj02(lon: float, lat: float) -> LonLat:
    """Convert degrees; outside China the point is returned as it came."""
    if not is_inside_china(lon, lat):
        return lon, lat
    shift_lon, shift_lat = _gcj02_shift(lon, lat)
    return lon + shift_lon, lat + shift_lat


def gcj02_to_wgs84(lon: float, lat: float) -> LonLat:
    """Convert degrees by iteration, to better than 1e-7 degrees (1 cm)."""
    if not is_inside_china(lon, lat):
        return lon, lat
    return _invert(wgs84_to_gcj02, lon, lat)


def gcj02_to_bd09(lon: float, lat: float) -> LonLat:
    """Convert degrees; outside China the point is returned as it came."""
    if not is_inside_china(lon, lat):
        return lon, lat
    radius = hypot(lon, lat) + 0.00002 * sin(lat * BD_PI)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * BD_PI)
    return radius * cos(angle) + BD_SHIFT_LON, radius * sin(angle) + BD_SHIFT_LAT


def bd09_to_gcj02(lon: float, lat: float) -> LonLat:
    """Convert degrees by iteration, to better than 1e-7 degrees (1 cm)."""
    if not is_inside_china(lon, lat):
        return lon, lat
    return _invert(gcj02_to_bd09, lon, lat)


def wgs84_to_bd09(lon: float, lat: float) -> LonLat:
    """Convert degrees; outside China the point is returned as it came."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: float, lat: float) -> LonLat:
    """Convert degrees by iteration, to better than 1e-7 degrees (1 cm)."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def to_wgs84(lon: float, lat: float, datum: Datum) -> LonLat:
    """Bring a position read in `datum` inside."""
    if datum == "gcj02":
        return gcj02_to_wgs84(lon, lat)
    if datum == "bd09":
        return bd09_to_wgs84(lon, lat)
    return lon, lat


def from_wgs84(lon: float, lat: float, datum: Datum) -> LonLat:
    """Hand a position out in `datum`."""
    if datum == "gcj02":
        return wgs84_to_gcj02(lon, lat)
    if datum == "bd09":
        return wgs84_to_bd09(lon, lat)
    return lon, lat


def _gcj02_shift(lon: float, lat: float) -> LonLat:
    """Return how far GCJ-02 lies from WGS-84 at a WGS-84 point, in degrees."""
    x, y = lon - ORIGIN_LON, lat - ORIGIN_LAT
    waves = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    north_m += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north_m += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    east_m += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east_m += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0

    latitude = radians(lat)
    curve = 1.0 - ECCENTRICITY_SQUARED * sin(latitude) ** 2
    meridian_m = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / (curve * sqrt(curve)) * pi / 180.0
    parallel_m = SEMI_MAJOR_M / sqrt(curve) * cos(latitude) * pi / 180.0
    return east_m / parallel_m, north_m / meridian_m


def _invert(forward: Callable[[float, float], LonLat], lon: float, lat: float) -> LonLat:
    """Find the point that `forward` carries to (lon, lat)."""
    guess_lon, guess_lat = lon, lat
    for _ in range(INVERSE_PASSES):
        seen_lon, seen_lat = forward(guess_lon, guess_lat)
        miss_lon, miss_lat = lon - seen_lon, lat - seen_lat
        guess_lon, guess_lat = guess_lon + miss_lon, guess_lat + miss_lat
        if abs(miss_lon) < INVERSE_TOLERANCE_DEG and abs(miss_lat) < INVERSE_TOLERANCE_DEG:
            break
    return guess_lon, guess_lat
