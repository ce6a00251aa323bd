"""What is usual of each category, township and pair of both through a day, from the weeks before.

Each count's mean day, spread over the hours of its category on the same kind of day (worked or not); a category of few
requests has the hours of all. Before there are days the prior stands in, and counts as two of them afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

PROFILE_COUNTS_AS: Final = 50.0  # the hours of all count as so many requests of a category
PRIOR_DAYS: Final = 2.0
_HALF_A_REQUEST: Final = 0.5  # of a count that was never met in all those days


@dataclass(frozen=True, slots=True)
class UsualDay:
    """`hourly`: requests an hour, 24 x counts."""

    hourly: Floats

    def between(self, first_step: int, last_step: int) -> Floats:
        """Return what is usual in each five minutes from the first to before the last, steps x counts.

        Args:
            first_step, last_step: from midnight on; below zero, those before midnight.
        """
        return self.hourly[np.arange(first_step, last_step) // 12 % 24] / 12


def usual_day(
    by_hour: Floats,
    is_rest: Sequence[bool],
    rests_today: bool,
    profile_of: Numbers,
    prior: Floats | None = None,
) -> UsualDay:
    """Return what is usual of a day from whole days before it.

    Args:
        by_hour: requests, days x 24 x counts; no day at all is allowed where there is a prior.
        is_rest: of each of these days, whether it was not worked.
        rests_today: whether the day asked about is not.
        profile_of: of each count, the count whose hours it has (its category; itself).
        prior: requests an hour before any day is known, 24 x counts.
    """
    days = len(by_hour)
    if not days:
        if prior is None:
            raise ValueError("neither days nor a prior")
        return UsualDay(prior)
    rests = np.array(is_rest, np.bool_)
    mean_day = (by_hour.sum(axis=(0, 1)) + _HALF_A_REQUEST) / days
    of_kind = {kind: _hours(by_hour, rests == kind, profile_of) for kind in (True, False)}
    own = of_kind[rests_today] * mean_day
    hourly = own if prior is None else (days * own + PRIOR_DAYS * prior) / (days + PRIOR_DAYS)
    return UsualDay(hourly)


def _hours(by_hour: Floats, alike: npt.NDArray[np.bool_], profile_of: Numbers) -> Floats:
    """Share of a mean day that each hour of one kind of day has, 24 x counts; above one in all on a busy kind."""
    days = by_hour[alike] if alike.any() else by_hour  # none of this kind yet: as the others
    whole = by_hour.mean(axis=0).sum(axis=0)
    part = days.mean(axis=0).sum(axis=0)
    of_all = days.sum(axis=(0, 2)) / max(1.0, float(days.sum()))
    factor = float(part.sum()) / max(1e-9, float(whole.sum()))
    shape = days.sum(axis=0) + PROFILE_COUNTS_AS * of_all[:, None]
    level = (part + factor) / (whole + 1)
    found: Floats = (shape / np.maximum(shape.sum(axis=0), 1e-9) * level)[:, profile_of]
    return found
