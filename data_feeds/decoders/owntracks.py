"""OwnTracks' JSON, as its apps POST it or publish it: one message, or an array of them, of one device.

Format: owntracks.org/booklet/tech/json. What an app adds beside the fields named here is read over: each release adds
some. Numbers may come as text, as apps before 2015 and some trackers write them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from dashboard.domain.datum import Datum
from data_feeds.decoders.errors import Batch, DecodeError
from data_feeds.decoders.item_rules import FieldFault
from data_feeds.decoders.json_batch import UNREADABLE, byte_of, reason_of
from data_feeds.decoders.limits import BODY_LIMIT_BYTES, FIXES_LIMIT
from data_feeds.decoders.owntracks_payload import NotOpened, opened_by_any
from data_feeds.decoders.positions import FixItem, checked_fix

SOURCE: Final = "owntracks"
KMH_IN_MPS: Final = 1 / 3.6  # `vel` is km/h

USED: Final = ("_type", "lat", "lon", "tst", "acc", "vel", "cog", "data")
# Types of the booklet that say nothing about where the device is now.
OTHER_TYPES: Final = (
    "beacon", "card", "cmd", "configuration", "dump", "lwt", "msg", "request", "status", "steps",
    "transition", "waypoint", "waypoints",
)  # fmt: skip

_SPEED_LIMIT_KMH: Final = 720.0  # 200 m/s, the limit of every wire
_ACCURACY_LIMIT_M: Final = 100_000.0


class _Message(msgspec.Struct, gc=False):
    """The fields that are used; a location must have the first three."""

    type: str = msgspec.field(name="_type")
    lat: float | None = None
    lon: float | None = None
    tst: float | None = None  # s UTC
    acc: float | None = None  # m
    vel: float | None = None  # km/h
    cog: float | None = None  # degrees
    data: str | None = None  # of an encrypted message


@dataclass(slots=True)
class OwnTracksBatch(Batch[FixItem]):
    """Fixes and faults by index; how many messages were of another type, or not encrypted where they had to be.

    `not_opened` are the faults of messages that the device's payload key does not open, by index.
    `is_of_older_key`: one opened by another key than the first.
    """

    ignored: int = 0
    bare: int = 0
    is_of_older_key: bool = False
    not_opened: set[int] = field(default_factory=set)


_ONE: Final = msgspec.json.Decoder(_Message, strict=False)
_ARRAY: Final = msgspec.json.Decoder(list[msgspec.Raw])


def declared_datum(device_name: str) -> Datum:
    """Return what a phone's coordinates are in: its name in the app (`X-Limit-D`, end of the topic) may say so."""
    match device_name.lower():
        case "gcj02":
            return "gcj02"
        case "bd09":
            return "bd09"
    return "wgs84"


def decode_owntracks(
    body: bytes,
    device: str,
    *,
    now: int,
    datum: Datum = "wgs84",
    payload_key: str | Sequence[str] = "",
    only_encrypted: bool = False,
) -> OwnTracksBatch:
    """Decode what one device sent.

    Args:
        device: whose the fixes are: the message does not say.
        now: UTC ms.
        datum: what its coordinates are in.
        payload_key: what the device's app encrypts with; of several, the newest first.
        only_encrypted: take no position that is not encrypted: nothing else says whose it is.

    Raises:
        DecodeError: neither a message nor an array of them.
    """
    found, keys = OwnTracksBatch(), (payload_key,) if isinstance(payload_key, str) else payload_key
    for index, raw in enumerate(_messages(body)):
        try:
            message, is_encrypted = _ONE.decode(raw), False
            if message.type == "encrypted":
                text, place = opened_by_any(message.data or "", keys)
                raw, is_encrypted = msgspec.Raw(text), True
                found.is_of_older_key |= place > 0
                message = _ONE.decode(raw)
            if message.type == "location" and only_encrypted and not is_encrypted:
                found.bare += 1
            elif message.type == "location":
                found.readings.append((index, _fix(message, device, now, datum)))
            elif message.type in OTHER_TYPES:
                found.ignored += 1
            else:
                raise FieldFault("field `_type` is none of OwnTracks'")
        except NotOpened as fault:
            found.not_opened.add(index)
            _refuse(found, index, msgspec.Raw(), str(fault))
        except FieldFault as fault:
            _refuse(found, index, raw, str(fault))
        except UNREADABLE as error:
            _refuse(found, index, raw, reason_of(error))
    return found


def _messages(body: bytes) -> list[msgspec.Raw]:
    if len(body) > BODY_LIMIT_BYTES:
        raise DecodeError(SOURCE, BODY_LIMIT_BYTES, f"body is over {BODY_LIMIT_BYTES} bytes")
    if not body.strip():  # an app clears what it had published by an empty message
        return []
    if body.lstrip()[:1] != b"[":
        return [msgspec.Raw(body)]
    try:
        messages = _ARRAY.decode(body)
    except UNREADABLE as error:
        raise DecodeError(SOURCE, byte_of(error), reason_of(error)) from error
    if len(messages) > FIXES_LIMIT:
        raise DecodeError(SOURCE, FIXES_LIMIT, f"the array has more than {FIXES_LIMIT} messages")
    return messages


def _fix(message: _Message, device: str, now: int, datum: Datum) -> FixItem:
    lat = _within("lat", message.lat, -90, 90)
    lon = _within("lon", message.lon, -180, 180)
    tst = _within("tst", message.tst, 0, 4_102_444_800)  # up to the year 2100
    if lat is None or lon is None or tst is None:
        name = "lat" if lat is None else "lon" if lon is None else "tst"
        raise FieldFault(f"field `{name}` is missing")
    # iOS gives a place that is not valid a negative accuracy; a negative speed or course is one it does not know.
    accuracy = _within("acc", message.acc, 0, _ACCURACY_LIMIT_M)
    speed = _within("vel", message.vel, -1_000, _SPEED_LIMIT_KMH)
    course = _within("cog", message.cog, -1_000, 360)
    fix = FixItem(
        id=device,
        at=round(tst * 1000),
        lat=lat,
        lon=lon,
        datum=datum,
        speed_mps=None if speed is None or speed < 0 else speed * KMH_IN_MPS,
        bearing=None if course is None or course < 0 else course,
        accuracy_m=accuracy,
    )
    try:
        return checked_fix(fix, now)
    except FieldFault as fault:
        raise FieldFault(str(fault).replace("`at`", "`tst`")) from fault


def _within(name: str, number: float | None, low: float, high: float) -> float | None:
    if number is not None and not low <= number <= high:  # also refuses NaN
        raise FieldFault(f"field `{name}` is not within {low:g} to {high:g}")
    return number


def _refuse(found: OwnTracksBatch, index: int, raw: msgspec.Raw, reason: str) -> None:
    found.faults.append(DecodeError(SOURCE, index, reason))
    found.refused_items[index] = bytes(raw)
