"""Surges by category and township: seldom by chance, found soon, said once, with since when and how many."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.analysis.surge import (
    LEAST_COUNT,
    STANDS_STEPS,
    STEPS_A_WEEK,
    Watched,
    heights,
    rarities,
    standing,
)
from dashboard.analysis.usual_requests import usual_day
from data_feeds.analysis_requests import SURGE_RARITY

DISPERSION = 1.2
# Two categories in three townships: six pairs, then the two categories, then the three townships.
WATCHED = Watched(np.repeat([6, 7], 3), np.tile([8, 9, 10], 2), 2, 3)
RARITY = 4.0


def usual_counts(steps: int, means: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.negative_binomial(means / (DISPERSION - 1), 1 / DISPERSION, (steps, means.size)).astype(float)


def whole(pairs: np.ndarray) -> np.ndarray:
    """Counts of pairs with those of their categories and townships behind."""
    by_both = pairs.reshape(len(pairs), 2, 3)
    return np.concatenate([pairs, by_both.sum(axis=2), by_both.sum(axis=1)], axis=1)


def stands(counts: np.ndarray, mean: float = 0.02) -> list[tuple[int, int, int]]:
    """(place, onset, counted) of what stands at the end, where every pair has the same mean."""
    expected = whole(np.full((len(counts), 6), mean))
    found = standing(counts, expected, WATCHED, heights(WATCHED, RARITY))
    return [(one.place, one.onset, one.counted) for one in found]


def test_counts_that_scatter_say_nothing_in_a_week_and_much_where_more_is_asked_for() -> None:
    means = np.geomspace(0.001, 2.0, 200)
    counts = usual_counts(STEPS_A_WEEK, means, seed=1)
    rare, _ = rarities(counts, np.broadcast_to(means, counts.shape))
    assert not (rare >= SURGE_RARITY + np.log10(means.size)).any()
    assert (rare >= 1.0 + np.log10(means.size)).any(axis=1).mean() > 0.001


@pytest.mark.parametrize(("size", "hours"), [(6, 1), (10, 6)])
def test_a_burst_of_one_pair_is_said_once_with_its_onset_and_size(size: int, hours: int) -> None:
    pairs = np.zeros((200, 6))
    begin = 199 - hours * 12
    pairs[np.linspace(begin, 199, size).astype(int), 4] += 1
    assert stands(whole(pairs), mean=0.0005) == [(4, begin, size)]


def test_a_rise_all_over_a_township_is_the_townships() -> None:
    pairs = np.zeros((200, 6))
    for step in range(176, 200, 2):
        pairs[step, (0 if step % 4 else 3)] += 1  # both categories of the first township, alternating
    places = [place for place, _, _ in stands(whole(pairs))]
    assert 8 in places
    assert not {6, 7} & set(places)


def test_fewer_than_four_are_no_surge_however_rare() -> None:
    pairs = np.zeros((200, 6))
    pairs[199, 0] = LEAST_COUNT - 1
    assert stands(whole(pairs), mean=1e-6) == []
    pairs[199, 0] = LEAST_COUNT
    assert stands(whole(pairs), mean=1e-6) == [(0, 199, LEAST_COUNT)]


def test_a_surge_is_over_an_hour_after_it_was_last_rare() -> None:
    pairs = np.zeros((400, 6))
    pairs[100:104, 0] = 2
    expected = whole(np.full((400, 6), 0.02))
    rare, _ = rarities(whole(pairs), expected)
    last = int(np.flatnonzero(rare[:, 0] >= heights(WATCHED, RARITY)[0])[-1])
    until = last + STANDS_STEPS
    assert [place for place, _, _ in stands(whole(pairs[:until]))] == [0]
    assert stands(whole(pairs[: until + 1])) == []


def test_a_busy_count_needs_more_than_a_quiet_one() -> None:
    pairs = np.zeros((200, 6))
    pairs[190:198, 2] = 1
    assert stands(whole(pairs), mean=0.001) != []
    assert stands(whole(pairs), mean=0.5) == []


def test_without_days_the_prior_is_usual_and_with_them_it_fades() -> None:
    prior = np.full((24, 3), 0.1)
    profile = np.array([2, 2, 2])
    first = usual_day(np.zeros((0, 24, 3)), [], False, profile, prior)
    assert np.array_equal(first.hourly, prior)
    days = np.zeros((28, 24, 3))
    days[:, 9:17, 2] = 4.0
    days[:, 9:17, 0] = 4.0
    learnt = usual_day(days, [number % 7 >= 5 for number in range(28)], False, profile, prior)
    assert learnt.hourly[10, 0] == pytest.approx(4.0, rel=0.15)
    assert learnt.hourly[3, 0] < 0.2
    assert learnt.hourly[10, 1] < 0.1  # never met in four weeks
    assert learnt.between(0, 24).shape == (24, 3)
    with pytest.raises(ValueError, match="neither"):
        usual_day(np.zeros((0, 24, 3)), [], False, profile)
