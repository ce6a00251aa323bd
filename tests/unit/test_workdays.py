"""Working time: office hours, weekends, holidays and make-up days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.workdays import HOUR_MS, NoWorkingDay, WorkingCalendar

CHINA = timezone(timedelta(hours=8))
HOURS = ((8 * HOUR_MS + HOUR_MS // 2, 12 * HOUR_MS), (14 * HOUR_MS, 18 * HOUR_MS))
# National Day 2026 and the two Saturdays and Sundays worked for it, as published.
NATIONAL_DAY = frozenset(date(2026, 10, day) for day in range(1, 8))
CALENDAR = WorkingCalendar(
    8 * HOUR_MS, HOURS, NATIONAL_DAY, frozenset({date(2026, 9, 20), date(2026, 10, 10)}), frozenset({2026})
)


def at(words: str) -> int:
    return int(datetime.strptime(words, "%Y-%m-%d %H:%M").replace(tzinfo=CHINA).timestamp() * 1000)


def said(instant: int) -> str:
    return datetime.fromtimestamp(instant / 1000, UTC).astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def test_a_working_day_is_seven_and_a_half_hours() -> None:
    assert CALENDAR.workday_ms == 7.5 * HOUR_MS


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # a Saturday worked for the holiday
        (date(2026, 10, 11), False),
        (date(2026, 11, 21), False),
    ],
)
def test_holidays_weekends_and_make_up_days(day: date, is_worked: bool) -> None:
    assert CALENDAR.is_workday(day) is is_worked


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23 09:00", 4, "2026-11-23 15:00"),  # over the lunch break
        ("2026-11-23 16:00", 4, "2026-11-24 10:30"),  # over the night
        ("2026-11-20 17:00", 2, "2026-11-23 09:30"),  # over the weekend
        ("2026-11-21 15:00", 4, "2026-11-23 14:30"),  # handed in on a Saturday
        ("2026-09-30 16:00", 4, "2026-10-08 10:30"),  # over National Day
        ("2026-10-09 16:00", 4, "2026-10-10 10:30"),  # into a Saturday that is worked
        ("2026-11-23 12:30", 0, "2026-11-23 14:00"),  # nothing, but the door must be open
        ("2026-11-23 08:30", 3.5, "2026-11-23 12:00"),  # to the very end of the morning
    ],
)
def test_work_hours_run_only_while_the_office_is_open(start: str, hours: float, end: str) -> None:
    assert said(CALENDAR.add_working_ms(at(start), int(hours * HOUR_MS))) == end


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-24 18:00", -7.5, "2026-11-24 08:30"),
        ("2026-11-24 10:30", -7.5, "2026-11-23 10:30"),
        ("2026-11-23 09:30", -2, "2026-11-20 17:00"),
        ("2026-10-08 09:00", -1, "2026-09-30 17:30"),
    ],
)
def test_going_back_skips_the_same_rest(start: str, hours: float, end: str) -> None:
    assert said(CALENDAR.add_working_ms(at(start), int(hours * HOUR_MS))) == end


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-23 10:42", 5, "2026-11-30 18:00"),
        ("2026-11-23 00:10", 1, "2026-11-24 18:00"),  # the first day is not counted, however early
        ("2026-11-20 23:50", 1, "2026-11-23 18:00"),
        ("2026-11-21 10:00", 1, "2026-11-23 18:00"),
        ("2026-09-29 10:00", 5, "2026-10-12 18:00"),  # 30 Sep, 8, 9, 10 (worked Saturday), 12 Oct
    ],
)
def test_days_end_at_closing_time_and_the_first_is_not_counted(start: str, days: int, end: str) -> None:
    assert said(CALENDAR.add_workdays(at(start), days)) == end


def test_a_limit_of_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        CALENDAR.add_workdays(at("2026-11-23 10:00"), 0)


def test_only_published_years_are_known() -> None:
    assert CALENDAR.is_published(date(2026, 5, 1))
    assert not CALENDAR.is_published(date(2027, 5, 1))


def test_a_calendar_without_working_days_says_so() -> None:
    endless = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(800))
    with pytest.raises(NoWorkingDay):
        WorkingCalendar(8 * HOUR_MS, HOURS, endless, frozenset()).add_workdays(at("2026-02-02 10:00"), 1)


@pytest.mark.parametrize("hours", [(), ((5, 4),), ((1, 5), (4, 6)), ((0, 25 * HOUR_MS),)])
def test_impossible_hours_are_refused(hours: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - several reasons
        WorkingCalendar(0, hours, frozenset(), frozenset())


instants = st.integers(at("2026-08-01 00:00"), at("2026-12-31 23:59"))
durations = st.integers(0, 30 * 24 * HOUR_MS)


@given(instants, durations)
def test_what_was_added_is_what_lies_between(start_at: int, ms: int) -> None:
    assert CALENDAR.working_ms_between(start_at, CALENDAR.add_working_ms(start_at, ms)) == ms


@given(instants, st.integers(1, 30 * 24 * HOUR_MS))
def test_back_and_forth_lose_no_working_time(start_at: int, ms: int) -> None:
    back_at = CALENDAR.add_working_ms(start_at, -ms)
    assert back_at <= start_at
    assert CALENDAR.working_ms_between(back_at, start_at) == ms


@given(instants, instants, durations)
def test_a_later_start_is_never_due_earlier(one: int, other: int, ms: int) -> None:
    first, second = sorted((one, other))
    assert CALENDAR.add_working_ms(first, ms) <= CALENDAR.add_working_ms(second, ms)


@given(instants, instants, st.integers(1, 20))
def test_a_later_start_in_days_is_never_due_earlier(one: int, other: int, days: int) -> None:
    first, second = sorted((one, other))
    assert CALENDAR.add_workdays(first, days) <= CALENDAR.add_workdays(second, days)


@given(instants, st.integers(1, 20))
def test_so_many_working_days_lie_up_to_the_due_day(start_at: int, days: int) -> None:
    due_at = CALENDAR.add_workdays(start_at, days)
    due_day = CALENDAR.local_date(due_at)
    assert CALENDAR.is_workday(due_day)
    assert CALENDAR.workdays_between(CALENDAR.local_date(start_at), due_day) == days
