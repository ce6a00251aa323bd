"""OwnTracks' messages: captured ones are read, broken ones are named, nothing else comes of any bytes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.datum import to_wgs84
from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.limits import BODY_LIMIT_BYTES, FIXES_LIMIT
from data_feeds.decoders.owntracks import OTHER_TYPES, declared_datum, decode_owntracks
from data_feeds.decoders.positions import FixItem
from tests.feeds.feed_city import NOW
from tests.feeds.fuzzing import PATIENT, damaged_items, mutated
from tests.feeds.owntracks_messages import body_of, captured, location

# The instant that each captured message is read at: its own.
WRITTEN = {
    "android, by hand": (1_551_874_878, 46.0681247, 11.1512805, 0.0, None, 15.0),
    "shortest": (1_497_349_316, 48.85833, 2.29513, None, None, None),
    "ios, moving": (1_497_349_316, 48.85833, 2.29513, 61 / 3.6, 271.0, 5.0),
    "ios, whole degrees": (1_736_161_169, 37.0, -122.0, None, None, 5.0),
    "qtripp, a tracker": (1_736_519_167, 47.420051, 13.654704, 0.0, 113.0, 10.0),
    "numbers as text": (1_445_542_318, 50.014862, 14.427030, None, None, None),
    "microcontroller": (1_564_047_365, 38.763523, -9.093604, None, None, 10.0),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_captured_position_is_read(name: str) -> None:
    tst, lat, lon, speed, bearing, accuracy = WRITTEN[name]
    found = decode_owntracks(captured()[name], "dev-0", now=tst * 1000 + 500)
    assert found.faults == []
    ((index, fix),) = found.readings
    assert index == 0
    assert (fix.id, fix.at, fix.lat, fix.lon) == ("dev-0", tst * 1000, lat, lon)
    assert fix.speed_mps == (speed if speed is None else pytest.approx(speed))
    assert (fix.bearing, fix.accuracy_m, fix.alarm, fix.duty) == (bearing, accuracy, None, None)


def test_every_captured_message_is_a_position_or_known_to_be_none() -> None:
    for name, message in captured().items():
        if name.startswith("encrypted"):
            continue
        found = decode_owntracks(message, "dev-0", now=WRITTEN.get(name, (0,))[0] * 1000)
        assert (len(found.readings), found.ignored) == ((1, 0) if name in WRITTEN else (0, 1)), name


def test_an_array_is_read_message_by_message() -> None:
    messages = [location(), location(NOW - 1000, lat=91), {"_type": "lwt", "tst": 1}, location(NOW + 1000)]
    found = decode_owntracks(body_of(*messages), "dev-0", now=NOW)
    assert [(index, fix.at) for index, fix in found.readings] == [(0, NOW), (3, NOW + 1000)]
    assert [(fault.offset, fault.reason) for fault in found.faults] == [
        (1, "field `lat` is not within -90 to 90")
    ]
    assert found.ignored == 1
    assert json.loads(found.refused_items[1]) == messages[1]


@pytest.mark.parametrize("other", OTHER_TYPES)
def test_what_says_nothing_about_where_is_ignored(other: str) -> None:
    found = decode_owntracks(
        body_of({"_type": other, "lat": 35.4, "lon": 119.5, "tst": NOW // 1000}), "d", now=NOW
    )
    assert (found.readings, found.faults, found.ignored) == ([], [], 1)


@pytest.mark.parametrize("body", [b"", b" \n", b"[]"])
def test_an_empty_message_is_nothing(body: bytes) -> None:
    found = decode_owntracks(body, "d", now=NOW)
    assert (found.readings, found.faults, found.ignored) == ([], [], 0)


def test_a_declared_datum_is_brought_to_wgs84() -> None:
    ((_, fix),) = decode_owntracks(body_of(location()), "d", now=NOW, datum=declared_datum("GCJ02")).readings
    assert (fix.lon, fix.lat, fix.datum) == (*to_wgs84(119.5, 35.4, "gcj02"), "wgs84")
    assert declared_datum("bd09") == "bd09"
    assert declared_datum("phone") == "wgs84"


BROKEN = [
    ({"tst": None}, "field `tst` is missing"),
    ({"lat": None}, "field `lat` is missing"),
    ({"lon": 180.5}, "field `lon` is not within -180 to 180"),
    ({"lat": 0, "lon": 0}, "fields `lat` and `lon` are both 0"),
    ({"tst": NOW // 1000 + 61}, "field `tst` is more than 60 s in the future"),
    ({"tst": NOW // 1000 - 86_401}, "field `tst` is older than 24 h"),
    ({"tst": NOW}, "field `tst` is not within"),  # milliseconds
    ({"acc": -1}, "field `acc` is not within 0"),  # iOS: not a valid place
    ({"vel": 721}, "field `vel` is not within"),
    ({"cog": 361}, "field `cog` is not within"),
    ({"lat": "north"}, "Expected `float | null`, got `str` - at `$.lat`"),
    ({"lat": "nan"}, "field `lat` is not within -90 to 90"),
    ({"_type": "place"}, "field `_type` is none of OwnTracks'"),
    ({"_type": 3}, "Expected `str`, got `int` - at `$._type`"),
]


@pytest.mark.parametrize(("changed", "reason"), BROKEN)
def test_what_is_wrong_is_named(changed: dict, reason: str) -> None:
    found = decode_owntracks(body_of(location() | changed), "d", now=NOW)
    assert (found.readings, found.ignored) == ([], 0)
    assert found.faults[0].reason.startswith(reason)
    assert found.faults[0].source == "owntracks"


@pytest.mark.parametrize("body", [b"{", b"7", b"nothing", b'{"tst":1}', b"\xff", b'{"a":' * 200_000])
def test_what_is_no_message_is_one_fault(body: bytes) -> None:
    found = decode_owntracks(body, "d", now=NOW)
    assert found.readings == []
    assert [fault.offset for fault in found.faults] == [0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"[1,", "Input data was truncated"),
        (b"[" * 200_000, "nested too deeply"),
        (b"[" + b"{}," * FIXES_LIMIT + b"{}]", "the array has more than 5000 messages"),
        (b" " * (BODY_LIMIT_BYTES + 1), "body is over 1048576 bytes"),
    ],
)
def test_what_is_no_array_is_refused_as_a_whole(body: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        decode_owntracks(body, "d", now=NOW)


def check(body: bytes) -> None:
    try:
        found = decode_owntracks(body, "d", now=NOW)
    except DecodeError:
        return
    for _, fix in found.readings:
        assert isinstance(fix, FixItem)
        assert -90 <= fix.lat <= 90 and -180 <= fix.lon <= 180
        assert NOW - 86_400_000 <= fix.at <= NOW + 60_000
        assert fix.speed_mps is None or 0 <= fix.speed_mps <= 200


@PATIENT
@given(st.lists(damaged_items(location()), min_size=1, max_size=4))
def test_any_messages_are_fixes_or_named_faults(messages: list[dict]) -> None:
    check(json.dumps(messages).encode("utf-8", "surrogatepass"))


@PATIENT
@given(
    st.one_of(st.binary(max_size=300), mutated(body_of(location())), mutated(body_of(location(), location())))
)
def test_any_bytes_are_fixes_or_named_faults(body: bytes) -> None:
    check(body)
