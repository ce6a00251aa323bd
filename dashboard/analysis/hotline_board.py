"""What the hotline's own page shows beside the picture: every topic, the twelve watches, the days before, the zones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from dashboard.analysis.expected import BIN_MS, BINS, Counts, DayKind, Expectation
from dashboard.analysis.topics import TopicMix

HOUR_BINS: Final = 12  # of five minutes
WATCHES: Final = 12  # 十二时辰: each two hours, the first (子) from 23:00 to 1:00
HOUR_MS: Final = 3_600_000
LEAST_EXPECTED: Final = 0.5  # a topic that nobody asked about is named from so many expected requests on

# Which stages of an order wait for which zone of the hall (受理 转办 网络 审核 回访); 网络 takes in what did not
# come by telephone.
ZONE_OF_STAGE: Final = {
    "TO_ACCEPT": "accept",
    "SUPPLEMENT": "accept",
    "TO_DISPATCH": "dispatch",
    "RETURN_REQUESTED": "dispatch",
    "REPLIED": "review",
    "TO_CALLBACK": "call_back",
}
ZONES: Final = ("accept", "dispatch", "network", "review", "call_back")


@dataclass(frozen=True, slots=True)
class PastDay:
    """A day that is over: what came in each of its bins, what was expected that morning, whether it was heard whole."""

    day: date
    kind: DayKind
    counts: Counts
    expected: Expectation
    is_whole: bool


@dataclass(frozen=True, slots=True)
class WaitingStage:
    """Open orders of one stage and channel: how many, and since when the oldest stands there (UTC ms)."""

    stage: str
    channel: str
    count: int
    oldest_at: int


def category_rows(
    requests: Iterable[tuple[int, str]], mix: TopicMix, expected_calls: float, now: int
) -> list[dict[str, Any]]:
    """Return {"category", "count", "expected"} of every topic of today, the most frequent first.

    Args:
        requests: (at, category) of each request of today, each once.
        mix: the usual shares.
        expected_calls: calls expected from midnight to now.
        now: UTC ms.
    """
    counts = Counter(category for at, category in requests if at <= now)
    rows = []
    for category in sorted({*counts, *mix.shares}):
        expected = mix.shares.get(category, 0.0) * mix.per_call * expected_calls
        if counts[category] or expected >= LEAST_EXPECTED:
            rows.append({"category": category, "count": counts[category], "expected": round(expected, 1)})
    return sorted(rows, key=lambda row: (-int(str(row["count"])), row["category"]))


def watch_rows(
    bins: Sequence[int], followed: Expectation, requests: Iterable[tuple[int, str]], midnight_at: int
) -> list[dict[str, Any]]:
    """Return the twelve watches of the day, 子 first: {"actual", "expected_heard", "expected", "heard", "top"}.

    `actual` are the calls of its complete bins, `heard` how many of its 24 bins are complete; `expected_heard` are the
    calls expected in just these, which `actual` is compared with (子 has its second hour at the other end of the day);
    `expected` are the calls of the whole watch; `top` is the most frequent topic that began in it, None where nobody
    asked for anything.

    Args:
        bins: calls of each complete bin since midnight.
        followed: the day's expectation as of now.
        requests: (at, category) of each request of today.
        midnight_at: UTC ms.
    """
    actual, heard = [0] * WATCHES, [0] * WATCHES
    expected, expected_heard = [0.0] * WATCHES, [0.0] * WATCHES
    for number in range(BINS):
        watch = watch_of(number // HOUR_BINS)
        expected[watch] += float(followed.expected[number])
        if number < len(bins):
            actual[watch] += bins[number]
            heard[watch] += 1
            expected_heard[watch] += float(followed.expected[number])
    topics: list[Counter[str]] = [Counter() for _ in range(WATCHES)]
    for at, category in requests:
        if 0 <= at - midnight_at < BINS * BIN_MS:
            topics[watch_of((at - midnight_at) // HOUR_MS)][category] += 1
    return [
        {
            "actual": actual[watch],
            "expected_heard": round(expected_heard[watch]),
            "expected": round(expected[watch]),
            "heard": heard[watch],
            "top": min(topics[watch], key=lambda one: (-topics[watch][one], one)) if topics[watch] else None,
        }
        for watch in range(WATCHES)
    ]


def watch_of(hour: int) -> int:
    """Return the watch (0 子 to 11 亥) of an hour of the day."""
    return (hour + 1) // 2 % WATCHES


def day_rows(days: Iterable[PastDay]) -> list[dict[str, Any]]:
    """Return the days before today, the latest first: {"day", "kind", "is_whole", "hours", "expected"}.

    `hours` and `expected` are 24 numbers. What was not heard whole is told as such; its hours are what came anyhow.
    """
    return [
        {
            "day": one.day.isoformat(),
            "kind": one.kind,
            "is_whole": one.is_whole,
            "hours": [int(hour) for hour in one.counts.reshape(24, HOUR_BINS).sum(axis=1)],
            "expected": [
                round(float(hour), 1)
                for hour in np.asarray(one.expected.expected).reshape(24, HOUR_BINS).sum(axis=1)
            ],
        }
        for one in sorted(days, key=lambda one: one.day, reverse=True)
    ]


def zone_rows(waiting: Iterable[WaitingStage], phone: str) -> list[dict[str, Any]]:
    """Return {"zone", "count", "oldest_at"} of each zone of the hall: the orders that wait for it, None without any."""
    count: Counter[str] = Counter()
    oldest: dict[str, int] = {}
    for one in waiting:
        zone = ZONE_OF_STAGE.get(one.stage)
        if zone is None:
            continue
        if zone == "accept" and one.channel != phone:
            zone = "network"
        count[zone] += one.count
        oldest[zone] = min(oldest.get(zone, one.oldest_at), one.oldest_at)
    return [{"zone": zone, "count": count[zone], "oldest_at": oldest.get(zone)} for zone in ZONES]


def counted_rows(counts: Mapping[str, int], name: str) -> list[dict[str, Any]]:
    """Return {name, "count"}, the most first."""
    return [
        {name: key, "count": count}
        for key, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
