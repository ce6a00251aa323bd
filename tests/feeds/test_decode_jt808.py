"""What JT/T 808 terminals say: frames captured by others, written by others' programs, and broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feeds.decoders.item_rules import FieldFault
from data_feeds.decoders.jt808.bodies import Authentication, Bare, LocationBatch, Registration, Unsupported
from data_feeds.decoders.jt808.location import Location, fix_of, read_location
from data_feeds.decoders.jt808.session import (
    Heard,
    HeardPart,
    RegistrationResult,
    Result,
    Session,
    Unreadable,
)
from data_feeds.decoders.positions import FixItem
from tests.feeds.feed_city import NOW
from tests.feeds.fuzzing import PATIENT, mutated
from tests.feeds.jt808_terminal import authentication, batch, frame, location, registration

# Frames captured from terminals and frames that other programs wrote; the file says which are which.
FRAMES = {
    name: bytes.fromhex(text)
    for name, _, text in (
        line.partition(": ")
        for line in (Path(__file__).parent / "captured" / "jt808.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")
    )
}
READABLE = [name for name in FRAMES if name.startswith("0x")]


def heard(raw: bytes) -> Heard:
    (said,) = Session(0.0).feed(raw, 0.0)
    assert isinstance(said, Heard), said
    return said


def reading(raw: bytes):
    return heard(raw).reading


@pytest.mark.parametrize("name", READABLE)
def test_every_captured_frame_is_read(name: str) -> None:
    said = heard(FRAMES[name])
    assert f"0x{said.packet.id:04x}" == name[:6]


def test_a_position_is_read_to_its_last_bit() -> None:
    found = reading(FRAMES["0x0200 in the south, moving"])
    assert found == Location(
        alarms=0, status=7, lat=-34.895833, lon=138.514951, height_m=0, speed_mps=0.0, bearing=80,
        at=1_572_938_380_000, signal=22, satellites=12,
    )  # fmt: skip
    assert found.is_located
    assert not found.calls_for_help
    in_danger = reading(FRAMES["0x0200 in the north and west, SOS"])
    assert (in_danger.lat, in_danger.lon) == (50.871735, -1.255923)
    assert in_danger.speed_mps == pytest.approx(2.0 / 3.6)
    assert in_danger.calls_for_help
    lock = reading(FRAMES["0x0200 of a lock without a place"])
    assert not lock.is_located
    assert (lock.signal, lock.satellites) == (20, 0)


def test_a_batch_from_a_blind_area_is_read_item_by_item() -> None:
    found = reading(FRAMES["0x0704 from a blind area"])
    assert isinstance(found, LocationBatch)
    assert found.is_from_blind_area
    assert found.locations.faults == []
    assert [index for index, _ in found.locations.readings] == [0, 1, 2, 3]
    assert [one.is_located for _, one in found.locations.readings] == [True, True, True, True]
    assert [one.at for _, one in found.locations.readings] == [
        1_526_300_927_000, 1_526_300_957_000, 1_526_300_987_000, 1_526_301_006_000,
    ]  # fmt: skip


def test_registrations_of_all_three_versions_are_read() -> None:
    assert reading(FRAMES["0x0100 of 2011"]) == Registration(
        44, 303, "70111", "BSJ-M7B", "0000000", 1, "粤B88888"
    )
    assert reading(FRAMES["0x0100 of 2013"]) == Registration(
        44, 303, "70111", "BSJ-A6-BD", "0567872", 1, "粤B88888"
    )
    assert reading(FRAMES["0x0100 of 2019"]) == Registration(
        31, 115, "cd", "www.808.com", "7654321", 1, "测A1234"
    )
    assert reading(
        frame(0x0100, registration("RZ-7", "鲁L12345", is_2019=True), is_2019=True)
    ) == Registration(37, 1102, "MAKER", "MODEL-1", "RZ-7", 1, "鲁L12345")
    assert reading(FRAMES["0x0100 with BCD for an id"]).terminal_id == "00094027849470"


def test_authentications_of_both_versions_are_read() -> None:
    assert reading(FRAMES["0x0102 of 2013"]) == Authentication("2011110811332196")
    assert reading(FRAMES["0x0102 of 2019"]) == Authentication("17299841738", "123456789012345", "3.7.15")
    assert reading(frame(0x0102, b"CODE\x00")) == Authentication("CODE"), "text may end with a zero"


def test_what_the_platform_has_no_use_for_is_named() -> None:
    assert reading(FRAMES["0x0900 of a maker"]) == Unsupported(0x0900)
    assert reading(frame(0x0005, bytes.fromhex("00010100 02"))) == Unsupported(0x0005)
    assert [reading(frame(message)) for message in (1, 2, 3, 4)] == [Bare(1), Bare(2), Bare(3), Bare(4)]


# What go-jt808 answers to the same frames (its reply tests), with the platform's serial at 0.
@pytest.mark.parametrize(
    ("asked", "result", "answered"),
    [
        ("0x0002 by go-jt808", Result.OK, "7e8001000501234567890100007fff0002008e7e"),
        ("0x0002 of 2019", Result.OK, "7e8001400501000000000172998417380000ffff000200867e"),
        ("0x0102 of 2013 by go-jt808", Result.FAILED, "7e80010005012345678901000000000102010e7e"),
        ("0x0102 of 2019", Result.OK, "7e80014005010000000001729984173800000000010200877e"),
        ("0x0704 by go-jt808", Result.OK, "7e8001000501234567890100007fff0704008f7e"),
    ],
)
def test_general_answers_are_those_of_another_platform_byte_by_byte(
    asked: str, result: Result, answered: str
) -> None:
    session = Session(0.0)
    (said,) = session.feed(FRAMES[asked], 0.0)
    assert session.answer(said.packet, result).hex() == answered


@pytest.mark.parametrize(
    ("asked", "code", "answered"),
    [
        (
            "0x0100 of 2011 by go-jt808",
            "12345678901",
            "7e8100000e01234567890100000000003132333435363738393031377e",
        ),
        (
            "0x0100 of 2019",
            "17299841738",
            "7e8100400e010000000001729984173800000000003137323939383431373338ba7e",
        ),
    ],
)
def test_answers_to_registrations_are_those_of_another_platform(asked: str, code: str, answered: str) -> None:
    session = Session(0.0)
    (said,) = session.feed(FRAMES[asked], 0.0)
    assert session.answer_registration(said.packet, RegistrationResult.OK, code).hex() == answered


def test_a_question_for_the_time_is_answered_in_utc() -> None:
    session = Session(0.0)
    (said,) = session.feed(frame(0x0004, serial=5, is_2019=True), 0.0)
    body = bytes.fromhex("261123024000")
    assert session.answer_time(said.packet, NOW) == frame(0x8004, body, serial=0, is_2019=True)


@pytest.mark.parametrize(
    ("time", "at"),
    [
        ("261123104000", NOW), ("000229000000", 951_753_600_000), ("991231235959", 4_102_415_999_000),
        ("000000000000", None), ("261323104000", None), ("260229104000", None), ("2611231040fa", None),
        ("26112324b000", None), ("261123240000", None), ("261123106000", None), ("261123104060", None),
    ],
)  # fmt: skip
def test_a_time_is_gmt_plus_8_or_none(time: str, at: int | None) -> None:
    assert read_location(location(time=time)).at == at


def test_a_fix_has_metres_per_second_and_no_word_about_help_unless_the_switch_was_pressed() -> None:
    found = fix_of(read_location(location(speed=125, bearing=359)), "dev-0", "wgs84", NOW)
    assert found == FixItem("dev-0", NOW, 35.4, 119.5, speed_mps=125 / 36, bearing=359.0, accuracy_m=15.0)
    assert fix_of(read_location(location(alarms=1)), "dev-0", "wgs84", NOW).alarm is True
    silent = fix_of(read_location(location(speed=0xFFFF, bearing=0xFFFF)), "dev-0", "wgs84", NOW)
    assert (silent.speed_mps, silent.bearing, silent.alarm) == (None, None, None)


@pytest.mark.parametrize(("status", "datum"), [(0b11, "gcj02"), (0b100011, "wgs84"), (0b100011, "gcj02")])
def test_shifted_places_are_shifted_back_because_the_message_or_the_list_says_so(
    status: int, datum: str
) -> None:
    found = fix_of(read_location(location(status=status)), "dev-0", datum, NOW)
    assert found.datum == "wgs84"
    metres = ((found.lat - 35.4) ** 2 + (found.lon - 119.5) ** 2) ** 0.5 * 100_000
    assert 300 < metres < 900, "GCJ-02 lies about half a kilometre off"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (location(time="000000000000"), "the time is none that exists"),
        (location(NOW + 61_000), "60 s in the future"),
        (location(NOW - 86_401_000), "older than 24 h"),
        (location(lat=0, lon=0), "both 0"),
        (location(lat=90.1), "beyond 90"),
        (location(lon=180.1), "beyond 90 or a longitude beyond 180"),
    ],
)
def test_a_position_that_cannot_be_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(FieldFault, match=reason):
        fix_of(read_location(body), "dev-0", "wgs84", NOW)


def test_items_that_run_over_the_end_end_the_list_and_the_place_counts() -> None:
    good = bytes.fromhex("300115310108")
    assert read_location(location(extras=good)).satellites == 8
    broken = read_location(location(extras=bytes.fromhex("300115") + bytes.fromhex("31ff08")))
    assert (broken.lat, broken.signal, broken.satellites) == (35.4, 21, None)
    assert read_location(location(extras=b"\x31")).satellites is None


def test_a_batch_names_the_item_where_it_breaks_and_keeps_those_before() -> None:
    whole = batch(location(), location(NOW - 1000), location(NOW - 2000))
    cut = reading(frame(0x0704, whole[:-5])).locations
    assert [index for index, _ in cut.readings] == [0, 1]
    assert [(fault.offset, fault.reason) for fault in cut.faults] == [
        (2, "position 2 of 3 runs over the end of the batch")
    ]
    short = reading(frame(0x0704, batch(location()[:20], location()))).locations
    assert [index for index, _ in short.readings] == [1]
    assert short.faults[0].offset == 0


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (frame(0x0200, bytes(27)), "a position has 28 bytes at least"),
        (frame(0x0704, b"\0"), "a batch has 3 bytes at least"),
        (frame(0x0100, bytes(20)), "a registration has 25 bytes at least"),
        (frame(0x0100, bytes(70), is_2019=True), "a registration has 76 bytes at least"),
        (frame(0x0102, b"", is_2019=True), "shorter than its length says"),
        (frame(0x0102, b"\x05AB", is_2019=True), "shorter than its length says"),
        (frame(0x0200, location(), flags=0x0400), "encrypted"),
        (FRAMES["a wrong check byte"], "the check byte is another"),
        (FRAMES["a length that is not so"], "the header says 51 bytes of body and there are 50"),
    ],
)
def test_what_cannot_be_read_says_why(raw: bytes, reason: str) -> None:
    (said,) = Session(0.0).feed(raw, 0.0)
    assert isinstance(said, Unreadable)
    assert reason in said.error.reason
    assert said.error.source == "jt808"


SAID = (Heard, HeardPart, Unreadable)
GOOD = b"".join(
    [
        frame(0x0100, registration()), frame(0x0102, authentication("A" * 26)), frame(0x0200, location(), serial=1),
        frame(0x0704, batch(location(), location(NOW - 1000)), serial=2, is_2019=True),
        frame(0x0704, b"x" * 30, serial=3, part=(3, 1)),
    ]
)  # fmt: skip


@given(st.one_of(st.binary(max_size=400), mutated(GOOD)), st.booleans())
@PATIENT
def test_any_bytes_are_read_or_named_and_the_next_frame_is_read(stream: bytes, joins_parts: bool) -> None:
    session = Session(0.0)
    session.joins_parts = joins_parts
    for said in session.feed(stream, 0.0):
        assert isinstance(said, SAID)
        if said.packet is not None:
            assert session.answer(said.packet, Result.OK).startswith(b"\x7e\x80\x01")
    *_, last = session.feed(b"\x7e" + frame(0x0002, serial=0x1234), 1.0)
    assert last.packet.serial == 0x1234


@given(st.binary(max_size=120), st.sampled_from([0x0100, 0x0102, 0x0200, 0x0704]), st.booleans())
@PATIENT
def test_any_body_in_a_good_frame_is_read_or_named(body: bytes, message: int, is_2019: bool) -> None:
    (said,) = Session(0.0).feed(frame(message, body, is_2019=is_2019), 0.0)
    assert isinstance(said, SAID)
    assert said.packet is not None
    if isinstance(said, Heard) and isinstance(said.reading, Location):
        try:
            fix = fix_of(said.reading, "dev-0", "wgs84", NOW)
        except FieldFault:
            return
        assert -90 <= fix.lat <= 90
        assert -180 <= fix.lon <= 180
