"""Surges: which category, in which township, draws more requests than it should, since when, and by how many.

Every pair of category and township (and each category, each township and the whole city) is watched by cumulative
sums of the log likelihood ratio "the rate has risen by a factor" against "the rate is as expected"
(E. S. Page, Biometrika 41, 1954; for counts with an expectation that changes through the day: M. Höhle, M. Paul,
Computational Statistics & Data Analysis 52, 2008). A small factor finds a slow, broad rise, a great one a burst of a
few requests where hardly any are usual; the threshold pays for asking several times.

Stated false-alarm rate: a sum of log likelihood ratios that alarms at `h` does so by chance in at most exp(-h) of
steps (G. Lorden, Annals of Mathematical Statistics 42, 1971). With `m` sums watched, h = ln(m x steps a week /
alarms a week) keeps all of them together below the stated number as long as counts scatter as the expectation says.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Steps = npt.NDArray[np.int64]

STEP_MS: Final = 300_000
STEPS_A_WEEK: Final = 7 * 24 * 12
FACTORS: Final = (
    2.5,
    8.0,
    32.0,
)  # rises that are looked for; slower ones are a trend, which the day's band shows
LEAST_COUNT: Final = 4  # fewer are no surge, however rare the category
_LEAST_EXPECTED: Final = 1e-5  # requests a step: about one in a year; keeps the logarithm finite
_ALMOST_POISSON: Final = 1.000_001
_TRUSTED_FROM: Final = 20.0  # requests expected before a count's own scatter decides
# A surge is over, and its sum begins anew, when it has fallen so far from its height, or gained nothing for so long.
_FALLEN: Final = log(100)
_QUIET_STEPS: Final = 24
_LONGEST_STEPS: Final = 288  # what does not show within a day is no surge: the sum begins anew


@dataclass(frozen=True, slots=True)
class WatchRules:
    """`alarms_a_week`: false alarms of all watched counts together, at most."""

    alarms_a_week: float = 1.0


@dataclass(frozen=True, slots=True)
class Watch:
    """The sums as they stand; rows are `FACTORS`, columns the watched counts. Steps are counted from the first.

    `since`: the step in which a sum last left zero; `counted`, `expected`: requests from then on; `highest`: the sum's
    height since then, `gained`: the step in which it last grew.
    """

    step: int
    sums: Floats
    since: Steps
    counted: Floats
    expected: Floats
    highest: Floats
    gained: Steps


@dataclass(frozen=True, slots=True)
class Surge:
    """One departure: `place` in the watched counts, `onset` (step, the likeliest begin), requests since, and usual."""

    place: int
    onset: int
    counted: int
    expected: float
    strength: float

    @property
    def excess(self) -> float:
        """Requests beyond expectation since the onset."""
        return self.counted - self.expected


def new_watch(places: int) -> Watch:
    """Return sums of nothing for so many watched counts."""
    shape = (len(FACTORS), places)
    none, nothing = np.zeros(shape, np.int64), np.zeros(shape)
    return Watch(0, nothing, none, nothing, nothing, nothing, none)


def threshold(places: int, rules: WatchRules) -> float:
    """Return the height at which a sum alarms."""
    return log(len(FACTORS) * max(1, places) * STEPS_A_WEEK / rules.alarms_a_week)


def dispersions(counts: Floats, expected: Floats) -> Floats:
    """Estimate variance over mean of each watched count, at least 1, drawn towards that of all together.

    Requests of some categories come in bunches (one inspector's round, one landlord's list): a rise means less there.

    Args:
        counts, expected: blocks (of two hours, say, over some weeks) x watched counts.
    """
    surprise = (counts - expected) ** 2
    usual = np.maximum(expected.sum(axis=0), _LEAST_EXPECTED)
    pooled = max(1.0, float(surprise.sum() / usual.sum()))
    found: Floats = np.maximum(1.0, (surprise.sum(axis=0) + _TRUSTED_FROM * pooled) / (usual + _TRUSTED_FROM))
    return found


def look(
    watch: Watch, counts: Floats, expected: Floats, dispersion: Floats, rules: WatchRules
) -> tuple[Watch, list[Surge]]:
    """Take one step of five minutes in; return the sums after it and the surges that stand, strongest first.

    Args:
        counts: requests of the step, one per watched count.
        expected: what was to be expected of them, above zero or taken as next to nothing.
        dispersion: variance over mean of each, from `dispersions`.
    """
    usual = np.maximum(expected, _LEAST_EXPECTED)
    gained = _ratios(counts, usual, dispersion)
    height = threshold(counts.size, rules)
    sums = np.maximum(watch.sums + gained, 0.0)
    last_gain = np.where(gained > 0, watch.step, watch.gained)
    alarmed = watch.highest >= height
    over = alarmed & ((watch.highest - sums >= _FALLEN) | (watch.step - last_gain >= _QUIET_STEPS))
    over |= ~alarmed & (watch.sums > 0) & (watch.step - watch.since >= _LONGEST_STEPS)
    sums = np.where(over, 0.0, sums)
    up = sums > 0
    began = up & (watch.sums <= 0)
    after = Watch(
        watch.step + 1,
        sums,
        np.where(began, watch.step, watch.since),
        np.where(up, np.where(began, 0.0, watch.counted) + counts, 0.0),
        np.where(up, np.where(began, 0.0, watch.expected) + usual, 0.0),
        np.where(up, np.maximum(watch.highest, sums), 0.0),
        last_gain,
    )
    return after, _standing(after, height)


def _ratios(counts: Floats, usual: Floats, dispersion: Floats) -> Floats:
    """Log likelihood ratio of each factor and count: negative binomial of the same dispersion, whatever the mean."""
    ratios = np.empty((len(FACTORS), counts.size))
    spread = np.maximum(dispersion, _ALMOST_POISSON)
    size = usual / (spread - 1)
    some = np.flatnonzero(counts > 0)
    for row, factor in enumerate(FACTORS):
        ratios[row] = -(factor - 1) * size * np.log(spread)
        if some.size:
            ratios[row, some] += _rising(counts[some], factor * size[some]) - _rising(
                counts[some], size[some]
            )
    return ratios


def _rising(counts: Floats, size: Floats) -> Floats:
    """ln(size (size + 1) ... (size + count - 1)), exact for tiny sizes and quick, since counts of a step are small."""
    found = np.zeros(counts.size)
    for number in range(int(counts.max())):
        found += np.where(counts > number, np.log(size + number), 0.0)
    return found


def _standing(watch: Watch, height: float) -> list[Surge]:
    found = []
    for place in np.flatnonzero((watch.highest >= height).any(axis=0)):
        row = int(watch.highest[:, place].argmax())
        counted = int(watch.counted[row, place])
        if counted >= LEAST_COUNT:
            found.append(
                Surge(
                    int(place),
                    int(watch.since[row, place]),
                    counted,
                    float(watch.expected[row, place]),
                    float(watch.highest[row, place] / height),
                )
            )
    return sorted(found, key=lambda one: (-one.strength, -one.excess, one.place))
