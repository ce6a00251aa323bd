"""What a JT/T 808 terminal's messages do, and what it is answered; a board and a tally, no sockets, no Redis."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from dashboard.live.fleet import REPORTING, SOS
from data_feeds import fix_door
from data_feeds.decoders.jt808.session import Session
from data_feeds.fix_door import TurnedAway
from data_feeds.jt808_desk import REGISTRATIONS_BURST, Caller, Jt808Desk
from data_feeds.terminal_book import TerminalBook
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import NOW, ROSTER, key_of
from tests.feeds.jt808_terminal import (
    answers_in,
    authentication,
    batch,
    frame,
    general,
    in_parts,
    location,
    phone_of,
    registration,
)

SOS_BIT, LOCATED = 1, 0b10


@dataclass(frozen=True)
class TerminalRow:
    """A row of the list of terminals."""

    phone: str
    device_id: str
    terminal_id: str = ""
    plate: str = ""
    datum: str = "wgs84"


LIST = (
    TerminalRow(phone_of(0), "dev-0", "T000000"),
    TerminalRow(phone_of(1), "dev-1", "T000001", plate="鲁L12345", datum="gcj02"),
    TerminalRow(phone_of(2), "dev-2"),
    TerminalRow(phone_of(9), "dev-9", "T000009"),
)


class Line:
    """A desk with one caller."""

    def __init__(self, entrance: Entrance, rows: list[TerminalRow], number: int = 0, is_2019: bool = False):
        self.entrance = entrance
        self.book = TerminalBook(lambda: rows)
        self.book.read()
        self.desk = Jt808Desk(entrance.door, entrance.tally, entrance.keys, self.book)
        self.caller = Caller(Session(0.0), "10.0.0.1")
        self.options = {"phone": phone_of(number), "is_2019": is_2019}
        self.key = key_of(f"dev-{number}")
        self.now = NOW
        self.serial = 0

    def send(self, message: int, body: bytes = b"", **options) -> list[tuple[int, bytes]]:
        """Send one message under the next serial; returns the answers."""
        self.serial += 1
        return self.raw(frame(message, body, **{"serial": self.serial, **self.options, **options}))

    def raw(self, data: bytes) -> list[tuple[int, bytes]]:
        answers = [
            self.desk.hear(self.caller, said, self.now) for said in self.caller.session.feed(data, 0.0)
        ]
        return answers_in(b"".join(answers))

    def authenticate(self) -> Line:
        body = authentication(self.key, is_2019=self.options["is_2019"])
        assert self.send(0x0102, body) == [general(0x0102, self.serial, 0)]
        return self


@pytest.fixture
def rows() -> list[TerminalRow]:
    return list(LIST)


@pytest.fixture
def entrance() -> Entrance:
    return Entrance()


@pytest.fixture
def line(entrance: Entrance, rows: list[TerminalRow]) -> Line:
    return Line(entrance, rows)


@pytest.mark.parametrize("is_2019", [False, True])
def test_a_terminal_registers_authenticates_and_is_on_the_board(
    entrance: Entrance, rows: list[TerminalRow], is_2019: bool
) -> None:
    line = Line(entrance, rows, is_2019=is_2019)
    ((message, body),) = line.send(0x0100, registration(is_2019=is_2019))
    assert (message, body[:3], body[3:].decode()) == (0x8100, b"\x00\x01\x00", key_of("dev-0"))
    line.authenticate()
    assert line.send(0x0002) == [general(0x0002, line.serial, 0)]
    assert line.send(0x0200, location()) == [general(0x0200, line.serial, 0)]
    assert (entrance.board.lat[0], entrance.board.fix_at[0]) == (35.4, NOW)
    assert entrance.board.state[0] & REPORTING
    assert entrance.counts == {"jt808.registered": 1, "jt808.authenticated": 1, "jt808.accepted": 1}


@pytest.mark.parametrize(
    ("number", "body", "result"),
    [
        (0, registration("T000001"), 4), (0, registration(""), 4), (1, registration("T000001", "鲁L12345"), 0),
        (1, registration("T000001", "鲁L99999"), 2), (2, registration(""), 4), (2, registration("T000002"), 4),
        (3, registration("T000003"), 4), (9, registration("T000009"), 4), (0, registration("t000000"), 0),
    ],
)  # fmt: skip
def test_the_code_goes_only_to_who_is_listed_with_that_id_and_plate(
    entrance: Entrance, rows: list[TerminalRow], number: int, body: bytes, result: int
) -> None:
    """Terminal 2 has no id in the list, 3 is in no list, 9 is listed for a device that the roster does not have."""
    line = Line(entrance, rows, number)
    ((_, answer),) = line.send(0x0100, body)
    assert answer[2] == result
    assert (answer[3:].decode() == line.key) == (result == 0)
    assert entrance.counts == {"jt808.registered" if result == 0 else "jt808.unauthorised": 1}


def test_guessing_ids_for_a_number_gets_nowhere(line: Line) -> None:
    for guess in range(REGISTRATIONS_BURST):
        ((_, answer),) = line.send(0x0100, registration(f"X{guess:06d}"))
        assert answer[2] == 4
    ((_, answer),) = line.send(0x0100, registration())
    assert (answer[2], answer[3:]) == (4, b""), "not even the right one, for a minute"
    line.now += 61_000
    ((_, answer),) = line.send(0x0100, registration())
    assert answer[2] == 0


@pytest.mark.parametrize("message", [0x0002, 0x0003, 0x0200, 0x0704, 0x0900])
def test_before_authentication_nothing_is_taken(line: Line, message: int) -> None:
    body = {0x0200: location(alarms=SOS_BIT), 0x0704: batch(location())}.get(message, b"")
    assert line.send(message, body) == [general(message, 1, 1)]
    assert line.entrance.board.take_changes() == []
    assert line.entrance.counts == {"jt808.unauthorised": 1}
    line.authenticate()
    assert line.send(message, body, serial=1) == [general(message, 1, 3 if message == 0x0900 else 0)]


@pytest.mark.parametrize("code", ["", "A" * 26, key_of("dev-1")])
def test_a_wrong_code_is_a_failure_and_a_stranger_may_try_again(line: Line, code: str) -> None:
    assert line.send(0x0102, authentication(code)) == [general(0x0102, 1, 1)]
    assert line.caller.terminal is None
    line.authenticate()


def test_a_terminal_speaks_for_its_own_number_alone(line: Line) -> None:
    line.authenticate()
    assert line.send(0x0200, location(), phone=phone_of(1)) == [general(0x0200, line.serial, 1)]
    assert line.entrance.board.take_changes() == []


def test_a_raised_key_generation_and_a_changed_list_end_a_running_session(
    line: Line, rows: list[TerminalRow]
) -> None:
    line.authenticate()
    rows[0] = TerminalRow(phone_of(0), "dev-3", "T000000")
    line.book.read()
    assert line.send(0x0200, location()) == [general(0x0200, line.serial, 1)]
    rows[0] = LIST[0]
    line.book.read()
    line.authenticate()
    line.entrance.keys.know_devices(ROSTER[1:])
    assert line.send(0x0200, location()) == [general(0x0200, line.serial, 1)]
    assert line.caller.terminal is None


def test_a_logout_makes_a_stranger_of_the_terminal(line: Line) -> None:
    line.authenticate()
    assert line.send(0x0003) == [general(0x0003, line.serial, 0)]
    assert line.send(0x0200, location()) == [general(0x0200, line.serial, 1)]


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
