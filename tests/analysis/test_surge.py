"""Surges by category and township: a stated false-alarm rate, the onset, the size."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.analysis.surge import (
    FACTORS,
    LEAST_COUNT,
    STEPS_A_WEEK,
    Surge,
    WatchRules,
    dispersions,
    look,
    new_watch,
    threshold,
)

RULES = WatchRules(alarms_a_week=1.0)
DISPERSION = 1.2


def played(counts: np.ndarray, expected: np.ndarray, rules: WatchRules = RULES) -> list[list[Surge]]:
    """What stands after each step; rows are steps."""
    watch = new_watch(counts.shape[1])
    dispersion = np.full(counts.shape[1], DISPERSION)
    found = []
    for row in range(len(counts)):
        watch, standing = look(watch, counts[row].astype(float), expected[row], dispersion, rules)
        found.append(standing)
    return found


def usual_counts(steps: int, means: np.ndarray, dispersion: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    size = means / (dispersion - 1)
    return rng.negative_binomial(size, 1 / dispersion, (steps, means.size))


def test_by_chance_there_are_no_more_alarms_than_stated() -> None:
    means = np.geomspace(0.001, 2.0, 200)
    weeks = 1
    steps = weeks * STEPS_A_WEEK
    counts = usual_counts(steps, means, DISPERSION, seed=1)
    standing = played(counts, np.broadcast_to(means, counts.shape))
    begun = {(one.place, one.onset) for now in standing for one in now}
    assert len(begun) <= weeks * RULES.alarms_a_week
    eager = WatchRules(alarms_a_week=200.0)
    often = {
        (one.place, one.onset)
        for now in played(counts, np.broadcast_to(means, counts.shape), eager)
        for one in now
    }
    assert (
        len(begun) < len(often) <= weeks * eager.alarms_a_week
    )  # the count of alarms follows what is stated


@pytest.mark.parametrize(("usual", "burst"), [(0.002, 1), (0.5, 4)])
def test_a_burst_is_found_within_the_hour_with_its_onset_and_its_size(usual: float, burst: int) -> None:
    means = np.full(50, usual)
    counts = usual_counts(600, means, 1.2, seed=2)
    counts[450:500, 7] = 0  # a chance request just before would rightly be taken for its begin
    counts[500:, 7] += burst
    standing = played(counts, np.broadcast_to(means, counts.shape))
    first = next(step for step, now in enumerate(standing) if any(one.place == 7 for one in now))
    assert 500 <= first < 512
    surge = next(one for one in standing[first] if one.place == 7)
    assert abs(surge.onset - 500) <= 3
    assert surge.excess == pytest.approx(burst * (first - 499), rel=0.6)
    assert surge.counted >= LEAST_COUNT


def test_a_surge_ends_when_the_rate_is_usual_again() -> None:
    means = np.full((900, 1), 0.5)
    counts = np.zeros((900, 1), int)
    counts[::2, 0] = 1  # as expected
    counts[300:330, 0] = 6
    standing = played(counts, means)
    assert standing[320]
    assert not standing[299]
    assert not standing[600]


def test_a_busy_hour_that_was_expected_is_no_surge() -> None:
    expected = np.full((300, 1), 0.2)
    expected[100:200] = 8.0
    counts = np.round(expected).astype(int)
    assert not any(played(counts, expected))


def test_few_requests_are_no_surge_however_rare_their_category() -> None:
    expected = np.full((20, 1), 1e-7)
    counts = np.zeros((20, 1), int)
    counts[5:8, 0] = 1
    assert not any(played(counts, expected))
    counts[8, 0] = 1
    assert any(played(counts, expected))


def test_the_threshold_pays_for_each_watched_count_and_each_factor() -> None:
    assert threshold(100, RULES) == pytest.approx(np.log(len(FACTORS) * 100 * STEPS_A_WEEK))
    assert threshold(100, WatchRules(alarms_a_week=10)) < threshold(100, RULES)


def test_scatter_is_estimated_and_a_count_that_comes_in_bunches_is_believed_less() -> None:
    rng = np.random.default_rng(4)
    expected = np.full((2_000, 2), 1.5)
    counts = np.column_stack([rng.poisson(1.5, 2_000), rng.negative_binomial(1.5 / 3, 1 / 4, 2_000)])
    calm, bunched = dispersions(counts.astype(float), expected)
    assert calm == pytest.approx(1.0, abs=0.1)
    assert bunched == pytest.approx(4.0, rel=0.2)
    step = np.array([3.0, 3.0])
    watch, _ = look(new_watch(2), step, np.array([0.1, 0.1]), np.array([calm, bunched]), RULES)
    assert watch.sums[:, 0].max() > 1.5 * watch.sums[:, 1].max()
