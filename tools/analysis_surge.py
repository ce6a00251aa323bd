"""Surges on the recorded service requests: false alarms on the days as they were, delay on bursts put into them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dashboard.analysis.count_quantiles import upper_tail
from dashboard.analysis.surge import STEP_MS, STEPS_A_WEEK, WatchRules, dispersions, look, new_watch
from dashboard.analysis.topics import DISPERSION, FALSE_ALARM, SURGE_COUNT, WINDOW_MS
from tools.analysis_recordings import EPOCH, Request, requests

Numbers = npt.NDArray[Any]

DAY_STEPS: Final = 288
HISTORY_DAYS: Final = 28
PROFILE_COUNTS_AS: Final = 50.0  # the hours of all count as so many requests of a category
FROM_DAY: Final = 90  # 1 April: the winter of that year was one blizzard after another
WEEKS: Final = 12
HOUR_STEPS: Final = 12
BURSTS: Final = (
    (5, 1),
    (8, 1),
    (15, 1),
    (12, 6),
)  # requests of one category and township, put into so many hours
EACH_STEPS: Final = 144  # a burst begins every twelve hours, each at another place
GRACE_STEPS: Final = 24  # a burst that nobody noted two hours after its end is missed
WINDOW_STEPS: Final = WINDOW_MS // STEP_MS
RULES: Final = WatchRules(alarms_a_week=1.0)


@dataclass(frozen=True, slots=True)
class Ground:
    """The recording as counts (steps x places), and where a place's whole category and township are watched."""

    counts: Numbers
    pairs: int
    category_of: Numbers
    township_of: Numbers


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
    counts = np.zeros((steps, len(pairs) + len(categories) + len(townships)), np.int16)
    category_of = np.array([len(pairs) + categories.index(pair[0]) for pair in pairs])
    township_of = np.array([len(pairs) + len(categories) + townships.index(pair[1]) for pair in pairs])
    for one in recorded:
        step = (one.at - midnight) // STEP_MS
        number = place.get((one.category, one.township))
        if number is not None and step < steps:
            counts[step, [number, category_of[number], township_of[number]]] += 1
    return Ground(counts, len(pairs), category_of, township_of)


def expected_days(land: Ground, counts: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield each judged day's expectation (288 x places) and scatter from the four weeks before it, nothing later.

    Each place's mean day, spread over the hours of its category on the same kind of day; a category of few requests
    has the hours of all.
    """
    profile_of = np.concatenate([land.category_of, np.arange(land.pairs, counts.shape[1])])
    for number in range(7 * WEEKS):
        day = FROM_DAY + number
        past = counts[(day - HISTORY_DAYS) * DAY_STEPS : day * DAY_STEPS].astype(float)
        by_hour = past.reshape(HISTORY_DAYS, 24, 12, -1).sum(axis=2)
        # The recording begins on Thursday 1 January 2015.
        rests = np.array([(3 + day - HISTORY_DAYS + back) % 7 >= 5 for back in range(HISTORY_DAYS + 1)])
        mean_day = (past.sum(axis=0) + 0.5) / HISTORY_DAYS
        hours = {}
        for kind in (True, False):
            alike = by_hour[rests[:-1] == kind]
            of_all = alike.sum(axis=(0, 2)) / alike.sum()
            factor = alike.mean(axis=0).sum() / by_hour.mean(axis=0).sum()
            shape = alike.sum(axis=0) + PROFILE_COUNTS_AS * of_all[:, None]
            own = (alike.mean(axis=0).sum(axis=0) + factor) / (by_hour.mean(axis=0).sum(axis=0) + 1)
            hours[kind] = (shape / shape.sum(axis=0) * own)[:, profile_of]
        usual = np.stack([hours[kind] for kind in rests[:-1]]) * mean_day
        blocks = (HISTORY_DAYS * 12, 2, -1)
        scatter = dispersions(by_hour.reshape(blocks).sum(axis=1), usual.reshape(blocks).sum(axis=1))
        yield np.repeat(hours[bool(rests[-1])] * mean_day / 12, 12, axis=0), scatter


def put_in(land: Ground, size: int, hours: int) -> tuple[Numbers, list[Burst]]:
    """Put bursts into a copy: every twelve hours, in a pair drawn by its frequency, at random minutes of the hours."""
    rng = np.random.default_rng(size)
    counts = land.counts.copy()
    weights = land.counts[:, : land.pairs].sum(axis=0) + 1.0
    bursts = []
    for begin in range(FROM_DAY * DAY_STEPS + EACH_STEPS, len(counts) - EACH_STEPS, EACH_STEPS):
        place = int(rng.choice(land.pairs, p=weights / weights.sum()))
        steps = np.sort(rng.integers(begin, begin + hours * HOUR_STEPS, size))
        steps[0] = begin
        for step in steps:
            counts[step, [place, land.category_of[place], land.township_of[place]]] += 1
        bursts.append(Burst(place, begin))
    return counts, bursts


Alarms = dict[int, list[int]]  # place -> steps in which an alarm began


def by_sums(land: Ground, counts: Numbers) -> Alarms:
    """Ours."""
    watch = new_watch(counts.shape[1])
    alarms: Alarms = {}
    standing: set[int] = set()
    for number, (expected, scatter) in enumerate(expected_days(land, counts)):
        for step in range(DAY_STEPS):
            at = (FROM_DAY + number) * DAY_STEPS + step
            watch, found = look(watch, counts[at].astype(float), expected[step], scatter, RULES)
            now = {one.place for one in found}
            for place in now - standing:
                alarms.setdefault(place, []).append(at)
            standing = now
    return alarms


def by_window(land: Ground, counts: Numbers) -> Alarms:
    """The topics' rule: a count of two hours that chance reaches in one of twenty looks at all counts."""
    places = counts.shape[1]

    def stands(window: float, expected: float) -> bool:
        return bool(upper_tail(int(window), expected, DISPERSION * expected) < FALSE_ALARM / places)

    return _windowed(land, counts, stands)


def by_number(land: Ground, counts: Numbers) -> Alarms:
    """No expectation at all: five or more within two hours."""
    return _windowed(land, counts, lambda window, expected: True)


def _windowed(land: Ground, counts: Numbers, stands: Callable[[float, float], bool]) -> Alarms:
    alarms: Alarms = {}
    standing: set[int] = set()
    usual = np.concatenate([expected for expected, _ in expected_days(land, counts)])
    begin = FROM_DAY * DAY_STEPS
    for at in range(begin, len(counts)):
        low = max(begin, at - WINDOW_STEPS + 1)
        window = counts[low : at + 1].sum(axis=0)
        now = {
            int(place)
            for place in np.flatnonzero(window >= SURGE_COUNT)
            if stands(window[place], float(usual[low - begin : at + 1 - begin, place].sum()))
        }
        for place in now - standing:
            alarms.setdefault(place, []).append(at)
        standing = now
    return alarms


def judged(land: Ground, alarms: Alarms, bursts: list[Burst], hours: int) -> tuple[float, float]:
    """Share of bursts found in time by their pair, category or township, and the median delay in minutes."""
    delays = []
    latest = hours * HOUR_STEPS + GRACE_STEPS
    for burst in bursts:
        places = (burst.place, land.category_of[burst.place], land.township_of[burst.place])
        after = [at - burst.begin for place in places for at in alarms.get(int(place), ())]
        delays.append(min((one for one in after if 0 <= one < latest), default=None))
    found = [one for one in delays if one is not None]
    return len(found) / len(delays), float(np.median(found)) * 5 + 5 if found else float("nan")


def report(folder: Path) -> list[str]:
    """Print-ready lines of a Markdown table."""
    recorded = requests(folder)
    land = ground(recorded)
    steps = 7 * WEEKS * DAY_STEPS
    total = int(land.counts[FROM_DAY * DAY_STEPS :, : land.pairs].sum())
    begins = EPOCH + timedelta(days=recorded[0].at // 86_400_000 + FROM_DAY)
    lines = [
        f"{total} calls of {WEEKS} weeks from {begins:%Y-%m-%d}; {land.pairs} pairs of category and township, "
        f"{land.counts.shape[1]} watched counts; stated: {RULES.alarms_a_week:g} false alarm a week",
        "",
        "| way | alarms a week on the days as they were | "
        + " | ".join(f"{n} in {hours} h: found, median delay" for n, hours in BURSTS)
        + " |",
        "|---|---|" + "---|" * len(BURSTS),
    ]
    grounds = [(*put_in(land, size, hours), hours) for size, hours in BURSTS]
    for name, way in (
        ("cumulative sums (surge.py)", by_sums),
        ("two-hour window against expectation (topics.py)", by_window),
        ("five in two hours, no expectation", by_number),
    ):
        begun = sum(len(found) for found in way(land, land.counts).values())
        cells = []
        for counts, bursts, hours in grounds:
            share, delay = judged(land, way(land, counts), bursts, hours)
            cells.append(f"{share:.0%}, {delay:.0f} min")
        lines.append(f"| {name} | {begun / (steps / STEPS_A_WEEK):.1f} | " + " | ".join(cells) + " |")
    return lines
