"""Documents in a stream: cut anywhere, broken off, too long, dripping, with rubbish between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feeds.decoders.cot.framing import DOCUMENT_LIMIT_BYTES, DocumentReader, StreamLost
from data_feeds.decoders.cot.session import Session, Unreadable
from data_feeds.decoders.errors import DecodeError
from tests.feeds.cot_client import CAPTURED, auth, event, frame, message
from tests.feeds.feed_city import NOW
from tests.feeds.fuzzing import PATIENT

GOOD = [
    event(uid="a"),
    frame(message(uid="b")),
    event(uid="c", prologue=""),
    auth(),
    CAPTURED["alert of ATAK"],
]
BROKEN = [b"<event", b"</event>", b"<auth ", b"\xbf", b"<?"]
STREAM = b"\n".join(GOOD)


def names(session: Session) -> list[str]:
    return [getattr(one, "uid", "?") for one in session.said(0.0)]


@PATIENT
@given(st.lists(st.integers(1, 400), min_size=1))
def test_cut_into_any_segments_a_stream_says_the_same(sizes: list[int]) -> None:
    session, found, place, turn = Session(0.0), [], 0, 0
    while place < len(STREAM):
        session.feed(STREAM[place : place + sizes[turn % len(sizes)]])
        place, turn = place + sizes[turn % len(sizes)], turn + 1
        found += names(session)
    assert found == ["a", "b", "c", "ANDROID-4eb92ff46e615c21", "13155716143-9-1-1"]


def test_byte_by_byte_costs_no_more_than_twice_the_bytes() -> None:
    """The end is looked for where it may be, not from the start each time."""
    reader, document = DocumentReader(), event("<a>" + "x" * 60_000 + "</a>")
    for byte in document[:-1]:
        reader.feed(bytes([byte]))
        assert reader.next() is None
    assert reader._seen > 60_000
    reader.feed(document[-1:])
    assert reader.next().content.endswith(b"</event>")


@pytest.mark.parametrize(
    "rubbish",
    [
        b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", b"<html><body>x</body></html>", b"<!DOCTYPE event [<!ENTITY a 'b'>]>",
        b"\x00\x01\x7e", b"</event>", b"<event uid='half' type='a-f-G'><point lat='1'", b"<?xml " + b"x" * 600,
        "日照".encode(), b"{}", b"<event></event>",
    ],
)  # fmt: skip
def test_what_is_no_document_is_told_of_and_the_next_one_is_found(rubbish: bytes) -> None:
    session = Session(0.0)
    session.feed(rubbish + event(uid="next"))
    *before, last = list(session.said(0.0))
    assert last.uid == "next"
    assert before and all(isinstance(one, Unreadable) and not one.is_lost for one in before)
    assert len(before) <= 2


def test_rubbish_costs_no_more_than_a_fault_a_segment() -> None:
    session = Session(0.0)
    session.feed(b"<event" + b"<a>" * 100_000 + b"<eve")
    assert [type(one) for one in session.said(0.0)] == [Unreadable]
    session.feed(event(uid="next", prologue="").removeprefix(b"<eve"))
    assert names(session) == ["next"]


def test_a_document_over_the_limit_is_dropped_as_it_comes_and_the_next_is_found() -> None:
    reader = DocumentReader()
    reader.feed(b"<event>")
    faults = 0
    for _ in range(400):
        reader.feed(b"x" * 1_000)
        try:
            assert reader.next() is None
        except DecodeError:
            faults += 1
        assert len(reader._buffer) <= DOCUMENT_LIMIT_BYTES + 1_000
    reader.feed(b"</event>" + event(uid="next", prologue=""))
    assert b'uid="next"' in reader.next().content
    assert faults == 1


def test_one_over_the_limit_that_came_whole_is_dropped() -> None:
    reader = DocumentReader()
    reader.feed(event("<a>" + "x" * DOCUMENT_LIMIT_BYTES + "</a>", prologue="") + event(uid="next"))
    with pytest.raises(DecodeError, match="over 65536 bytes"):
        reader.next()
    assert b'uid="next"' in reader.next().content


@pytest.mark.parametrize("head", [b"\xbf\xff\xff\xff\xff", b"\xbf\xff\xff\xff\x7f", b"\xbf\x81\x80\x04"])
def test_a_length_that_cannot_be_ends_the_stream_before_anything_is_held(head: bytes) -> None:
    reader = DocumentReader()
    reader.feed(head)
    with pytest.raises(StreamLost):
        reader.next()


def test_a_frame_waits_for_its_last_byte() -> None:
    reader, whole = DocumentReader(), frame(message())
    for byte in whole[:-1]:
        reader.feed(bytes([byte]))
        assert reader.next() is None
    reader.feed(whole[-1:])
    assert reader.next() == (True, message())


def test_answers_are_read_by_the_reader_of_answers() -> None:
    """What we write is CoT, in XML until protobuf was promised."""
    session, other = Session(0.0), Session(0.0)
    other.feed(session.offer_protocol(NOW) + session.answer_ping(NOW) + session.answer_request("2", NOW))
    offer, pong, no = other.said(0.0)
    assert (offer.type, pong.type, pong.uid, no.type) == ("t-x-takp-v", "t-x-c-t-r", "takPong", "t-x-takp-r")
    assert not session.speaks_protobuf
    yes = session.answer_request("1", NOW)
    assert b'<TakResponse status="true"/>' in yes and yes.startswith(b"<?xml")
    pong = session.answer_ping(NOW)
    assert pong[0] == 0xBF
    other.feed(pong)
    (read,) = other.said(0.0)
    assert (read.type, read.at, read.stale_at) == ("t-x-c-t-r", NOW, NOW + 20_000)
    assert session.answer_request("1", NOW) == b"", "asked twice is answered once"


@PATIENT
@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([*GOOD, *BROKEN]))))
def test_whatever_comes_nothing_breaks_and_nothing_is_held_beyond_what_came(pieces: list[bytes]) -> None:
    session, fed = Session(0.0), 0
    for piece in pieces:
        session.feed(piece)
        fed += len(piece)
        for one in session.said(0.0):
            if isinstance(one, Unreadable) and one.is_lost:
                return
        assert len(session._reader._buffer) <= fed
