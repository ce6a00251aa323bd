"""Codes of a reading against the city pack, so that a sender hears at once what the city does not have."""

from __future__ import annotations

from dashboard.citypack import CityPack
from dashboard.domain.divisions import Level
from dashboard.domain.readings import CallReading, GridEventReading, HotlineOrderReading

_LEVELS: tuple[Level, ...] = ("grid", "village", "township", "region")


class CodeCheck:
    """Answers why a reading cannot belong to this city, or None."""

    def __init__(self, pack: CityPack) -> None:
        self._pack = pack

    def __call__(self, reading: CallReading | HotlineOrderReading | GridEventReading) -> str | None:
        """Return a reason that names the field, None where every code is known."""
        if reading.category and self._pack.categories.get(reading.category) is None:
            return "field `category` is not in the city's category tree"
        if isinstance(reading, CallReading):
            return None
        for level in _LEVELS:
            code = getattr(reading, level)
            if code is None:
                continue
            if code not in self._pack.divisions or self._pack.divisions.get(code).level != level:
                return f"field `{level}` is no {level} of this city"
        if reading.unit is not None and reading.unit not in self._pack.units:
            return "field `unit` is no unit of this city"
        return None
