"""Seats short now and at the next change of shift."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.analysis.expected import BIN_MS, BINS, Floats
from dashboard.analysis.impatience import seats_with_patience
from dashboard.analysis.seat_outlook import Hall, ShiftBegin, seat_outlook

HOUR = 3_600_000
HALL = Hall(330_000.0, 90_000.0, 15_000.0, 0.8)
MIDNIGHT = 1_800_000_000_000


def forecast(per_hour: dict[int, float], days: int = 1) -> Floats:
    return np.array([per_hour.get(number // 12, 0.0) / 12 for number in range(days * BINS)])


def test_now_is_judged_by_what_came_where_that_is_more_than_was_forecast() -> None:
    now = MIDNIGHT + 10 * HOUR
    arrived = [now - number * 10_000 for number in range(90)]  # 90 in a quarter of an hour: 360 an hour
    here, later = seat_outlook(arrived, forecast({10: 100.0}), MIDNIGHT, 20, [], HALL, now)
    assert here.calls_per_hour == pytest.approx(360)
    assert here.needed == seats_with_patience(33.0, 330_000, 90_000, 15_000, 0.8)
    assert here.short == here.needed - 20 > 0
    assert here.meets.in_time < 0.8
    assert later is None


def test_a_quiet_quarter_of_an_hour_before_a_peak_is_judged_by_the_forecast() -> None:
    now = MIDNIGHT + 10 * HOUR
    here, _ = seat_outlook([], forecast({10: 180.0}), MIDNIGHT, 40, [], HALL, now)
    assert here.calls_per_hour == pytest.approx(180)
    assert here.short == 0


def test_the_next_change_of_shift_is_judged_by_its_busiest_half_hour() -> None:
    now = MIDNIGHT + 10 * HOUR
    plan = [
        ShiftBegin(MIDNIGHT + 22 * HOUR, 4),
        ShiftBegin(MIDNIGHT + 14 * HOUR, 16),
        ShiftBegin(MIDNIGHT, 4),
    ]
    day = forecast({10: 60.0, 14: 80.0, 16: 240.0, 22: 900.0})
    _, later = seat_outlook([], day, MIDNIGHT, 22, plan, HALL, now)
    assert later is not None
    assert (later.at, later.seats) == (MIDNIGHT + 14 * HOUR, 16)
    assert later.calls_per_hour == pytest.approx(240)
    assert later.short == later.needed - 16 > 0


def test_bins_that_the_quarter_of_an_hour_cuts_count_by_their_part() -> None:
    now = MIDNIGHT + 10 * HOUR + 2 * BIN_MS // 5
    here, _ = seat_outlook([], forecast({10: 120.0}), MIDNIGHT, 40, [], HALL, now)
    assert here.calls_per_hour == pytest.approx(120)


def test_a_change_of_shift_at_midnight_is_judged_by_tomorrows_forecast() -> None:
    now = MIDNIGHT + 20 * HOUR
    plan = [ShiftBegin(MIDNIGHT + 24 * HOUR, 4), ShiftBegin(MIDNIGHT + 32 * HOUR, 20)]
    calls = {20: 60.0, 30: 120.0, 33: 300.0}
    _, later = seat_outlook([], forecast(calls, days=2), MIDNIGHT, 22, plan, HALL, now)
    assert later is not None
    assert (later.at, later.seats) == (MIDNIGHT + 24 * HOUR, 4)
    assert later.calls_per_hour == pytest.approx(120)  # not of the shift after it
    assert seat_outlook([], forecast(calls), MIDNIGHT, 22, plan, HALL, now)[1] is None
