"""One device's fixes in a message of its own: what is published on `zhongshu/positions/<device id>`.

Either one fix, with `key` among its fields, or `{"key": ..., "fixes": [fix, ...]}`. The fields are those of a fix in
`/v1/positions`; `id` may be left out, for the topic says it.
"""

from __future__ import annotations

from typing import Annotated, Final, NamedTuple

import msgspec

from dashboard.domain.datum import Datum
from data_feeds.decoders.errors import Batch, DecodeError
from data_feeds.decoders.item_rules import FieldFault, Instant, Latitude, Longitude, OptionalIdentifier
from data_feeds.decoders.json_batch import UNREADABLE, BatchDecoder, byte_of, reason_of
from data_feeds.decoders.limits import FIXES_LIMIT
from data_feeds.decoders.positions import FixItem, checked_fix

SOURCE: Final = "mqtt"

Key = Annotated[str, msgspec.Meta(max_length=64)]


class DeviceFix(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, gc=False):
    """A fix as it is sent; a test keeps its fields those of `FixItem`."""

    id: OptionalIdentifier = ""
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


class _KeyedFix(DeviceFix, frozen=True, forbid_unknown_fields=True, kw_only=True, gc=False):
    key: Key = ""


class _Outside(msgspec.Struct, gc=False):
    """What tells the two forms apart; the fields of a fix are left for later."""

    key: Key = ""
    fixes: msgspec.Raw = msgspec.Raw()


class _Several(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    fixes: msgspec.Raw
    key: Key = ""


class DeviceMessage(NamedTuple):
    """Fixes with the key that came beside them, "" where none did."""

    key: str
    batch: Batch[FixItem]


def _fix_of(item: DeviceFix, now: int, device: str) -> FixItem:
    if item.id not in ("", device):
        raise FieldFault("field `id` is not the topic's device")
    fix = FixItem(
        device, item.at, item.lat, item.lon, item.datum, item.speed_mps, item.bearing, item.accuracy_m,
        item.duty, item.task, item.alarm,
    )  # fmt: skip
    return checked_fix(fix, now)


_OUTSIDE: Final = msgspec.json.Decoder(_Outside)
_SEVERAL: Final = msgspec.json.Decoder(_Several)
_ONE_BY_ONE: Final = BatchDecoder(SOURCE, "fixes", DeviceFix, FIXES_LIMIT, _fix_of)
_ALONE: Final = BatchDecoder(SOURCE, "fixes", _KeyedFix, 1, _fix_of)


def decode_device_fixes(payload: bytes, device: str, *, now: int) -> DeviceMessage:
    """Decode one message.

    Args:
        device: whose topic it came on.
        now: UTC ms.

    Raises:
        DecodeError: neither of the two forms.
    """
    try:
        outside = _OUTSIDE.decode(payload)
        fixes = bytes(outside.fixes)
        if fixes:
            _SEVERAL.decode(payload)
    except UNREADABLE as error:
        raise DecodeError(SOURCE, byte_of(error), reason_of(error)) from error
    if fixes:
        batch = _ONE_BY_ONE.decode(b'{"fixes":%b}' % fixes, now=now, platform=device)
    else:
        batch = _ALONE.decode(b'{"fixes":[%b]}' % payload, now=now, platform=device)
    return DeviceMessage(outside.key, batch)
