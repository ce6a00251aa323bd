"""Today's calls and what is expected of them, read from the store piece by piece."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from dashboard.analysis.call_day import DAY_MS, CallDay
from dashboard.analysis.expected import (
    BIN_MS,
    BINS,
    DayCounts,
    Expectation,
    VolumePrior,
    expect_day,
    kind_of_day,
    whole_days,
)
from dashboard.analysis.hotline_picture import OpenedOrder, SourceState, hotline_picture, requests_of
from dashboard.analysis.topics import TopicMix, blended_mix
from dashboard.citypack import CityPack
from dashboard.service import Services, agents_now, calls_between, count_calls_between
from dashboard.service.hotline_reads import arrivals_per_bin, orders_opened, topic_counts

HISTORY_DAYS: Final = 56
MIX_DAYS: Final = 28
OVERLAP_MS: Final = 120_000  # an event may reach the store this long after it happened and is still found
_TOPIC_DIGITS: Final = 4  # topics are categories of the second level


class HotlineDay:
    """The day that runs, from the store; every method blocks and is called in a thread.

    Args:
        services: for the store and the pack.
        now: the day is the one that holds this instant.
    """

    def __init__(self, services: Services, now: int) -> None:
        self._services = services
        pack = services.pack
        self.date = pack.calendar.local_date(now)
        self.midnight_at = pack.calendar.midnight_at(self.date)
        prior = volume_prior(pack)
        self.history = _history(services, prior, self.date)
        kind = kind_of_day(pack.calendar, self.date)
        self.expectation: Expectation = expect_day(prior, self.history, self.date, kind)
        self.mix: TopicMix = _mix(services, self.midnight_at)
        self.calls = CallDay(self.midnight_at)
        self._read_to = self.midnight_at - DAY_MS
        self._orders: list[OpenedOrder] = []
        # A yesterday that was not heard as a whole (the first day, an outage) would be compared with too little.
        yesterday = self.date - timedelta(days=1)
        is_whole = any(one.day == yesterday for one in self.history)
        yesterday_at = pack.calendar.midnight_at(yesterday)
        self._yesterday = _requests_between(services, yesterday_at, self.midnight_at) if is_whole else []

    def holds(self, now: int) -> bool:
        """Say whether `now` still lies in this day."""
        return self.midnight_at <= now < self.midnight_at + DAY_MS

    def read_calls(self, now: int, margin_ms: int = 0) -> None:
        """Take in events since the last time, and everything again when the store holds more than was taken.

        A platform that comes back after an outage tells its morning at once, long after it happened.

        Args:
            now: UTC ms.
            margin_ms: how much further back to look, for a clock that runs fast.
        """
        since = self.midnight_at - DAY_MS
        self.calls.take(calls_between(self._services, self._read_to - OVERLAP_MS - margin_ms, now + 1))
        if count_calls_between(self._services, since, now + 1) != self.calls.taken(since, now):
            self.calls.take(calls_between(self._services, since, now + 1))
        self._read_to = now

    def read_orders(self, now: int) -> None:
        """Read today's orders."""
        self._orders = _orders_between(self._services, self.midnight_at, now + 1)

    def picture(self, source_state: SourceState, as_of: int, now: int) -> dict[str, Any]:
        """Return the hotline picture at `now`."""
        seats: dict[str, int] = {}
        for seat in agents_now(self._services):
            seats[seat.state] = seats.get(seat.state, 0) + 1
        return hotline_picture(
            self.calls,
            self.date,
            seats,
            self._orders,
            self.expectation,
            self.mix,
            source_state,
            as_of,
            now,
            self._yesterday,
        )


def volume_prior(pack: CityPack) -> VolumePrior:
    """Return the city pack's figures as the prior of the expectation."""
    volume = pack.call_volume
    return VolumePrior(
        volume.calls_per_day,
        volume.weekday_hours,
        volume.weekend_hours,
        volume.day_factors,
        volume.month_factors,
    )


def _history(services: Services, prior: VolumePrior, today: date) -> list[DayCounts]:
    """Whole days before today."""
    calendar = services.pack.calendar
    first = today - timedelta(days=HISTORY_DAYS)
    start_at = calendar.midnight_at(first)
    found = arrivals_per_bin(services, start_at, calendar.midnight_at(today), BIN_MS)
    counts = np.zeros(HISTORY_DAYS * BINS, np.int64)
    for number, count in found.items():
        counts[number] = count
    days = []
    for offset, of_day in enumerate(counts.reshape(HISTORY_DAYS, BINS)):
        day = first + timedelta(days=offset)
        days.append(DayCounts(day, kind_of_day(calendar, day), of_day))
    return whole_days(prior, days)


def _orders_between(services: Services, start_at: int, end_at: int) -> list[OpenedOrder]:
    return [
        OpenedOrder(one.external_id, one.opened_at, one.category[:_TOPIC_DIGITS], one.channel)
        for one in orders_opened(services, start_at, end_at)
    ]


def _requests_between(services: Services, start_at: int, end_at: int) -> list[tuple[int, str]]:
    """(at, category) of every request of a period that is over."""
    topics = [
        (call.at, call.category, call.order_no)
        for call in calls_between(services, start_at, end_at)
        if call.kind == "ended" and call.category
    ]
    return requests_of(topics, _orders_between(services, start_at, end_at))


def _mix(services: Services, midnight_at: int) -> TopicMix:
    start_at = midnight_at - MIX_DAYS * DAY_MS
    counts: dict[str, int] = {}
    for category, count in topic_counts(services, start_at, midnight_at).items():
        topic = category[:_TOPIC_DIGITS]
        counts[topic] = counts.get(topic, 0) + count
    calls = sum(arrivals_per_bin(services, start_at, midnight_at, BIN_MS).values())
    shares = {one.code: one.share_pct or 0.0 for one in services.pack.categories.at_level(2, "hotline")}
    return blended_mix(shares, counts, calls)
