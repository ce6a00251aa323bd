"""Hot spots: many requests of one kind near each other in space and time, against what is usual just there and then.

A prospective space-time scan (M. Kulldorff, Journal of the Royal Statistical Society A 164, 2001): cylinders around
each recent request, of several radii and reaching back several spans from now. The expectation of each cylinder is
stated: the kind's own days, the hours of all requests, and the place by the kind's own places, drawn towards those
of all requests. So four of a rare kind near each other are enough, a busy corner needs more, and a look costs
milliseconds, where a scan that deals times out anew (permutations) takes a hundred times as long and did not find
more. What is expected is known roughly: counts are negative binomial, with a variance of their mean and a quarter
of its square.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dashboard.analysis.count_quantiles import upper_tail
from dashboard.domain.merging import METRES_PER_DEGREE

Floats = npt.NDArray[np.float64]
Instants = npt.NDArray[np.int64]

RADII_M: Final = (250.0, 500.0, 1_000.0)
SPANS_MS: Final = (60 * 60_000, 2 * 3_600_000, 4 * 3_600_000, 8 * 3_600_000)
HOUR_MS: Final = 3_600_000
HISTORY_MS: Final = 28 * 86_400_000
# The next three were found on the recording's April and judged on its May (docs/hotline.md).
LEAST_COUNT: Final = 4
SIZE: Final = 4.0  # of the negative binomial
LEAST_EXPECTED: Final = 0.03  # requests of any cylinder, or the emptiest corners say the most
PLACES_COUNT_AS: Final = 10.0  # places of all requests count as so many of the kind's own
# A place where nobody ever asked for anything: as if half a request of all had come from there.
_LEAST_SHARE_OF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Placed:
    """One request with a place, degrees, and when it came, UTC ms."""

    id: str
    at: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A circle and a span up to now that hold more requests of the kind than is usual there.

    `chance`: that one such cylinder holds as many. `members`: ids, earliest first; `begun_at` of the first.
    """

    lon: float
    lat: float
    radius_m: float
    begun_at: int
    members: tuple[str, ...]
    expected: float
    chance: float


class UsualPlaces:
    """Where and in which hours requests of all kinds came, in metres east and north of one point.

    Args:
        requests: placed ones of some weeks, of every kind.
        offset_ms: local time minus UTC.
    """

    def __init__(self, requests: Sequence[Placed], offset_ms: int = 0) -> None:
        self._lat = radians(requests[0].lat) if requests else 0.0
        self._offset_ms = offset_ms
        self.points = self.metres(requests)
        self._tree: Any = None
        hours = np.bincount(
            [(one.at + offset_ms) // HOUR_MS % 24 for one in requests] or [0], minlength=24
        ).astype(np.float64)
        self._hours = (hours + 1) / (hours.sum() + 24)

    def metres(self, requests: Sequence[Placed]) -> Floats:
        """Return requests as (east, north), one row each."""
        east = np.array([one.lon for one in requests], np.float64) * METRES_PER_DEGREE * cos(self._lat)
        north = np.array([one.lat for one in requests], np.float64) * METRES_PER_DEGREE
        return np.column_stack([east, north])

    def near(self, centres: Floats, radius: float) -> Instants:
        """Return how many requests lie within so many metres of each centre.

        By a tree that is built once: a city with fifteen times as many requests asks it of hundreds of centres a look.
        """
        if not len(self.points):
            return np.zeros(len(centres), np.int64)
        if self._tree is None:
            from scipy.spatial import cKDTree

            self._tree = cKDTree(self.points)
        return np.asarray(self._tree.query_ball_point(centres, radius, return_length=True), np.int64)

    def part_of_day(self, start_at: int, end_at: int) -> float:
        """Return which part of a day's requests usually comes between two instants."""
        first, last = (start_at + self._offset_ms) // HOUR_MS, (end_at + self._offset_ms) // HOUR_MS
        total = 0.0
        for hour in range(first, last + 1):
            begins = hour * HOUR_MS - self._offset_ms
            inside = min(end_at, begins + HOUR_MS) - max(start_at, begins)
            total += float(self._hours[hour % 24]) * max(0, inside) / HOUR_MS
        return total


def find_hot_spot(
    requests: Sequence[Placed], usual: UsualPlaces, days: float, now: int, alarm_chance: float
) -> HotSpot | None:
    """Return the least likely cylinder of one kind of request, None where none is rarer than `alarm_chance`.

    Args:
        requests: of one kind, with a place; older than 28 days or after `now` are left out.
        usual: places and hours of all kinds.
        days: how many days of `requests` are known, above zero.
        alarm_chance: chance of a cylinder at which it is said.
    """
    known = sorted((one for one in requests if now - HISTORY_MS < one.at <= now), key=lambda one: one.at)
    lately = [one for one in known if one.at > now - SPANS_MS[-1]]
    if len(lately) < LEAST_COUNT:
        return None
    points, past = usual.metres(lately), usual.metres(known[: len(known) - len(lately)])
    ages = np.array([now - one.at for one in lately], np.int64)
    near = np.hypot(*(points[:, None] - points[None, :]).transpose(2, 0, 1))
    per_day = (len(past) + 1) / days
    best: tuple[float, int, float, int, float] | None = None
    parts = [usual.part_of_day(now - span, now) for span in SPANS_MS]
    for radius in RADII_M:
        inside = near <= radius
        counts = np.array([(inside & (ages < span)).sum(axis=1) for span in SPANS_MS])
        centres = np.flatnonzero(counts.max(axis=0) >= LEAST_COUNT)
        everything = usual.near(points[centres], radius) if centres.size else ()
        for centre, all_here in zip(centres, everything, strict=True):
            share = _share(points[centre], radius, past, int(all_here), len(usual.points))
            for row, span in enumerate(SPANS_MS):
                count = int(counts[row, centre])
                if count < LEAST_COUNT:
                    continue
                expected = per_day * parts[row] * share + LEAST_EXPECTED
                chance = upper_tail(count, expected, expected + expected**2 / SIZE)
                if best is None or chance < best[0]:
                    best = (chance, int(centre), radius, span, expected)
    if best is None or best[0] > alarm_chance:
        return None
    chance, middle, radius, span, expected = best
    members = [
        one
        for one, metres, age in zip(lately, near[middle], ages, strict=True)
        if metres <= radius and age < span
    ]
    return HotSpot(
        float(np.mean([one.lon for one in members])),
        float(np.mean([one.lat for one in members])),
        radius,
        members[0].at,
        tuple(one.id for one in members),
        expected,
        chance,
    )


def _share(centre: Floats, radius: float, past: Floats, all_here: int, everything: int) -> float:
    """Return which part of the kind's requests usually lies within a circle."""
    own = int((np.hypot(*(past - centre).T) <= radius).sum())
    of_all = max(_LEAST_SHARE_OF, all_here) / max(1.0, everything)
    return (own + PLACES_COUNT_AS * of_all) / (len(past) + PLACES_COUNT_AS)
