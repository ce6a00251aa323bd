"""Bands of counts hold what they say, neither by chance nor by luck."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analysis.count_quantiles import count_band, upper_tail


@pytest.mark.parametrize("mean", [0.7, 3.0, 12.0, 80.0, 150.0, 400.0])
@pytest.mark.parametrize("dispersion", [1.0, 1.5, 3.0])
def test_the_band_holds_nine_of_ten_draws(mean: float, dispersion: float) -> None:
    chance = np.random.default_rng(1)
    if dispersion == 1.0:
        drawn = chance.poisson(mean, 20_000)
    else:
        drawn = chance.negative_binomial(mean / (dispersion - 1), 1 / dispersion, 20_000)
    low, high = count_band(np.array([mean]), np.array([mean * dispersion]), 0.9)
    held = float(((drawn >= low[0]) & (drawn <= high[0])).mean())
    assert 0.885 <= held <= 0.985
    assert float((drawn < low[0]).mean()) <= 0.06
    assert float((drawn > high[0]).mean()) <= 0.06


def test_where_nothing_is_expected_the_band_is_nothing() -> None:
    low, high = count_band(np.array([0.0]), np.array([0.0]), 0.9)
    assert (low[0], high[0]) == (0, 0)


@given(mean=st.floats(0.01, 190), dispersion=st.floats(1.0, 5.0), count=st.integers(0, 400))
def test_the_upper_tail_is_a_chance_that_falls_with_the_count(
    mean: float, dispersion: float, count: int
) -> None:
    here, further = (upper_tail(number, mean, mean * dispersion) for number in (count, count + 1))
    assert 0.0 <= further <= here <= 1.0


def test_the_upper_tail_is_right_where_it_can_be_counted() -> None:
    drawn = np.random.default_rng(2).negative_binomial(4 / 0.5, 1 / 1.5, 200_000)
    assert upper_tail(9, 4.0, 6.0) == pytest.approx(float((drawn >= 9).mean()), abs=0.003)
    assert upper_tail(1, 0.0, 0.0) == 0.0
