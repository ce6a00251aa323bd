"""call_volume.csv: what is known of hotline calls before the city's own history: a day, its hours, its months.

The file is optional: without it every day and hour is expected alike until there is history.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboard.citypack.tables import Table

FILE = "call_volume.csv"
COLUMNS = ("figure", "place", "value", "source")
# figure -> (first place, how many places, largest value)
_FIGURES: Final = {
    "calls_per_day": (0, 1, 1_000_000.0),
    "weekday_hour": (0, 24, 1.0),
    "weekend_hour": (0, 24, 1.0),
    "day_of_week": (1, 7, 10.0),
    "month": (1, 12, 10.0),
}


@dataclass(frozen=True, slots=True)
class CallVolume:
    """The usual volume. Hours are shares of a day (any scale), factors multiply `calls_per_day`."""

    calls_per_day: float
    weekday_hours: tuple[float, ...]
    weekend_hours: tuple[float, ...]
    day_factors: tuple[float, ...]
    month_factors: tuple[float, ...]


UNKNOWN_VOLUME: Final = CallVolume(1_000.0, (1 / 24,) * 24, (1 / 24,) * 24, (1.0,) * 7, (1.0,) * 12)


def read_call_volume(table: Table) -> CallVolume:
    """Read the file, noting every fault; what it leaves out is as in `UNKNOWN_VOLUME`."""
    values = {
        figure: dict.fromkeys(range(first, first + count), 1.0)
        for figure, (first, count, _) in _FIGURES.items()
    }
    values["calls_per_day"] = {0: UNKNOWN_VOLUME.calls_per_day}
    for row in table:
        figure = row.choice("figure", tuple(_FIGURES))
        row.text("source")
        if not row.is_good:
            continue
        first, count, largest = _FIGURES[figure]
        place = row.whole("place", first, first + count - 1)
        value = row.decimal("value", 0.0, largest)
        if row.is_good:
            values[figure][place] = value

    def listed(figure: str) -> tuple[float, ...]:
        return tuple(values[figure][place] for place in sorted(values[figure]))

    return CallVolume(
        listed("calls_per_day")[0],
        listed("weekday_hour"),
        listed("weekend_hour"),
        listed("day_of_week"),
        listed("month"),
    )
