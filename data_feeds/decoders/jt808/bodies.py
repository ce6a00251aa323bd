"""What terminals say that the platform acts on: registration, authentication, positions one by one and in batches."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final, NamedTuple

from data_feeds.decoders.errors import Batch, DecodeError
from data_feeds.decoders.jt808 import SOURCE
from data_feeds.decoders.jt808.location import Location, read_location
from data_feeds.decoders.jt808.packets import Packet

TERMINAL_ANSWER: Final = 0x0001
HEARTBEAT: Final = 0x0002
LOGOUT: Final = 0x0003
TIME_QUERY: Final = 0x0004  # since 2019
REGISTRATION: Final = 0x0100
AUTHENTICATION: Final = 0x0102
LOCATION: Final = 0x0200
BATCH: Final = 0x0704

_REGISTRATION_2011: Final = struct.Struct(">HH5s8s7sB")
_REGISTRATION_2013: Final = struct.Struct(">HH5s20s7sB")
_REGISTRATION_2019: Final = struct.Struct(">HH11s30s30sB")
_BATCH_HEAD: Final = struct.Struct(">HB")


class Bare(NamedTuple):
    """A message whose number says all: a heartbeat, a logout, a question for the time, an answer."""

    id: int


class Unsupported(NamedTuple):
    """A message that the platform has no use for."""

    id: int


class Registration(NamedTuple):
    """Who wants an authentication code; texts without what fills them up."""

    province: int
    city: int
    maker: str
    model: str
    terminal_id: str
    plate_colour: int
    plate: str


class Authentication(NamedTuple):
    """The code that the terminal was given; `imei` and `software` are "" before 2019."""

    code: str
    imei: str = ""
    software: str = ""


class LocationBatch(NamedTuple):
    """Positions that were kept: because that saves packets, or because there was no network (`is_from_blind_area`)."""

    is_from_blind_area: bool
    locations: Batch[Location]


Reading = Bare | Unsupported | Registration | Authentication | Location | LocationBatch


def read_body(packet: Packet) -> Reading:
    """Read the body of a whole message.

    Raises:
        DecodeError: encrypted, or not as its message's table says; `offset` is the byte in the body.
    """
    reader = _READERS.get(packet.id)
    if reader is None:
        return Unsupported(packet.id)
    if packet.is_encrypted:
        raise DecodeError(SOURCE, 0, "the body is encrypted, and no key was agreed")
    return reader(packet)


def _bare(packet: Packet) -> Reading:
    return Bare(packet.id)


def _registration(packet: Packet) -> Reading:
    body = packet.body
    if packet.terminal.is_2019:
        layout = _REGISTRATION_2019
    else:
        layout = _REGISTRATION_2013 if len(body) >= _REGISTRATION_2013.size else _REGISTRATION_2011
    if len(body) < layout.size:
        raise DecodeError(SOURCE, len(body), f"a registration has {layout.size} bytes at least")
    province, city, maker, model, terminal_id, colour = layout.unpack_from(body)
    plate = _text(body[layout.size :])
    return Registration(province, city, _text(maker), _text(model), _identity(terminal_id), colour, plate)


def _authentication(packet: Packet) -> Reading:
    body = packet.body
    if not packet.terminal.is_2019:
        return Authentication(_text(body))
    if not body or len(body) < 1 + body[0]:
        raise DecodeError(SOURCE, 0, "the code is shorter than its length says")
    end = 1 + body[0]
    return Authentication(_text(body[1:end]), _text(body[end : end + 15]), _text(body[end + 15 : end + 35]))


def _location(packet: Packet) -> Reading:
    return read_location(packet.body)


def _batch(packet: Packet) -> Reading:
    body = packet.body
    if len(body) < _BATCH_HEAD.size:
        raise DecodeError(SOURCE, len(body), f"a batch has {_BATCH_HEAD.size} bytes at least")
    count, kind = _BATCH_HEAD.unpack_from(body)
    locations: Batch[Location] = Batch()
    place = _BATCH_HEAD.size
    for index in range(count):
        start = place + 2
        end = start + (int.from_bytes(body[place:start], "big") if start <= len(body) else 0)
        if not start < end <= len(body):
            reason = f"position {index} of {count} runs over the end of the batch"
            locations.faults.append(DecodeError(SOURCE, index, reason))
            break
        try:
            locations.readings.append((index, read_location(body[start:end])))
        except DecodeError as error:
            locations.faults.append(DecodeError(SOURCE, index, error.reason))
        place = end
    return LocationBatch(kind == 1, locations)


def _text(raw: bytes) -> str:
    """Text in GBK, filled up with zeros before or after (2019: before), or with blanks."""
    return raw.strip(b"\x00 ").decode("gbk", "replace")


def _identity(raw: bytes) -> str:
    """A terminal's id is letters and digits by the standard; some makers put BCD there: that is shown in hex."""
    text = raw.strip(b"\x00 ")
    return text.decode("ascii") if text.isascii() and text.decode("ascii").isprintable() else raw.hex()


_READERS: Final[dict[int, Callable[[Packet], Reading]]] = {
    TERMINAL_ANSWER: _bare,
    HEARTBEAT: _bare,
    LOGOUT: _bare,
    TIME_QUERY: _bare,
    REGISTRATION: _registration,
    AUTHENTICATION: _authentication,
    LOCATION: _location,
    BATCH: _batch,
}
