"""Events of the grid platform."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.readings import EVENT_STATUSES, GridEventReading
from data_feeds.decoders.errors import Batch, DecodeError
from data_feeds.decoders.grid_events import EventItem, decode_grid_events
from tests.feeds.feed_city import NOW
from tests.feeds.fuzzing import PATIENT, body_of, damaged_items, mutated

EVENT = {
    "event_no": "RA-20261123-0007", "grid": "371102001001002", "category": "2301", "level": 2,
    "reported_at": NOW - 900_000, "status": "VERIFYING", "urgency": 2, "title": "建筑垃圾堆放",
    "place": "石臼街道荣安社区", "lon": 119.541, "lat": 35.389, "channel": "minyitong", "text": "堵了消防通道",
    "citizen_phone": "13812345678", "verified_at": NOW - 600_000,
}  # fmt: skip


def decode(*items: object) -> Batch[GridEventReading]:
    return decode_grid_events(body_of("events", list(items)), now=NOW, platform="grid")


def test_an_event_is_read_whole() -> None:
    ((_, reading),) = decode(EVENT).readings
    assert reading == GridEventReading(source="grid", **EVENT)


def test_every_field_of_a_reading_can_be_sent_and_every_status() -> None:
    assert set(EventItem.__struct_fields__) - {"datum"} | {"source"} == set(
        GridEventReading.__dataclass_fields__
    )
    for status in EVENT_STATUSES:
        closed = {"closed_at": NOW} if status == "CLOSED" else {}
        assert decode({**EVENT, "status": status, **closed}).faults == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "DRAFT"}, "field `status` is not one of the statuses"),
        ({"status": "CLOSED"}, "field `closed_at` is needed for status CLOSED"),
        ({"level": 0}, "Expected `int` >= 1"),
        ({"grid": ""}, "Expected `str` matching regex"),
        ({"reported_at": NOW + 60_001}, "field `reported_at` is more than 60 s in the future"),
        ({"on_site_at": NOW - 900_001}, "field `on_site_at` lies before `reported_at`"),
        ({"lat": None}, "fields `lon` and `lat` come together or not at all"),
        ({"merged_into": "RA-20261123-0007"}, "field `merged_into` names the event itself"),
        ({"photo": "x.jpg"}, "Object contains unknown field `photo`"),
    ],
)
def test_what_is_wrong_is_named(change: dict, reason: str) -> None:
    found = decode({**EVENT, **change}, EVENT)
    assert [index for index, _ in found.readings] == [1]
    assert found.faults[0].reason.startswith(reason)


@PATIENT
@given(st.lists(damaged_items(EVENT), min_size=1, max_size=3))
def test_any_items_are_readings_or_named_faults(items: list[dict]) -> None:
    try:
        found = decode(*items)
    except DecodeError:
        return
    assert len(found.readings) + len(found.faults) == len(items)
    for _, reading in found.readings:
        msgspec.json.encode(reading)


@PATIENT
@given(st.one_of(st.binary(max_size=300), mutated(msgspec.json.encode({"events": [EVENT]}))))
def test_any_bytes_are_readings_or_a_decode_error(body: bytes) -> None:
    try:
        decode_grid_events(body, now=NOW, platform="grid")
    except DecodeError:
        return
