"""What citizens ask about today, and which topic stands out beyond chance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboard.analysis.count_quantiles import upper_tail

SPARK_BINS: Final = 12
SPARK_BIN_MS: Final = 10 * 60_000
WINDOW_MS: Final = SPARK_BINS * SPARK_BIN_MS
SHOWN: Final = 12
DAY_MS: Final = 24 * 3_600_000  # the city's clock is never set forward or back
# A surge: as many requests of a topic within two hours would come by chance in fewer than one of twenty looks
# at all topics together, with topics scattering half as much again as pure chance; and never fewer than five.
FALSE_ALARM: Final = 0.05
DISPERSION: Final = 1.5
SURGE_COUNT: Final = 5


@dataclass(frozen=True, slots=True)
class TopicMix:
    """Usual requests by topic: share of each category in all requests, and requests per call that comes."""

    shares: Mapping[str, float]
    per_call: float


def topic_rows(
    requests: Iterable[tuple[int, str]],
    mix: TopicMix,
    expected_today: float,
    expected_window: float,
    now: int,
    yesterday: Iterable[tuple[int, str]] = (),
) -> list[dict[str, Any]]:
    """Return the topics of the hotline picture, surges first, then the most frequent.

    Args:
        requests: (at, category) of each request of today, each once.
        mix: the usual shares.
        expected_today: calls expected from midnight to now.
        expected_window: calls expected in the two hours up to now.
        now: UTC ms.
        yesterday: (at, category) of the day before's requests, whole; without any nothing is said of yesterday.
    """
    before = Counter(category for at, category in yesterday if at <= now - DAY_MS)
    times: dict[str, list[int]] = defaultdict(list)
    for at, category in requests:
        if at <= now:
            times[category].append(at)
    rows = []
    for category, found in times.items():
        share = mix.shares.get(category, 0.0) * mix.per_call
        expected = share * expected_today
        spark = [0] * SPARK_BINS
        for at in found:
            place = SPARK_BINS - 1 - (now - at) // SPARK_BIN_MS
            if place >= 0:
                spark[place] += 1
        rows.append(
            {
                "category": category,
                "count": len(found),
                "expected": round(expected, 1),
                "ratio": round(len(found) / expected, 2) if expected >= 0.5 else None,
                "yesterday": before[category] if before else None,
                "spark": spark,
                "surge": _is_surge(sum(spark), share * expected_window, len(mix.shares)),
            }
        )
    rows.sort(key=lambda row: (not row["surge"], -int(str(row["count"])), row["category"]))
    return rows[:SHOWN]


def blended_mix(prior_shares: Mapping[str, float], counts: Mapping[str, int], calls: int) -> TopicMix:
    """Return the mix of a city: the prior's shares moved to what was counted.

    Args:
        prior_shares: category -> share, any scale.
        counts: requests by category in the days before.
        calls: calls that arrived in the same days.
    """
    total = sum(prior_shares.values()) or 1.0
    trust = 500.0  # the prior counts as much as so many requests
    counted = sum(counts.values())
    codes = set(prior_shares) | set(counts)
    shares = {
        code: (counts.get(code, 0) + trust * prior_shares.get(code, 0.0) / total) / (counted + trust)
        for code in codes
    }
    # Before there is history every call that comes is taken for one request.
    per_call = (counted + trust) / (calls + trust)
    return TopicMix(shares, per_call)


def _is_surge(count: int, expected: float, topics: int) -> bool:
    if count < SURGE_COUNT or expected <= 0:  # what is usual of an unlisted topic nobody knows
        return False
    return upper_tail(count, expected, DISPERSION * expected) < FALSE_ALARM / max(1, topics)
