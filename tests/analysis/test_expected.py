"""The expected band: honest on made days with known truth, and on a real call centre's year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from dashboard.analysis.expected import (
    BINS,
    DayCounts,
    VolumePrior,
    expect_day,
    follow_day,
    kind_of_day,
    whole_days,
)
from dashboard.domain.heating import HeatingStart
from dashboard.domain.workdays import WorkingCalendar
from tests.feeds.recordings import real_file, rows_of

MONDAY = date(2026, 11, 2)
HOURS = (1.0,) * 6 + (
    2.0,
    5.0,
    9.0,
    12.0,
    11.0,
    8.0,
    5.0,
    5.0,
    9.0,
    10.0,
    9.0,
    7.0,
    5.0,
    4.0,
    3.0,
    2.0,
    2.0,
    1.0,
)
PRIOR = VolumePrior(1_600, HOURS, HOURS, (1.1, 1.05, 1.0, 1.0, 1.0, 0.9, 0.8), (1.0,) * 12)
HEATING = HeatingStart(11, 15, 7, 1.25, 0.25)
WITH_HEATING = replace(PRIOR, heating=HEATING)


def shape() -> np.ndarray:
    middles = np.arange(24) * 12 + 5.5
    drawn = np.interp(np.arange(BINS), middles, HOURS)
    return drawn / drawn.sum()


def made_days(number: int, level: float = 1_600, seed: int = 7, day_sigma: float = 0.08) -> list[DayCounts]:
    chance = np.random.default_rng(seed)
    days = []
    for offset in range(number):
        day = MONDAY + timedelta(days=offset)
        total = level * PRIOR.day_factors[day.weekday()] * np.exp(chance.normal(0, day_sigma))
        kind = "weekday" if day.weekday() < 5 else "weekend"
        days.append(DayCounts(day, kind, chance.poisson(total * shape())))
    return days


def coverage(days: list[DayCounts], start: int) -> tuple[float, float]:
    held, held_following = [], []
    for place in range(start, len(days)):
        one = days[place]
        before = expect_day(PRIOR, days[:place], one.day, one.kind)
        followed = follow_day(before, one.counts.tolist())
        held.append((one.counts >= before.low) & (one.counts <= before.high))
        held_following.append((one.counts >= followed.low) & (one.counts <= followed.high))
    return float(np.mean(held)), float(np.mean(held_following))


def test_before_any_history_the_packs_figures_are_expected() -> None:
    found = expect_day(PRIOR, [], MONDAY, "weekday")
    assert found.expected.sum() == pytest.approx(1_600 * 1.1)
    assert found.expected[:12].sum() < found.expected[9 * 12 : 10 * 12].sum() / 8
    assert (found.low <= found.expected + 1).all()
    assert (found.high >= found.expected - 1).all()


def test_the_band_holds_about_nine_of_ten_bins_of_made_days() -> None:
    held, held_following = coverage(made_days(60), 10)
    assert 0.88 <= held <= 0.97
    assert 0.88 <= held_following <= 0.97


def test_a_citys_own_level_replaces_the_packs_within_two_weeks() -> None:
    days = made_days(15, level=3_200)
    found = expect_day(PRIOR, days[:14], days[14].day, days[14].kind)
    assert found.expected.sum() == pytest.approx(3_200 * 1.1, rel=0.15)


def test_the_day_is_followed_within_what_days_usually_differ_by() -> None:
    days = made_days(40)
    before = expect_day(PRIOR, days, MONDAY + timedelta(days=40), "weekday")
    seen = np.round(before.expected[:120] * 1.1).astype(int).tolist()
    followed = follow_day(before, seen)
    assert 1.05 < followed.expected[200] / before.expected[200] < 1.11
    assert (followed.high - followed.low)[200] <= (before.high - before.low)[200]


def days_whose_hours_differ(number: int) -> list[DayCounts]:
    """A busy centre: each hour's rate differs from its day's by a tenth, neighbouring hours alike."""
    chance = np.random.default_rng(11)
    days = []
    for offset in range(number):
        day = MONDAY + timedelta(days=offset)
        lead = np.zeros(BINS)
        for at in range(1, BINS):
            lead[at] = 0.985 * lead[at - 1] + chance.normal(0, 0.1 * (1 - 0.985**2) ** 0.5)
        days.append(DayCounts(day, "weekday", chance.poisson(30_000 * shape() * np.exp(lead))))
    return days


def test_the_band_widens_with_the_horizon_where_hours_differ_and_holds_nine_of_ten_at_each() -> None:
    days = days_whose_hours_differ(60)
    held: dict[int, list[bool]] = {1: [], 24: [], 96: []}
    for number in range(30, 60):
        before = expect_day(PRIOR, days[:number], days[number].day, "weekday")
        followed = follow_day(before, days[number].counts[:120].tolist())
        width = (followed.high - followed.low) / followed.expected
        assert width[121] < width[132] < width[150]
        for ahead, found in held.items():
            near = slice(119 + ahead, 119 + ahead + 6)
            truth = days[number].counts[near]
            found += ((truth >= followed.low[near]) & (truth <= followed.high[near])).tolist()
    assert {ahead: 0.8 <= np.mean(found) <= 1.0 for ahead, found in held.items()} == dict.fromkeys(held, True)


def test_a_lead_of_an_hour_fades_and_a_lead_of_the_day_stays() -> None:
    days = days_whose_hours_differ(40)
    before = expect_day(PRIOR, days, MONDAY + timedelta(days=40), "weekday")
    rose = before.expected[:132].copy()
    rose[120:] *= 1.15
    followed = follow_day(before, rose.round().astype(int).tolist())
    lead = followed.expected[132:] / before.expected[132:] - 1
    assert 0.05 < lead[0] < 0.15
    assert lead[96] < 0.6 * lead[0]
    steady = follow_day(before, (before.expected[:132] * 1.15).round().astype(int).tolist())
    assert steady.expected[228] / before.expected[228] > 1 + lead[96]


def test_a_surge_is_not_explained_away() -> None:
    days = made_days(40)
    before = expect_day(PRIOR, days, MONDAY + timedelta(days=40), "weekday")
    flood = np.round(before.expected[:150] * 1.87).astype(int)
    followed = follow_day(before, flood.tolist())
    assert followed.expected[149] < before.expected[149] * 1.3
    busy = slice(100, 150)
    assert (flood[busy] > followed.high[busy]).mean() > 0.6, "on a normal day one bin in twenty is"


def test_bins_are_expected_from_the_bins_before_them_alone() -> None:
    before = expect_day(PRIOR, made_days(30), MONDAY + timedelta(days=30), "weekday")
    seen = before.expected[:100].round().astype(int).tolist()
    other = [*seen[:60], *([40] * 40)]
    assert (follow_day(before, seen).expected[:61] == follow_day(before, other).expected[:61]).all()
    assert follow_day(before, []).expected == pytest.approx(before.expected)
    assert follow_day(before, [0] * BINS).expected.shape == (BINS,)


def test_days_without_a_call_are_outages_and_days_to_come_are_ignored() -> None:
    days = made_days(20)
    outage = DayCounts(days[9].day, days[9].kind, np.zeros(BINS, np.int64))
    clean = days[:9] + days[10:15]
    found = expect_day(PRIOR, [*days[:9], outage, *days[10:]], days[15].day, days[15].kind)
    assert found.expected == pytest.approx(expect_day(PRIOR, clean, days[15].day, days[15].kind).expected)


def test_a_day_that_was_not_counted_through_is_told_from_a_whole_one() -> None:
    days = made_days(1)
    whole = days[0]
    begun_late = DayCounts(MONDAY, "weekday", np.where(np.arange(BINS) < 126, 0, whole.counts))
    cut_off = DayCounts(MONDAY, "weekday", np.where(abs(np.arange(BINS) - 180) < 9, 0, whole.counts))
    nothing = DayCounts(MONDAY, "weekday", np.zeros(BINS, np.int64))
    assert whole_days(PRIOR, [whole]) == [whole]
    assert (
        whole_days(PRIOR, [begun_late]) == whole_days(PRIOR, [cut_off]) == whole_days(PRIOR, [nothing]) == []
    )
    week = made_days(5)
    assert whole_days(PRIOR, [*week[1:], begun_late, cut_off]) == week[1:]


def test_a_hall_that_is_closed_at_night_has_whole_days() -> None:
    by_day = [
        DayCounts(one.day, one.kind, np.where(np.arange(BINS) < 84, 0, one.counts)) for one in made_days(5)
    ]
    assert whole_days(PRIOR, by_day) == by_day


def test_a_time_of_day_that_is_less_regular_than_the_day_gets_its_own_band_and_no_other_does() -> None:
    """Every morning from six to seven, calls come in a wave that nobody can foretell; all else is chance alone."""
    chance = np.random.default_rng(5)
    opening, noon = slice(72, 84), slice(132, 156)
    days = made_days(60, level=9_000)
    for one in days:
        one.counts[opening] = np.round(one.counts[opening] * chance.uniform(0.2, 1.8, 12))
    held = {"opening": [], "noon": []}
    for place in range(30, len(days)):
        found = expect_day(PRIOR, days[:place], days[place].day, days[place].kind)
        within = (days[place].counts >= found.low) & (days[place].counts <= found.high)
        held["opening"].append(within[opening].mean())
        held["noon"].append(within[noon].mean())
        assert (found.wider >= 1).all()
        assert found.wider[opening].mean() > 1.3 > found.wider[noon].mean()
    assert 0.83 <= np.mean(held["opening"]) <= 0.97
    assert 0.85 <= np.mean(held["noon"]) <= 0.98


def test_each_kind_of_day_has_its_own_name_and_a_holiday_is_expected_like_a_sunday() -> None:
    calendar = WorkingCalendar(
        8 * 3_600_000, ((0, 1),), frozenset({date(2026, 10, 1)}), frozenset({date(2026, 10, 10)})
    )
    kinds = [kind_of_day(calendar, date(2026, 10, number)) for number in (1, 9, 10, 11)]
    assert kinds == ["holiday", "weekday", "make_up", "weekend"]
    assert expect_day(PRIOR, [], date(2026, 10, 1), "holiday").expected.sum() == pytest.approx(1_280)
    assert expect_day(PRIOR, [], date(2026, 10, 10), "make_up").expected.sum() == pytest.approx(1_600)


def test_the_first_heating_days_are_a_kind_of_their_own_unless_the_calendar_says_more() -> None:
    calendar = WorkingCalendar(8 * 3_600_000, ((0, 1),), frozenset({date(2026, 11, 17)}), frozenset())
    kinds = [kind_of_day(calendar, date(2026, 11, number), HEATING) for number in (14, 15, 17, 21, 22)]
    assert kinds == ["weekend", "heating", "holiday", "heating", "weekend"]
    assert kind_of_day(calendar, date(2026, 11, 16)) == "weekday"  # a city that names no heating season
    over_new_year = replace(HEATING, month=12, day=28)
    assert [over_new_year.holds(date(2027, 1, number)) for number in (3, 4)] == [True, False]


def test_a_first_heating_day_without_any_like_it_is_expected_as_stated_with_a_wider_band() -> None:
    days = made_days(14, level=16_000)
    prior = replace(WITH_HEATING, calls_per_day=16_000)
    usual = expect_day(prior, days, date(2026, 11, 16), "weekday")
    found = expect_day(prior, days, date(2026, 11, 16), "heating")
    assert found.expected.sum() == pytest.approx(1.25 * usual.expected.sum())
    assert found.spread > 2 * usual.spread
    noon = slice(132, 156)
    width = (found.high - found.low)[noon].mean() / found.expected[noon].mean()
    assert width > 1.3 * (usual.high - usual.low)[noon].mean() / usual.expected[noon].mean()
    # A day half as busy again as usual lies in it; it would not lie in a weekday's.
    came = np.round(1.5 * usual.expected).astype(int)[noon]
    assert (came <= found.high[noon]).mean() > 0.9
    assert (came <= usual.high[noon]).mean() < 0.5


def test_heating_days_that_came_draw_the_next_to_themselves_and_no_other_day() -> None:
    days = made_days(14)
    cold = [
        DayCounts(date(2026, 11, 16 + number), "heating", np.round(1.6 * days[7 + number].counts).astype(int))
        for number in range(3)
    ]
    first, fourth = (
        expect_day(WITH_HEATING, [*days, *known], date(2026, 11, 19), "heating") for known in ([], cold)
    )
    assert 1.05 * first.expected.sum() < fourth.expected.sum() < 1.6 / 1.25 * 1.05 * first.expected.sum()
    assert fourth.spread < first.spread
    monday = expect_day(WITH_HEATING, [*days, *cold], date(2026, 11, 23), "weekday")
    usual = expect_day(WITH_HEATING, days, date(2026, 11, 23), "weekday")
    assert monday.expected.sum() == pytest.approx(usual.expected.sum(), rel=0.25)


@pytest.mark.real_data
def test_the_band_holds_nine_of_ten_bins_of_a_real_call_centre() -> None:
    days = real_days()
    prior = VolumePrior(
        30_000, tuple(float(7 <= hour < 21) for hour in range(24)), (1.0,) * 24, (1.0,) * 7, (1.0,) * 12
    )
    open_bins = slice(84, 252)  # the centre answers from 7:00 to 21:00
    held: list[float] = []
    errors: dict[str, list[float]] = {"ours": [], "plain mean": [], "a week before": []}
    for place in range(20, len(days)):
        truth = days[place].counts[open_bins]
        before = expect_day(prior, days[:place], days[place].day, "weekday")
        found = follow_day(before, days[place].counts.tolist())
        held.append(float(((truth >= found.low[open_bins]) & (truth <= found.high[open_bins])).mean()))
        mean = np.mean([one.counts[open_bins] for one in days[:place]], axis=0)
        week_before = days[place - 5].counts[open_bins]  # five, because the centre rests at weekends
        guesses = {"ours": found.expected[open_bins], "plain mean": mean, "a week before": week_before}
        for name, guess in guesses.items():
            errors[name].append(float(np.abs(truth - guess).mean()))
    print(f"\nband holds {np.mean(held):.1%} of {len(held)} days' bins")
    for name, found_errors in errors.items():
        print(f"mean absolute error, {name}: {np.mean(found_errors):.1f} calls in five minutes")
    assert 0.87 <= np.mean(held) <= 0.93
    assert np.mean(errors["ours"]) < 0.8 * np.mean(errors["plain mean"])
    assert np.mean(errors["ours"]) < 0.8 * np.mean(errors["a week before"])


def real_days() -> list[DayCounts]:
    counts: dict[date, np.ndarray] = {}
    for row in rows_of(real_file("call_volume_5min_2003.csv.gz")):
        day, clock = row["DateTime"].removesuffix("Z").split("T")
        hour, minute, _ = clock.split(":")
        of_day = counts.setdefault(date.fromisoformat(day), np.zeros(BINS, np.int64))
        of_day[(int(hour) * 60 + int(minute)) // 5] = int(row["Calls"])
    return [DayCounts(day, "weekday", of_day) for day, of_day in sorted(counts.items())]
