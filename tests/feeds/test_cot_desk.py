"""Who a TAK client is, and what becomes of what it says."""

from __future__ import annotations

import pytest

from dashboard.live.fleet import REPORTING, SOS, TASKED
from data_feeds.bus import BusDown
from data_feeds.cot_desk import CotCaller, CotDesk
from data_feeds.cot_tls import Subject
from data_feeds.decoders.cot.session import Session
from data_feeds.fix_door import DEVICE_FIXES_BURST, TurnedAway
from tests.feeds.cot_client import UID, alert, auth, event, frame, message, ours
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import NOW, ROSTER, Row, key_of


class Line:
    """A desk with one caller."""

    def __init__(self) -> None:
        self.entrance = Entrance()
        self.desk = CotDesk(self.entrance.door, self.entrance.tally, self.entrance.keys)
        self.caller = CotCaller(Session(0.0), "10.0.0.1")
        self.now = NOW

    def send(self, stream: bytes) -> bytes:
        """Say it; returns what it is answered."""
        self.caller.session.feed(stream)
        return b"".join(self.desk.hear(self.caller, said, self.now) for said in self.caller.session.said(0.0))

    def datagram(self, datagram: bytes) -> None:
        self.desk.hear_datagram(datagram, "10.0.0.1", self.now)

    def authenticate(self) -> Line:
        assert b'type="t-x-takp-v"' in self.send(auth())
        self.entrance.tally._counts.clear()
        return self

    @property
    def counts(self) -> dict[str, int]:
        return self.entrance.counts

    @property
    def state(self) -> int:
        return self.entrance.board.state[0]


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def known(line: Line) -> Line:
    return line.authenticate()


def test_a_client_authenticates_and_is_on_the_board(line: Line) -> None:
    assert b'<TakProtocolSupport version="1"/>' in line.send(auth())
    assert line.send(event('<track speed="1.5" course="90"/>')) == b""
    board = line.entrance.board
    assert (board.lat[0], board.lon[0], board.fix_at[0], board.state[0]) == (35.4, 119.5, NOW, REPORTING)
    assert line.counts == {"cot.authenticated": 1, "cot.accepted": 1}


@pytest.mark.parametrize(
    "said",
    [
        auth(key=""), auth(key="A" * 26), auth(key=key_of("dev-1")), auth("dev-9", key_of("dev-9")), event(ours()),
        event(uid="dev-0"), event(type_="t-x-c-t"), alert(), b"GET / HTTP/1.1\r\n", b"<event></event>",
        frame(message(ours())),
    ],
)  # fmt: skip
def test_a_stranger_gets_nothing_and_is_hung_up_on(line: Line, said: bytes) -> None:
    with pytest.raises(TurnedAway):
        line.send(said)
    assert line.caller.device is None
    assert line.entrance.board.take_changes() == []
    assert line.counts["cot.unauthorised"] == 1


def test_a_uid_proves_nothing_and_a_line_speaks_for_its_own_device_alone(known: Line) -> None:
    known.send(event(uid="dev-1") + event(uid="ANDROID-other") + event(uid="dev-0"))
    assert known.counts == {"cot.other_uid": 2, "cot.accepted": 1}
    assert known.entrance.board.take_changes() == [0]


@pytest.mark.parametrize(
    ("subject", "uid"),
    [(Subject("dev-0", 1, ""), "dev-0"), (Subject("dev-0", 1, UID), UID)],
)
def test_a_certificate_makes_auth_superfluous(line: Line, subject: Subject, uid: str) -> None:
    assert b"t-x-takp-v" in line.desk.admit_certificate(line.caller, subject, NOW)
    line.send(event(uid=uid))
    assert line.counts == {"cot.authenticated": 1, "cot.accepted": 1}
    assert line.send(auth(uid="new")) == b"", "auth beside it may name a uid, and is offered nothing again"
    line.send(event(uid="new", at=NOW + 1))
    assert line.counts["cot.accepted"] == 2


@pytest.mark.parametrize(
    "subject", [Subject("dev-0", 2, ""), Subject("dev-0", 0, ""), Subject("dev-9", 1, ""), None]
)
def test_a_certificate_of_another_generation_or_of_nobody_is_none(
    line: Line, subject: Subject | None
) -> None:
    with pytest.raises(TurnedAway):
        line.desk.admit_certificate(line.caller, subject, NOW)
    assert line.caller.device is None
    assert line.counts == {"cot.unauthorised": 1}


def test_a_certificate_and_the_name_of_another_device_end_the_line(line: Line) -> None:
    line.desk.admit_certificate(line.caller, Subject("dev-0", 1, ""), NOW)
    with pytest.raises(TurnedAway):
        line.send(auth("dev-1"))


def test_a_raised_key_generation_ends_keys_certificates_and_running_sessions(known: Line) -> None:
    known.entrance.keys.know_devices([Row(0, "dev-0", "w0", "g1", "371102", key_generation=2), *ROSTER[1:]])
    with pytest.raises(TurnedAway):
        known.send(event())
    other = CotCaller(Session(0.0), "")
    with pytest.raises(TurnedAway):
        known.desk.admit_certificate(other, Subject("dev-0", 1, ""), NOW)
    assert known.desk.admit_certificate(other, Subject("dev-0", 2, ""), NOW)


def test_pings_are_answered_and_the_protocol_is_negotiated(known: Line) -> None:
    assert b'type="t-x-c-t-r"' in known.send(event(type_="t-x-c-t", uid=f"{UID}-ping"))
    ask = '<TakControl><TakRequest version="{}"/></TakControl>'
    assert b'status="false"' in known.send(event(ask.format(2), type_="t-x-takp-q"))
    assert b'status="false"' in known.send(event(type_="t-x-takp-q"))
    assert b'status="true"' in known.send(event(ask.format(1), type_="t-x-takp-q"))
    assert known.send(event(type_="t-x-c-t"))[0] == 0xBF
    known.send(frame(message()))
    assert known.counts == {"cot.accepted": 1}


def test_a_call_for_help_and_its_end(known: Line) -> None:
    known.send(event() + alert(at=NOW + 1))
    assert known.state & SOS
    known.send(event(at=NOW + 2))
    assert known.state & SOS, "a position without a word about help takes nothing back"
    known.send(alert(at=NOW + 3, is_over=True))
    assert not known.state & SOS
    known.send(alert(at=NOW + 1))
    assert not known.state & SOS, "sent again by somebody who recorded it"
    known.send(event('<emergency type="911 Alert"/>', at=NOW + 4))
    assert known.state & SOS
    known.send(event('<emergency cancel="true"/>', at=NOW + 5))
    assert not known.state & SOS
    assert known.counts == {"cot.accepted": 4, "cot.help": 2, "cot.help_ended": 1}


@pytest.mark.parametrize(
    ("said", "is_heard"),
    [
        (alert(owner="ANDROID-other"), False), (alert("x-9-1-1", owner=None), False), (alert("x", owner="dev-0"), True),
        (alert(owner=None), True), (alert("unknown", is_over=True), True), (alert(at=NOW + 3_600_000), True),
        (event(f'<link uid="{UID}" relation="p-p"/>', type_="b-a-o", at=0), True),
        (event('<emergency type="911 Alert"/>', lat=0, lon=0), True), (event('<emergency type="x"/>', how="h-e"), True),
        (event('<emergency type="x"/>', uid="ANDROID-other"), False), (event(type_="b-a-g"), False),
    ],
)  # fmt: skip
def test_whose_call_it_is_and_that_it_counts_without_a_believable_place(
    known: Line, said: bytes, is_heard: bool
) -> None:
    known.send(event(at=NOW - 1))
    known.send(said)
    assert (known.counts.get("cot.help", 0) + known.counts.get("cot.help_ended", 0) == 1) == is_heard
    assert bool(known.state & SOS) == (is_heard and b"b-a-o-can" not in said)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (event(how="h-e"), "not_measured"), (event(how="h-g-i-g-o"), "not_measured"),
        (event(how="m-s"), "not_measured"), (event(type_="a-u-G"), "unsupported"),
        (event(how=""), "not_measured"), (event(stale=NOW - 1), "withdrawn"), (event(ce=1_001), "coarse"),
        (event(at=NOW - 60_001), "late"), (event(start=NOW - 60_001), "late"), (event(at=NOW + 61_000), "malformed"),
        (event(at=NOW - 86_400_001), "malformed"), (event(lat=0, lon=0), "malformed"),
        (event(type_="b-t-f"), "unsupported"), (event(type_="a-friend"), "unsupported"),
        (b"<event></event>", "malformed"),
    ],
)  # fmt: skip
def test_each_rule_counts_under_its_name(known: Line, said: bytes, outcome: str) -> None:
    known.send(said)
    assert known.counts == {f"cot.{outcome}": 1}
    assert bool(known.entrance.board.take_changes()) == (outcome == "late")


def test_what_is_sent_again_changes_nothing_and_jumps_are_not_believed(known: Line) -> None:
    known.send(event() + event() + event(at=NOW - 1) + event(at=NOW + 1_000, lat=35.5))
    assert known.counts == {
        "cot.accepted": 1,
        "cot.duplicate": 1,
        "cot.out_of_order": 1,
        "cot.impossible_speed": 1,
    }


def test_our_element_says_what_cot_cannot(known: Line) -> None:
    known.send(event('<zhongshu task="1" datum="gcj02"/>'))
    assert known.state & TASKED
    assert 0.001 < 119.5 - known.entrance.board.lon[0] < 0.01
    known.send(event('<zhongshu duty="0"/>', at=NOW + 1))
    assert not known.state & REPORTING


def test_a_device_over_its_limit_stays_connected_and_is_heard_when_it_calls_for_help(known: Line) -> None:
    assert known.entrance.door._devices.take("dev-0", NOW, DEVICE_FIXES_BURST) == 0
    known.send(event())
    assert known.counts == {"cot.limited": 1}
    known.send(event('<emergency type="911"/>', at=NOW + 1))
    assert known.state & SOS


def test_a_device_that_sends_rubbish_without_end_is_hung_up_on(known: Line) -> None:
    known.send(b"rubbish <event></event>" + event())
    assert known.counts == {"cot.malformed": 2, "cot.accepted": 1}
    known.entrance.door._devices.take("dev-0", NOW, DEVICE_FIXES_BURST - 3)
    with pytest.raises(TurnedAway):
        known.send(b"<event></event>")


def test_nothing_is_taken_while_redis_is_away(known: Line) -> None:
    known.entrance.bus.state = "down"
    for said in (event(), alert(), frame(message())):
        with pytest.raises(BusDown):
            known.send(said)
    assert known.send(event(type_="t-x-c-t")) != b"", "the line lives"
    assert known.entrance.board.take_changes() == []


def test_a_datagram_brings_its_devices_key(line: Line) -> None:
    line.datagram(event(ours()))
    line.datagram(event(ours("dev-1"), uid="dev-1", lat=35.41))
    line.datagram(b"\xbf\x01\xbf" + message(ours(), at=NOW + 1))
    line.datagram(event(f'<zhongshu key="{key_of("dev-2")}"/>', uid="dev-2"))
    line.datagram(event(ours() + f'<link uid="{UID}" relation="p-p"/>', type_="b-a-o-tbl"))
    line.datagram(b"\xbf\x01\xbf\x0a\x04\x08\x01\x10\x01")
    assert line.counts == {"cot.accepted": 4, "cot.help": 1, "cot.unsupported": 1}
    assert line.state & SOS


@pytest.mark.parametrize(
    "datagram",
    [
        event(),
        event('<zhongshu key=""/>', uid="dev-0"),
        event(ours().replace("dev-0", "dev-1")),
        event(ours("dev-9")),
    ],
)
def test_a_datagram_without_its_devices_key_is_nobodys(line: Line, datagram: bytes) -> None:
    with pytest.raises(TurnedAway):
        line.datagram(datagram)
    assert line.counts == {"cot.unauthorised": 1}
    assert line.entrance.board.take_changes() == []


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        auth(),
        b"\xbf\x02\xbf" + message(ours()),
        frame(message(ours())),
        event() + event(),
        b"\xbf",
        bytes(65_537),
    ],
)
def test_a_datagram_that_is_no_event_is_refused(line: Line, datagram: bytes) -> None:
    line.datagram(datagram)
    assert line.counts == {"cot.malformed": 1}


def test_no_key_is_kept_with_what_was_refused(line: Line) -> None:
    line.datagram(event(ours())[:-1])
    line.datagram(event(ours(), lat=0, lon=0))
    line.authenticate()
    line.send(event(ours(), at=NOW + 61_000) + event(ours() + "<a>"))
    kept = line.entrance.tally._refused
    assert len(kept) == 4
    assert not any(key_of("dev-0").encode() in value for entry in kept for value in entry.values())
