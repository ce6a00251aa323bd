"""Positions as the OsmAnd and Traccar phone clients send them: query or form parameters of /osmand."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final, NamedTuple, cast
from urllib.parse import unquote_to_bytes

from dashboard.domain.datum import Datum
from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.item_rules import FieldFault
from data_feeds.decoders.limits import QUERY_LIMIT_BYTES
from data_feeds.decoders.positions import SOURCE, FixItem, checked_fix

KNOT_IN_MPS: Final = 1852 / 3600  # both clients send speed in knots
_SECONDS_END: Final = 100_000_000_000  # a timestamp below this is in seconds, above in ms

USED: Final = (
    "id", "deviceid", "key", "lat", "lon", "timestamp", "speed", "bearing", "heading", "accuracy", "duty",
    "task", "alarm", "datum",
)  # fmt: skip
# What the clients also send: known, allowed, and not kept.
UNUSED: Final = (
    "altitude", "hdop", "vacc", "hacc", "batt", "charge", "valid", "mock", "activity", "event",
    "ignition", "rpm", "fuel", "driverUniqueId",  # Traccar's test generator
)  # fmt: skip
_KNOWN: Final = frozenset((*USED, *UNUSED))

_NUMBER: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{0,20})?([eE]-?[0-9]{1,2})?")
_IDENTIFIER: Final = re.compile(r"[0-9A-Za-z_.:-]{1,64}")
_DATE: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T])[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_FLAGS: Final = {"1": True, "true": True, "0": False, "false": False}
# Traccar's own alarm name for a call for help; any other alarm of theirs (fall, movement) is not one.
_ALARMS: Final = {**_FLAGS, "sos": True, "": False}


class OsmandReading(NamedTuple):
    """One fix with the key that came beside it."""

    fix: FixItem
    key: str


def decode_osmand(parameters: bytes, *, now: int) -> OsmandReading:
    """Decode a query string or a form body.

    Args:
        parameters: raw bytes, percent-encoded, without the question mark.
        now: UTC ms; stands in for a missing `timestamp`.

    Raises:
        DecodeError: anything that docs/feeds.md does not define; `offset` is the byte of the parameter.
    """
    found = _split(parameters)
    try:
        return _reading(found, now)
    except FieldFault as fault:
        name = str(fault).partition("`")[2].partition("`")[0]
        offset = found[name][1] if name in found else 0
        raise DecodeError(SOURCE, offset, str(fault)) from fault


def _split(parameters: bytes) -> dict[str, tuple[str, int]]:
    """Return name -> (value, byte offset)."""
    if len(parameters) > QUERY_LIMIT_BYTES:
        raise DecodeError(SOURCE, QUERY_LIMIT_BYTES, f"parameters are over {QUERY_LIMIT_BYTES} bytes")
    found: dict[str, tuple[str, int]] = {}
    offset = 0
    for pair in parameters.split(b"&"):
        if pair:
            raw_name, _, raw_value = pair.partition(b"=")
            if b"%" in pair or b"+" in pair:
                raw_name = unquote_to_bytes(raw_name.replace(b"+", b" "))
                raw_value = unquote_to_bytes(raw_value.replace(b"+", b" "))
            try:
                name, value = raw_name.decode(), raw_value.decode()
            except UnicodeDecodeError as error:
                raise DecodeError(SOURCE, offset, "not UTF-8") from error
            if name not in _KNOWN:
                raise DecodeError(SOURCE, offset, f"unknown field `{_shown(name)}`")
            if name in found:
                raise DecodeError(SOURCE, offset, f"field `{name}` is given twice")
            found[name] = (value, offset)
        offset += len(pair) + 1
    return found


def _shown(name: str) -> str:
    """A sender's field name, fit for an answer and a log line."""
    return "".join(char if char.isprintable() else "?" for char in name[:40])


def _reading(found: dict[str, tuple[str, int]], now: int) -> OsmandReading:
    id_field = "id" if "id" in found else "deviceid"
    device = _value(found, id_field)
    if device is None:
        raise FieldFault("field `id` is missing")
    if not _IDENTIFIER.fullmatch(device):
        raise FieldFault(f"field `{id_field}` is not 1-64 letters, digits, or one of _ . : -")
    datum = _value(found, "datum") or "wgs84"
    if datum not in ("wgs84", "gcj02", "bd09"):
        raise FieldFault("field `datum` is not wgs84, gcj02 or bd09")
    lat = _number(found, "lat", -90, 90)
    lon = _number(found, "lon", -180, 180)
    if lat is None or lon is None:
        raise FieldFault(f"field `{'lat' if lat is None else 'lon'}` is missing")
    # -1 is how phones say that they do not know a speed or a bearing.
    speed = _number(found, "speed", -1, 400)
    bearing = _number(found, "bearing" if "bearing" in found else "heading", -1, 360)
    accuracy = _number(found, "accuracy", -1, 100_000)
    stamp = _value(found, "timestamp")
    fix = FixItem(
        id=device,
        at=now if stamp is None else _instant(stamp),
        lat=lat,
        lon=lon,
        datum=cast(Datum, datum),
        speed_mps=None if speed is None or speed < 0 else speed * KNOT_IN_MPS,
        bearing=None if bearing is None or bearing < 0 else bearing,
        accuracy_m=None if accuracy is None or accuracy < 0 else accuracy,
        duty=_flag(found, "duty", _FLAGS),
        task=_flag(found, "task", _FLAGS),
        alarm=_flag(found, "alarm", _ALARMS),
    )
    try:
        return OsmandReading(checked_fix(fix, now), _value(found, "key") or "")
    except FieldFault as fault:
        raise FieldFault(str(fault).replace("`at`", "`timestamp`")) from fault


def _value(found: dict[str, tuple[str, int]], name: str) -> str | None:
    pair = found.get(name)
    return None if pair is None else pair[0]


def _number(found: dict[str, tuple[str, int]], name: str, low: float, high: float) -> float | None:
    pair = found.get(name)
    if pair is None:
        return None
    if not _NUMBER.fullmatch(pair[0]):
        raise FieldFault(f"field `{name}` is not a number")
    number = float(pair[0])
    if not low <= number <= high:
        raise FieldFault(f"field `{name}` is not within {low} to {high}")
    return number


def _flag(found: dict[str, tuple[str, int]], name: str, flags: dict[str, bool]) -> bool | None:
    pair = found.get(name)
    if pair is None:
        return None
    flag = flags.get(pair[0])
    if flag is None:
        if name == "alarm" and _IDENTIFIER.fullmatch(pair[0]):
            return False
        raise FieldFault(f"field `{name}` is not 0, 1, true or false")
    return flag


def _instant(stamp: str) -> int:
    """Read seconds, milliseconds, or a date and time (UTC unless it carries an offset)."""
    if stamp.isascii() and stamp.isdigit() and len(stamp) <= 15:
        number = int(stamp)
        return number * 1000 if number < _SECONDS_END else number
    if _DATE.fullmatch(stamp):
        try:
            moment = datetime.fromisoformat(stamp)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
            return round(moment.timestamp() * 1000)
        except (ValueError, OverflowError) as error:
            raise FieldFault("field `timestamp` is not a date that exists") from error
    raise FieldFault("field `timestamp` is neither seconds, milliseconds nor a date and time")
