"""Expected volume on the recorded calls: rolling-origin back-test against other ways, by horizon."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dashboard.analysis.expected import BAND, DayCounts, VolumePrior, expect_day, follow_day
from tools.analysis_recordings import call_days

Numbers = npt.NDArray[Any]
Forecast = tuple[Numbers, Numbers, Numbers]
"""Expected calls and both ends of the band, for each bin from the origin to the end of the day."""

OPEN, CLOSE = 84, 252  # bins: the centre answers from 7:00 to 21:00
FROM_DAY: Final = 92  # what was tuned, was tuned on the days before it
EACH_DAYS: Final = 3
LIBRARY_EACH: Final = 4  # the library takes seconds for each origin: every fourth of the judged days
ORIGINS: Final = {"7:00": 84, "9:00": 108, "11:00": 132, "13:00": 156, "16:00": 192}
HORIZONS: Final = {"next 30 min": (0, 6), "30 min to 2 h": (6, 24), "2 h to closing": (24, 999)}
WEEK: Final = 5  # recorded days of a week
PRIOR: Final = VolumePrior(
    30_000.0, tuple(float(7 <= hour < 21) for hour in range(24)), (1.0,) * 24, (1.0,) * 7, (1.0,) * 12
)
Way = Callable[[Sequence[DayCounts], int, int], Forecast]


def ours(days: Sequence[DayCounts], number: int, origin: int) -> Forecast:
    """The product's: `expect_day` at midnight, `follow_day` with what has come."""
    before = expect_day(PRIOR, days[:number], days[number].day, "weekday")
    found = follow_day(before, days[number].counts[:origin].tolist())
    part = slice(origin, CLOSE)
    return found.expected[part], found.low[part], found.high[part]


def week_before(days: Sequence[DayCounts], number: int, origin: int) -> Forecast:
    """Seasonal-naive: the same bin of the same day of the week before; the band from what that missed before."""
    return _with_band(days, number, origin, lambda at: days[at - WEEK].counts[origin:CLOSE].astype(float))


def plain_mean(days: Sequence[DayCounts], number: int, origin: int) -> Forecast:
    """The mean of the bin over all days before; the band from what it missed before."""
    return _with_band(
        days, number, origin, lambda at: np.mean([one.counts[origin:CLOSE] for one in days[:at]], axis=0)
    )


def _with_band(
    days: Sequence[DayCounts], number: int, origin: int, guess: Callable[[int], Numbers]
) -> Forecast:
    misses = np.array([days[at].counts[origin:CLOSE] - guess(at) for at in range(number - 30, number)])
    low, high = np.quantile(misses, [(1 - BAND) / 2, (1 + BAND) / 2], axis=0)
    expected = guess(number)
    return expected, expected + low, expected + high


def by_library(days: Sequence[DayCounts], number: int, origin: int) -> Forecast:
    """statsmodels: seasonal and trend decomposition by loess over the week, an autoregression of what remains.

    On square roots, whose scatter is even; the eight weeks before.
    """
    from statsmodels.tsa.ar_model import AutoReg
    from statsmodels.tsa.forecasting.stl import STLForecast

    width = CLOSE - OPEN
    past = [one.counts[OPEN:CLOSE] for one in days[max(0, number - 8 * WEEK) : number]]
    series = np.sqrt(np.concatenate([*past, days[number].counts[OPEN:origin]]).astype(float))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = STLForecast(series, AutoReg, model_kwargs={"lags": 6}, period=WEEK * width).fit()
        steps = CLOSE - origin
        told = fitted.get_prediction(len(series), len(series) + steps - 1)
        middle = np.asarray(told.predicted_mean)
        ends = np.asarray(told.conf_int(alpha=1 - BAND))
    spread = np.maximum(0.0, ends)
    return middle**2 + 0.25, spread[:, 0] ** 2, spread[:, 1] ** 2


WAYS: Final[dict[str, tuple[Way, int]]] = {
    "ours (expected.py)": (ours, 1),
    "statsmodels, STL and autoregression": (by_library, LIBRARY_EACH),
    "seasonal-naive, the week before": (week_before, 1),
    "plain mean of the bin": (plain_mean, 1),
}


def report(folder: Path) -> list[str]:
    """Print-ready lines of a Markdown table."""
    days = call_days(folder)
    judged = range(FROM_DAY, len(days), EACH_DAYS)
    lines = [
        f"{len(days)} recorded days of one kind; {len(judged)} judged, every third from the {FROM_DAY + 1}rd on, "
        f"origins {', '.join(ORIGINS)}; mean absolute error in calls per five minutes, and how many bins the "
        f"{BAND:.0%} band held, with its mean width; the library on every fourth of these days",
        "",
        "| way | " + " | ".join(f"{name}: error, held, width" for name in HORIZONS) + " |",
        "|---|" + "---|" * len(HORIZONS),
    ]
    for name, (way, each) in WAYS.items():
        found: dict[str, list[tuple[float, float, float]]] = {horizon: [] for horizon in HORIZONS}
        for number in judged[::each]:
            for origin in ORIGINS.values():
                told = way(days, number, origin)
                for horizon, (start, end) in HORIZONS.items():
                    found[horizon].append(_judged(told, days[number].counts[origin:CLOSE], start, end))
        cells = ["{:.1f}, {:.0%}, {:.0f}".format(*np.mean(one, axis=0)) for one in found.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _judged(told: Forecast, truth: Numbers, start: int, end: int) -> tuple[float, float, float]:
    expected, low, high = (one[start:end] for one in told)
    came = truth[start:end]
    held = (came >= np.floor(low)) & (came <= np.ceil(high))
    return float(np.abs(came - expected).mean()), float(held.mean()), float((high - low).mean())
