"""Hot spots: found when many of one kind come from one place at one time, and seldom by chance."""

from __future__ import annotations

import numpy as np

from dashboard.analysis.hot_spots import HISTORY_MS, LEAST_COUNT, Placed, find_hot_spot

NOW = 1_800_000_000_000
HOUR = 3_600_000
LON, LAT = 119.5, 35.4
METRE = 1 / 111_320.0
ALARM = 0.001


def usual(number: int, seed: int) -> list[Placed]:
    """Requests of four weeks all over a city, half of them in its centre."""
    rng = np.random.default_rng(seed)
    spread = np.where(rng.random(number) < 0.5, 1_000, 8_000)
    return [
        Placed(
            f"u{one}",
            NOW - int(rng.integers(0, HISTORY_MS)),
            LON + rng.normal(0, spread[one]) * METRE / 0.815,
            LAT + rng.normal(0, spread[one]) * METRE,
        )
        for one in range(number)
    ]


def burst(number: int, metres: float, within_ms: int, north_m: float = 6_000) -> list[Placed]:
    rng = np.random.default_rng(number)
    return [
        Placed(
            f"b{one}",
            NOW - int(rng.integers(0, within_ms)),
            LON + rng.normal(0, metres) * METRE / 0.815,
            LAT + (north_m + rng.normal(0, metres)) * METRE,
        )
        for one in range(number)
    ]


def test_six_of_one_kind_from_one_place_within_the_hour_are_a_hot_spot() -> None:
    put_in = burst(6, 150, HOUR)
    found = find_hot_spot([*usual(300, 1), *put_in], NOW, ALARM)
    assert found is not None
    assert {one.id for one in put_in} <= set(found.members)
    assert found.begun_at == min(one.at for one in put_in)
    assert abs(found.lat - LAT - 6_000 * METRE) < 300 * METRE
    assert found.expected < 1
    assert found.chance <= ALARM


def test_as_many_all_over_the_city_are_none_though_the_hour_is_busy() -> None:
    rng = np.random.default_rng(9)
    busy = [
        Placed(f"c{one}", NOW - int(rng.integers(0, HOUR)), place.lon, place.lat)
        for one, place in enumerate(usual(12, 8))
    ]
    assert find_hot_spot([*usual(300, 1), *busy], NOW, ALARM) is None


def test_a_place_that_always_calls_is_none() -> None:
    rng = np.random.default_rng(3)
    always = [
        Placed(f"a{one}", NOW - int(rng.integers(0, HISTORY_MS)), LON, LAT + 0.05) for one in range(400)
    ]
    assert find_hot_spot([*usual(100, 2), *always], NOW, ALARM) is None


def test_fewer_than_four_are_none_and_neither_are_those_of_yesterday_or_tomorrow() -> None:
    background = usual(300, 1)
    assert find_hot_spot([*background, *burst(LEAST_COUNT - 1, 10, HOUR)], NOW, ALARM) is None
    old = [Placed(one.id, one.at - 24 * HOUR, one.lon, one.lat) for one in burst(8, 100, HOUR)]
    coming = [Placed(one.id, one.at + 24 * HOUR, one.lon, one.lat) for one in burst(8, 100, HOUR)]
    assert find_hot_spot([*background, *old], NOW, ALARM) is None
    assert find_hot_spot([*background, *coming], NOW, ALARM) is None
    assert find_hot_spot([], NOW, ALARM) is None


def test_chance_says_so_about_as_seldom_as_stated() -> None:
    stated = 0.05
    looks = 60
    said = sum(find_hot_spot(usual(900, seed), NOW, stated) is not None for seed in range(100, 100 + looks))
    assert 0 < said <= 8  # three are to be expected; nine or more would come once in four hundred such runs


def test_the_same_values_give_the_same_answer() -> None:
    requests = [*usual(300, 1), *burst(6, 150, HOUR)]
    first = find_hot_spot(requests, NOW, ALARM)
    assert first == find_hot_spot(list(reversed(requests)), NOW, ALARM)
    assert first is not None
