"""Events in version 1 of the TAK protocol; takproto has the messages compiled from the published .proto files."""

from __future__ import annotations

from typing import Any, Final

from google.protobuf.message import DecodeError as ProtobufError
from takproto.proto import TakMessage

from data_feeds.decoders.cot import SOURCE
from data_feeds.decoders.cot.events import CotEvent, earlier
from data_feeds.decoders.cot.xml_events import Details, event_of, read_details
from data_feeds.decoders.errors import DecodeError

_LATEST_MS: Final = 4_102_444_800_000  # the year 2100


def read_message(content: bytes) -> CotEvent | None:
    """Read one TakMessage; None for one that tells of versions alone and carries no event.

    Raises:
        DecodeError: no such message, or an event that `event_of` refuses.
    """
    message = TakMessage()
    try:
        message.ParseFromString(content)
    except ProtobufError as error:
        raise DecodeError(SOURCE, 0, "no TakMessage") from error
    if not message.HasField("cotEvent"):
        return None
    event = message.cotEvent
    detail = event.detail
    details = read_details(detail.xmlDetail) if detail.xmlDetail else Details()
    track = detail.track if detail.HasField("track") else None
    return event_of(
        uid=event.uid,
        type_=event.type,
        how=event.how,
        at=earlier(_instant(event.sendTime), _instant(event.startTime)),
        stale_at=_instant(event.staleTime),
        lat=event.lat,
        lon=event.lon,
        ce=event.ce,
        speed=None if track is None else track.speed,
        course=None if track is None else track.course,
        details=details,
    )


def write_message(uid: str, type_: str, how: str, now: int, lasts_ms: int) -> bytes:
    """Return the frame of an event without place and detail, as an answer is."""
    message: Any = TakMessage()
    event = message.cotEvent
    event.uid, event.type, event.how = uid, type_, how
    event.sendTime = event.startTime = now
    event.staleTime = now + lasts_ms
    event.ce = event.le = 9_999_999.0
    content: bytes = message.SerializeToString()
    return b"\xbf" + _varint(len(content)) + content


def _instant(at: int) -> int | None:
    return at if 0 < at <= _LATEST_MS else None


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)
