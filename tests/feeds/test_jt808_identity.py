"""Who a JT/T 808 terminal is: registration, authentication, the list, and what a stranger may not."""

from __future__ import annotations

import pytest

from dashboard.live.fleet import REPORTING
from data_feeds.jt808_desk import REGISTRATIONS_BURST
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import NOW, ROSTER, key_of
from tests.feeds.jt808_line import Line
from tests.feeds.jt808_terminal import (
    LIST,
    TerminalRow,
    authentication,
    batch,
    general,
    location,
    phone_of,
    registration,
)

SOS_BIT = 1


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
