"""Where a reading lies: its divisions, its point, and in which jurisdictions it is seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboard.citypack import CityPack
from dashboard.domain.divisions import Division


@dataclass(frozen=True, slots=True)
class Placing:
    """The divisions of a place, None where not known, a point if any, and the finest known division."""

    region: str | None
    township: str | None
    village: str | None
    grid: str | None
    lon: float | None
    lat: float | None
    finest: str | None


def place(pack: CityPack, lon: float | None, lat: float | None, *codes: str | None) -> Placing:
    """Return the placing of a reading from the finest known of `codes`, else from its point.

    A code that the pack does not know is left aside. A reading without a point stands at its village's or grid's
    point, never at a county's: that would be an invented place.
    """
    divisions = pack.divisions
    finest = next((code for code in codes if code and code in divisions), None)
    if finest is None and lon is not None and lat is not None:
        finest = divisions.locate(lon, lat)
    if finest is None:
        return Placing(None, None, None, None, lon, lat, None)
    chain: dict[str, Division] = {one.level: one for one in divisions.chain(finest)}
    lowest = chain.get("grid") or chain.get("village") or chain.get("township")
    if (lon is None or lat is None) and lowest is not None:
        lon, lat = lowest.lon, lowest.lat

    def code(level: str) -> str | None:
        return chain[level].code if level in chain else None

    return Placing(code("region"), code("township"), code("village"), code("grid"), lon, lat, finest)


def within_region(pack: CityPack, at: Placing, region: str) -> Placing:
    """Return the placing as the region that took the matter over has it: finer divisions of others are left out."""
    if at.finest is not None and pack.divisions.is_within(at.finest, region):
        return at
    return replace(at, region=region, township=None, village=None, grid=None, finest=region)


def scope_of(pack: CityPack, finest: str | None, regions: tuple[str | None, ...] = ()) -> tuple[str, ...]:
    """Return the divisions in which a thing is seen: its own place, and every other region that takes part.

    Without a known place only the city sees it.
    """
    city = pack.divisions.city.code
    scope = [finest or city]
    for region in regions:
        if region and region != city and not any(pack.divisions.is_within(one, region) for one in scope):
            scope.append(region)
    return tuple(scope)
