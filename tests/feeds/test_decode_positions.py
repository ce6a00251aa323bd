"""JSON batches of fixes: fast when whole, item by item when not, the same result either way."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feeds.decoders.errors import Batch, DecodeError
from data_feeds.decoders.limits import BODY_LIMIT_BYTES, FIXES_LIMIT
from data_feeds.decoders.positions import FixItem, decode_positions
from tests.feeds.feed_city import NOW
from tests.feeds.fuzzing import PATIENT, body_of, damaged_items, mutated

GOOD = {
    "id": "rz-000123", "at": NOW, "lat": 35.41543, "lon": 119.52682, "speed_mps": 1.2, "bearing": 182.0,
    "accuracy_m": 8.5, "duty": True, "task": False, "alarm": False,
}  # fmt: skip


def decode(*items: object) -> Batch[FixItem]:
    return decode_positions(body_of("fixes", list(items)), now=NOW)


def test_a_whole_batch_is_read_in_order() -> None:
    found = decode(GOOD, {**GOOD, "id": "b"}, {"id": "c", "at": NOW - 1, "lat": 35, "lon": 119})
    assert [index for index, _ in found.readings] == [0, 1, 2]
    assert found.readings[0][1] == FixItem(**GOOD)
    assert found.readings[2][1] == FixItem(id="c", at=NOW - 1, lat=35.0, lon=119.0)
    assert found.faults == []


def test_a_bad_item_does_not_spoil_the_others() -> None:
    found = decode(GOOD, {**GOOD, "lat": 91}, {**GOOD, "at": NOW + 60_001}, {**GOOD, "id": "d"})
    assert [fix.id for _, fix in found.readings] == ["rz-000123", "d"]
    assert [(fault.offset, fault.reason) for fault in found.faults] == [
        (1, "Expected `float` <= 90.0 - at `$.lat`"),
        (2, "field `at` is more than 60 s in the future"),
    ]
    assert set(found.refused_items) == {1, 2}


def test_a_bd09_fix_is_brought_to_wgs84() -> None:
    ((_, fix),) = decode({**GOOD, "datum": "bd09"}).readings
    assert fix.datum == "wgs84"
    assert 0.006 < 119.52682 - fix.lon < 0.02


BROKEN = [
    ({**GOOD, "lat": None}, "Expected `float`, got `null` - at `$.lat`"),
    ({**GOOD, "lat": "35.4"}, "Expected `float`, got `str` - at `$.lat`"),
    ({**GOOD, "fuel": 3}, "Object contains unknown field `fuel`"),
    ({"id": "a", "at": NOW, "lat": 35.4}, "Object missing required field `lon`"),
    ({**GOOD, "at": NOW - 86_400_001}, "field `at` is older than 24 h"),
    ({**GOOD, "at": 2**80}, "Expected `int` <="),
    ({**GOOD, "lat": 0, "lon": 0}, "fields `lat` and `lon` are both 0"),
    ({**GOOD, "id": ""}, "Expected `str` of length >= 1"),
    ({**GOOD, "id": "a\x00"}, "field `id` has a control character"),
    ({**GOOD, "speed_mps": 201}, "Expected `float` <= 200.0"),
    ({**GOOD, "bearing": -1}, "Expected `float` >= 0.0"),
    ({**GOOD, "datum": "private words"}, "Not one of the allowed values - at `$.datum`"),
    ({**GOOD, "duty": 1}, "Expected `bool | null`, got `int`"),
    ([[]], "Expected `object`, got `array`"),
    (7, "Expected `object`, got `int`"),
]


@pytest.mark.parametrize(("item", "reason"), BROKEN)
def test_what_is_wrong_with_an_item_is_named(item: object, reason: str) -> None:
    found = decode(item)
    assert found.readings == []
    assert found.faults[0].reason.startswith(reason)
    assert found.faults[0].source == "positions"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "Input data was truncated"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"fixes": []}', "`fixes` is empty"),
        (b'{"fixes": 3}', "Expected `array`, got `int`"),
        (b'{"fix": []}', "Object contains unknown field `fix`"),
        (b'{"fixes": [{}], "more": 1}', "Object contains unknown field `more`"),
        (b'{"fixes": [{"lat": NaN}]}', "JSON is malformed"),
        (b'{"fixes": [' + b"[" * 200_000, "nested too deeply"),
        (b"\xff\xfe", "JSON is malformed"),
        (b"x" * (BODY_LIMIT_BYTES + 1), "body is over 1048576 bytes"),
        (b'{"fixes": [' + b"1," * FIXES_LIMIT + b"1]}", "`fixes` has more than 5000 items"),
    ],
)
def test_a_body_that_is_no_batch_is_refused_as_a_whole(body: bytes, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_positions(body, now=NOW)
    assert caught.value.reason.startswith(reason)


@PATIENT
@given(st.lists(damaged_items(GOOD), min_size=1, max_size=4))
def test_any_items_are_fixes_or_named_faults(items: list[dict]) -> None:
    try:
        found = decode(*items)
    except DecodeError:
        return
    places = sorted([index for index, _ in found.readings] + [fault.offset for fault in found.faults])
    assert places == list(range(len(items)))
    for _, fix in found.readings:
        assert -90 <= fix.lat <= 90 and NOW - 86_400_000 <= fix.at <= NOW + 60_000


@PATIENT
@given(st.one_of(st.binary(max_size=300), mutated(msgspec.json.encode({"fixes": [GOOD, GOOD]}))))
def test_any_bytes_are_fixes_or_a_decode_error(body: bytes) -> None:
    try:
        decode_positions(body, now=NOW)
    except DecodeError:
        return
