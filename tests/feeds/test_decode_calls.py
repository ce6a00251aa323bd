"""Call hall events."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.readings import CallReading
from data_feeds.decoders.calls import decode_calls
from data_feeds.decoders.errors import Batch, DecodeError
from tests.feeds.feed_city import NOW
from tests.feeds.fuzzing import PATIENT, body_of, damaged_items, mutated

ARRIVED = {"call_id": "20261123-004512", "kind": "arrived", "at": NOW, "origin_number": "12329"}
ENDED = {
    "call_id": "20261123-004512",
    "kind": "ended",
    "at": NOW,
    "agent": "A07",
    "category": "0203",
    "order_no": "N1",
}
AGENT = {"call_id": "seat-A07-1", "kind": "agent", "at": NOW, "agent": "A07", "agent_state": "wrap"}


def decode(*items: object) -> Batch[CallReading]:
    return decode_calls(body_of("events", list(items)), now=NOW, platform="hotline")


def test_the_life_of_a_call_and_a_seat_is_read() -> None:
    found = decode(ARRIVED, ENDED, AGENT, {**ARRIVED, "call_id": "C2", "desk": "tax"})
    assert [reading for _, reading in found.readings] == [
        CallReading("20261123-004512", "arrived", NOW, origin_number="12329", source="hotline"),
        CallReading(
            "20261123-004512", "ended", NOW, agent="A07", category="0203", order_no="N1", source="hotline"
        ),
        CallReading("seat-A07-1", "agent", NOW, agent="A07", agent_state="wrap", source="hotline"),
        CallReading("C2", "arrived", NOW, origin_number="12329", desk="tax", source="hotline"),
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "ringing"}, "Not one of the allowed values - at `$.kind`"),
        ({"agent_state": "talk"}, 'field `agent_state` belongs to kind "agent"'),
        ({"kind": "agent"}, 'field `agent_state` belongs to kind "agent"'),
        ({"kind": "agent", "agent_state": "talk"}, 'field `agent` is needed for kind "agent"'),
        ({"at": NOW + 60_001}, "field `at` is more than 60 s in the future"),
        ({"at": NOW - 7 * 86_400_000 - 1}, "field `at` is older than 168 h"),
        ({"origin_number": "1234O"}, "Expected `str` matching regex"),
        ({"category": "heating"}, "Expected `str` matching regex"),
        ({"caller": "13812345678"}, "Object contains unknown field `caller`"),
        ({"desk": "passports"}, "Not one of the allowed values - at `$.desk`"),
        ({"kind": "ended", "desk": "tax"}, 'field `desk` belongs to the kinds "arrived", "answered"'),
        ({"call_id": "x" * 65}, "Expected `str` of length <= 64"),
        ({"call_id": "a\x7f"}, "field `call_id` has a control character or a lone surrogate"),
    ],
)
def test_what_is_wrong_is_named(change: dict, reason: str) -> None:
    found = decode(ARRIVED, {**ARRIVED, **change})
    assert len(found.readings) == 1
    assert (found.faults[0].source, found.faults[0].offset) == ("calls", 1)
    assert found.faults[0].reason.startswith(reason)


def test_a_lone_surrogate_is_no_json_and_its_byte_is_named() -> None:
    with pytest.raises(DecodeError) as caught:
        decode({**ARRIVED, "call_id": "\ud83d"})
    assert caught.value.reason.startswith("JSON is malformed")
    assert caught.value.offset == 31


def test_more_than_five_hundred_events_are_too_many() -> None:
    with pytest.raises(DecodeError, match="more than 500 items"):
        decode(*[ARRIVED] * 501)


@PATIENT
@given(st.lists(st.one_of(damaged_items(ARRIVED), damaged_items(AGENT)), min_size=1, max_size=3))
def test_any_items_are_readings_or_named_faults(items: list[dict]) -> None:
    try:
        found = decode(*items)
    except DecodeError:
        return
    assert len(found.readings) + len(found.faults) == len(items)
    for _, reading in found.readings:
        msgspec.json.encode(reading)


@PATIENT
@given(st.one_of(st.binary(max_size=300), mutated(msgspec.json.encode({"events": [ARRIVED, AGENT]}))))
def test_any_bytes_are_readings_or_a_decode_error(body: bytes) -> None:
    try:
        decode_calls(body, now=NOW, platform="hotline")
    except DecodeError:
        return
