"""What a known JT/T 808 terminal's messages do, and what it is answered; no sockets, no Redis."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.live.fleet import SOS
from data_feeds import fix_door
from data_feeds.fix_door import TurnedAway
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import NOW, key_of
from tests.feeds.fuzzing import PATIENT, mutated
from tests.feeds.jt808_line import Line
from tests.feeds.jt808_terminal import (
    LIST,
    TerminalRow,
    authentication,
    batch,
    frame,
    general,
    in_parts,
    location,
    phone_of,
    registration,
)

SOS_BIT = 1
SAID = (
    frame(0x0100, registration(), phone=phone_of(0)),
    frame(0x0102, authentication(key_of("dev-0")), phone=phone_of(0)),
    frame(0x0200, location(alarms=SOS_BIT), serial=1, phone=phone_of(0)),
    frame(0x0704, batch(location(), location(NOW - 1000)), serial=2, phone=phone_of(0)),
    *in_parts(0x0704, batch(location()), 10, serial=3, phone=phone_of(0)),
    frame(0x0003, serial=9, phone=phone_of(0)),
)


def test_while_redis_is_away_positions_are_met_with_silence_and_taken_when_they_come_again(
    line: Line,
) -> None:
    line.authenticate()
    line.entrance.bus.state = "down"
    position = frame(0x0200, location(alarms=SOS_BIT), serial=9, phone=phone_of(0))
    collected = frame(0x0704, batch(location(NOW - 5000)), serial=8, phone=phone_of(0))
    assert line.raw(position + collected) == []
    assert line.send(0x0002) == [general(0x0002, line.serial, 0)], "the line itself is alive"
    line.entrance.bus.state = "up"
    assert line.raw(collected + position) == [general(0x0704, 8, 0), general(0x0200, 9, 0)]
    assert line.entrance.counts["jt808.accepted"] == 2


def test_a_position_sent_again_because_its_answer_was_lost_is_answered_again_and_counted_once(
    line: Line,
) -> None:
    line.authenticate()
    position = frame(0x0200, location(), serial=9, phone=phone_of(0))
    assert line.raw(position) == line.raw(position) == [general(0x0200, 9, 0)]
    assert line.entrance.counts == {"jt808.authenticated": 1, "jt808.accepted": 1, "jt808.resent": 1}


def test_a_position_sent_again_over_a_new_line_is_a_duplicate(
    entrance: Entrance, rows: list[TerminalRow]
) -> None:
    for outcome in ("accepted", "duplicate"):
        line = Line(entrance, rows).authenticate()
        assert line.send(0x0200, location()) == [general(0x0200, line.serial, 0)]
        assert entrance.counts[f"jt808.{outcome}"] == 1


def test_a_batch_is_taken_in_the_order_of_time_and_its_bad_items_are_counted(line: Line) -> None:
    line.authenticate()
    items = (
        location(NOW), location(NOW - 60_000), location(NOW - 120_000), location(NOW + 3_600_000),
        location(status=0, lat=0, lon=0), location()[:20],
    )  # fmt: skip
    assert line.send(0x0704, batch(*items, is_from_blind_area=True)) == [general(0x0704, line.serial, 0)]
    assert line.entrance.board.fix_at[0] == NOW
    assert line.entrance.counts == {
        "jt808.authenticated": 1,
        "jt808.accepted": 2,
        "jt808.late": 1,
        "jt808.not_located": 1,
        "jt808.malformed": 2,
    }


def test_a_batch_in_parts_is_answered_part_by_part_and_missing_ones_are_asked_for(line: Line) -> None:
    line.authenticate()
    whole = batch(*(location(NOW - 1000 * number) for number in range(40)))
    first, second, third = in_parts(0x0704, whole, 500, serial=50, phone=phone_of(0))
    assert line.raw(first) == [general(0x0704, 50, 0)]
    assert line.raw(third) == [general(0x0704, 52, 0), (0x8003, b"\x00\x32\x01\x00\x02")]
    assert line.raw(second) == [general(0x0704, 51, 0)]
    assert line.entrance.counts["jt808.accepted"] == 40
    assert line.raw(second) == [general(0x0704, 51, 0)]
    assert line.entrance.counts["jt808.resent"] == 1


@pytest.mark.parametrize(
    "body",
    [
        location(alarms=SOS_BIT),
        location(alarms=SOS_BIT, status=0, lat=0, lon=0),
        location(alarms=SOS_BIT, time="000000000000"),
        location(NOW + 86_400_000, alarms=SOS_BIT),
        location(alarms=SOS_BIT, lat=99),
    ],
)
def test_a_call_for_help_is_heard_whatever_the_place_and_the_time(line: Line, body: bytes) -> None:
    line.authenticate()
    line.send(0x0200, location(NOW - 10_000))
    assert not line.entrance.board.state[0] & SOS
    assert line.send(0x0200, body) == [general(0x0200, line.serial, 0)]
    assert line.entrance.board.state[0] & SOS


def test_a_call_for_help_in_a_batch_is_heard_and_positions_after_it_do_not_end_it(line: Line) -> None:
    line.authenticate()
    line.send(
        0x0704,
        batch(location(NOW), location(NOW - 7_200_000, alarms=SOS_BIT, status=0), location(NOW - 7_100_000)),
    )
    assert line.entrance.board.state[0] & SOS
    line.now = NOW + 601_000
    line.send(0x0200, location(NOW + 601_000))
    assert not line.entrance.board.state[0] & SOS


def test_a_position_without_a_place_moves_nobody(line: Line) -> None:
    line.authenticate()
    line.send(0x0200, location(NOW - 1000))
    line.entrance.board.take_changes()
    assert line.send(0x0200, location(status=0b01, lat=35.9)) == [general(0x0200, line.serial, 0)]
    assert line.entrance.board.take_changes() == []
    assert line.entrance.counts["jt808.not_located"] == 1


def test_the_list_says_which_terminal_sends_shifted_places(
    entrance: Entrance, rows: list[TerminalRow]
) -> None:
    Line(entrance, rows, 0).authenticate().send(0x0200, location())
    Line(entrance, rows, 1).authenticate().send(0x0200, location())
    assert entrance.board.lon[0] == 119.5
    assert 0.003 < 119.5 - entrance.board.lon[1] < 0.008, "GCJ-02 lies half a kilometre to the east here"


@pytest.mark.parametrize(
    ("body", "flags", "result"),
    [(b"short", 0, 2), (location(NOW + 120_000), 0, 2), (location(), 0x0400, 3)],
)
def test_what_cannot_be_read_is_counted_and_the_terminal_told(
    line: Line, body: bytes, flags: int, result: int
) -> None:
    line.authenticate()
    assert line.send(0x0200, body, flags=flags) == [general(0x0200, line.serial, result)]
    assert line.entrance.counts["jt808.malformed"] == 1


def test_what_is_kept_of_a_broken_frame_holds_neither_number_nor_code(line: Line) -> None:
    broken = bytearray(frame(0x0102, authentication(line.key), phone=phone_of(0)))
    broken[-2] ^= 1
    assert line.raw(bytes(broken)) == []
    (kept,) = line.entrance.tally._refused
    text = b" ".join(kept.values()).decode()
    assert line.key not in text
    assert line.key.encode().hex() not in text
    assert phone_of(0) not in text


def test_time_is_told_to_anybody_and_answers_are_not_answered(line: Line) -> None:
    assert line.send(0x0004) == [(0x8004, bytes.fromhex("261123024000"))]
    assert line.send(0x0001, bytes(5)) == []
    assert line.entrance.counts == {}


def test_messages_without_use_are_answered_as_unsupported_in_parts_too(line: Line) -> None:
    line.authenticate()
    assert line.send(0x0900, b"x") == [general(0x0900, line.serial, 3)]
    parts = in_parts(0x0801, bytes(900), 500, serial=30, phone=phone_of(0))
    assert line.raw(b"".join(parts)) == [general(0x0801, 30, 3), general(0x0801, 31, 3)]
    assert line.entrance.counts["jt808.unsupported"] == 3


def test_a_terminal_with_a_wrong_clock_cannot_fill_what_is_kept(line: Line) -> None:
    line.authenticate()
    line.entrance.door._devices.take("dev-0", NOW, fix_door.DEVICE_FIXES_BURST - 3)
    tomorrow = location(NOW + 86_400_000)
    for _ in range(10):
        assert line.send(0x0200, tomorrow) == [general(0x0200, line.serial, 2)]
    assert line.send(0x0704, batch(tomorrow, tomorrow)) == [general(0x0704, line.serial, 0)]
    assert len(line.entrance.tally._refused) == line.entrance.counts["jt808.malformed"] == 3
    assert line.entrance.counts["jt808.limited"] == 9


@given(st.one_of(st.binary(max_size=300), mutated(b"".join(SAID))), st.booleans())
@PATIENT
def test_any_bytes_of_anybody_are_answered_and_counted(stream: bytes, is_known: bool) -> None:
    line = Line(Entrance(), list(LIST))
    if is_known:
        line.authenticate()
    line.raw(stream)
    line.raw(b"\x7e")
    assert line.send(0x0004) == [(0x8004, bytes.fromhex("261123024000"))]


def test_a_stranger_who_sends_too_much_is_hung_up_on_and_a_known_terminal_is_not(line: Line) -> None:
    addresses = line.entrance.door._addresses
    addresses.take("10.0.0.1", NOW, fix_door.ADDRESS_FAULTS_BURST)
    with pytest.raises(TurnedAway, match="limited"):
        line.send(0x0200, location())
    with pytest.raises(TurnedAway, match="limited"):
        line.raw(b"\x7egarbage\x7e")
    line.authenticate()
    assert line.raw(b"\x7egarbage\x7e") == []
    assert line.send(0x0200, location()) == [general(0x0200, line.serial, 0)]


def test_a_terminal_over_its_limit_is_told_so_and_its_call_for_help_is_heard(line: Line) -> None:
    line.authenticate()
    line.entrance.door._devices.take("dev-0", NOW, fix_door.DEVICE_FIXES_BURST)
    assert line.send(0x0200, location()) == [general(0x0200, line.serial, 1)]
    assert line.send(0x0704, batch(location())) == [general(0x0704, line.serial, 1)]
    assert line.send(0x0200, location(alarms=SOS_BIT)) == [general(0x0200, line.serial, 0)]
