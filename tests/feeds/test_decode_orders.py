"""Hotline orders, a backlog with its times included."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.readings import ORDER_STATUSES, HotlineOrderReading
from data_feeds.decoders.errors import Batch, DecodeError
from data_feeds.decoders.orders import OrderItem, decode_orders
from tests.feeds.feed_city import NOW
from tests.feeds.fuzzing import PATIENT, body_of, damaged_items, mutated

YEAR = 366 * 86_400_000
ORDER = {
    "order_no": "261123104000115409", "opened_at": NOW - 600_000, "category": "0203", "urgency": 2,
    "status": "HANDLING", "title": "停暖", "place": "秦楼街道海曲东路社区", "lon": 119.525, "lat": 35.428,
    "region": "371102", "channel": "phone", "origin_number": "12345", "request_type": "complaint",
    "text": "暖气不热\n两天了", "citizen_name": "李小明", "citizen_phone": "138 1234-5678", "secret": True,
    "unit": "rz-heating", "dispatched_at": NOW - 500_000, "signed_at": NOW - 400_000, "returned": 1,
    "due_at": NOW + 3 * 86_400_000,
}  # fmt: skip


def decode(*items: object) -> Batch[HotlineOrderReading]:
    return decode_orders(body_of("orders", list(items)), now=NOW, platform="hotline")


def test_an_order_is_read_whole() -> None:
    ((_, reading),) = decode(ORDER).readings
    assert reading == HotlineOrderReading(source="hotline", **ORDER)


def test_every_field_of_a_reading_can_be_sent_and_every_status() -> None:
    sent = set(OrderItem.__struct_fields__) - {"datum"} | {"source"}
    assert sent == set(HotlineOrderReading.__dataclass_fields__)
    for status in ORDER_STATUSES:
        closed = {"closed_at": NOW} if status == "CLOSED" else {}
        assert decode({**ORDER, "status": status, **closed}).faults == []


def test_a_backlog_of_ten_years_is_taken() -> None:
    assert decode({**ORDER, "opened_at": NOW - 9 * YEAR, "dispatched_at": NOW - 9 * YEAR}).faults == []


def test_a_place_on_a_web_map_is_brought_to_wgs84() -> None:
    ((_, reading),) = decode({**ORDER, "datum": "gcj02"}).readings
    assert reading.lon is not None and 0.002 < 119.525 - reading.lon < 0.008


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "RINGING"}, "field `status` is not one of the statuses"),
        ({"status": "CLOSED"}, "field `closed_at` is needed for status CLOSED"),
        ({"urgency": 5}, "Expected `int` <= 4"),
        ({"category": None}, "Expected `str`, got `null`"),
        ({"opened_at": NOW + 60_001}, "field `opened_at` is more than 60 s in the future"),
        ({"opened_at": NOW - 10 * YEAR - 1}, "field `opened_at` is older than"),
        ({"signed_at": NOW - 600_001}, "field `signed_at` lies before `opened_at`"),
        ({"due_at": NOW - 600_001}, "field `due_at` lies before `opened_at`"),
        ({"due_at": NOW + 3 * YEAR + 1}, "field `due_at` is more than three years ahead"),
        ({"closed_at": NOW + 60_001}, "field `closed_at` is more than 60 s in the future"),
        ({"lon": None}, "fields `lon` and `lat` come together or not at all"),
        ({"lon": 0, "lat": 0}, "fields `lon` and `lat` are both 0"),
        ({"merged_into": "261123104000115409"}, "field `merged_into` names the order itself"),
        ({"text": "a\x00b"}, "field `text` has a control character"),
        ({"text": "x" * 4001}, "Expected `str` of length <= 4000"),
        ({"citizen_phone": "call me"}, "Expected `str` matching regex"),
        ({"region": "../../etc"}, "Expected `str` matching regex"),
        ({"resolved": "yes"}, "Expected `bool | null`, got `str`"),
        ({"returned": -1}, "Expected `int` >= 0"),
        ({"priority": 1}, "Object contains unknown field `priority`"),
    ],
)
def test_what_is_wrong_is_named_and_repeats_nothing_private(change: dict, reason: str) -> None:
    found = decode({**ORDER, **change})
    assert found.readings == []
    assert found.faults[0].reason.startswith(reason)
    for private in ("李小明", "5678", "暖气"):
        assert private not in found.faults[0].reason


@PATIENT
@given(st.lists(damaged_items(ORDER), min_size=1, max_size=3))
def test_any_items_are_readings_or_named_faults(items: list[dict]) -> None:
    try:
        found = decode(*items)
    except DecodeError:
        return
    assert len(found.readings) + len(found.faults) == len(items)
    for _, reading in found.readings:
        msgspec.json.encode(reading)
        assert reading.opened_at <= NOW + 60_000


@PATIENT
@given(st.one_of(st.binary(max_size=300), mutated(msgspec.json.encode({"orders": [ORDER]}))))
def test_any_bytes_are_readings_or_a_decode_error(body: bytes) -> None:
    try:
        decode_orders(body, now=NOW, platform="hotline")
    except DecodeError:
        return
