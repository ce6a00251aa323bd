"""Quantiles of counts that scatter more than chance alone: the negative binomial, by its own recursion."""

from __future__ import annotations

from math import exp, lgamma, log
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

_NORMAL_FROM: Final = 200.0  # above this mean the normal approximation is right to a fraction of a call
_ALMOST_POISSON: Final = 1.000_001  # the negative binomial needs a variance above its mean


def count_band(mean: Floats, variance: Floats, share: float) -> tuple[Counts, Counts]:
    """Return the ends of the band that holds at least `share` of counts, leaving out as much on each side.

    Args:
        mean, variance: per bin, variance >= mean (less is taken as the mean).
        share: 0 to 1.
    """
    tail = (1 - share) / 2
    z = NormalDist().inv_cdf(1 - tail)
    low = np.zeros(mean.size, np.int64)
    high = np.zeros(mean.size, np.int64)
    deviation = np.sqrt(np.maximum(variance, mean))
    large = mean > _NORMAL_FROM
    low[large] = np.maximum(0, np.floor(mean[large] - z * deviation[large] + 0.5)).astype(np.int64)
    high[large] = np.ceil(mean[large] + z * deviation[large] - 0.5).astype(np.int64)
    small = np.flatnonzero(~large & (mean > 0))
    if small.size:
        below = _cumulative(mean[small], variance[small], deviation[small])
        # First count whose cumulative share passes the tail, and the first that reaches its complement.
        low[small] = (below <= tail).sum(axis=1)
        high[small] = (below < 1 - tail).sum(axis=1)
    return low, high


def upper_tail(count: int, mean: float, variance: float) -> float:
    """Return the chance of `count` or more where `mean` is expected."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if mean > _NORMAL_FROM:
        return 1 - NormalDist(mean, max(variance, mean) ** 0.5).cdf(count - 0.5)
    variance = max(variance, mean * _ALMOST_POISSON)
    size = mean**2 / (variance - mean)
    log_success = log(size / (size + mean))
    log_failure = log(mean / (size + mean))
    below = sum(
        exp(lgamma(k + size) - lgamma(size) - lgamma(k + 1) + size * log_success + k * log_failure)
        for k in range(count)
    )
    return max(0.0, 1 - below)


def _cumulative(mean: Floats, variance: Floats, deviation: Floats) -> Floats:
    """P(count <= k) for k = 0, 1, ... up to ten deviations, one row per bin."""
    variance = np.maximum(variance, mean * _ALMOST_POISSON)
    size = mean**2 / (variance - mean)
    failure = mean / (size + mean)
    width = int(np.ceil((mean + 10 * deviation).max())) + 10
    chance = np.exp(size * np.log(size / (size + mean)))
    below = np.empty((mean.size, width))
    total = chance.copy()
    below[:, 0] = total
    for k in range(1, width):
        chance = chance * (k - 1 + size) / k * failure
        total = total + chance
        below[:, k] = total
    return below
