"""How a called unit travels: along two streets, at an even pace, with an honest guess of its arrival."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, radians

LonLat = tuple[float, float]
METRES_PER_DEGREE = 111_320.0
DETOUR = 1.35  # streets against the straight line, assumed


@dataclass(frozen=True, slots=True)
class Way:
    """From `origin` to `place` (WGS-84) by one corner, between two instants."""

    origin: LonLat
    place: LonLat
    from_at: int
    to_at: int

    def at(self, now: int) -> LonLat:
        """Return where the unit is at an instant."""
        share = min(1.0, max(0.0, (now - self.from_at) / max(1, self.to_at - self.from_at)))
        corner = (self.place[0], self.origin[1])
        first, second = metres_between(self.origin, corner), metres_between(corner, self.place)
        gone = share * (first + second)
        if gone <= first:
            return _between(self.origin, corner, gone / max(first, 1e-9))
        return _between(corner, self.place, (gone - first) / max(second, 1e-9))


def metres_between(one: LonLat, other: LonLat) -> float:
    """Return the straight distance between two places."""
    east = (other[0] - one[0]) * METRES_PER_DEGREE * cos(radians(one[1]))
    return hypot(east, (other[1] - one[1]) * METRES_PER_DEGREE)


def _between(one: LonLat, other: LonLat, share: float) -> LonLat:
    return (
        round(one[0] + (other[0] - one[0]) * share, 6),
        round(one[1] + (other[1] - one[1]) * share, 6),
    )
