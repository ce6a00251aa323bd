"""The parts of the hotline's page: topics, watches, days and zones, each from plain values."""

from __future__ import annotations

from datetime import date

import numpy as np

from dashboard.analysis.expected import BIN_MS, BINS, Expectation
from dashboard.analysis.hotline_board import (
    PastDay,
    WaitingStage,
    category_rows,
    day_rows,
    watch_of,
    watch_rows,
    zone_rows,
)
from dashboard.analysis.topics import TopicMix

MIDNIGHT = 1_795_363_200_000
HOUR = 3_600_000
NOTHING = np.zeros(BINS, np.int64)


def expectation(per_bin: float = 2.0) -> Expectation:
    return Expectation(np.full(BINS, per_bin), NOTHING, NOTHING, 0.1, 1.2, 0.03)


def test_a_topic_that_nobody_asked_about_is_named_where_somebody_should_have() -> None:
    mix = TopicMix({"0101": 0.5, "0203": 0.4, "0301": 0.001}, 0.5)
    requests = [(MIDNIGHT, "0203"), (MIDNIGHT + 1, "0203"), (MIDNIGHT + 9, "9999"), (MIDNIGHT + HOUR, "0101")]
    rows = category_rows(requests, mix, 20.0, MIDNIGHT + 10)
    assert rows == [
        {"category": "0203", "count": 2, "expected": 4.0},
        {"category": "9999", "count": 1, "expected": 0.0},
        {"category": "0101", "count": 0, "expected": 5.0},
    ]


def test_the_first_watch_of_a_day_is_its_first_hour_and_its_last() -> None:
    assert [watch_of(hour) for hour in (0, 1, 2, 3, 10, 22, 23)] == [0, 1, 1, 2, 5, 11, 0]


def test_a_watch_counts_its_whole_bins_and_expects_all_of_itself() -> None:
    bins = [1] * 30  # to half past two
    requests = [(MIDNIGHT + HOUR, "0203"), (MIDNIGHT + HOUR, "0101"), (MIDNIGHT + 2 * HOUR, "0101")]
    rows = watch_rows(bins, expectation(), requests, MIDNIGHT)
    # The first watch has its other hour before the next midnight: its calls are compared with those of one hour.
    assert rows[0] == {"actual": 12, "expected_heard": 24, "expected": 48, "heard": 12, "top": None}
    assert rows[1] == {"actual": 18, "expected_heard": 36, "expected": 48, "heard": 18, "top": "0101"}
    assert rows[2] == {"actual": 0, "expected_heard": 0, "expected": 48, "heard": 0, "top": None}
    assert sum(row["expected"] for row in rows) == 2 * BINS


def test_requests_of_another_day_are_no_watchs() -> None:
    requests = [(MIDNIGHT - 1, "0203"), (MIDNIGHT + BINS * BIN_MS, "0203")]
    assert {row["top"] for row in watch_rows([], expectation(), requests, MIDNIGHT)} == {None}


def test_days_stand_latest_first_hour_by_hour_and_say_which_were_not_heard_whole() -> None:
    counts = np.arange(BINS, dtype=np.int64) % 12
    days = [
        PastDay(date(2026, 11, 21), "weekend", counts, expectation(), True),
        PastDay(date(2026, 11, 22), "weekend", NOTHING, expectation(0.5), False),
    ]
    found = day_rows(days)
    assert [(one["day"], one["is_whole"]) for one in found] == [("2026-11-22", False), ("2026-11-21", True)]
    assert found[1]["hours"] == [66] * 24
    assert found[0]["expected"] == [6.0] * 24


def test_each_stage_waits_for_its_zone_and_what_did_not_come_by_telephone_for_the_network() -> None:
    waiting = [
        WaitingStage("TO_ACCEPT", "phone", 3, 500),
        WaitingStage("SUPPLEMENT", "phone", 1, 100),
        WaitingStage("TO_ACCEPT", "wechat", 2, 300),
        WaitingStage("RETURN_REQUESTED", "phone", 4, 200),
        WaitingStage("HANDLING", "phone", 90, 1),
        WaitingStage("TO_CALLBACK", "web", 5, 50),
    ]
    assert zone_rows(waiting, "phone") == [
        {"zone": "accept", "count": 4, "oldest_at": 100},
        {"zone": "dispatch", "count": 4, "oldest_at": 200},
        {"zone": "network", "count": 2, "oldest_at": 300},
        {"zone": "review", "count": 0, "oldest_at": None},
        {"zone": "call_back", "count": 5, "oldest_at": 50},
    ]
