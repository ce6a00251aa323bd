"""Frames of JT/T 808 (2019: 4.4): 0x7e, escaped bytes with a check byte at the end, 0x7e."""

from __future__ import annotations

from typing import Final

from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.jt808 import SOURCE

_MARK: Final = b"\x7e"
_LONGEST_BYTES: Final = (
    21 + 1023 + 1
)  # header of 2019 with subpackage, body (its length has 10 bits), check byte
FRAME_LIMIT_BYTES: Final = 2 * _LONGEST_BYTES  # every byte escaped


class FrameReader:
    """Cuts a stream at its marks, however it was cut into segments; holds at most one frame."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return what lies between two marks, still escaped; a piece beyond the limit comes as far as it was held.

        Terminals differ in whether two frames share a mark: nothing between two marks is nothing.
        """
        pieces = data.split(_MARK)
        pieces[0] = self._rest + pieces[0]
        self._rest = pieces.pop()[: FRAME_LIMIT_BYTES + 1]
        return [piece for piece in pieces if piece]


def unwrap(piece: bytes) -> bytes:
    """Return header and body of a piece.

    Raises:
        DecodeError: too long or short, an escape that is none, or another check byte; `offset` is the byte.
    """
    if len(piece) > FRAME_LIMIT_BYTES:
        raise DecodeError(SOURCE, FRAME_LIMIT_BYTES, f"no end of a frame within {FRAME_LIMIT_BYTES} bytes")
    if b"\x7d" in piece:
        if piece.count(b"\x7d") != piece.count(b"\x7d\x01") + piece.count(b"\x7d\x02"):
            raise DecodeError(SOURCE, _wrong_escape(piece), "0x7d is followed by neither 0x01 nor 0x02")
        piece = piece.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
    if len(piece) < 2:
        raise DecodeError(SOURCE, 0, "a frame without content")
    if check_byte(piece):
        raise DecodeError(SOURCE, len(piece) - 1, "the check byte is another")
    return piece[:-1]


def wrap(content: bytes) -> bytes:
    """Return the frame of header and body."""
    checked = content + bytes((check_byte(content),))
    return _MARK + checked.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02") + _MARK


def check_byte(content: bytes) -> int:
    """Return all bytes XORed together; 0 for content that ends with its own check byte.

    Folds the content as one number, half onto half: six steps for a position instead of sixty.
    """
    folded = int.from_bytes(content, "big")
    bits = 8 << max(len(content) - 1, 0).bit_length()
    while bits > 8:
        bits >>= 1
        folded = (folded >> bits) ^ (folded & ((1 << bits) - 1))
    return folded


def _wrong_escape(piece: bytes) -> int:
    place = piece.find(b"\x7d")
    while piece[place + 1 : place + 2] in (b"\x01", b"\x02"):
        place = piece.find(b"\x7d", place + 1)
    return place
