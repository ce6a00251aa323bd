"""One terminal's connection without its socket: frames that come again, messages in parts, parts that are missing."""

from __future__ import annotations

import pytest

from data_feeds.decoders.jt808.bodies import LocationBatch
from data_feeds.decoders.jt808.parts import ASK_AGAIN_S, ASK_TIMES, PARTS_LIMIT
from data_feeds.decoders.jt808.session import (
    ANSWERS_KEPT,
    Heard,
    HeardAgain,
    HeardPart,
    Result,
    Session,
    Unreadable,
)
from tests.feeds.feed_city import NOW
from tests.feeds.jt808_terminal import answers_in, batch, frame, in_parts, location

WHOLE = batch(*(location(NOW - 1000 * number) for number in range(40)))


def session() -> Session:
    opened = Session(0.0)
    opened.joins_parts = True
    return opened


def feed(one: Session, *frames: bytes, at_s: float = 0.0, result: Result = Result.OK) -> list:
    """Feed frames and answer each as the desk does."""
    found = []
    for said in one.feed(b"".join(frames), at_s):
        found.append(said)
        if isinstance(said, Heard | HeardPart):
            one.answer(said.packet, result, said.mark)
    return found


def test_a_frame_that_was_taken_is_answered_again_with_the_same_answer_and_not_taken_again() -> None:
    one, position = session(), frame(0x0200, location(), serial=7)
    (said,) = one.feed(position, 0.0)
    answer = one.answer(said.packet, Result.OK, said.mark)
    (again, newer) = one.feed(position + frame(0x0200, location(NOW + 1000), serial=8), 1.0)
    assert (type(again), again.answer) == (HeardAgain, answer)
    assert isinstance(newer, Heard)


def test_a_frame_that_comes_twice_in_one_segment_is_taken_once() -> None:
    position = frame(0x0200, location(), serial=7)
    assert [type(said) for said in feed(session(), position, position)] == [Heard, HeardAgain]


@pytest.mark.parametrize("result", [Result.FAILED, Result.WRONG, Result.UNSUPPORTED])
def test_a_frame_that_was_not_taken_is_looked_at_anew(result: Result) -> None:
    one, position = session(), frame(0x0200, location(), serial=7)
    assert isinstance(feed(one, position, result=result)[0], Heard)
    assert isinstance(feed(one, position)[0], Heard)


def test_another_message_under_the_same_serial_is_another_message() -> None:
    one = session()
    frames = [frame(0x0200, location(NOW + number)) for number in (0, 1000)]
    assert [type(said) for said in feed(one, *frames)] == [Heard, Heard]


def test_only_the_last_answers_are_remembered() -> None:
    one = session()
    frames = [frame(0x0200, location(), serial=number) for number in range(ANSWERS_KEPT + 1)]
    feed(one, *frames)
    assert len(one._answered) == ANSWERS_KEPT
    assert [type(said) for said in feed(one, frames[-1], frames[0])] == [HeardAgain, Heard]


@pytest.mark.parametrize("is_2019", [False, True])
@pytest.mark.parametrize("serial", [10, 0xFFFE])
def test_a_message_in_parts_is_whole_with_the_last_of_them_in_any_order(is_2019: bool, serial: int) -> None:
    parts = in_parts(0x0704, WHOLE, 500, serial=serial, is_2019=is_2019)
    assert len(parts) == 3
    parts = [parts[1], parts[0], parts[2]]
    *before, last = feed(session(), *parts)
    assert [type(said) for said in before] == [HeardPart, HeardPart]
    assert isinstance(last.reading, LocationBatch)
    assert len(last.reading.locations.readings) == 40


def test_nothing_is_held_for_a_stranger_nor_of_messages_that_nobody_reads() -> None:
    stranger = Session(0.0)
    found = feed(stranger, *in_parts(0x0704, WHOLE, 500, serial=1), result=Result.FAILED)
    assert [type(said) for said in found] == [HeardPart] * 3
    known = session()
    found = feed(known, *in_parts(0x0801, bytes(1500), 500, serial=1), result=Result.UNSUPPORTED)
    assert [type(said) for said in found] == [HeardPart] * 3
    assert stranger._parts._bodies == known._parts._bodies == {}


def test_more_parts_than_are_held_are_refused() -> None:
    (said,) = session().feed(frame(0x0704, b"x", part=(PARTS_LIMIT + 1, 1)), 0.0)
    assert isinstance(said, Unreadable)
    assert "more than 64 parts" in said.error.reason


@pytest.mark.parametrize(("is_2019", "count"), [(False, b"\x02"), (True, b"\x00\x02")])
def test_missing_parts_are_asked_for_by_the_first_serial_and_their_numbers(
    is_2019: bool, count: bytes
) -> None:
    one = session()
    parts = in_parts(0x0704, WHOLE, 310, serial=100, is_2019=is_2019)
    assert len(parts) == 4
    feed(one, parts[0], parts[3])
    assert one.request_parts(0.0) == b"", "not before it is quiet"
    (asked,) = answers_in(one.request_parts(ASK_AGAIN_S))
    assert asked == (0x8003, b"\x00\x64" + count + b"\x00\x02\x00\x03")
    *_, whole = feed(one, parts[1], parts[2], at_s=6.0)
    assert len(whole.reading.locations.readings) == 40
    assert one.request_parts(100.0) == b""


def test_the_request_is_that_of_another_platform_byte_by_byte() -> None:
    # go-jt808's reply tests: serial 0x7fff, first serial 0x1099, parts 1 to 9 missing.
    one = session()
    one._serial = 0x7FFE
    last = frame(0x0704, b"x", phone="12345678901", serial=0x1099 + 9, part=(10, 10))
    (said,) = one.feed(last, 0.0)
    assert isinstance(said, HeardPart)
    request = one.request_parts(0.0, at_once=True)
    assert request.hex() == "7e800300150123456789017fff1099090001000200030004000500060007000800091f7e"


def test_after_three_requests_in_vain_the_message_is_given_up() -> None:
    one, at_s, requests = session(), 0.0, 0
    feed(one, in_parts(0x0704, WHOLE, 500, serial=1)[0])
    for _ in range(20):
        at_s += ASK_AGAIN_S
        if one.gives_parts_up(at_s):
            break
        requests += one.request_parts(at_s) != b""
    assert requests == ASK_TIMES
    assert one._parts._bodies == {}
    assert not one.gives_parts_up(at_s + 100)


def test_a_whole_that_was_not_answered_is_whole_again_with_the_part_that_comes_again() -> None:
    one = session()
    parts = in_parts(0x0704, WHOLE, 500, serial=1)
    feed(one, parts[0], parts[1])
    (said,) = one.feed(parts[2], 0.0)  # Redis is away: silence
    assert isinstance(said, Heard)
    (again,) = one.feed(parts[2], 5.0)
    assert isinstance(again, Heard)
    one.answer(again.packet, Result.OK, again.mark)
    (after,) = one.feed(parts[2], 6.0)
    assert isinstance(after, HeardAgain)
    assert one._parts._bodies == {}


def test_a_whole_that_cannot_be_read_is_not_held() -> None:
    one = session()
    *_, last = feed(one, *in_parts(0x0200, b"short", 3, serial=1))
    assert isinstance(last, Unreadable)
    assert last.packet is not None
    assert one._parts._bodies == {}


def test_only_a_whole_frame_is_a_sign_of_life() -> None:
    one = session()
    list(one.feed(b"\x7e\x00\x02", 10.0))
    list(one.feed(b"\x7e\x7egarbage\x7e", 20.0))
    assert one.heard_at_s == 0.0
    list(one.feed(frame(0x0002), 30.0))
    assert one.heard_at_s == 30.0
