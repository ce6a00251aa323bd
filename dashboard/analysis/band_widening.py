"""By how much the band is widened at each time of day, from what it would have missed on the days before.

One scatter for a whole day is wrong where a day is least regular: of a centre that opens at seven a band made with it
held 68 % of the first half hour's bins. So the band is calibrated as in split conformal prediction (V. Vovk, A.
Gammerman and G. Shafer, Algorithmic Learning in a Random World, 2005): the score of a bin is how far it lay from its
mean over the deviation that was stated, and the share of past scores that the band is to hold gives the factor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Found on the days before those that the back-test judges (docs/hotline.md).
NEIGHBOURS: Final = 2  # scores of so many bins before and after one count as its own
LEAST_SCORES: Final = 20  # fewer say nothing of their rarest tenth
LEAST_MEAN: Final = 0.5  # calls: of an emptier bin nothing is learnt
PRIOR_DAYS: Final = 5.0


def widening(
    counts: Sequence[npt.NDArray[np.int64]],
    means: Sequence[Floats],
    deviations: Sequence[Floats],
    share: float,
    normal: float,
) -> Floats:
    """Return the factor of each bin's deviation, at least 1: no time of day is made surer than was stated.

    Args:
        counts, means, deviations: of past days like the one expected, each an array of the day's bins.
        share: of bins that the band is to hold, 0 to 1.
        normal: how many deviations hold that share where the stated one is right.
    """
    bins = means[0].size if means else 0
    if not bins:
        return np.ones(1)
    scores = np.array(
        [
            np.where(mean >= LEAST_MEAN, np.abs(came - mean) / np.maximum(deviation, 1e-9), np.nan)
            for came, mean, deviation in zip(counts, means, deviations, strict=True)
        ]
    )
    trust = len(counts) / (len(counts) + PRIOR_DAYS)
    factor = np.ones(bins)
    for number in range(bins):
        near = scores[:, max(0, number - NEIGHBOURS) : number + NEIGHBOURS + 1]
        known = near[~np.isnan(near)]
        if known.size >= LEAST_SCORES:
            factor[number] = max(1.0, trust * float(np.quantile(known, share)) / normal + 1 - trust)
    return factor
