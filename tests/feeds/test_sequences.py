"""Senders that count: older and repeated numbers are not taken, wraps and restarts go by the stated rules."""

from __future__ import annotations

import msgspec
import pytest

from data_feeds.bus import BusDown
from data_feeds.decoders.errors import DecodeError
from data_feeds.feed_keys import Sender
from data_feeds.positions_desk import PositionsDesk
from data_feeds.sequences import Numbered, Sequences, is_later
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import NOW
from tests.feeds.jt808_line import Line
from tests.feeds.jt808_terminal import frame, general, location

DEVICE = Sender(None, "dev-0")


class Desk:
    """A desk for bodies of `/v1/positions` whose fixes are all news."""

    def __init__(self, entrance: Entrance) -> None:
        self.entrance = entrance
        self.desk = PositionsDesk(entrance.door, entrance.tally)
        self.at = NOW

    def send(self, sender: Sender = DEVICE, fix: dict | None = None, **numbers: object) -> dict:
        self.at += 10
        item = {"id": "dev-0", "at": self.at, "lat": 35.4, "lon": 119.5} | (fix or {})
        body = msgspec.json.encode({"fixes": [item], **numbers})
        return self.desk.take(body, sender, self.at).content

    def takes(self, **numbers: object) -> bool:
        answer = self.send(**numbers)
        assert answer["accepted"] or answer["ignored"] == {"old_sequence": 1}
        return bool(answer["accepted"])


@pytest.fixture
def desk(entrance: Entrance) -> Desk:
    return Desk(entrance)


def test_older_and_repeated_numbers_are_not_taken(desk: Desk) -> None:
    taken = [desk.takes(seq=seq) for seq in (5, 5, 4, 6, 9, 7)]
    assert taken == [True, False, False, True, True, False]
    assert desk.entrance.counts == {"positions.accepted": 3, "positions.old_sequence": 3}


def test_a_sender_that_does_not_count_is_taken_as_before(desk: Desk) -> None:
    assert [desk.takes() for _ in range(3)] == [True] * 3
    assert desk.takes(seq=3)
    assert desk.takes()
    assert not desk.takes(seq=3)


def test_after_the_highest_number_comes_the_first(desk: Desk) -> None:
    top = (1 << 32) - 1
    assert [desk.takes(seq=seq) for seq in (top, 0, top, 1)] == [True, True, False, True]
    assert is_later(0, 65_535, 1 << 16)
    assert not is_later(65_535, 0, 1 << 16)
    assert not is_later(7, 7, 1 << 16)


def test_a_larger_boot_begins_anew_and_a_smaller_one_is_old(desk: Desk) -> None:
    numbers = [(1, 900), (2, 0), (1, 901), (2, 0), (2, 1), (3, 1)]
    assert [desk.takes(boot=boot, seq=seq) for boot, seq in numbers] == [True, True, False, False, True, True]


def test_each_key_counts_for_itself(desk: Desk) -> None:
    gateways = [Sender("grid", None, f"feed-{number}", "s") for number in (1, 2)]
    assert [desk.send(one, seq=1)["accepted"] for one in (*gateways, DEVICE)] == [1, 1, 1]
    assert desk.send(gateways[0], seq=1)["ignored"] == {"old_sequence": 1}


def test_a_call_for_help_under_an_old_number_is_heard(desk: Desk) -> None:
    assert desk.takes(seq=5)
    answer = desk.send(seq=4, fix={"alarm": True})
    assert answer["ignored"] == {"old_sequence": 1}
    assert desk.entrance.board.sos_until[0] > NOW


def test_a_number_that_was_not_taken_is_sent_again(desk: Desk) -> None:
    desk.entrance.bus.state = "down"
    with pytest.raises(BusDown):
        desk.send(seq=1)
    desk.entrance.bus.state = "up"
    assert desk.takes(seq=1)
    assert not desk.takes(seq=1)
    desk.entrance.bus.state = "down"
    with pytest.raises(BusDown):
        desk.send(seq=1)


@pytest.mark.parametrize("numbers", [{"seq": -1}, {"seq": 1 << 32}, {"seq": "1"}, {"seq": 1, "boot": -1}])
def test_what_is_no_number_is_malformed(desk: Desk, numbers: dict) -> None:
    with pytest.raises(DecodeError):
        desk.send(**numbers)


def test_a_body_that_is_read_item_by_item_counts_too(desk: Desk) -> None:
    assert desk.send(seq=5, fix={"lat": 95})["accepted"] == 0
    assert not desk.takes(seq=5)
    assert desk.takes(seq=6)
    assert desk.send(seq=6, fix={"datum": "gcj02"})["ignored"] == {"old_sequence": 1}


def test_senders_are_remembered_in_bounded_memory() -> None:
    sequences = Sequences(kept=3)
    for number in range(5):
        sequences.note(f"s{number}", Numbered(0, 7))
    assert [sequences.is_news(f"s{number}", Numbered(0, 7)) for number in range(5)] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_terminals_serial_goes_forward_wraps_and_begins_anew_with_its_authentication(
    line: Line, entrance: Entrance
) -> None:
    line.authenticate()

    def send(serial: int, seconds: int) -> str:
        before = dict(entrance.counts)
        answer = line.raw(frame(0x0200, location(NOW + seconds * 1000), serial=serial, **line.options))
        assert answer == [general(0x0200, serial, 0)]
        changed = [name for name, count in entrance.counts.items() if count != before.get(name, 0)]
        assert len(changed) == 1
        return changed[0].partition(".")[2]

    assert [send(65_534, 1), send(65_534, 2), send(65_533, 3), send(65_535, 4), send(0, 5), send(65_535, 6)] == [
        "accepted", "old_sequence", "old_sequence", "accepted", "accepted", "old_sequence",
    ]  # fmt: skip
    line.authenticate()
    assert send(3, 7) == "accepted"
    assert send(2, 8) == "old_sequence"
