"""Packed positions: what is read, what is refused by row, and what is refused whole with its byte."""

from __future__ import annotations

import json
import math
import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.datum import to_wgs84
from data_feeds.datum_columns import bd09_columns_to_wgs84, gcj02_columns_to_wgs84
from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.limits import BODY_LIMIT_BYTES, FIXES_LIMIT
from data_feeds.decoders.packed_positions import DATUMS, HEADER, MAGIC, RECORD, PackedBatch, decode_packed
from data_feeds.decoders.positions import FixItem, decode_positions
from tests.feeds.feed_city import NOW
from tests.feeds.fuzzing import PATIENT, mutated
from tests.feeds.packing import packed

GOOD = {
    "id": "rz-000123", "at": NOW, "lat": 35.41543, "lon": 119.52682, "speed_mps": 1.25, "bearing": 182.0,
    "accuracy_m": 8.5, "duty": True, "task": False, "alarm": False,
}  # fmt: skip
SAID_LITTLE = {"id": "号-7", "at": NOW - 1, "lat": 35, "lon": 119}


def read(body: bytes) -> list[FixItem]:
    found = decode_packed(body, now=NOW)
    return [found.fixes.item(n, found.devices[found.fixes.device[n]]) for n in range(len(found.fixes))]


def of_json(fixes: list[dict]) -> list[FixItem]:
    without = [{name: value for name, value in fix.items() if name != "bearing"} for fix in fixes]
    return [fix for _, fix in decode_positions(json.dumps({"fixes": without}).encode(), now=NOW).readings]


def test_a_packed_batch_says_what_the_same_batch_in_json_says() -> None:
    fixes = [GOOD, SAID_LITTLE, {**GOOD, "at": NOW + 1, "duty": False, "task": True, "alarm": True}]
    assert read(packed(fixes)) == of_json(fixes)


@pytest.mark.parametrize("datum", DATUMS[1:])
def test_a_fix_in_another_datum_is_brought_to_wgs84(datum: str) -> None:
    places = random.Random(7)
    fixes = [
        {**GOOD, "lon": places.uniform(-180, 180) if n % 4 == 0 else places.uniform(73, 137),
         "lat": places.uniform(-90, 90) if n % 4 == 0 else places.uniform(1, 55), "datum": datum}
        for n in range(200)
    ]  # fmt: skip
    for one, fix in zip(read(packed([GOOD, *fixes]))[1:], fixes, strict=True):
        assert (one.lon, one.lat) == pytest.approx(to_wgs84(fix["lon"], fix["lat"], datum), abs=1e-9)


def test_columns_are_converted_as_single_places_are() -> None:
    lon = [119.5, 10.0, 72.004, 137.8347, 105.0, 0.0]
    lat = [35.4, 50.0, 0.8293, 55.8271, 35.0, 0.0]
    found = decode_packed(
        packed([{**GOOD, "lon": x, "lat": y} for x, y in zip(lon, lat, strict=True)][:5]), now=NOW
    )
    for convert, datum in ((gcj02_columns_to_wgs84, "gcj02"), (bd09_columns_to_wgs84, "bd09")):
        for x, y, *sent in zip(*convert(found.fixes.lon, found.fixes.lat), lon, lat, strict=False):
            assert (x, y) == pytest.approx(to_wgs84(*sent, datum), abs=1e-9)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"at": NOW + 60_001}, "field `at` is more than 60 s in the future"),
        ({"at": NOW - 86_400_001}, "field `at` is older than 24 h"),
        ({"at": -1}, "field `at` is not within 0 to 4102444800000"),
        ({"at": 2**63 - 1}, "field `at` is not within 0 to 4102444800000"),
        ({"lat": 0, "lon": 0}, "fields `lat` and `lon` are both 0: the device has no fix"),
        ({"lat": 90.01}, "field `lat` is not within -90 to 90"),
        ({"lat": math.nan}, "field `lat` is not within -90 to 90"),
        ({"lon": -math.inf}, "field `lon` is not within -180 to 180"),
        ({"lon": 1e308}, "field `lon` is not within -180 to 180"),
        ({"speed_mps": 201}, "field `speed_mps` is not within 0 to 200, or NaN"),
        ({"speed_mps": math.inf}, "field `speed_mps` is not within 0 to 200, or NaN"),
        ({"bearing": -1}, "field `bearing` is not within 0 to 360, or NaN"),
        ({"accuracy_m": 100_001}, "field `accuracy_m` is not within 0 to 100000, or NaN"),
    ],
)
def test_a_fix_that_cannot_be_believed_is_refused_by_its_row(fault: dict, reason: str) -> None:
    found = decode_packed(packed([GOOD, {**GOOD, **fault}, SAID_LITTLE]), now=NOW)
    assert [(one.source, one.offset, one.reason) for one in found.faults] == [("positions", 1, reason)]
    assert found.fixes.row.tolist() == [0, 2]
    assert json.loads(found.refused_items[1])["id"] == "rz-000123"


def test_the_edges_of_every_range_are_inside() -> None:
    edges = [
        {"at": NOW + 60_000}, {"at": NOW - 86_400_000}, {"lat": -90, "lon": 180}, {"lat": 90, "lon": -180},
        {"lat": 0}, {"lon": 0}, {"speed_mps": 200, "bearing": 360, "accuracy_m": 100_000},
        {"speed_mps": 0, "bearing": 0, "accuracy_m": 0},
    ]  # fmt: skip
    assert decode_packed(packed([{**GOOD, **edge} for edge in edges]), now=NOW).faults == []


def changed(body: bytes, at: int, to: bytes) -> bytes:
    return body[:at] + to + body[at + len(to) :]


BODY = packed([GOOD, SAID_LITTLE])
TABLE = HEADER.size + len("rz-000123\n号-7".encode())
SECOND = TABLE + RECORD.itemsize


@pytest.mark.parametrize(
    ("body", "offset", "reason"),
    [
        (b"", 0, "shorter than its header of 12 bytes"),
        (BODY[:11], 11, "shorter than its header of 12 bytes"),
        (b'{"fixes": []}', 0, "does not begin with ZSP1"),
        (changed(BODY, 3, b"2"), 0, "does not begin with ZSP1"),
        (changed(BODY, 4, bytes(4)), 4, "number of fixes is not within 1 to 5000"),
        (changed(BODY, 4, struct.pack("<I", 5001)), 4, "number of fixes is not within 1 to 5000"),
        (changed(BODY, 4, b"\xff\xff\xff\xff"), 4, "number of fixes is not within 1 to 5000"),
        (changed(BODY, 8, b"\xff\xff\xff\xff"), len(BODY), f"is {len(BODY)} bytes long and its header says 4294967395"),
        (BODY[:-1], len(BODY) - 1, f"is {len(BODY) - 1} bytes long and its header says {len(BODY)}"),
        (BODY + b"\x00", len(BODY), f"is {len(BODY) + 1} bytes long and its header says {len(BODY)}"),
        (changed(BODY, HEADER.size + 4, b"\xff"), HEADER.size + 4, "table of devices is not UTF-8"),
        (changed(BODY, HEADER.size, b"\n"), HEADER.size,
         "table of devices: line 0 is not 1 to 64 printable characters"),
        (changed(BODY, TABLE - 4, b"7"), TABLE - 5, "table of devices is not UTF-8"),
        (changed(BODY, TABLE - 1, b"\x00"), TABLE - 5, "table of devices: line 1 is not 1 to 64 printable characters"),
        (changed(BODY, TABLE - 1, b"\n"), TABLE, "table of devices: line 2 is not 1 to 64 printable characters"),
        (packed([{**GOOD, "id": "a" * 65}]), 12,
         "table of devices: line 0 is not 1 to 64 printable characters"),
        (packed([{**GOOD, "id": "a"}, {**GOOD, "id": "b\t"}]), 14,
         "table of devices: line 1 is not 1 to 64 printable characters"),
        (changed(BODY, SECOND + 36, struct.pack("<I", 2)), SECOND + 36,
         "row 1: field `device` is not below 2, the length of the table"),
        (changed(BODY, SECOND + 40, b"\x02"), SECOND + 40, "row 1: field `duty` is not 0, 1 or 255"),
        (changed(BODY, SECOND + 41, b"\xfe"), SECOND + 41, "row 1: field `task` is not 0, 1 or 255"),
        (changed(BODY, TABLE + 42, b"\x80"), TABLE + 42, "row 0: field `alarm` is not 0, 1 or 255"),
        (changed(BODY, SECOND + 43, b"\x03"), SECOND + 43, "row 1: field `datum` is not 0, 1 or 2"),
    ],
)  # fmt: skip
def test_a_body_that_is_not_what_the_page_says_is_refused_whole_with_its_byte(
    body: bytes, offset: int, reason: str
) -> None:
    with pytest.raises(DecodeError) as raised:
        decode_packed(body, now=NOW)
    assert (raised.value.source, raised.value.offset, raised.value.reason) == ("positions", offset, reason)


def test_a_table_of_too_many_lines_and_a_body_over_the_limit_are_refused() -> None:
    table = b"a\n" * FIXES_LIMIT + b"a"
    record = BODY[TABLE:SECOND]
    with pytest.raises(DecodeError, match="more than 5000 lines"):
        decode_packed(HEADER.pack(MAGIC, 1, len(table)) + table + record, now=NOW)
    with pytest.raises(DecodeError, match="over 1048576 bytes"):
        decode_packed(bytes(BODY_LIMIT_BYTES + 1), now=NOW)


@PATIENT
@given(st.one_of(mutated(BODY), st.binary(max_size=200), st.binary(max_size=200).map(MAGIC.__add__)))
def test_no_input_does_anything_but_be_read_or_refused(body: bytes) -> None:
    found, refusal = read_or_refused(body)
    if found is not None:
        assert len(found.fixes) + len(found.faults) == HEADER.unpack_from(body)[1]
        assert set(found.refused_items) == {fault.offset for fault in found.faults}
    else:
        assert 0 <= refusal.offset <= len(body)
        assert refusal.reason.isprintable()


def read_or_refused(body: bytes) -> tuple[PackedBatch | None, DecodeError | None]:
    try:
        return decode_packed(body, now=NOW), None
    except DecodeError as error:
        return None, error
