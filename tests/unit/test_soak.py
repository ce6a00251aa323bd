"""What the soak calls growth: a leak shows, a peak and what was before the last three quarters do not."""

from __future__ import annotations

import random

import pytest

from tools.soak import MOST_GROWTH_MB, growth


def test_a_leak_of_a_megabyte_a_minute_is_over_the_bar_through_the_noise() -> None:
    noise = random.Random(1)
    leaking = [200 + number / 6 + noise.uniform(-2, 2) for number in range(60)]  # one sample each 10 s
    assert growth(leaking) == pytest.approx(7.3, abs=1.0)
    assert growth(leaking) > MOST_GROWTH_MB


def test_noise_and_a_single_peak_are_not_growth() -> None:
    noise = random.Random(2)
    level = [200 + noise.uniform(-2, 2) for _ in range(60)]
    level[40] = 260
    assert abs(growth(level)) < 1.5


def test_what_a_process_takes_at_its_start_is_not_growth() -> None:
    assert growth([100 + 10 * number for number in range(15)] + [250.0] * 45) == 0.0


def test_too_few_samples_grow_by_nothing() -> None:
    assert growth([]) == growth([1.0]) == 0.0
