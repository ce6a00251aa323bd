"""Header of a JT/T 808 frame (2019: 4.4.3): which message, how long, from which phone number, in which part."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.jt808 import SOURCE
from data_feeds.decoders.jt808.framing import wrap

_LENGTH_BITS: Final = 0x03FF
_ENCRYPTED_BITS: Final = 0x1C00
_IN_PARTS_BIT: Final = 0x2000
_2019_BIT: Final = 0x4000
_HEADER_2013: Final = struct.Struct(">HH6sH")
_HEADER_2019: Final = struct.Struct(">HHB10sH")
_PART: Final = struct.Struct(">HH")


class Terminal(NamedTuple):
    """Who speaks, in the form in which it is answered."""

    number: bytes  # BCD, 6 bytes before 2019 and 10 since
    protocol: int  # version byte of the 2019 header, 0 before 2019

    @property
    def is_2019(self) -> bool:
        """Whether the header is that of 2019."""
        return len(self.number) == 10

    @property
    def phone(self) -> str:
        """The number in digits, without the zeros that fill it up; one that is no BCD has letters."""
        return self.number.hex().lstrip("0")


class Packet(NamedTuple):
    """One frame; `parts` and `part` (from 1) are 0 where a message is whole."""

    id: int
    terminal: Terminal
    serial: int
    body: bytes
    parts: int = 0
    part: int = 0
    is_encrypted: bool = False

    @property
    def first_serial(self) -> int:
        """Serial of the message's first part: parts have consecutive ones (2013: 7.12)."""
        return (self.serial - max(self.part - 1, 0)) & 0xFFFF


def read_packet(frame: bytes) -> Packet:
    """Read the header of an unwrapped frame.

    Raises:
        DecodeError: too short for its header, or not as long as its header says.
    """
    try:
        properties = frame[2] << 8 | frame[3]
        if properties & _2019_BIT:
            header = _HEADER_2019
            message, _, protocol, number, serial = header.unpack_from(frame)
        else:
            header, protocol = _HEADER_2013, 0
            message, _, number, serial = header.unpack_from(frame)
        start, parts, part = header.size, 0, 0
        if properties & _IN_PARTS_BIT:
            parts, part = _PART.unpack_from(frame, start)
            start += _PART.size
    except (struct.error, IndexError) as error:
        raise DecodeError(SOURCE, len(frame), "shorter than its header") from error
    if len(frame) - start != properties & _LENGTH_BITS:
        reason = (
            f"the header says {properties & _LENGTH_BITS} bytes of body and there are {len(frame) - start}"
        )
        raise DecodeError(SOURCE, 2, reason)
    if properties & _IN_PARTS_BIT and not 1 <= part <= parts:
        raise DecodeError(SOURCE, start - 2, f"part {part} of {parts}")
    return Packet(
        message, Terminal(number, protocol), serial, frame[start:], parts, part,
        bool(properties & _ENCRYPTED_BITS),
    )  # fmt: skip


def write_frame(message: int, terminal: Terminal, serial: int, body: bytes) -> bytes:
    """Return the frame of a message that fits into one (1,023 bytes), in the version that the terminal speaks."""
    if len(body) > _LENGTH_BITS:
        raise ValueError(f"a body of {len(body)} bytes needs parts")
    if terminal.is_2019:
        header = _HEADER_2019.pack(
            message, len(body) | _2019_BIT, terminal.protocol, terminal.number, serial & 0xFFFF
        )
    else:
        header = _HEADER_2013.pack(message, len(body), terminal.number, serial & 0xFFFF)
    return wrap(header + body)
