"""What a position message says (2019: 8.18, tables 23-27), and the fix that it becomes."""

from __future__ import annotations

import struct
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from dashboard.domain.datum import Datum
from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.item_rules import FieldFault
from data_feeds.decoders.jt808 import SOURCE
from data_feeds.decoders.positions import FixItem, checked_fix

SOS_BIT: Final = 1 << 0  # alarm: 紧急报警, set until the platform has answered
LOCATED_BIT: Final = 1 << 1  # status
_SOUTH_BIT: Final = 1 << 2
_WEST_BIT: Final = 1 << 3
_SHIFTED_BIT: Final = 1 << 5  # 经纬度已经保密插件加密: the coordinates are GCJ-02

_BASE: Final = struct.Struct(">IIIIHHH6s")
_SIGNAL: Final = 0x30
_SATELLITES: Final = 0x31
_GMT8_MS: Final = 8 * 3_600_000  # 2019: 8.18: the time is that of GMT+8, wherever the terminal is
_SPEED_LIMIT_MPS: Final = 200.0  # a fix's own limit: 0xffff in a terminal without a speed is 1,820
_LOCATED_WITHIN_M: Final = 15.0  # JT/T 794-2019, 6.2 d: horizontally, by satellites; the message does not say


class Location(NamedTuple):
    """One position message.

    `at` is UTC ms, None where the terminal's clock shows no time that exists; `lat` and `lon` are degrees in the
    terminal's own datum, None where they lie beyond the earth's.
    """

    alarms: int
    status: int
    lat: float | None
    lon: float | None
    height_m: int
    speed_mps: float
    bearing: int
    at: int | None
    signal: int | None  # 0-31, as the modem reports it
    satellites: int | None

    @property
    def calls_for_help(self) -> bool:
        """Whether the alarm switch was pressed."""
        return bool(self.alarms & SOS_BIT)

    @property
    def is_located(self) -> bool:
        """Whether the place is one that was just found, not the last one or none."""
        return bool(self.status & LOCATED_BIT)


def read_location(body: bytes) -> Location:
    """Read the 28 bytes that every position has, and signal and satellites where they follow.

    Extra items that run over the end end the list: makers append what they like, and the place counts.

    Raises:
        DecodeError: shorter than 28 bytes.
    """
    if len(body) < _BASE.size:
        raise DecodeError(SOURCE, len(body), f"a position has {_BASE.size} bytes at least")
    alarms, status, lat_e6, lon_e6, height, speed, bearing, time = _BASE.unpack_from(body)
    is_on_earth = lat_e6 <= 90_000_000 and lon_e6 <= 180_000_000
    signal = satellites = None
    place, end = _BASE.size, len(body)
    while place + 2 < end:
        item, length = body[place], body[place + 1]
        if length == 1:
            if item == _SIGNAL:
                signal = body[place + 2]
            elif item == _SATELLITES:
                satellites = body[place + 2]
        place += 2 + length
    return Location(
        alarms,
        status,
        (-lat_e6 if status & _SOUTH_BIT else lat_e6) / 1e6 if is_on_earth else None,
        (-lon_e6 if status & _WEST_BIT else lon_e6) / 1e6 if is_on_earth else None,
        height,
        speed / 36,  # tenths of km/h
        bearing,
        _instant(time),
        signal,
        satellites,
    )


def fix_of(location: Location, device: str, datum: Datum, now: int) -> FixItem:
    """Return the fix of a located position, checked and in WGS-84.

    Args:
        datum: what this terminal's coordinates are in unless the message says that they are shifted.

    Raises:
        FieldFault: a time that does not exist, lies ahead or too far back; no place on earth, or 0/0.
    """
    if location.at is None:
        raise FieldFault("the time is none that exists")
    if location.lat is None or location.lon is None:
        raise FieldFault("a latitude beyond 90 or a longitude beyond 180 degrees")
    fix = FixItem(
        device,
        location.at,
        location.lat,
        location.lon,
        "gcj02" if location.status & _SHIFTED_BIT else datum,
        location.speed_mps if location.speed_mps <= _SPEED_LIMIT_MPS else None,
        float(location.bearing) if location.bearing <= 360 else None,
        accuracy_m=_LOCATED_WITHIN_M,
        alarm=location.calls_for_help or None,  # no alarm is no word: the bit goes out once it was answered
    )
    return checked_fix(fix, now)


def _instant(bcd: bytes) -> int | None:
    digits = bcd.hex()
    if not digits.isdecimal():
        return None
    day_start_ms = _day_start_ms(digits[:6])
    hour, minute, second = int(digits[6:8]), int(digits[8:10]), int(digits[10:])
    if day_start_ms is None or hour > 23 or minute > 59 or second > 59:
        return None
    return day_start_ms + ((hour * 60 + minute) * 60 + second) * 1000


@lru_cache(maxsize=64)
def _day_start_ms(digits: str) -> int | None:
    """Return UTC ms of GMT+8 midnight of YYMMDD; a fleet's positions are of today and yesterday."""
    try:
        day = date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return None
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * 86_400_000 - _GMT8_MS
