"""How many calls to expect in each five minutes of a day, with a band that holds about nine of ten bins.

A day is a level (its total) times a shape (the share of each bin). Both start from the city pack's prior and
move to the city's own history of the same kind of day. The band has two parts: how much single bins scatter
(over-dispersion) and how far whole days and single hours miss their level. Through the day the level follows what has
come so far, within what such days usually differ by: what goes beyond that is a departure, and stays visible as one.
A morning's lead says little of the evening: what is owed to the hour fades with a half-life, what is owed to the day
stays, and the band widens with the horizon accordingly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from statistics import NormalDist
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.analysis.band_widening import widening
from dashboard.analysis.count_quantiles import count_band
from dashboard.domain.heating import HeatingStart
from dashboard.domain.workdays import WorkingCalendar

BIN_MS: Final = 300_000
BINS: Final = 288
BAND: Final = 0.90  # share of bins that the band holds

DayKind = Literal["weekday", "weekend", "holiday", "make_up", "heating"]
Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

# A prior counts as this many days of history: after a fortnight the city's own days decide.
_PRIOR_SHAPE_DAYS: Final = 2.0
_PRIOR_LEVEL_DAYS: Final = 3.0
_PRIOR_SPREAD_DAYS: Final = 5.0
_PRIOR_SPREAD: Final = 0.10  # whole days miss their level by a tenth
_PRIOR_DISPERSION: Final = 1.2  # calls come slightly in bunches
_LEVEL_HALF_LIFE_DAYS: Final = 4.0
_SHAPE_HALF_LIFE_DAYS: Final = 20.0
_FACTOR_DAYS: Final = 56  # day-of-week factors look back eight weeks
_SMOOTH_BELOW_DAYS: Final = 20  # with less history single bins are averaged with their neighbours
_SMOOTH_BINS: Final = 5
_MAD_TO_SIGMA: Final = 1.4826
_SILENCE_CALLS: Final = 12.0  # by chance a dozen expected calls stay away once in 160,000 times
_STEADY: Final = 0.03  # no city's days are surer than this
_PRIOR_HOUR_SPREAD: Final = 0.03  # single hours miss their day's level by three of a hundred
_HOUR_HALF_LIFE_BINS: Final = 48.0  # four hours; found on the days before those that the back-test judges
# Hours miss by a few per cent on most days and by far more on some: as if by so much more on all (found likewise).
_HEAVY_TAILS: Final = 2.0
_NOTHING: Final = np.zeros(BINS, np.int64)
_DEVIATIONS: Final = NormalDist().inv_cdf((1 + BAND) / 2)
_LEAST_LEVEL: Final = 0.1
_FOLLOW_LIMIT: Final = 2.0  # a day's level follows its calls as far as this many usual deviations


@dataclass(frozen=True, slots=True)
class VolumePrior:
    """What is known before any history; see the city pack's call_volume.csv."""

    calls_per_day: float
    weekday_hours: tuple[float, ...]
    weekend_hours: tuple[float, ...]
    day_factors: tuple[float, ...]
    month_factors: tuple[float, ...]
    heating: HeatingStart | None = None


@dataclass(frozen=True, slots=True)
class DayCounts:
    """One whole past day: calls that arrived in each of its 288 bins."""

    day: date
    kind: DayKind
    counts: Counts


@dataclass(frozen=True, slots=True)
class Expectation:
    """A day's expected calls per bin and the band's ends, both ends inside.

    `spread` is the relative standard deviation of the day's level, `dispersion` variance over mean of a bin,
    `hour_spread` the relative standard deviation of what single hours differ by beyond their day, `wider` by what
    each bin's deviation is multiplied, since some times of day are less regular than the day.
    """

    expected: Floats
    low: Counts
    high: Counts
    spread: float
    dispersion: float
    hour_spread: float = 0.0
    wider: Floats = field(default_factory=lambda: np.ones(BINS))


def kind_of_day(calendar: WorkingCalendar, day: date, heating: HeatingStart | None = None) -> DayKind:
    """Return the kind of a local date; what the calendar says of it goes before the first heating days."""
    if day in calendar.make_up_days:
        return "make_up"
    if day in calendar.holidays:
        return "holiday"
    if heating is not None and heating.holds(day):
        return "heating"
    return "weekday" if day.weekday() < 5 else "weekend"


def is_worked(kind: DayKind, day: date) -> bool:
    """Say whether offices are open on a day, by which its hours differ."""
    return kind in ("weekday", "make_up") or (kind == "heating" and day.weekday() < 5)


def whole_days(prior: VolumePrior, days: Sequence[DayCounts]) -> list[DayCounts]:
    """Return the days that were counted through: no silence in which a dozen calls were to be expected.

    A day in which the product or the switch stood still would pull level and shape of the days to come. Hours
    that are silent on all days are closed, not missing: from three alike days on they are told from the days.
    """
    whole = []
    for works in (True, False):
        alike = [one for one in days if is_worked(one.kind, one.day) == works and one.counts.sum() > 0]
        if not alike:
            continue
        pooled = np.sum([one.counts / one.counts.sum() for one in alike], axis=0) / len(alike)
        shape = pooled if len(alike) >= 3 else _shape(prior, [], works)
        whole += [one for one in alike if _longest_silence(one.counts, shape) < _SILENCE_CALLS]
    return sorted(whole, key=lambda one: one.day)


def _longest_silence(counts: Counts, shape: Floats) -> float:
    """Calls that were to be expected in the day's emptiest stretch."""
    missing = np.cumsum(shape * counts.sum() * (counts == 0))
    since_last_call = missing - np.maximum.accumulate(np.where(counts > 0, missing, 0.0))
    return float(since_last_call.max())


def expect_day(prior: VolumePrior, history: Sequence[DayCounts], day: date, kind: DayKind) -> Expectation:
    """Expect a day from the days before it; days without a call are left out as outages.

    Args:
        prior: the city pack's figures.
        history: whole days in any order; those on or after `day` are ignored.
        day, kind: the local date and its kind.
    """
    past = sorted((one for one in history if one.day < day and one.counts.sum() > 0), key=lambda one: one.day)
    alike = _alike(past, kind, day)
    shape = _shape(prior, alike, is_worked(kind, day))
    level, spread = _level(prior, past, day, kind)
    hour_spread = _hour_spread(alike, shape)
    dispersion = _dispersion(alike, shape, hour_spread)
    wider = _widened(alike, shape, hour_spread, dispersion)
    before = Expectation(level * shape, _NOTHING, _NOTHING, spread, dispersion, hour_spread, wider)
    return _banded(before, before.expected, np.full(BINS, (spread**2 + hour_spread**2) ** 0.5))


def follow_day(before: Expectation, seen: Sequence[int]) -> Expectation:
    """Let the level follow the day: each bin is expected from the bins before it, future ones from all seen.

    Args:
        before: the expectation at the day's start.
        seen: counts of the bins that are complete, from midnight on.
    """
    usual = before.spread
    known = min(len(seen), BINS)
    level, spread = _followed(before, np.asarray(seen[:known], np.float64))
    level = np.clip(level, 1 - _FOLLOW_LIMIT * usual, 1 + _FOLLOW_LIMIT * usual)
    return _banded(before, before.expected * level, spread)


def _followed(before: Expectation, seen: Floats) -> tuple[Floats, Floats]:
    """Return each bin's level over what was expected and its relative deviation, from the bins before it alone.

    A Kalman filter of two numbers: what the whole day differs by, and what this hour does, which fades.
    """
    level, spread = np.empty(BINS), np.empty(BINS)
    fades = 0.5 ** (1 / _HOUR_HALF_LIFE_BINS)
    fresh = before.hour_spread**2 * (1 - fades**2)
    day = hour = between = 0.0
    day_part, hour_part = before.spread**2, before.hour_spread**2
    for number in range(BINS):
        level[number] = 1 + day + hour
        spread[number] = (day_part + hour_part + 2 * between) ** 0.5
        mean = float(before.expected[number])
        if number < seen.size and mean > 0:
            # A bin tells of the level up to its own scatter, which grows with the level that is believed by now.
            scatter = before.dispersion * max(level[number], _LEAST_LEVEL) / mean
            whole = day_part + hour_part + 2 * between + scatter
            to_day, to_hour = (day_part + between) / whole, (hour_part + between) / whole
            miss = seen[number] / mean - level[number]
            day, hour = day + to_day * miss, hour + to_hour * miss
            day_part, hour_part, between = (
                day_part - to_day * (day_part + between),
                hour_part - to_hour * (hour_part + between),
                between - to_day * (hour_part + between),
            )
        hour, between, hour_part = hour * fades, between * fades, hour_part * fades**2 + fresh
    return level, spread


def _banded(before: Expectation, expected: Floats, spread: Floats) -> Expectation:
    variance = (before.dispersion * expected + (spread * expected) ** 2) * before.wider**2
    low, high = count_band(expected, variance, BAND)
    return replace(before, expected=expected, low=low, high=high)


def _frame(days: Sequence[DayCounts]) -> pd.DataFrame:
    return pd.DataFrame([one.counts for one in days], index=pd.Index([one.day for one in days], name="day"))


def _alike(past: Sequence[DayCounts], kind: DayKind, day: date) -> list[DayCounts]:
    """Days of one kind; where there are fewer than three, also those of the kinds that resemble it."""
    works = is_worked(kind, day)
    resembling = [one for one in past if is_worked(one.kind, one.day) == works]
    alike = [one for one in resembling if one.kind == kind]
    return alike if len(alike) >= 3 else resembling


def _shape(prior: VolumePrior, alike: Sequence[DayCounts], works: bool) -> Floats:
    """Share of each bin in the day's total, from days like it."""
    hours = prior.weekday_hours if works else prior.weekend_hours
    # Between the middles of hours the volume changes steadily; where an hour is closed it stays closed.
    middles = np.arange(24) * 12 + 5.5
    drawn = np.interp(np.arange(BINS), middles, hours) * (np.repeat(hours, 12) > 0)
    usual = np.asarray(drawn / drawn.sum(), dtype=np.float64)
    if not alike:
        return usual
    shares = _frame(alike)
    shares = shares.div(shares.sum(axis=1), axis=0)
    own = shares.ewm(halflife=_SHAPE_HALF_LIFE_DAYS).mean().iloc[-1]
    if len(alike) < _SMOOTH_BELOW_DAYS:
        own = own.rolling(_SMOOTH_BINS, center=True, min_periods=1).mean()
    weight = len(alike) / (len(alike) + _PRIOR_SHAPE_DAYS)
    shape = weight * own.to_numpy(np.float64) / own.sum() + (1 - weight) * usual
    return np.asarray(shape / shape.sum(), dtype=np.float64)


def _level(prior: VolumePrior, past: Sequence[DayCounts], day: date, kind: DayKind) -> tuple[float, float]:
    """The day's expected total and the relative deviation of whole days from such an expectation."""
    usual = prior.calls_per_day * prior.month_factors[day.month - 1]
    if not past:
        return usual * _prior_factor(prior, day, kind), _less_sure(prior, past, kind, _PRIOR_SPREAD)
    totals = pd.Series([float(one.counts.sum()) for one in past], index=[one.day for one in past])
    factors = _factors(prior, past, totals)
    base = totals / pd.Series(
        [factors[_likeness(one.day, one.kind)] for one in past],
        index=totals.index,
    )
    levels = base.ewm(halflife=_LEVEL_HALF_LIFE_DAYS).mean()
    weight = len(past) / (len(past) + _PRIOR_LEVEL_DAYS)
    level = weight * float(levels.iloc[-1]) + (1 - weight) * usual
    misses = (base / levels.shift(1) - 1).dropna()
    deviation = float((misses.abs().median() if len(misses) else 0.0) * _MAD_TO_SIGMA)
    trust = len(misses) / (len(misses) + _PRIOR_SPREAD_DAYS)
    spread = float(np.sqrt(trust * deviation**2 + (1 - trust) * _PRIOR_SPREAD**2))
    factor = factors.get(_likeness(day, kind))
    if (
        factor is None and kind == "heating" and prior.heating is not None
    ):  # the first one: its weekday's, raised
        plain: DayKind = "weekday" if day.weekday() < 5 else "weekend"
        factor = factors.get(_likeness(day, plain), _prior_factor(prior, day, plain)) * prior.heating.factor
    elif factor is None:
        factor = _prior_factor(prior, day, kind)
    return level * factor, _less_sure(prior, past, kind, max(spread, _STEADY))


def _less_sure(prior: VolumePrior, past: Sequence[DayCounts], kind: DayKind, spread: float) -> float:
    """The spread of a day of which the history holds few like it: what is stated of its kind may be far off."""
    if kind != "heating" or prior.heating is None:
        return spread
    seen = sum(one.kind == "heating" for one in past)
    return float(np.hypot(spread, prior.heating.spread * _PRIOR_LEVEL_DAYS / (_PRIOR_LEVEL_DAYS + seen)))


def _likeness(day: date, kind: DayKind) -> int | str:
    """By what the levels of days are compared: the weekday, or the kind; first heating days at work and at rest."""
    if kind == "weekday":
        return day.weekday()
    return "heating_rest" if kind == "heating" and day.weekday() >= 5 else kind


def _factors(prior: VolumePrior, past: Sequence[DayCounts], totals: pd.Series) -> dict[int | str, float]:
    """Total over the usual level, per weekday 0-4 and per other kind of day, drawn towards the prior's."""
    recent = past[-_FACTOR_DAYS:]
    middle = float(totals.iloc[-_FACTOR_DAYS:].mean())
    usual = float(np.mean([_prior_factor(prior, one.day, one.kind) for one in recent]))
    factors: dict[int | str, float] = {}
    for one in past:
        key = _likeness(one.day, one.kind)
        if key in factors:
            continue
        same = [
            float(other.counts.sum()) / middle for other in recent if _likeness(other.day, other.kind) == key
        ]
        stated = _prior_factor(prior, one.day, one.kind) / usual
        factors[key] = (sum(same) + _PRIOR_LEVEL_DAYS * stated) / (len(same) + _PRIOR_LEVEL_DAYS)
    return factors


def _prior_factor(prior: VolumePrior, day: date, kind: DayKind) -> float:
    if kind == "holiday":
        return prior.day_factors[6]  # a holiday is expected like a Sunday
    if kind == "make_up":
        return prior.day_factors[4]  # and a Saturday that is worked like a Friday
    factor = prior.day_factors[day.weekday()]
    return factor * prior.heating.factor if kind == "heating" and prior.heating else factor


def _hour_spread(past: Sequence[DayCounts], shape: Floats) -> float:
    """What neighbouring bins miss together once the day's own total is known; bins by chance miss apart."""
    alike = past[-_FACTOR_DAYS:]
    if not alike:
        return _PRIOR_HOUR_SPREAD
    together = usual = 0.0
    for one in alike:
        mean = shape * one.counts.sum()
        miss = one.counts - mean
        together += float(miss[1:] @ miss[:-1])
        usual += float(mean[1:] @ mean[:-1])
    weight = len(alike) / (len(alike) + _PRIOR_SPREAD_DAYS)
    # Chance alone makes a sum of about the root of `usual`: a city of few calls is not believed to have such hours.
    found = _HEAVY_TAILS**2 * max(0.0, together / usual - usual**-0.5) if usual else 0.0
    return float((weight * found + (1 - weight) * _PRIOR_HOUR_SPREAD**2) ** 0.5)


def _dispersion(past: Sequence[DayCounts], shape: Floats, hour_spread: float) -> float:
    """Variance over mean of a bin once the day's own total is known; the middle one of the recent days."""
    alike = past[-_FACTOR_DAYS:]
    if not alike:
        return _PRIOR_DISPERSION
    ratios = []
    for one in alike:
        mean = shape * one.counts.sum()
        busy = mean >= 0.5
        if busy.any():
            # What whole hours differ by is the filter's, not the bins' own scatter.
            scatter = (one.counts[busy] - mean[busy]) ** 2 - (hour_spread * mean[busy]) ** 2
            ratios.append(float(np.mean(scatter / mean[busy])))
    weight = len(ratios) / (len(ratios) + _PRIOR_SPREAD_DAYS)
    middle = float(np.median(ratios)) if ratios else _PRIOR_DISPERSION
    return max(1.0, weight * middle + (1 - weight) * _PRIOR_DISPERSION)


def _widened(alike: Sequence[DayCounts], shape: Floats, hour_spread: float, dispersion: float) -> Floats:
    """By what each bin's deviation is multiplied, from days like this one with their own totals known."""
    recent = alike[-_FACTOR_DAYS:]
    if not recent:
        return np.ones(BINS)
    means = [shape * one.counts.sum() for one in recent]
    deviations = [np.sqrt(dispersion * mean + (hour_spread * mean) ** 2) for mean in means]
    return widening([one.counts for one in recent], means, deviations, BAND, _DEVIATIONS)
