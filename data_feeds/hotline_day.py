"""Today's calls and what is expected of them, read from the store piece by piece."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
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
    follow_day,
    kind_of_day,
    whole_days,
)
from dashboard.analysis.hotline_board import (
    PastDay,
    WaitingStage,
    category_rows,
    counted_rows,
    day_rows,
    watch_rows,
    zone_rows,
)
from dashboard.analysis.hotline_picture import (
    PHONE,
    OpenedOrder,
    SourceState,
    expected_between,
    hotline_picture,
    requests_of,
)
from dashboard.analysis.special_desks import desk_rows
from dashboard.analysis.topics import TopicMix, blended_mix
from dashboard.citypack import CityPack
from dashboard.service import Services, agents_now, calls_between, count_calls_between
from dashboard.service.hotline_board_reads import (
    SuperiorCount,
    open_by_stage,
    open_of_superiors,
    opened_by_origin,
)
from dashboard.service.hotline_reads import arrivals_per_bin, orders_opened, topic_counts

HISTORY_DAYS: Final = 56
MIX_DAYS: Final = 28
CALENDAR_DAYS: Final = 31  # before today, on the hotline's page
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
        self._prior = prior
        self._counted = _counted(services, self.date)
        self.history = whole_days(prior, self._counted)
        self._past: list[dict[str, Any]] | None = None
        self.kind = kind_of_day(pack.calendar, self.date, pack.heating)
        self.expectation: Expectation = expect_day(prior, self.history, self.date, self.kind)
        tomorrow = self.date + timedelta(days=1)
        self.tomorrow = expect_day(
            prior, self.history, tomorrow, kind_of_day(pack.calendar, tomorrow, pack.heating)
        )
        self.mix: TopicMix = _mix(services, self.history, self.date)
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
        sitting = agents_now(self._services)
        for seat in sitting:
            seats[seat.state] = seats.get(seat.state, 0) + 1
        desks = desk_rows(self.calls, [(seat.desk, seat.state) for seat in sitting], now)
        kind = {"kind": self.kind, "kind_days": sum(one.kind == self.kind for one in self.history)}
        picture = hotline_picture(
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
        return kind | picture | {"desks": desks}

    def board(self, source_state: SourceState, as_of: int, now: int) -> dict[str, Any]:
        """Return what the hotline's page shows besides the picture (docs/feeds.md, `zs:hotline:board`)."""
        bins = self.calls.bins(now)
        followed = follow_day(self.expectation, bins)
        requests = requests_of(self.calls.topics(), self._orders)
        expected_now = expected_between(self.expectation, self.midnight_at, self.midnight_at, now)
        opened = opened_by_origin(self._services, self.midnight_at, now + 1)
        by_number: Counter[str] = Counter()
        by_superior: Counter[str] = Counter()
        for (number, superior), count in opened.items():
            by_number[number] += count
            if superior:
                by_superior[superior] += count
        calls = self.calls.origins()
        superiors = open_of_superiors(self._services, now)
        for source in by_superior.keys() - {one.source for one in superiors}:
            superiors.append(SuperiorCount(source, 0, 0, None))
        return {
            "at": now,
            "day": self.date.isoformat(),
            "kind": self.kind,
            "categories": category_rows(requests, self.mix, expected_now, now),
            "watches": watch_rows(bins, followed, requests, self.midnight_at),
            "days": self._days(),
            "zones": zone_rows((WaitingStage(*one) for one in open_by_stage(self._services)), PHONE),
            "origins": [
                {**row, "orders": by_number[row["number"]]}
                for row in counted_rows({**dict.fromkeys(by_number, 0), **calls}, "number")
            ],
            "superiors": [
                {
                    "source": one.source, "today": by_superior[one.source], "open": one.open,
                    "overdue": one.overdue, "next_due_at": one.next_due_at,
                }
                for one in superiors
            ],
            "source": {"state": source_state, "as_of": as_of},
        }  # fmt: skip

    def _days(self) -> list[dict[str, Any]]:
        """The days before today, worked out once: each with what would have been expected of it in its morning."""
        if self._past is None:
            whole = {one.day for one in self.history}
            shown = [one for one in self._counted if (self.date - one.day).days <= CALENDAR_DAYS]
            self._past = day_rows(
                PastDay(
                    one.day, one.kind, one.counts, expect_day(self._prior, self.history, one.day, one.kind),
                    one.day in whole,
                )
                for one in shown
            )  # fmt: skip
        return self._past


def volume_prior(pack: CityPack) -> VolumePrior:
    """Return the city pack's figures as the prior of the expectation."""
    volume = pack.call_volume
    return VolumePrior(
        volume.calls_per_day,
        volume.weekday_hours,
        volume.weekend_hours,
        volume.day_factors,
        volume.month_factors,
        pack.heating,
    )


def _counted(services: Services, today: date) -> list[DayCounts]:
    """The days before today, also those that were not heard whole."""
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
        days.append(DayCounts(day, kind_of_day(calendar, day, services.pack.heating), of_day))
    return days


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


def _mix(services: Services, whole: Sequence[DayCounts], today: date) -> TopicMix:
    """Return the mix of the days whose calls were heard as a whole.

    A backlog of orders that is sent without its days' calls would make many requests of each call, and of every day
    that follows one on which little is asked for.
    """
    calendar = services.pack.calendar
    known = [one for one in whole if (today - one.day).days <= MIX_DAYS]
    counts: Counter[str] = Counter()
    for first, last in _runs([one.day for one in known]):
        start_at, end_at = calendar.midnight_at(first), calendar.midnight_at(last + timedelta(days=1))
        for category, count in topic_counts(services, start_at, end_at).items():
            counts[category[:_TOPIC_DIGITS]] += count
    calls = sum(int(one.counts.sum()) for one in known)
    shares = {one.code: one.share_pct or 0.0 for one in services.pack.categories.at_level(2, "hotline")}
    return blended_mix(shares, counts, calls)


def _runs(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Yield the first and the last day of each run of days that follow each other; `days` in order."""
    first: date | None = None
    for place, day in enumerate(days):
        first = first or day
        if place + 1 == len(days) or days[place + 1] - day > timedelta(days=1):
            yield first, day
            first = None
