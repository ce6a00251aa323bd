"""Heartbeats of platforms."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.heartbeat import HeartbeatReading, decode_heartbeat
from tests.feeds.feed_city import NOW
from tests.feeds.fuzzing import JSON_VALUES, PATIENT, mutated

BEAT = {"platform": "grid", "at": NOW, "count_today": 918}


def decode(content: object) -> HeartbeatReading:
    return decode_heartbeat(msgspec.json.encode(content), now=NOW, platform="grid")


def test_a_heartbeat_is_read() -> None:
    assert decode(BEAT) == HeartbeatReading("grid", NOW, 918)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({**BEAT, "platform": "hotline"}, "field `platform` is not the platform that this key belongs to"),
        ({**BEAT, "at": NOW + 60_001}, "field `at` is more than 60 s in the future"),
        ({**BEAT, "count_today": -1}, "Expected `int` >= 0"),
        ({**BEAT, "count_today": 1.5}, "Expected `int`, got `float`"),
        ({**BEAT, "load": 3}, "Object contains unknown field `load`"),
        ({"platform": "grid"}, "Object missing required field `at`"),
        ([BEAT], "Expected `object`, got `array`"),
        ({**BEAT, "platform": "x" * 5_000}, "body is over 4096 bytes"),
    ],
)
def test_what_is_wrong_is_named(content: object, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(content)
    assert caught.value.source == "heartbeat"
    assert caught.value.reason.startswith(reason)


@PATIENT
@given(
    st.one_of(
        st.binary(max_size=200),
        mutated(msgspec.json.encode(BEAT)),
        st.fixed_dictionaries({}, optional=dict.fromkeys(BEAT, JSON_VALUES)).map(
            lambda found: repr(found).encode("utf-8", "surrogatepass")
        ),
    )
)
def test_any_bytes_are_a_heartbeat_or_a_decode_error(body: bytes) -> None:
    try:
        decode_heartbeat(body, now=NOW, platform="grid")
    except DecodeError:
        return
