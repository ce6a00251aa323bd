"""Hot spots: found when many of one kind come from one place at one time, and seldom by chance."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.analysis.hot_spots import (
    HISTORY_MS,
    LEAST_COUNT,
    HotSpot,
    Placed,
    UsualPlaces,
    find_hot_spot,
)
from data_feeds.analysis_requests import HOT_SPOT_CHANCE

NOW = 1_800_000_000_000
HOUR = 3_600_000
LON, LAT = 119.5, 35.4
METRE = 1 / 111_320.0
ALARM = HOT_SPOT_CHANCE


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


def looked(requests: list[Placed], chance: float = ALARM) -> HotSpot | None:
    """A look at one kind whose own four weeks are all that is known of the city."""
    return find_hot_spot(requests, UsualPlaces(requests), 28.0, NOW, chance)


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
    found = looked([*usual(300, 1), *put_in])
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
    assert looked([*usual(300, 1), *busy]) is None


def test_a_place_that_always_calls_is_none() -> None:
    rng = np.random.default_rng(3)
    always = [
        Placed(f"a{one}", NOW - int(rng.integers(0, HISTORY_MS)), LON, LAT + 0.05) for one in range(400)
    ]
    assert looked([*usual(100, 2), *always]) is None


def test_fewer_than_four_are_none_and_neither_are_those_of_yesterday_or_tomorrow() -> None:
    background = usual(300, 1)
    assert looked([*background, *burst(LEAST_COUNT - 1, 10, HOUR)]) is None
    old = [Placed(one.id, one.at - 24 * HOUR, one.lon, one.lat) for one in burst(8, 100, HOUR)]
    coming = [Placed(one.id, one.at + 24 * HOUR, one.lon, one.lat) for one in burst(8, 100, HOUR)]
    assert looked([*background, *old]) is None
    assert looked([*background, *coming]) is None
    assert looked([]) is None


def test_usual_days_seldom_say_anything() -> None:
    looks = 200
    said = sum(looked(usual(900, seed)) is not None for seed in range(100, 100 + looks))
    assert said <= 2
    eager = sum(looked(usual(900, seed), 0.02) is not None for seed in range(100, 100 + looks))
    assert said < eager  # what is said follows what is asked for


def test_at_night_fewer_are_enough() -> None:
    by_day = [one for one in usual(2_000, 4) if 8 <= one.at // HOUR % 24 < 20]
    places = UsualPlaces(by_day)
    midnight = NOW - NOW % (24 * HOUR)
    assert places.part_of_day(midnight, midnight + 24 * HOUR) == pytest.approx(1.0)
    night = places.part_of_day(midnight + 2 * HOUR, midnight + 4 * HOUR)
    assert night < 0.01 < places.part_of_day(midnight + 10 * HOUR, midnight + 12 * HOUR)


def test_the_same_values_give_the_same_answer() -> None:
    requests = [*usual(300, 1), *burst(6, 150, HOUR)]
    first = looked(requests)
    assert first == looked(list(reversed(requests)))
    assert first is not None
