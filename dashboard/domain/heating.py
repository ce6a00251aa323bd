"""The first days of a heating season (供暖初期): a kind of day of their own for a hotline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class HeatingStart:
    """When heating begins each year, how many days count as the first ones, and what is known of them before any came.

    `factor`: calls of such a day over those of the same day of the week otherwise; `spread`: by how much, relatively,
    such a factor may be wrong (standard deviation).
    """

    month: int
    day: int
    first_days: int
    factor: float
    spread: float

    def holds(self, day: date) -> bool:
        """Say whether a local date is one of the first heating days."""
        begins = date(day.year, self.month, self.day)
        if day < begins:
            begins = begins.replace(year=day.year - 1)
        return (day - begins).days < self.first_days
