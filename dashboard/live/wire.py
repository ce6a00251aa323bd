"""Framing of the screen wire: one binary message is one frame, byte 0 is version and kind (docs/wire.md).

Movement frames (fleet snapshot and delta) are in `movement.py`; everything else is here. No input or output.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

VERSION = 1
MAX_JSON_BYTES = 64 * 1024 * 1024  # inflated; ten times a picture of 10,000 open matters


class Kind(IntEnum):
    """Low nibble of a frame's first byte."""

    HELLO = 0
    FLEET_SNAPSHOT = 1
    FLEET_DELTA = 2
    PICTURE = 3
    CHANGES = 4
    HOTLINE = 5
    RATES = 6
    HEALTH = 7
    NOTICE = 8
    TIME = 9
    ROSTER = 10
    POSTS = 11
    ANALYSIS = 12
    HOTLINE_BOARD = 13
    HOTLINE_RESULTS = 14


JSON_KINDS = frozenset(
    {Kind.HELLO, Kind.CHANGES, Kind.HOTLINE, Kind.RATES, Kind.HEALTH, Kind.NOTICE, Kind.ANALYSIS}
    | {Kind.HOTLINE_BOARD, Kind.HOTLINE_RESULTS}
)
DEFLATED_KINDS = frozenset({Kind.PICTURE, Kind.ROSTER, Kind.POSTS})

_TIME = struct.Struct("<Bdddd")


class WireError(ValueError):
    """Raised for bytes that are not a frame of this wire; `offset` is where they stop making sense."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(f"screen frame, byte {offset}: {reason}")
        self.offset = offset
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ServerTime:
    """Server clock: `now` in ms, `rate` server ms per real ms, `echo` the mark a screen sent or 0.

    `fleet_at` is the newest tick of the position feed, 0 before the first: quiet workers are not a dead feed.
    """

    now: float
    rate: float
    echo: float
    fleet_at: float


def first_byte(kind: Kind) -> int:
    """Return version and kind as the first byte of a frame."""
    return VERSION << 4 | kind


def kind_of(frame: bytes) -> Kind:
    """Read the kind of a frame.

    Raises:
        WireError: empty, another version, or an unknown kind.
    """
    if not frame:
        raise WireError(0, "empty frame")
    if frame[0] >> 4 != VERSION:
        raise WireError(0, f"version {frame[0] >> 4} is not known")
    try:
        return Kind(frame[0] & 0x0F)
    except ValueError as error:
        raise WireError(0, f"kind {frame[0] & 0x0F} is not known") from error


def json_bytes(value: Any) -> bytes:
    """Encode a value as compact UTF-8 JSON; refuses NaN, which a browser could not read."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def json_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object as strictly as a browser does.

    Raises:
        ValueError: not UTF-8, not JSON (NaN is none), nested too deep, or not an object.
    """
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("JSON nested too deep") from error
    if not isinstance(value, dict):
        raise ValueError("JSON that is not an object")
    return value


def encode_json(kind: Kind, value: Any) -> bytes:
    """Build a frame of one of `JSON_KINDS`, or of `DEFLATED_KINDS` (zlib, level 1)."""
    body = json_bytes(value)
    if kind in DEFLATED_KINDS:
        return bytes((first_byte(kind),)) + zlib.compress(body, 1)
    if kind not in JSON_KINDS:
        raise ValueError(f"{kind.name} is not a JSON kind")
    return bytes((first_byte(kind),)) + body


def encode_time(now: float, rate: float, echo: float = 0.0, fleet_at: float = 0.0) -> bytes:
    """Build a time frame."""
    return _TIME.pack(first_byte(Kind.TIME), now, rate, echo, fleet_at)


def decode_json(frame: bytes) -> dict[str, Any]:
    """Read the value of a JSON or deflated JSON frame.

    Raises:
        WireError: not such a frame, broken deflate, too large, not UTF-8, not JSON or not an object.
    """
    kind = kind_of(frame)
    if kind in DEFLATED_KINDS:
        body = inflate(frame[1:], MAX_JSON_BYTES)
    elif kind in JSON_KINDS:
        body = frame[1:]
    else:
        raise WireError(0, f"{kind.name} carries no JSON")
    try:
        return json_object(body)
    except ValueError as error:
        raise WireError(1, str(error)) from error


def decode_time(frame: bytes) -> ServerTime:
    """Read a time frame.

    Raises:
        WireError: another kind, another length, or numbers that are no instant.
    """
    if kind_of(frame) is not Kind.TIME:
        raise WireError(0, "not a time frame")
    if len(frame) != _TIME.size:
        raise WireError(len(frame), f"a time frame has {_TIME.size} bytes")
    _, *numbers = _TIME.unpack(frame)
    now, rate, echo, fleet_at = numbers
    if not all(map(math.isfinite, numbers)) or rate < 0:
        raise WireError(1, "not an instant")
    return ServerTime(now, rate, echo, fleet_at)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def inflate(body: bytes, limit: int) -> bytes:
    """Inflate a zlib body of at most `limit` bytes.

    Raises:
        WireError: broken, incomplete, trailing bytes, or larger than the limit.
    """
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(body, limit)
    except zlib.error as error:
        raise WireError(1, f"broken deflate: {error}") from error
    if not stream.eof:
        raise WireError(len(body), "deflate is incomplete or larger than its limit")
    if stream.unused_data:
        raise WireError(len(body) - len(stream.unused_data), "bytes after the deflated body")
    return plain
