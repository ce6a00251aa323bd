"""What TAK clients say: events captured by others, broken ones, bombs, and whatever hypothesis thinks of."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feeds.cot_tls import subject_of
from data_feeds.decoders.cot.events import CotEvent, Credentials, OwnElement, fix_of
from data_feeds.decoders.cot.framing import mesh_message
from data_feeds.decoders.cot.session import Session, Unreadable
from data_feeds.decoders.cot.tak_messages import read_message
from data_feeds.decoders.cot.xml_events import DEPTH_LIMIT, ELEMENTS_LIMIT, read_document
from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.item_rules import FieldFault
from data_feeds.decoders.positions import FixItem
from tests.feeds.cot_client import CAPTURED, alert, auth, event, frame, message, ours
from tests.feeds.feed_city import NOW
from tests.feeds.fuzzing import PATIENT, mutated


def said(stream: bytes) -> list:
    session = Session(0.0)
    session.feed(stream)
    return list(session.said(0.0))


def only(stream: bytes) -> CotEvent:
    (found,) = said(stream)
    assert isinstance(found, CotEvent), found
    return found


@pytest.mark.parametrize("name", [name for name in CAPTURED if not name.startswith(("auth", "mesh"))])
def test_every_captured_event_is_read_alone_and_one_after_another(name: str) -> None:
    found = only(CAPTURED[name])
    assert found.uid and found.type and found.how
    assert said(CAPTURED[name] * 3) == [found] * 3


def test_a_position_of_atak_is_read() -> None:
    assert only(CAPTURED["position of ATAK-CIV 4.0"]) == CotEvent(
        "ANDROID-deadbeef", "a-f-G-U-C", "m-g", 1_614_457_944_771, 1_614_458_319_771, 1.234567, -3.141592, 9.9,
        0.0, 80.24833892285461,
    )  # fmt: skip


def test_xml_and_both_forms_of_the_tak_protocol_say_the_same() -> None:
    by_xml = only(CAPTURED["position by hand of WinTAK-CIV"])
    assert by_xml.accuracy_m is None
    assert only(CAPTURED["stream frame of WinTAK-CIV"]) == by_xml
    assert read_message(mesh_message(CAPTURED["mesh datagram of WinTAK-CIV"])) == by_xml


def test_auth_is_read() -> None:
    assert said(CAPTURED["auth of ATAK"]) == [Credentials("piotr", "password", "ANDROID-82cd68af1fb8fd80")]


@pytest.mark.parametrize(
    ("name", "calls", "link"),
    [
        ("alert of ATAK", True, "ANDROID-4eb92ff46e615c21"), ("end of an alert of ATAK", False, None),
        ("alert of WearTAK", True, "WEAROS_ec3eecdeb3329263"), ("position of ATAK-CIV 4.0", None, None),
        ("chat of WearTAK", None, "WEAROS_ec3eecdeb3329263"),
    ],
)  # fmt: skip
def test_calls_for_help_and_their_ends(name: str, calls: bool | None, link: str | None) -> None:
    found = only(CAPTURED[name])
    assert (found.calls_for_help, found.link_uid) == (calls, link)


def test_what_a_client_asks_for_in_the_negotiation() -> None:
    assert only(CAPTURED["request of protocol.txt"]).version == "1"


def test_our_element_is_read_in_xml_and_in_protobuf() -> None:
    element = ours(datum="gcj02", duty="0", task="true")
    own = OwnElement("dev-0", element.split('key="')[1][:26], "gcj02", False, True)
    assert only(event(element)).own == own
    assert only(frame(message(element))).own == own


def test_the_fix_of_a_position() -> None:
    found = only(event('<track speed="1.5" course="90"/>', start=NOW - 2_000))
    assert fix_of(found, "dev-0", NOW) == FixItem(
        "dev-0", NOW - 2_000, 35.4, 119.5, speed_mps=1.5, bearing=90.0, accuracy_m=9.9
    )
    assert fix_of(only(frame(message())), "dev-0", NOW).speed_mps == 1.5
    shifted = fix_of(only(event('<zhongshu datum="gcj02"/>')), "dev-0", NOW)
    assert 0.001 < 119.5 - shifted.lon < 0.01


@pytest.mark.parametrize(
    ("ce", "accuracy"),
    [("9999999", None), ("999999.0", None), ("0", None), ("-1", None), ("none", None), ("nan", None),
     ("500000", 100_000.0), ("3.5e1", 35.0), ("12", 12.0), (".", None), ("1_0", None), ("１２", None)],
)  # fmt: skip
def test_circular_error_is_accuracy_unless_it_means_unknown(ce: str, accuracy: float | None) -> None:
    assert only(event(ce=ce)).accuracy_m == accuracy


@pytest.mark.parametrize(
    ("time", "at"),
    [
        ("2026-11-23T02:40:00Z", NOW), ("2026-11-23T02:40:00.000Z", NOW), ("2026-11-23T02:40:00", NOW),
        ("2026-11-23T10:40:00+08:00", NOW), ("2026-11-23T02:40:00.1234567Z", NOW + 123), ("2026-02-30T00:00:00Z", None),
        ("2026-W01-1", None), ("1795401600000", None), ("", None), ("0000-00-00T00:00:00Z", None),
    ],
)  # fmt: skip
def test_times_of_xml_schema_are_read_and_no_others(time: str, at: int | None) -> None:
    raw = event().replace(b'time="2026-11-23T02:40:00.000Z"', f'time="{time}"'.encode())
    assert only(raw.replace(b'start="2026-11-23T02:40:00.000Z"', f'start="{time}"'.encode())).at == at


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"at": NOW + 61_000}, "in the future"), ({"at": NOW - 25 * 3_600_000}, "older than"),
        ({"lat": 0, "lon": 0}, "both 0"), ({"lat": 91}, "not a place"), ({"lon": "x"}, "not a place"),
        ({"lat": "nan"}, "not a place"), ({"lat": "1e999"}, "not a place"),
    ],
)  # fmt: skip
def test_positions_that_cannot_be_are_refused(fields: dict, reason: str) -> None:
    with pytest.raises(FieldFault, match=reason):
        fix_of(only(event(**fields)), "dev-0", NOW)


BOMB = b'<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE event [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (BOMB + event("&b;", prologue=""), "document type"), (OUTSIDE + event("&x;", prologue=""), "document type"),
        (b'<!DOCTYPE event SYSTEM "http://127.0.0.1/x.dtd">' + event(prologue=""), "document type"),
        (event("&b;"), "not well-formed"), (event("<a>" * DEPTH_LIMIT + "</a>" * DEPTH_LIMIT), "elements deep"),
        (event("<a/>" * ELEMENTS_LIMIT), "over 1,000 elements".replace(",", "")), (event()[:-8], "not well-formed"),
        (b"<event/>", "`uid` or `type`"), (event(uid="x" * 257), "over 256"), (event(uid=""), "`uid` or `type`"),
        (b"<html/>", "neither an event"), (b"<auth/>", "without `cot`"), (auth(key="k" * 300), "over 256"),
        (event('<zhongshu colour="1"/>'), "not known"), (event('<zhongshu duty="2"/>'), "`duty`"),
        (event('<zhongshu datum="nad27"/>'), "`datum`"), (event().decode().encode("utf-16"), "not well-formed"),
        (event("<a>\xff</a>").replace("ÿ".encode(), b"\xff"), "not well-formed"), (b"", "not well-formed"),
        (event().replace(b'encoding="UTF-8"', b'encoding="UTF-7"').replace(b"<detail>", b"<detail>\xfe"), "not well-"),
    ],
)  # fmt: skip
def test_bombs_and_broken_documents_are_refused(document: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        read_document(document)


@pytest.mark.parametrize(
    "content",
    [
        b"\x12\xff\xff\xff\xff\x0f", b"\x12\x05a", b"\xff" * 50, b"\x0b" * 60_000, message("<a>"), message("&b;"),
        message(BOMB.decode()), message("</detail></event><event><detail>"), message(uid=""), b"\x12\x00",
        message("<a>" * 30 + "</a>" * 30), message(uid="x").replace(b"\x01x", b"\x01\xff"),
    ],
)  # fmt: skip
def test_broken_messages_are_refused(content: bytes) -> None:
    with pytest.raises(DecodeError):
        read_message(content)


def test_a_message_about_versions_alone_is_no_event() -> None:
    assert read_message(b"\x0a\x04\x08\x01\x10\x01") is None
    assert said(frame(b"\x0a\x04\x08\x01\x10\x01")) == []


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ({"commonName": "dev-0"}, ("dev-0", 1, "")), ({"commonName": "dev-0", "serialNumber": "3"}, ("dev-0", 3, "")),
        ({"commonName": "d", "userId": "ANDROID-1"}, ("d", 1, "ANDROID-1")), ({"serialNumber": "1"}, None),
        ({"commonName": "d", "serialNumber": "one"}, None), ({"commonName": "d", "serialNumber": "１"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_whose_a_certificate_is(subject: dict[str, str], found: tuple[str, int, str] | None) -> None:
    assert subject_of({"subject": tuple(((name, value),) for name, value in subject.items())}) == found


GOOD = (event(ours()), alert(), frame(message(ours())), auth(), *CAPTURED.values())


@PATIENT
@given(st.one_of(st.binary(max_size=300), *(mutated(good) for good in GOOD)))
def test_whatever_comes_is_read_or_refused(raw: bytes) -> None:
    for one in said(raw):
        assert isinstance(one, CotEvent | Credentials | Unreadable)
        if isinstance(one, CotEvent):
            try:
                fix = fix_of(one, "dev-0", NOW)
            except FieldFault:
                continue
            assert abs(fix.lat) <= 91 and abs(fix.lon) <= 181
    for read in (read_document, read_message):
        with contextlib.suppress(DecodeError):
            read(raw)
