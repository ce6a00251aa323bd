"""A platform says that it lives and what it counted today: POST /v1/heartbeat."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.item_rules import Count, FieldFault, Identifier, Instant, refuse_bad_instant
from data_feeds.decoders.json_batch import UNREADABLE, byte_of, reason_of
from data_feeds.decoders.limits import CALL_AGE_LIMIT_MS

SOURCE = "heartbeat"
_LIMIT_BYTES = 4_096


class HeartbeatItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A heartbeat as it is sent; docs/feeds.md describes each field."""

    platform: Identifier
    at: Instant
    count_today: Count


@dataclass(frozen=True, slots=True)
class HeartbeatReading:
    """One heartbeat of one platform; `count_today` in the platform's own unit (people, orders, events)."""

    platform: str
    at: int
    count_today: int


_DECODER = msgspec.json.Decoder(HeartbeatItem)


def decode_heartbeat(body: bytes, *, now: int, platform: str) -> HeartbeatReading:
    """Decode `{"platform", "at", "count_today"}`.

    Raises:
        DecodeError: unreadable, a bad instant, or another platform than the key's.
    """
    if len(body) > _LIMIT_BYTES:
        raise DecodeError(SOURCE, _LIMIT_BYTES, f"body is over {_LIMIT_BYTES} bytes")
    try:
        item = _DECODER.decode(body)
        refuse_bad_instant("at", item.at, now=now, oldest_ms=CALL_AGE_LIMIT_MS)
    except FieldFault as fault:
        raise DecodeError(SOURCE, 0, str(fault)) from fault
    except UNREADABLE as error:
        raise DecodeError(SOURCE, byte_of(error), reason_of(error)) from error
    if item.platform != platform:
        raise DecodeError(SOURCE, 0, "field `platform` is not the platform that this key belongs to")
    return HeartbeatReading(item.platform, item.at, item.count_today)
