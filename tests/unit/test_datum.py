"""WGS-84, GCJ-02 and BD-09 agree with published conversions and survive the way there and back."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.datum import (
    bd09_to_gcj02,
    bd09_to_wgs84,
    from_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

# The worked example of map libraries for 116.404, 39.915 (github.com/wandergis/coordtransform, test/app.js).
BEIJING = (116.404, 39.915)
# One place in Shanghai read off three maps (github.com/BruceZhaoR/pjutils, test-coordinate-tranform.R).
SHANGHAI = {
    "wgs84": (121.4295896700, 31.1601435400),
    "gcj02": (121.4342191628, 31.1582660190),
    "bd09": (121.4406138425, 31.1646093426),
}


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    east = (one[0] - other[0]) * 111_320 * math.cos(math.radians(one[1]))
    return math.hypot(east, (one[1] - other[1]) * 110_940)


def test_published_pair_wgs84_to_gcj02() -> None:
    assert wgs84_to_gcj02(*BEIJING) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-11)


def test_published_pair_gcj02_to_bd09() -> None:
    assert gcj02_to_bd09(*BEIJING) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-11)


def test_the_inverse_is_exact_where_the_published_one_is_only_near() -> None:
    # Libraries publish one-step inverses (116.39775550083061, 39.91359571849836 and 116.39762729119315,
    # 39.90865673957631): right to a couple of metres, while ours goes back to the very point.
    assert metres(gcj02_to_wgs84(*BEIJING), (116.39775550083061, 39.91359571849836)) < 2
    assert metres(bd09_to_gcj02(*BEIJING), (116.39762729119315, 39.90865673957631)) < 2
    assert wgs84_to_gcj02(*gcj02_to_wgs84(*BEIJING)) == pytest.approx(BEIJING, abs=1e-9)
    assert gcj02_to_bd09(*bd09_to_gcj02(*BEIJING)) == pytest.approx(BEIJING, abs=1e-9)


@pytest.mark.parametrize("source", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("target", ["wgs84", "gcj02", "bd09"])
def test_one_place_read_off_three_maps(source: str, target: str) -> None:
    inside = to_wgs84(*SHANGHAI[source], source)  # type: ignore[arg-type]
    shown = from_wgs84(*inside, target)  # type: ignore[arg-type]
    assert metres(shown, SHANGHAI[target]) < 1.2


lons = st.floats(73.5, 135.0)
lats = st.floats(18.0, 53.5)


@given(lons, lats)
def test_there_and_back_is_the_same_place(lon: float, lat: float) -> None:
    for there, back in ((wgs84_to_gcj02, gcj02_to_wgs84), (wgs84_to_bd09, bd09_to_wgs84)):
        assert back(*there(lon, lat)) == pytest.approx((lon, lat), abs=1e-7)


@given(lons, lats)
def test_the_national_shift_is_some_hundred_metres(lon: float, lat: float) -> None:
    assert 20 < metres((lon, lat), wgs84_to_gcj02(lon, lat)) < 1500


@pytest.mark.parametrize("place", [(2.2945, 48.8583), (-74.0445, 40.6892), (151.2153, -33.8568), (0.0, 0.0)])
def test_outside_china_nothing_is_shifted(place: tuple[float, float]) -> None:
    for datum in ("wgs84", "gcj02", "bd09"):
        assert to_wgs84(*place, datum) == place  # type: ignore[arg-type]
        assert from_wgs84(*place, datum) == place  # type: ignore[arg-type]
