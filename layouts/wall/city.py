"""What the wall needs to know about its city, as plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from layouts.map import Bounds, MapSources


@dataclass(frozen=True, slots=True)
class Place:
    """A named division with the point where its name is written (WGS-84 degrees)."""

    code: str
    name: str
    lon: float
    lat: float
    is_zone: bool = False


@dataclass(frozen=True, slots=True)
class WallPlatform:
    """One feeding platform in the order of the header; `interval_ms` is its heartbeat."""

    id: str
    short: str
    interval_ms: int


@dataclass(frozen=True, slots=True)
class WallCity:
    """Names, places and extents that do not change while the page is open."""

    code: str
    name: str
    centre_name: str
    regions: tuple[Place, ...]
    townships: tuple[Place, ...]
    bounds: Bounds
    inset: Bounds
    inset_name: str
    platforms: tuple[WallPlatform, ...]
    categories: Mapping[str, str] = field(default_factory=dict)
    rate_targets: Mapping[str, float] = field(default_factory=dict)
    map_sources: MapSources = field(default_factory=MapSources.of_release)

    def as_json(self) -> str:
        """Return the values as the JSON text that the page's modules read from `data-city`."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))
