"""Moves places of another city into this one: for load and demonstration only, and said wherever it shows."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians

LonLat = tuple[float, float]
Box = tuple[float, float, float, float]  # west, south, east, north, degrees

MOVED_NOTE = "移植位置"  # stands in the place of every order that was moved


@dataclass(frozen=True, slots=True)
class AffineMove:
    """lon' = lon * scale_lon + shift_lon, lat' = lat * scale_lat + shift_lat."""

    scale_lon: float
    shift_lon: float
    scale_lat: float
    shift_lat: float

    def __call__(self, lon: float, lat: float) -> LonLat:
        """Return the moved place."""
        return lon * self.scale_lon + self.shift_lon, lat * self.scale_lat + self.shift_lat

    def __str__(self) -> str:
        """Say the map as it is applied."""
        return (
            f"lon' = {self.scale_lon:.6f} lon {self.shift_lon:+.6f}, "
            f"lat' = {self.scale_lat:.6f} lat {self.shift_lat:+.6f}"
        )


def box_onto_box(source: Box, target: Box) -> AffineMove:
    """Return the move that carries one box onto another; distances are not kept."""
    scale_lon = (target[2] - target[0]) / (source[2] - source[0])
    scale_lat = (target[3] - target[1]) / (source[3] - source[1])
    return AffineMove(
        scale_lon, target[0] - source[0] * scale_lon, scale_lat, target[1] - source[1] * scale_lat
    )


def keeping_distances(source: LonLat, target: LonLat) -> AffineMove:
    """Return the move that carries one point onto another and keeps metres, so that speeds stay true."""
    scale_lon = cos(radians(source[1])) / cos(radians(target[1]))
    return AffineMove(scale_lon, target[0] - source[0] * scale_lon, 1.0, target[1] - source[1])
