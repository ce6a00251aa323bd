"""Erlang C against the published table of the peak hour, and at its edges."""

from __future__ import annotations

import pytest

from dashboard.analysis.staffing import mean_wait_ms, seats_needed, share_in_time

TALK_MS = 330_000
LOAD = 1600 * 1.12 * 0.0989 * TALK_MS / 3_600_000  # a Monday's busiest hour times what each call keeps a seat

# seats, answered within 15 s, mean wait in s: the hotline study's table for 177.2 calls an hour of 330 s
TABLE = [
    (17, 0.229, 349.1), (18, 0.465, 109.0), (19, 0.637, 49.3), (20, 0.76, 25.0), (21, 0.845, 13.3),
    (22, 0.903, 7.2), (23, 0.941, 3.9), (24, 0.965, 2.1), (25, 0.98, 1.1), (26, 0.989, 0.6), (27, 0.994, 0.3),
]  # fmt: skip


@pytest.mark.parametrize(("seats", "in_time", "wait_s"), TABLE)
def test_the_table_of_the_peak_hour_is_met(seats: int, in_time: float, wait_s: float) -> None:
    assert share_in_time(LOAD, seats, TALK_MS, 15_000) == pytest.approx(in_time, abs=0.0006)
    assert mean_wait_ms(LOAD, seats, TALK_MS) / 1000 == pytest.approx(wait_s, abs=0.06)


def test_eighty_percent_in_fifteen_seconds_needs_twenty_one_seats_in_the_peak_hour() -> None:
    assert seats_needed(LOAD, TALK_MS, 15_000, 0.8) == 21


def test_no_calls_need_no_seats_and_too_few_seats_answer_nobody_in_time() -> None:
    assert seats_needed(0.0, TALK_MS, 15_000, 0.8) == 0
    assert share_in_time(0.0, 0, TALK_MS, 15_000) == 1.0
    assert share_in_time(5.0, 5, TALK_MS, 15_000) == 0.0
    assert mean_wait_ms(5.0, 5, TALK_MS) == float("inf")


def test_a_load_beyond_any_hall_ends_at_the_limit() -> None:
    assert seats_needed(1e7, TALK_MS, 15_000, 0.8) >= 2_000
