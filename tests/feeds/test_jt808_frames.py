"""Frames of JT/T 808: cut, escaped, checked; and every kind of broken one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.jt808.framing import FRAME_LIMIT_BYTES, FrameReader, check_byte, unwrap, wrap
from data_feeds.decoders.jt808.packets import read_packet, write_frame
from tests.feeds.fuzzing import PATIENT
from tests.feeds.jt808_terminal import PHONE, frame


def packet_of(raw: bytes):
    (piece,) = FrameReader().feed(raw)
    return read_packet(unwrap(piece))


@given(st.binary(min_size=1, max_size=300))
@PATIENT
def test_the_check_byte_is_all_bytes_xored(content: bytes) -> None:
    expected = 0
    for byte in content:
        expected ^= byte
    assert check_byte(content) == expected
    assert check_byte(content + bytes([expected])) == 0


def test_the_example_of_the_standard_is_escaped_as_it_says() -> None:
    # 2013, 4.4.2: 30 7e 08 7d 55 becomes 30 7d 02 08 7d 01 55, between the marks and with its check byte.
    content = bytes.fromhex("307e087d55")
    assert wrap(content) == bytes.fromhex("7e307d02087d0155" + f"{0x30 ^ 0x7E ^ 8 ^ 0x7D ^ 0x55:02x}" + "7e")


@given(st.lists(st.binary(min_size=1, max_size=80), min_size=1, max_size=6), st.data())
@PATIENT
def test_frames_come_out_whole_however_the_stream_is_cut(contents: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(map(wrap, contents))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    reader, found = FrameReader(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += reader.feed(stream[start:end])
    assert [unwrap(piece) for piece in found] == contents


def test_frames_that_share_a_mark_and_idle_marks_are_read() -> None:
    one, two = frame(0x0002, serial=1), frame(0x0002, serial=2)
    found = FrameReader().feed(b"\x7e\x7e" + one[:-1] + two + b"\x7e")
    assert [read_packet(unwrap(piece)).serial for piece in found] == [1, 2]


def test_what_never_ends_is_held_up_to_the_limit_and_the_next_frame_is_read() -> None:
    reader = FrameReader()
    for _ in range(100):
        assert reader.feed(b"GET / HTTP/1.1\r\n" * 100) == []
    assert len(reader._rest) == FRAME_LIMIT_BYTES + 1
    endless, good = reader.feed(frame(0x0002, serial=7))[0], reader.feed(frame(0x0002, serial=8))[0]
    with pytest.raises(DecodeError, match="no end of a frame within"):
        unwrap(endless)
    assert read_packet(unwrap(good)).serial == 8


@pytest.mark.parametrize(
    ("piece", "reason"),
    [
        (b"\x00", "without content"),
        (b"\x01\x02", "the check byte is another"),
        (b"\x7d\x03\x7d", "0x7d is followed by neither"),
        (b"\x01\x7d", "0x7d is followed by neither"),
        (b"\x7d\x01\x7d\x7d\x02", "0x7d is followed by neither"),
        (b"\x00" * (FRAME_LIMIT_BYTES + 1), "no end of a frame"),
    ],
)
def test_a_broken_frame_says_what_is_wrong_with_it(piece: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        unwrap(piece)


def test_a_wrong_escape_is_named_by_its_byte() -> None:
    with pytest.raises(DecodeError) as raised:
        unwrap(b"\x01\x7d\x02\x7d\x01\x05\x7d\x09")
    assert raised.value.offset == 6


def test_headers_of_both_versions_are_read() -> None:
    old = packet_of(frame(0x0002, serial=0x7E7D))
    assert (old.id, old.serial, old.terminal.phone, old.terminal.is_2019) == (2, 0x7E7D, PHONE, False)
    new = packet_of(frame(0x0200, b"x" * 9, serial=3, is_2019=True, part=(4, 2)))
    assert (new.terminal.phone, new.terminal.is_2019, new.terminal.protocol) == (PHONE, True, 1)
    assert (new.parts, new.part, new.first_serial, new.body) == (4, 2, 2, b"x" * 9)
    assert packet_of(frame(0x0200, b"x", flags=0x0400)).is_encrypted


def test_a_number_with_letters_is_a_number_too() -> None:
    # A terminal in the field sends a MAC address there (Traccar's captured 0x0900).
    assert packet_of(frame(0x0002, phone="4E5DE66FBA22")).terminal.phone == "4e5de66fba22"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("0002", "shorter than its header"),
        ("000200000139000000", "shorter than its header"),
        ("0002400001013900000000", "shorter than its header"),
        ("000220000139000000000001", "shorter than its header"),
        ("000200010139000000000001", "says 1 bytes of body and there are 0"),
        ("00020000013900000000000199", "says 0 bytes of body and there are 1"),
        ("00022000013900000000000100020003", "part 3 of 2"),
        ("00022000013900000000000100020000", "part 0 of 2"),
        ("00022000013900000000000100000000", "part 0 of 0"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(content: str, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        read_packet(bytes.fromhex(content))


@pytest.mark.parametrize("is_2019", [False, True])
def test_an_answer_has_the_terminals_own_version_and_number(is_2019: bool) -> None:
    asked = packet_of(frame(0x0002, serial=9, is_2019=is_2019))
    written = write_frame(0x8001, asked.terminal, 0x1_0005, b"\x7e\x7d")
    assert written == frame(0x8001, b"\x7e\x7d", serial=5, is_2019=is_2019)
    with pytest.raises(ValueError, match="needs parts"):
        write_frame(0x8001, asked.terminal, 0, bytes(1024))
