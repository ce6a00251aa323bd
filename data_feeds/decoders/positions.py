"""Positions of devices: the reading, and the JSON batch of POST /v1/positions."""

from __future__ import annotations

from typing import Annotated

import msgspec

from dashboard.domain.datum import Datum, to_wgs84
from data_feeds.decoders.errors import Batch, DecodeError
from data_feeds.decoders.item_rules import (
    Boot,
    FieldFault,
    Identifier,
    Instant,
    Latitude,
    Longitude,
    SequenceNumber,
)
from data_feeds.decoders.json_batch import UNREADABLE, BatchDecoder, number_of
from data_feeds.decoders.limits import (
    BODY_LIMIT_BYTES,
    FIXES_LIMIT,
    FUTURE_TOLERANCE_MS,
    POSITION_AGE_LIMIT_MS,
)

SOURCE = "positions"


class FixItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One fix as it is sent and, once checked and in WGS-84, as it is read; docs/feeds.md has the fields."""

    id: Identifier
    at: Instant
    lat: Latitude
    lon: Longitude
    datum: Datum = "wgs84"
    speed_mps: Annotated[float, msgspec.Meta(ge=0, le=200)] | None = None
    bearing: Annotated[float, msgspec.Meta(ge=0, le=360)] | None = None
    accuracy_m: Annotated[float, msgspec.Meta(ge=0, le=100_000)] | None = None
    duty: bool | None = None
    task: bool | None = None
    alarm: bool | None = None


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    fixes: Annotated[list[FixItem], msgspec.Meta(min_length=1, max_length=FIXES_LIMIT)]
    seq: SequenceNumber | None = None
    boot: Boot = 0


def checked_fix(item: FixItem, now: int, platform: str = "") -> FixItem:
    """Apply the rules that the field types cannot say, and bring the place into WGS-84.

    Raises:
        FieldFault: a future or too old instant, or no place at all (0, 0).
    """
    if item.at > now + FUTURE_TOLERANCE_MS:
        raise FieldFault(f"field `at` is more than {FUTURE_TOLERANCE_MS // 1000} s in the future")
    if item.at < now - POSITION_AGE_LIMIT_MS:
        raise FieldFault(f"field `at` is older than {POSITION_AGE_LIMIT_MS // 3_600_000} h")
    if item.lat == 0.0 and item.lon == 0.0:
        raise FieldFault("fields `lat` and `lon` are both 0: the device has no fix")
    if item.datum == "wgs84":
        return item
    lon, lat = to_wgs84(item.lon, item.lat, item.datum)
    return msgspec.structs.replace(item, lon=lon, lat=lat, datum="wgs84")


_WHOLE = msgspec.json.Decoder(_Body)
_BY_ITEM = BatchDecoder(SOURCE, "fixes", FixItem, FIXES_LIMIT, checked_fix, is_numbered=True)


def decode_positions(body: bytes, *, now: int) -> Batch[FixItem]:
    """Decode `{"fixes": [...]}`; a body without a fault takes the fast path, any other is read item by item.

    Raises:
        DecodeError: the body as a whole cannot be read.
    """
    if len(body) > BODY_LIMIT_BYTES:
        raise DecodeError(SOURCE, BODY_LIMIT_BYTES, f"body is over {BODY_LIMIT_BYTES} bytes")
    earliest, latest = now - POSITION_AGE_LIMIT_MS, now + FUTURE_TOLERANCE_MS
    try:
        whole = _WHOLE.decode(body)
        fixes = whole.fixes
    except UNREADABLE:
        return _BY_ITEM.decode(body, now=now, platform="")
    if all(
        earliest <= fix.at <= latest and fix.datum == "wgs84" and fix.lat and fix.id.isprintable()
        for fix in fixes
    ):
        return Batch(readings=list(enumerate(fixes)), number=number_of(whole))
    return _BY_ITEM.decode(body, now=now, platform="")
