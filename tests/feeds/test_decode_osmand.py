"""OsmAnd and Traccar client parameters as phones send them, and as they should not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.osmand import decode_osmand
from data_feeds.decoders.positions import FixItem
from tests.feeds.feed_city import NOW
from tests.feeds.fuzzing import PATIENT, mutated

SECONDS = NOW // 1000
# As the Android client of Traccar sends it, key added by its address setting.
TRACCAR = (
    b"key=ABCDEFGHIJKLMNOPQRSTUVWXYZ&id=rz-000123&timestamp=%d&lat=35.41543&lon=119.52682&speed=2.5"
    b"&bearing=182.3&altitude=21.5&accuracy=8.0&batt=76.0&charge=true" % SECONDS
)
# As OsmAnd's online tracking with a written address sends it.
OSMAND = b"lat=35.41543&lon=119.52682&timestamp=%d&hdop=6.0&altitude=21.0&speed=0.0&id=rz-000123&key=K" % NOW


def decode(parameters: bytes) -> FixItem:
    return decode_osmand(parameters, now=NOW).fix


def test_a_traccar_client_is_read_whole() -> None:
    found = decode_osmand(TRACCAR, now=NOW)
    assert found.key == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert found.fix == FixItem(
        id="rz-000123", at=NOW, lat=35.41543, lon=119.52682, speed_mps=2.5 * 1852 / 3600, bearing=182.3, accuracy_m=8.0,
    )  # fmt: skip


def test_osmand_sends_milliseconds_and_traccar_seconds() -> None:
    assert decode(OSMAND).at == decode(TRACCAR).at == NOW


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ("2026-11-23T02%3A40%3A00Z", NOW), ("2026-11-23T02%3A40%3A00.250Z", NOW + 250),
        ("2026-11-23T10%3A40%3A00%2B08%3A00", NOW), ("2026-11-23+02%3A40%3A00", NOW),
    ],
)  # fmt: skip
def test_a_date_and_time_is_utc_unless_it_says_otherwise(stamp: str, at: int) -> None:
    assert decode(f"id=a&lat=35.4&lon=119.5&timestamp={stamp}".encode()).at == at


def test_a_phone_that_sends_no_time_means_now() -> None:
    assert decode(b"deviceid=a&lat=35.4&lon=119.5").at == NOW


def test_minus_one_means_that_the_phone_does_not_know() -> None:
    found = decode(b"id=a&lat=35.4&lon=119.5&speed=-1&heading=-1&accuracy=-1")
    assert (found.speed_mps, found.bearing, found.accuracy_m) == (None, None, None)


def test_small_numbers_come_in_scientific_form() -> None:
    assert decode(b"id=a&lat=35.4&lon=119.5&speed=5.0E-4").speed_mps == pytest.approx(0.000257, abs=1e-6)


@pytest.mark.parametrize(
    ("given", "flag"),
    [("1", True), ("true", True), ("sos", True), ("0", False), ("", False), ("fallDown", False)],
)
def test_only_a_call_for_help_is_an_alarm(given: str, flag: bool) -> None:
    assert decode(f"id=a&lat=35.4&lon=119.5&alarm={given}".encode()).alarm is flag


def test_duty_and_task_are_said_or_left_open() -> None:
    found = decode(b"id=a&lat=35.4&lon=119.5&duty=0&task=true")
    assert (found.duty, found.task, found.alarm) == (False, True, None)


def test_a_gcj02_phone_is_brought_to_wgs84() -> None:
    found = decode(b"id=a&lat=35.41543&lon=119.52682&datum=gcj02")
    assert 0.002 < 119.52682 - found.lon < 0.008
    assert found.datum == "wgs84"


BROKEN = [
    (b"", 0, "field `id` is missing"),
    (b"lat=35.4&lon=119.5", 0, "field `id` is missing"),
    (b"id=a%20b&lat=35.4&lon=119.5", 0, "field `id` is not 1-64 letters, digits, or one of _ . : -"),
    (b"id=a&lat=35.4", 0, "field `lon` is missing"),
    (b"id=a&lat=90.1&lon=119.5", 5, "field `lat` is not within -90 to 90"),
    (b"id=a&lat=35.4&lon=-180.5", 14, "field `lon` is not within -180 to 180"),
    (b"id=a&lat=nan&lon=119.5", 5, "field `lat` is not a number"),
    (b"id=a&lat=1_0&lon=119.5", 5, "field `lat` is not a number"),
    (b"id=a&lat=35.4&lon=inf", 14, "field `lon` is not a number"),
    (b"id=a&lat=35.4&lon=1e999", 14, "field `lon` is not a number"),
    (b"id=a&lat=0.0&lon=0.0", 5, "fields `lat` and `lon` are both 0: the device has no fix"),
    (b"id=a&lat=35.4&lon=119.5&lat=35.4", 24, "field `lat` is given twice"),
    (b"id=a&lat=35.4&lon=119.5&tyre=24", 24, "unknown field `tyre`"),
    (b"id=a&lat=35.4&lon=119.5&%0A=1", 24, "unknown field `?`"),
    (
        b"id=a&lat=35.4&lon=119.5&timestamp=soon",
        24,
        "field `timestamp` is neither seconds, milliseconds nor a date",
    ),
    (
        b"id=a&lat=35.4&lon=119.5&timestamp=2026-02-30T00:00:00Z",
        24,
        "field `timestamp` is not a date that exists",
    ),
    (
        b"id=a&lat=35.4&lon=119.5&timestamp=%d" % (NOW + 60_001),
        24,
        "field `timestamp` is more than 60 s in the future",
    ),
    (
        b"id=a&lat=35.4&lon=119.5&timestamp=%d" % (NOW - 86_400_001),
        24,
        "field `timestamp` is older than 24 h",
    ),
    (b"id=a&lat=35.4&lon=119.5&duty=2", 24, "field `duty` is not 0, 1, true or false"),
    (b"id=a&lat=35.4&lon=119.5&datum=mars", 24, "field `datum` is not wgs84, gcj02 or bd09"),
    (b"id=a&lat=35.4&lon=119.5&speed=401", 24, "field `speed` is not within -1 to 400"),
    (b"id=%FF%FE&lat=35.4&lon=119.5", 0, "not UTF-8"),
    (b"id=" + b"a" * 2_100, 2_048, "parameters are over 2048 bytes"),
]


@pytest.mark.parametrize(("parameters", "offset", "reason"), BROKEN)
def test_what_is_wrong_is_named_with_its_place(parameters: bytes, offset: int, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_osmand(parameters, now=NOW)
    assert caught.value.reason.startswith(reason)
    assert (caught.value.source, caught.value.offset) == ("positions", offset)


@PATIENT
@given(st.one_of(st.binary(max_size=200), mutated(TRACCAR), mutated(OSMAND)))
def test_anything_is_a_fix_or_a_decode_error(parameters: bytes) -> None:
    try:
        found = decode(parameters)
    except DecodeError:
        return
    assert -90 <= found.lat <= 90 and -180 <= found.lon <= 180
    assert NOW - 86_400_000 <= found.at <= NOW + 60_000
