"""Surges on the recorded service requests: alarms on the days as they were, found and delay on bursts put into them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

from dashboard.analysis.surge import STEP_MS, STEPS_A_WEEK, Watched, heights, rarities
from dashboard.analysis.topics import DISPERSION, FALSE_ALARM, SURGE_COUNT, WINDOW_MS
from dashboard.analysis.usual_requests import usual_day
from data_feeds.analysis_requests import SURGE_RARITY
from tools.analysis_recordings import EPOCH, Request, requests

Numbers = npt.NDArray[Any]

DAY_STEPS: Final = 288
HISTORY_DAYS: Final = 28
FROM_DAY: Final = 90  # 1 April: the winter of that year was one blizzard after another
WEEKS: Final = 12
TUNED_WEEKS: Final = 4  # the first of them set every way's threshold, the others judge
BURSTS: Final = (
    (5, 1),
    (8, 1),
    (15, 1),
    (12, 6),
)  # requests of one category and township, put into so many hours
RISES: Final = (
    4,
    6,
)  # times what is usual of one category all over the city, for four hours of a working day
RISE_HOURS: Final = 4
HOUR_STEPS: Final = 12
EACH_STEPS: Final = 144  # a burst begins every twelve hours, each at another place
GRACE_STEPS: Final = 24  # a burst that nobody noted two hours after its end is missed
WINDOW_STEPS: Final = WINDOW_MS // STEP_MS
ONE_MATTER_STEPS: Final = (
    96  # an alarm of a pair, its category or township within eight hours of another is the same
)
STATED: Final = 1.0  # false alarms a week


@dataclass(frozen=True, slots=True)
class Ground:
    """The recording as counts (steps x places), and what the columns are."""

    counts: Numbers
    watched: Watched


@dataclass(frozen=True, slots=True)
class Burst:
    """Requests put in: the pair they belong to, and the step in which they begin."""

    place: int
    begin: int


def ground(recorded: list[Request]) -> Ground:
    """Count the pairs that occur at least once a month, then each category and each township."""
    first = min(one.at for one in recorded)
    midnight = first - first % 86_400_000
    often = Counter((one.category, one.township) for one in recorded)
    pairs = sorted(pair for pair, number in often.items() if number >= 6)
    categories = sorted({pair[0] for pair in pairs})
    townships = sorted({pair[1] for pair in pairs})
    place = {pair: number for number, pair in enumerate(pairs)}
    steps = (FROM_DAY + 7 * WEEKS) * DAY_STEPS
    watched = Watched(
        np.array([len(pairs) + categories.index(pair[0]) for pair in pairs]),
        np.array([len(pairs) + len(categories) + townships.index(pair[1]) for pair in pairs]),
        len(categories),
        len(townships),
    )
    counts = np.zeros((steps, watched.places), np.int16)
    for one in recorded:
        step = (one.at - midnight) // STEP_MS
        number = place.get((one.category, one.township))
        if number is not None and step < steps:
            counts[step, [number, watched.category_of[number], watched.township_of[number]]] += 1
    return Ground(counts, watched)


def usual(land: Ground, counts: Numbers) -> Numbers:
    """Return what was to be expected of each judged step, from the four weeks before its day alone."""
    profile_of = np.concatenate(
        [land.watched.category_of, np.arange(land.watched.pairs, land.watched.places)]
    )
    expected = []
    for day in range(FROM_DAY, FROM_DAY + 7 * WEEKS):
        past = counts[(day - HISTORY_DAYS) * DAY_STEPS : day * DAY_STEPS].astype(float)
        # The recording begins on Thursday 1 January 2015.
        rests = [(3 + day - HISTORY_DAYS + back) % 7 >= 5 for back in range(HISTORY_DAYS + 1)]
        by_hour = past.reshape(HISTORY_DAYS, 24, 12, -1).sum(axis=2)
        expected.append(usual_day(by_hour, rests[:-1], rests[-1], profile_of).between(0, DAY_STEPS))
    return np.concatenate(expected)


def put_in(land: Ground, size: int, hours: int) -> tuple[Numbers, list[Burst]]:
    """Put bursts into a copy: every twelve hours, in a pair drawn by its frequency, at random minutes of the hours."""
    rng = np.random.default_rng(size)
    counts, watched = land.counts.copy(), land.watched
    weights = land.counts[:, : watched.pairs].sum(axis=0) + 1.0
    bursts = []
    for begin in range(FROM_DAY * DAY_STEPS + EACH_STEPS, len(counts) - EACH_STEPS, EACH_STEPS):
        place = int(rng.choice(watched.pairs, p=weights / weights.sum()))
        steps = np.sort(rng.integers(begin, begin + hours * HOUR_STEPS, size))
        steps[0] = begin
        for step in steps:
            counts[step, [place, watched.category_of[place], watched.township_of[place]]] += 1
        bursts.append(Burst(place, begin))
    return counts, bursts


def raised(land: Ground, expected: Numbers, times: int) -> tuple[Numbers, list[Burst]]:
    """Raise one category all over the city, drawn by its frequency, from between 8 and 14 of each worked day."""
    rng = np.random.default_rng(times)
    counts, watched = land.counts.copy(), land.watched
    whole = land.counts[:, watched.pairs : watched.pairs + watched.categories].sum(axis=0)
    bursts = []
    for day in range(FROM_DAY + 1, FROM_DAY + 7 * WEEKS - 1):
        if (3 + day) % 7 >= 5:
            continue
        column = watched.pairs + int(rng.choice(watched.categories, p=whole / whole.sum()))
        begin = day * DAY_STEPS + int(rng.integers(8 * HOUR_STEPS, 14 * HOUR_STEPS))
        parts = np.flatnonzero(watched.category_of == column)
        weights = land.counts[:, parts].sum(axis=0) + 0.1
        first = begin - FROM_DAY * DAY_STEPS
        more = rng.poisson(expected[first : first + RISE_HOURS * HOUR_STEPS, column] * (times - 1))
        for offset in np.repeat(np.arange(len(more)), more):
            place = int(rng.choice(parts, p=weights / weights.sum()))
            counts[begin + offset, [place, watched.category_of[place], watched.township_of[place]]] += 1
        bursts.append(Burst(int(parts[weights.argmax()]), begin))
    return counts, bursts


Alarms = dict[int, list[int]]  # place -> steps in which an alarm began
Ways = Callable[[float], Alarms]  # of one copy of the recording, at a threshold


def by_scan(land: Ground, counts: Numbers) -> Ways:
    """Ours: windows of one hour to eight; the threshold is a power of ten of the chance."""
    rare, _ = rarities(counts[FROM_DAY * DAY_STEPS :].astype(float), usual(land, counts))
    return lambda threshold: _begun(rare >= heights(land.watched, threshold))


def by_window(land: Ground, counts: Numbers) -> Ways:
    """The topics' rule: a count of two hours that chance reaches in few enough looks at all counts."""
    expected = usual(land, counts)
    came, width = counts[FROM_DAY * DAY_STEPS :].astype(float), WINDOW_STEPS
    window, mean = _sums(came, width), np.maximum(_sums(expected, width), 1e-5)
    chance = np.ones_like(mean)
    at = window >= SURGE_COUNT
    # The tail of the negative binomial (count_quantiles.upper_tail, one look at a time).
    chance[at] = betainc(window[at], mean[at] / (DISPERSION - 1), (DISPERSION - 1) / DISPERSION)
    return lambda threshold: _begun(chance < threshold / land.watched.places)


def by_number(land: Ground, counts: Numbers) -> Ways:
    """No expectation at all: so many within two hours."""
    window = _sums(counts[FROM_DAY * DAY_STEPS :].astype(float), WINDOW_STEPS)
    return lambda threshold: _begun(window >= threshold)


def _sums(values: Numbers, width: int) -> Numbers:
    whole = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    ends = np.arange(1, len(whole))
    return np.asarray(whole[ends] - whole[np.maximum(0, ends - width)])


def _begun(stands: Numbers) -> Alarms:
    begun = stands.copy()
    begun[1:] &= ~stands[:-1]
    alarms: Alarms = {}
    for at, place in zip(*np.nonzero(begun), strict=True):
        alarms.setdefault(int(place), []).append(int(at) + FROM_DAY * DAY_STEPS)
    return alarms


def matters(land: Ground, alarms: Alarms, weeks: range) -> float:
    """Alarms a week in these weeks; what a pair, its category and its township say within eight hours is one."""
    watched = land.watched

    def is_related(one: int, other: int) -> bool:
        return one == other or any(
            pair < watched.pairs and whole in (watched.category_of[pair], watched.township_of[pair])
            for pair, whole in ((one, other), (other, one))
        )

    begun = sorted((at, place) for place, found in alarms.items() for at in found)
    said: list[tuple[int, int]] = []
    for at, place in begun:
        recent = said[bisect_left(said, (at - ONE_MATTER_STEPS, -1)) :]
        if not any(is_related(place, other) for _, other in recent):
            said.append((at, place))
    first = FROM_DAY * DAY_STEPS
    inside = [at for at, _ in said if (at - first) // STEPS_A_WEEK in weeks]
    return len(inside) / len(weeks)


def judged(land: Ground, alarms: Alarms, bursts: list[Burst], hours: int) -> tuple[float, float]:
    """Share of bursts found in time by their pair, category or township, and the median delay in minutes."""
    delays = []
    latest = hours * HOUR_STEPS + GRACE_STEPS
    for burst in bursts:
        if burst.begin < (FROM_DAY + 7 * TUNED_WEEKS) * DAY_STEPS:
            continue
        places = (
            burst.place,
            land.watched.category_of[burst.place],
            land.watched.township_of[burst.place],
        )
        after = [at - burst.begin for place in places for at in alarms.get(int(place), ())]
        delays.append(min((one for one in after if 0 <= one < latest), default=None))
    found = [one for one in delays if one is not None]
    return len(found) / len(delays), float(np.median(found)) * 5 + 5 if found else float("nan")


TUNED: Final = range(TUNED_WEEKS)
JUDGED: Final = range(TUNED_WEEKS, WEEKS)
RARITIES: Final = tuple(round(0.1 * step, 1) for step in range(5, 141))
SHARES: Final = tuple(10.0**-power for power in np.arange(0.0, 6.0, 0.05))


def tuned(land: Ground, way: Ways, thresholds: tuple[float, ...]) -> float:
    """Return the first threshold, of ever stricter ones, that says no more a week than is stated in the early weeks."""
    return next((one for one in thresholds if matters(land, way(one), TUNED) <= STATED), thresholds[-1])


def report(folder: Path) -> list[str]:
    """Print-ready lines of a Markdown table."""
    recorded = requests(folder)
    land = ground(recorded)
    total = int(land.counts[FROM_DAY * DAY_STEPS :, : land.watched.pairs].sum())
    begins = EPOCH + timedelta(days=recorded[0].at // 86_400_000 + FROM_DAY)
    grounds = [(*put_in(land, size, hours), hours) for size, hours in BURSTS]
    grounds += [(*raised(land, usual(land, land.counts), times), RISE_HOURS) for times in RISES]
    lines = [
        f"{total} calls of {WEEKS} weeks from {begins:%Y-%m-%d}; {land.watched.pairs} pairs of category and township, "
        f"{land.watched.places} watched counts. The first {TUNED_WEEKS} weeks set the threshold of such ways, "
        f"so that they say {STATED:g} a week there; the other {len(JUDGED)} judge. Alarms of a pair, its category and "
        "its township within eight hours are one",
        "",
        "| way | a week in the weeks that tune | a week in the weeks that judge | "
        + " | ".join(f"{n} in {hours} h: found, median delay" for n, hours in BURSTS)
        + "".join(f" | a category x{times} all over for {RISE_HOURS} h" for times in RISES)
        + " |",
        "|---|---|---|" + "---|" * (len(BURSTS) + len(RISES)),
    ]
    ways: list[tuple[str, Callable[[Ground, Numbers], Ways], float | tuple[float, ...]]] = [
        ("scan over four windows (surge.py), as it runs", by_scan, SURGE_RARITY),
        ("scan over four windows, tuned to one a week", by_scan, RARITIES),
        ("two-hour window against expectation (topics.py), as it runs", by_window, FALSE_ALARM),
        ("two-hour window, tuned to one a week", by_window, SHARES),
        ("five in two hours, no expectation", by_number, float(SURGE_COUNT)),
    ]
    made: dict[Callable[[Ground, Numbers], Ways], tuple[Ways, list[tuple[Ways, list[Burst], int]]]] = {}
    for name, kind, threshold in ways:
        if kind not in made:
            here = kind(land, land.counts)
            made[kind] = here, [(kind(land, counts), bursts, hours) for counts, bursts, hours in grounds]
        as_they_were, copies = made[kind]
        limit = tuned(land, as_they_were, threshold) if isinstance(threshold, tuple) else threshold
        rates = [matters(land, as_they_were(limit), weeks) for weeks in (TUNED, JUDGED)]
        cells = [
            "{:.0%}, {:.0f} min".format(*judged(land, way(limit), bursts, hours))
            for way, bursts, hours in copies
        ]
        at = f" ({limit:.3g})" if isinstance(threshold, tuple) else ""
        lines.append(f"| {name}{at} | {rates[0]:.1f} | {rates[1]:.1f} | " + " | ".join(cells) + " |")
    return lines
