"""Hot spots: many requests of one kind near each other in space and time, by a scan for which chance is reckoned.

The prospective space-time permutation scan (M. Kulldorff, R. Heffernan, J. Hartman, R. Assuncao, F. Mostashari, PLoS
Medicine 2(3), 2005): cylinders around each recent request, of several radii and reaching back several spans from now,
are compared with what the kind's own days say (requests inside the circle x requests inside the span / all requests),
so that neither a busy place nor a busy hour is a hot spot by itself. The highest likelihood ratio is judged against
those of the same requests with their times dealt out anew; their tail is a Gumbel distribution (A. Abrams, K. Kleinman,
M. Kulldorff, International Journal of Health Geographics 9, 2010), which makes rare chances readable from few deals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, exp, pi, radians, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.domain.merging import METRES_PER_DEGREE

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

RADII_M: Final = (250.0, 500.0, 1_000.0, 2_000.0)
SPANS_MS: Final = (30 * 60_000, 60 * 60_000, 2 * 3_600_000, 4 * 3_600_000, 8 * 3_600_000)
HISTORY_MS: Final = 28 * 86_400_000
LEAST_COUNT: Final = 4
DEALS: Final = 99
_WORTH_DEALING: Final = 4.0  # a likelihood ratio that chance exceeds in almost every deal is not worth one
_EULER: Final = 0.577_215_664_901_532_9


@dataclass(frozen=True, slots=True)
class Placed:
    """One request with a place, degrees, and when it came, UTC ms."""

    id: str
    at: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A circle and a span up to now that hold more requests of the kind than chance deals.

    `chance`: that a look at a usual day finds one as strong. `members`: ids, earliest first; `begun_at` of the first.
    """

    lon: float
    lat: float
    radius_m: float
    begun_at: int
    members: tuple[str, ...]
    expected: float
    chance: float


def find_hot_spot(requests: Sequence[Placed], now: int, alarm_chance: float, seed: int = 0) -> HotSpot | None:
    """Return the strongest hot spot of one kind of request, None where chance deals one as strong too often.

    Args:
        requests: of one category, with a place; those older than 28 days or after `now` are left out.
        alarm_chance: looks in which chance alone may say so (0.001: one of a thousand looks).
        seed: of the deals; the same values give the same answer.
    """
    known = sorted((one for one in requests if now - HISTORY_MS < one.at <= now), key=lambda one: one.at)
    ages = np.array([now - one.at for one in known], dtype=np.int64)
    recent = np.flatnonzero(ages < SPANS_MS[-1])
    if recent.size < LEAST_COUNT:
        return None
    within = np.array([ages < span for span in SPANS_MS])
    around = _near(known, recent)  # most looks end here: what is near all others is reckoned only to deal
    best, centre, circle, span = _strongest(around[:, :, recent], around.sum(axis=2), within, recent)
    if best < _WORTH_DEALING:
        return None
    chance = _chance(best, _near(known, np.arange(len(known))), within, np.random.default_rng(seed))
    if chance > alarm_chance:
        return None
    here = around[circle, centre]
    inside = np.flatnonzero(here & within[span])
    usual = here.sum() * within[span].sum() / len(known)
    return HotSpot(
        float(np.mean([known[number].lon for number in inside])),
        float(np.mean([known[number].lat for number in inside])),
        RADII_M[circle],
        known[inside[0]].at,
        tuple(known[number].id for number in inside),
        float(usual),
        chance,
    )


def _near(known: Sequence[Placed], centres: Numbers) -> Flags:
    """Whether a request is within each radius of a centre: radii x centres x requests."""
    north = np.array([one.lat for one in known]) * METRES_PER_DEGREE
    east = np.array([one.lon for one in known]) * METRES_PER_DEGREE * cos(radians(known[0].lat))
    metres = np.hypot(east[centres, None] - east[None, :], north[centres, None] - north[None, :])
    return np.array([metres <= radius for radius in RADII_M])


def _strongest(
    close: Flags, in_circle: Numbers, within: Flags, recent: Numbers
) -> tuple[float, int, int, int]:
    """Return the highest log likelihood ratio of all cylinders, and its centre (of the recent), circle and span.

    Args:
        close: whether recent requests are within each radius of each other, radii x recent x recent.
        in_circle: all requests within each radius of a recent one, radii x recent.
        within: whether a request is within each span, spans x requests.
        recent: which requests are.
    """
    total = within.shape[1]
    counts = close.astype(np.float64) @ within[:, recent].T.astype(np.float64)
    usual = in_circle[:, :, None] * within.sum(axis=1)[None, None, :] / total
    ratios = _log_ratios(counts, usual, total)
    circle, centre, span = np.unravel_index(int(ratios.argmax()), ratios.shape)
    return float(ratios.max()), int(centre), int(circle), int(span)


def _log_ratios(counts: Floats, usual: Floats, total: int) -> Floats:
    """Poisson log likelihood ratio of "more inside than outside"; nothing where there are too few or no more."""
    some = (counts >= LEAST_COUNT) & (counts > usual)
    inside = np.where(some, counts, 1.0)
    mean = np.where(some, usual, 1.0)
    outside = np.maximum(total - inside, 1e-9)
    mean_outside = np.maximum(total - mean, 1e-9)
    ratios = inside * np.log(inside / mean) + outside * np.log(outside / mean_outside)
    return np.where(some, ratios, 0.0)


def _chance(best: float, near: Flags, within: Flags, rng: np.random.Generator) -> float:
    """Chance that requests whose times are dealt out anew hold a cylinder as strong: a Gumbel tail of some deals."""
    highest = np.empty(DEALS)
    in_circle = near.sum(axis=2)
    for number in range(DEALS):
        dealt = within[:, rng.permutation(near.shape[1])]
        recent = np.flatnonzero(dealt[-1])
        close = near[:, recent[:, None], recent[None, :]]
        highest[number] = _strongest(close, in_circle[:, recent], dealt, recent)[0]
    scale = float(highest.std(ddof=1)) * sqrt(6) / pi
    reached = (1 + int((highest >= best).sum())) / (DEALS + 1)
    if scale == 0 or reached > 5 / DEALS:
        return reached
    return 1 - exp(-exp(-(best - float(highest.mean()) + _EULER * scale) / scale))
