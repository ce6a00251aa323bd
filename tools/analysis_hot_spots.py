"""Hot spots on the recorded service requests: false alarms on the days as they were, delay on bursts put into them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from math import radians
from pathlib import Path
from typing import Final

import numpy as np
from sklearn.cluster import DBSCAN

from dashboard.analysis.hot_spots import HISTORY_MS, LEAST_COUNT, SPANS_MS, Placed, UsualPlaces, find_hot_spot
from data_feeds.analysis_requests import HOT_SPOT_CHANCE
from tools.analysis_recordings import EPOCH, requests

DAY_MS: Final = 86_400_000
FROM_MS: Final = 120 * DAY_MS  # after 1 January: 1 May
DAYS: Final = 14
FOLDED_JUDGED: Final = 7
FOLDED_DAYS: Final = (
    42  # the busier ground: the half year laid upon six weeks, four of history and two to judge
)
EACH_MS: Final = 8 * 3_600_000  # a burst begins every eight hours, at another place
LASTS_MS: Final = 3_600_000
GRACE_MS: Final = 2 * 3_600_000
SIZES: Final = (4, 6, 10)
NEAR_M: Final = 150.0  # a burst's places scatter so far around its middle
EARTH_M: Final = 6_371_000.0
DENSE_M: Final = 500.0
DENSE_MS: Final = 2 * 3_600_000

Way = Callable[[Sequence[Placed], int], frozenset[str]]


def by_scan(usual: UsualPlaces) -> Way:
    """Ours, against what was usual before the judged days."""

    def way(known: Sequence[Placed], now: int) -> frozenset[str]:
        found = find_hot_spot(known, usual, HISTORY_MS / DAY_MS, now, HOT_SPOT_CHANCE)
        return frozenset(found.members) if found else frozenset()

    return way


def by_density(least: int, usual: UsualPlaces) -> Way:
    """DBSCAN: so many within 500 m of one of them in two hours, whatever is usual there."""

    def way(known: Sequence[Placed], now: int) -> frozenset[str]:
        recent = [one for one in known if now - DENSE_MS < one.at <= now]
        if len(recent) < least:
            return frozenset()
        points = np.array([[radians(one.lat), radians(one.lon)] for one in recent])
        labels = DBSCAN(eps=DENSE_M / EARTH_M, min_samples=least, metric="haversine").fit_predict(points)
        return frozenset(one.id for one, label in zip(recent, labels, strict=True) if label >= 0)

    return way


WAYS: Final[tuple[tuple[str, Callable[[UsualPlaces], Way]], ...]] = (
    ("space-time scan against what is usual there (hot_spots.py)", by_scan),
    ("DBSCAN, four within 500 m and two hours", partial(by_density, 4)),
    ("DBSCAN, six within 500 m and two hours", partial(by_density, 6)),
)


def recorded_by_category(folder: Path, folded: bool) -> tuple[dict[str, list[Placed]], int]:
    """Placed requests by category in the order in which they came, and the instant from which is judged.

    Args:
        folded: the whole half year laid upon six weeks, weekday upon weekday: the same places, four times as busy.
    """
    recorded = requests(folder)
    days = FOLDED_JUDGED if folded else DAYS
    first = recorded[0].at - recorded[0].at % DAY_MS
    begin = first + FROM_MS
    found: dict[str, list[Placed]] = {}
    for number, one in enumerate(recorded):
        if one.lat is None or one.lon is None:
            continue
        at = begin - HISTORY_MS + (one.at - begin) % (FOLDED_DAYS * DAY_MS) if folded else one.at
        if begin - HISTORY_MS <= at < begin + days * DAY_MS:
            found.setdefault(one.category, []).append(Placed(str(number), at, one.lon, one.lat))
    return {category: sorted(known, key=lambda one: one.at) for category, known in found.items()}, begin


def put_in(
    recorded: dict[str, list[Placed]], begin: int, days: int, size: int
) -> tuple[dict[str, list[Placed]], list[list[Placed]]]:
    """Put a burst into a copy every eight hours: near a request drawn from all, of its category, within an hour."""
    rng = np.random.default_rng(size)
    drawn_from = [(category, one) for category, known in sorted(recorded.items()) for one in known]
    copy = {category: list(known) for category, known in recorded.items()}
    bursts = []
    for number, at in enumerate(range(begin + EACH_MS // 2, begin + days * DAY_MS - EACH_MS, EACH_MS)):
        category, middle = drawn_from[int(rng.integers(len(drawn_from)))]
        minutes = np.sort(rng.integers(0, LASTS_MS, size))
        minutes[0] = 0
        north = rng.normal(0, NEAR_M / 111_320, size)
        east = rng.normal(0, NEAR_M / 111_320 / np.cos(radians(middle.lat)), size)
        burst = [
            Placed(f"burst-{number}-{k}", at + int(minutes[k]), middle.lon + east[k], middle.lat + north[k])
            for k in range(size)
        ]
        copy[category] += burst
        bursts.append(burst)
    return {category: sorted(known, key=lambda one: one.at) for category, known in copy.items()}, bursts


def looks(by_category: dict[str, list[Placed]], begin: int, way: Way) -> tuple[int, dict[str, int]]:
    """Look at a category whenever a request of it comes.

    Returns:
        How many looks said something new, and when each request was first in a hot spot.
    """
    new = 0
    first: dict[str, int] = {}
    for known in by_category.values():
        oldest = 0
        for place, one in enumerate(known):
            while known[oldest].at <= one.at - HISTORY_MS:
                oldest += 1
            if one.at < begin:
                continue
            if place < LEAST_COUNT - 1 or one.at - known[place - LEAST_COUNT + 1].at > SPANS_MS[-1]:
                continue  # too few of the category lately: no way can say anything
            members = way(known[oldest : place + 1], one.at)
            new += bool(members) and not any(member in first for member in members)
            for member in members:
                first.setdefault(member, one.at)
    return new, first


def report(folder: Path) -> list[str]:
    """Print-ready lines of two Markdown tables."""
    lines: list[str] = []
    for folded in (False, True):
        recorded, begin = recorded_by_category(folder, folded)
        days = FOLDED_JUDGED if folded else DAYS
        judged = sum(one.at >= begin for known in recorded.values() for one in known)
        lines += [
            f"{judged} placed calls of {days} days from {EPOCH + timedelta(milliseconds=begin):%Y-%m-%d}, "
            f"{len(recorded)} categories" + (", the half year laid upon six weeks:" if folded else ":"),
            "",
            "| way | said a week on the days as they were | "
            + " | ".join(
                f"{size} within an hour and about {NEAR_M:.0f} m: found, median delay" for size in SIZES
            )
            + " |",
            "|---|---|" + "---|" * len(SIZES),
        ]
        grounds = [put_in(recorded, begin, days, size) for size in SIZES]
        before = sorted(
            (one for known in recorded.values() for one in known if one.at < begin), key=lambda one: one.at
        )
        usual = UsualPlaces(before)
        for name, kind in WAYS:
            way = kind(usual)
            new, _ = looks(recorded, begin, way)
            cells = [_found(by_category, bursts, begin, way) for by_category, bursts in grounds]
            lines.append(f"| {name} | {new / (days / 7):.1f} | " + " | ".join(cells) + " |")
        lines.append("")
    return lines[:-1]


def _found(by_category: dict[str, list[Placed]], bursts: list[list[Placed]], begin: int, way: Way) -> str:
    _, first = looks(by_category, begin, way)
    delays = [_delay(burst, first) for burst in bursts]
    found = [one for one in delays if one is not None]
    return f"{len(found) / len(delays):.0%}, " + (
        f"{np.median(found) / 60_000:.0f} min" if found else "never"
    )


def _delay(burst: list[Placed], first: dict[str, int]) -> int | None:
    """Ms from a burst's first request until two of its requests stand in a hot spot; None when missed."""
    begin = burst[0].at
    said = sorted(first[one.id] for one in burst if one.id in first)
    if len(said) < 2 or said[1] > begin + LASTS_MS + GRACE_MS:
        return None
    return said[1] - begin
