"""Packed positions of a platform: a table of device ids and one record of 44 bytes a fix (docs/feeds.md).

Nothing is allocated by a count that the sender declares: a body has to be as long as its header says first.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from data_feeds.datum_columns import bd09_columns_to_wgs84, gcj02_columns_to_wgs84
from data_feeds.decoders.errors import DecodeError, Refused
from data_feeds.decoders.limits import (
    BODY_LIMIT_BYTES,
    FIXES_LIMIT,
    FUTURE_TOLERANCE_MS,
    POSITION_AGE_LIMIT_MS,
)
from data_feeds.decoders.positions import SOURCE, FixItem

CONTENT_TYPE: Final = "application/vnd.zhongshu.positions+packed"
MAGIC: Final = b"ZSP1"  # no JSON begins like this: a WebSocket message needs no other sign
HEADER: Final = struct.Struct("<4sII")  # magic, fixes, bytes of the table of devices
RECORD: Final = np.dtype(
    [
        ("at", "<i8"), ("lon", "<f8"), ("lat", "<f8"), ("speed_mps", "<f4"), ("bearing", "<f4"),
        ("accuracy_m", "<f4"), ("device", "<u4"), ("duty", "u1"), ("task", "u1"), ("alarm", "u1"), ("datum", "u1"),
    ]
)  # fmt: skip
NOT_SAID: Final = 255  # in `duty`, `task`, `alarm`; the three numbers say it by NaN
DATUMS: Final = ("wgs84", "gcj02", "bd09")
ID_LIMIT: Final = 64  # characters, as `Identifier`

_OFFSETS: Final = {name: int(RECORD.fields[name][1]) for name in RECORD.names or ()}  # type: ignore[index]
# As fixes are reckoned with: whatever a number is sent as, it is compared as 64 bits, as one of JSON is.
_KINDS: Final = {
    name: np.float64 if name in ("speed_mps", "bearing", "accuracy_m") else RECORD[name].newbyteorder("=")
    for name in _OFFSETS
}
_LAST_INSTANT: Final = 4_102_444_800_000  # as `Instant`: the year 2100
_RANGES: Final = {"speed_mps": 200.0, "bearing": 360.0, "accuracy_m": 100_000.0}  # from 0, as in `FixItem`
Column = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class FixColumns:
    """Checked fixes in WGS-84 as columns of equal length, in the order in which they were sent.

    Args:
        row: index of each in the batch.
        device: index of its device in the table.
        at: ms UTC.
        lon, lat: degrees.
        speed_mps, accuracy_m: NaN where it was not said.
        duty, task, alarm: 0, 1, `NOT_SAID`.
    """

    row: Column
    device: Column
    at: Column
    lon: Column
    lat: Column
    speed_mps: Column
    accuracy_m: Column
    duty: Column
    task: Column
    alarm: Column

    def __len__(self) -> int:
        return int(self.at.size)

    def chosen(self, places: Column) -> FixColumns:
        """Return the fixes at some places, or those that a mask marks."""
        return FixColumns(*(getattr(self, name)[places] for name in self.__dataclass_fields__))

    def item(self, place: int, device_id: str) -> FixItem:
        """Return one fix as every other wire brings it; the bearing, which nothing reads, is left out."""
        return FixItem(
            id=device_id,
            at=int(self.at[place]),
            lat=float(self.lat[place]),
            lon=float(self.lon[place]),
            speed_mps=_said_number(self.speed_mps[place]),
            accuracy_m=_said_number(self.accuracy_m[place]),
            duty=_said_flag(self.duty[place]),
            task=_said_flag(self.task[place]),
            alarm=_said_flag(self.alarm[place]),
        )


@dataclass(slots=True, kw_only=True)
class PackedBatch(Refused):
    """The outcome of a packed body: the table of devices, the fixes that can be believed, and what was refused."""

    devices: list[str]
    fixes: FixColumns


def decode_packed(body: bytes, *, now: int) -> PackedBatch:
    """Decode a packed body; the rules on single fixes are those of the JSON batch.

    Raises:
        DecodeError: the body as a whole is not what docs/feeds.md defines; nothing of it is to be taken.
    """
    if len(body) > BODY_LIMIT_BYTES:
        raise DecodeError(SOURCE, BODY_LIMIT_BYTES, f"body is over {BODY_LIMIT_BYTES} bytes")
    count, table_bytes = _read_header(body)
    start = HEADER.size + table_bytes
    devices = _read_table(body[HEADER.size : start])
    records = np.frombuffer(body, RECORD, count, start)
    _refuse_bad_codes(records, start, len(devices))
    columns = {name: records[name].astype(kind) for name, kind in _KINDS.items()}
    reasons = _reasons(columns, now)
    batch = PackedBatch(devices=devices, fixes=_fixes(columns))
    if reasons:
        for row, reason in reasons.items():
            batch.faults.append(DecodeError(SOURCE, row, reason))
            batch.refused_items[row] = _in_words(records[row], devices)
        is_good = np.ones(count, np.bool_)
        is_good[list(reasons)] = False
        batch.fixes = batch.fixes.chosen(is_good)
        columns["datum"] = columns["datum"][is_good]
    _bring_into_wgs84(batch.fixes, columns["datum"])
    return batch


def _read_header(body: bytes) -> tuple[int, int]:
    if len(body) < HEADER.size:
        raise DecodeError(SOURCE, len(body), f"shorter than its header of {HEADER.size} bytes")
    magic, count, table_bytes = HEADER.unpack_from(body)
    if magic != MAGIC:
        raise DecodeError(SOURCE, 0, f"does not begin with {MAGIC.decode()}")
    if not 1 <= count <= FIXES_LIMIT:
        raise DecodeError(SOURCE, 4, f"number of fixes is not within 1 to {FIXES_LIMIT}")
    length = HEADER.size + table_bytes + count * RECORD.itemsize
    if length != len(body):
        reason = f"is {len(body)} bytes long and its header says {length}"
        raise DecodeError(SOURCE, min(length, len(body)), reason)
    return count, table_bytes


def _read_table(table: bytes) -> list[str]:
    """Read the ids of the devices, one on each line."""
    if table.count(b"\n") >= FIXES_LIMIT:
        raise DecodeError(SOURCE, 8, f"table of devices has more than {FIXES_LIMIT} lines")
    try:
        devices = table.decode().split("\n")
    except UnicodeDecodeError as error:
        raise DecodeError(SOURCE, HEADER.size + error.start, "table of devices is not UTF-8") from error
    lengths = [len(device) for device in devices]
    if "".join(devices).isprintable() and min(lengths) > 0 and max(lengths) <= ID_LIMIT:
        return devices
    offset = HEADER.size
    for line, device in enumerate(devices):
        if not 1 <= len(device) <= ID_LIMIT or not device.isprintable():
            reason = f"table of devices: line {line} is not 1 to {ID_LIMIT} printable characters"
            raise DecodeError(SOURCE, offset, reason)
        offset += len(device.encode()) + 1
    raise AssertionError("one of them is at fault")


def _refuse_bad_codes(records: Column, start: int, devices: int) -> None:
    """Refuse the body for a code that has no meaning: whoever wrote it wrote the other records too."""
    flags = {name: records[name] for name in ("duty", "task", "alarm")}
    for name, is_bad, allowed in (
        ("device", records["device"] >= devices, f"below {devices}, the length of the table"),
        *((name, (flag > 1) & (flag != NOT_SAID), "0, 1 or 255") for name, flag in flags.items()),
        ("datum", records["datum"] >= len(DATUMS), "0, 1 or 2"),
    ):  # fmt: skip
        if is_bad.any():
            row = int(np.argmax(is_bad))
            offset = start + row * RECORD.itemsize + _OFFSETS[name]
            raise DecodeError(SOURCE, offset, f"row {row}: field `{name}` is not {allowed}")


def _reasons(columns: dict[str, Column], now: int) -> dict[int, str]:
    """Return why which rows cannot be believed: the first rule that a row breaks, in the order of the JSON batch."""
    at, lon, lat = columns["at"], columns["lon"], columns["lat"]
    rules = [
        ((at >= 0) & (at <= _LAST_INSTANT), f"field `at` is not within 0 to {_LAST_INSTANT}"),
        ((lat >= -90) & (lat <= 90), "field `lat` is not within -90 to 90"),
        ((lon >= -180) & (lon <= 180), "field `lon` is not within -180 to 180"),
        *(
            (~((columns[name] < 0) | (columns[name] > most)), f"field `{name}` is not within 0 to {most:g}, or NaN")
            for name, most in _RANGES.items()
        ),
        (at <= now + FUTURE_TOLERANCE_MS, f"field `at` is more than {FUTURE_TOLERANCE_MS // 1000} s in the future"),
        (at >= now - POSITION_AGE_LIMIT_MS, f"field `at` is older than {POSITION_AGE_LIMIT_MS // 3_600_000} h"),
        ((lat != 0) | (lon != 0), "fields `lat` and `lon` are both 0: the device has no fix"),
    ]  # fmt: skip
    reasons: dict[int, str] = {}
    for is_kept, reason in rules:
        if not is_kept.all():
            for row in np.flatnonzero(~is_kept).tolist():
                reasons.setdefault(row, reason)
    return dict(sorted(reasons.items()))


def _fixes(columns: dict[str, Column]) -> FixColumns:
    names = [name for name in FixColumns.__dataclass_fields__ if name != "row"]
    return FixColumns(np.arange(columns["at"].size), *(columns[name] for name in names))


def _bring_into_wgs84(fixes: FixColumns, datum: Column) -> None:
    """Convert in place what was sent in another datum."""
    if not datum.any():
        return
    for number, convert in ((1, gcj02_columns_to_wgs84), (2, bd09_columns_to_wgs84)):
        places = np.flatnonzero(datum == number)
        fixes.lon[places], fixes.lat[places] = convert(fixes.lon[places], fixes.lat[places])


def _in_words(record: Any, devices: list[str]) -> bytes:
    """Write a record as the JSON batch would have it, for whoever looks at what was refused; NaN becomes null."""
    fields = dict(zip(_OFFSETS, record.tolist(), strict=True))
    device = fields.pop("device")
    return msgspec.json.encode({"id": devices[device], **fields})


def _said_number(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


def _said_flag(value: Any) -> bool | None:
    return None if value == NOT_SAID else bool(value)
