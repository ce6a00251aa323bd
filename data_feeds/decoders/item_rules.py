"""Checks on single fields that JSON decoders share: field types with their limits, text, instants, places."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

import msgspec

from dashboard.domain.datum import Datum, to_wgs84
from data_feeds.decoders.limits import FUTURE_TOLERANCE_MS

# Control characters (a NUL cannot be stored), and halves of surrogate pairs, which are not text.
_NOT_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

Instant = Annotated[int, msgspec.Meta(ge=0, le=4_102_444_800_000)]  # UTC ms, up to the year 2100
Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
OptionalIdentifier = Annotated[str, msgspec.Meta(max_length=64)]
Category = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{2,6}$")]
OptionalCategory = Annotated[str, msgspec.Meta(pattern=r"^([0-9]{2,6})?$")]
Code = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z-]{1,20}$")]
Title = Annotated[str, msgspec.Meta(max_length=100)]
Place = Annotated[str, msgspec.Meta(max_length=200)]
Text = Annotated[str, msgspec.Meta(max_length=4_000)]
Name = Annotated[str, msgspec.Meta(max_length=64)]
Phone = Annotated[str, msgspec.Meta(pattern=r"^[0-9+() -]{0,32}$")]
Channel = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,32}$")]
Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{3,16}$")]
Urgency = Annotated[int, msgspec.Meta(ge=1, le=4)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
SequenceNumber = Annotated[int, msgspec.Meta(ge=0, lt=1 << 32)]
Boot = Annotated[int, msgspec.Meta(ge=0, le=4_102_444_800_000)]  # a counter of runs, or when one began, ms
Count = Annotated[int, msgspec.Meta(ge=0, le=100_000_000)]


class FieldFault(ValueError):
    """Raised by a check with the reason for the sender; the batch decoder adds source and index."""


def refuse_bad_text(item: msgspec.Struct) -> None:
    """Refuse control characters and lone surrogates in any text field."""
    for name in item.__struct_fields__:
        value = getattr(item, name)
        if type(value) is str and _NOT_TEXT.search(value):
            raise FieldFault(f"field `{name}` has a control character or a lone surrogate")


def refuse_bad_instants(item: Any, names: tuple[str, ...], *, now: int, oldest_ms: int) -> None:
    """Refuse instants in the future (beyond the clock tolerance) or older than `oldest_ms`."""
    for name in names:
        at = getattr(item, name)
        if at is not None:
            refuse_bad_instant(name, at, now=now, oldest_ms=oldest_ms)


def refuse_bad_instant(name: str, at: int, *, now: int, oldest_ms: int) -> None:
    """Refuse one instant; see `refuse_bad_instants`."""
    if at > now + FUTURE_TOLERANCE_MS:
        raise FieldFault(f"field `{name}` is more than {FUTURE_TOLERANCE_MS // 1000} s in the future")
    if at < now - oldest_ms:
        raise FieldFault(f"field `{name}` is older than {oldest_ms // 3_600_000} h")


def refuse_before(item: Any, first: str, names: tuple[str, ...]) -> None:
    """Refuse a step that happened before the thing existed."""
    start = getattr(item, first)
    for name in names:
        at = getattr(item, name)
        if at is not None and at < start:
            raise FieldFault(f"field `{name}` lies before `{first}`")


def place_in_wgs84(lon: float | None, lat: float | None, datum: Datum) -> tuple[float | None, float | None]:
    """Return the place in WGS-84, or (None, None) where none was sent."""
    if lon is None and lat is None:
        return None, None
    if lon is None or lat is None:
        raise FieldFault("fields `lon` and `lat` come together or not at all")
    if lon == 0.0 and lat == 0.0:
        raise FieldFault("fields `lon` and `lat` are both 0: that is no place; leave them out")
    return to_wgs84(lon, lat, datum)
