"""The hotline at this moment as one JSON object: a pure function of counts, seats, expectation and now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from dashboard.analysis.call_day import CallDay
from dashboard.analysis.expected import BIN_MS, BINS, Expectation, follow_day
from dashboard.analysis.staffing import seats_needed
from dashboard.analysis.topics import WINDOW_MS, TopicMix, topic_rows

ANSWER_TARGET_MS: Final = 15_000  # GB/T 33358: answered within 15 s ...
ANSWER_SHARE: Final = 0.80  # ... for 80 % of calls
LATELY_MS: Final = 60 * 60_000  # "answered in time" speaks of the last hour
LOAD_MS: Final = 30 * 60_000  # seats are needed for the busier of this last and this next period
DAY_MS: Final = 24 * 3_600_000

# Time a call keeps a seat before the day has its own: 210 s of talk and 120 s of wrap-up, both assumed, which
# count as much as so many calls of the day.
USUAL_TALK_MS: Final = 210_000.0
USUAL_WRAP_MS: Final = 120_000.0
USUAL_COUNTS_AS: Final = 50

SourceState = Literal["fresh", "late", "down"]
PHONE: Final = "phone"


@dataclass(frozen=True, slots=True)
class OpenedOrder:
    """What the picture needs of an order opened today."""

    order_no: str
    opened_at: int
    category: str
    channel: str


def hotline_picture(
    day: CallDay,
    local_date: date,
    seats: Mapping[str, int],
    orders: Iterable[OpenedOrder],
    expectation: Expectation,
    mix: TopicMix,
    source_state: SourceState,
    as_of: int,
    now: int,
    yesterday: Sequence[tuple[int, str]] = (),
) -> dict[str, Any]:
    """Return the object that docs/feeds.md describes under `zs:hotline`.

    Args:
        day: today's calls, those of the 24 hours before included.
        local_date: the date that began at `day.midnight_at`.
        seats: agent state -> how many.
        orders: orders opened today, merged ones too.
        expectation: as of the day's start.
        mix: usual topics.
        source_state, as_of: how fresh the hotline platform is.
        yesterday: (at, category) of the day before's requests; empty where none are known.
    """
    bins = day.bins(now)
    followed = follow_day(expectation, bins)
    opened = list(orders)
    requests = requests_of(day.topics(), opened)
    waiting = day.waiting(now)
    in_time, over = day.answered_within(ANSWER_TARGET_MS, now - LATELY_MS, now)
    answered, of = day.connected(now - DAY_MS, now)
    expected_now = expected_between(expectation, day.midnight_at, day.midnight_at, now)
    channels = day.channels()
    channels.update(Counter(order.channel for order in opened if order.channel != PHONE))
    return {
        "at": now,
        "day": local_date.isoformat(),
        "today": {
            "calls": day.calls,
            "expected_now": round(expected_now),
            "answered": day.answered,
            "abandoned": day.abandoned,
            "orders": len(opened),
        },
        "bins": {
            "start_at": day.midnight_at,
            "width_ms": BIN_MS,
            "actual": bins,
            "expected": [round(value, 1) for value in followed.expected.tolist()],
            "low": followed.low.tolist(),
            "high": followed.high.tolist(),
        },
        "queue": {
            "waiting": None if waiting is None else len(waiting),
            "longest_wait_ms": now - waiting[0] if waiting else 0,
            "within_15s": _rounded(in_time / over if over else None),
            "within_15s_of": [in_time, over],
            "target": ANSWER_SHARE,
        },
        "agents": _agents(day, seats, followed, now),
        "connected_24h": _rounded(answered / of if of else None),
        "connected_24h_of": [answered, of],
        "channels": [
            {"code": code, "count": count}
            for code, count in sorted(channels.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
        "topics": topic_rows(
            requests,
            mix,
            expected_now,
            expected_between(expectation, day.midnight_at, now - WINDOW_MS, now),
            now,
            yesterday,
        ),
        "source": {"state": source_state, "as_of": as_of},
    }


def requests_of(
    topics: Iterable[tuple[int, str, str]], orders: Sequence[OpenedOrder]
) -> list[tuple[int, str]]:
    """Return (at, category) of every request once: orders, and calls with a topic that became no known order.

    Args:
        topics: (at, category, order number) of each call whose topic was named.
    """
    known = {order.order_no for order in orders}
    found = [(order.opened_at, order.category) for order in orders]
    found += [(at, category) for at, category, order_no in topics if order_no not in known or not order_no]
    return found


def _agents(day: CallDay, seats: Mapping[str, int], followed: Expectation, now: int) -> dict[str, int]:
    talks = day.talk_times_ms()
    talk_ms = (sum(talks) + USUAL_COUNTS_AS * USUAL_TALK_MS) / (len(talks) + USUAL_COUNTS_AS)
    keeps_ms = talk_ms + USUAL_WRAP_MS
    came = day.arrivals(now - LOAD_MS, now)
    coming = expected_between(followed, day.midnight_at, now, now + LOAD_MS)
    load = max(came, coming) / LOAD_MS * keeps_ms
    needed = seats_needed(load, keeps_ms, ANSWER_TARGET_MS, ANSWER_SHARE)
    present = {state: seats.get(state, 0) for state in ("talk", "wrap", "idle", "rest")}
    answering = present["talk"] + present["wrap"] + present["idle"]
    return {**present, "needed": needed, "short": max(0, needed - answering)}


def expected_between(expectation: Expectation, midnight_at: int, start_at: int, end_at: int) -> float:
    """Calls expected in a period of the day; bins that the period cuts count by the part inside."""
    total = 0.0
    first = max(0, (start_at - midnight_at) // BIN_MS)
    last = min(BINS - 1, (end_at - midnight_at) // BIN_MS)
    for number in range(first, last + 1):
        bin_at = midnight_at + number * BIN_MS
        inside = min(end_at, bin_at + BIN_MS) - max(start_at, bin_at)
        if inside > 0:
            total += float(expectation.expected[number]) * inside / BIN_MS
    return total


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
