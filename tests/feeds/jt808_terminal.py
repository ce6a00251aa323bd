"""A JT/T 808 terminal as the standard describes it, written byte by byte so that it shares nothing with the decoder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.feeds.feed_city import NOW

PHONE = "13900000000"


def phone_of(number: int) -> str:
    """The number of the terminal that carries `dev-<number>`."""
    return f"139{number:08d}"


@dataclass(frozen=True)
class TerminalRow:
    """A row of the list of terminals."""

    phone: str
    device_id: str
    terminal_id: str = ""
    plate: str = ""
    datum: str = "wgs84"


LIST = (
    TerminalRow(phone_of(0), "dev-0", "T000000"),
    TerminalRow(phone_of(1), "dev-1", "T000001", plate="鲁L12345", datum="gcj02"),
    TerminalRow(phone_of(2), "dev-2"),
    TerminalRow(phone_of(9), "dev-9", "T000009"),
)


def frame(
    message: int,
    body: bytes = b"",
    *,
    phone: str = PHONE,
    serial: int = 0,
    is_2019: bool = False,
    part: tuple[int, int] | None = None,
    flags: int = 0,
) -> bytes:
    """One frame on the wire; `part` is (how many, which), `flags` are more bits of the body properties."""
    properties = len(body) | flags | (0x4000 if is_2019 else 0) | (0x2000 if part else 0)
    content = message.to_bytes(2, "big") + properties.to_bytes(2, "big")
    content += (b"\x01" if is_2019 else b"") + bytes.fromhex(phone.zfill(20 if is_2019 else 12))
    content += serial.to_bytes(2, "big")
    if part:
        content += part[0].to_bytes(2, "big") + part[1].to_bytes(2, "big")
    content += body
    check = 0
    for byte in content:
        check ^= byte
    escaped = b""
    for byte in content + bytes([check]):
        escaped += b"\x7d\x02" if byte == 0x7E else b"\x7d\x01" if byte == 0x7D else bytes([byte])
    return b"\x7e" + escaped + b"\x7e"


def location(
    at: int = NOW,
    lat: float = 35.4,
    lon: float = 119.5,
    *,
    alarms: int = 0,
    status: int = 0b11,
    speed: int = 36,
    bearing: int = 90,
    time: str | None = None,
    extras: bytes = b"",
) -> bytes:
    """The body of 0x0200: speed in tenths of km/h, time as the terminal's BCD or from `at` (UTC ms)."""
    moment = datetime.fromtimestamp(at // 1000, UTC) + timedelta(hours=8)
    numbers = [alarms, status, round(abs(lat) * 1e6), round(abs(lon) * 1e6)]
    found = b"".join(number.to_bytes(4, "big") for number in numbers)
    found += b"".join(number.to_bytes(2, "big") for number in (20, speed, bearing))
    return found + bytes.fromhex(time or moment.strftime("%y%m%d%H%M%S")) + extras


def batch(*bodies: bytes, is_from_blind_area: bool = False) -> bytes:
    """The body of 0x0704."""
    found = len(bodies).to_bytes(2, "big") + bytes([is_from_blind_area])
    return found + b"".join(len(body).to_bytes(2, "big") + body for body in bodies)


def registration(terminal_id: str = "T000000", plate: str = "", *, is_2019: bool = False) -> bytes:
    """The body of 0x0100."""
    maker, model, identity = (11, 30, 30) if is_2019 else (5, 20, 7)

    def filled(text: str, length: int) -> bytes:
        raw = text.encode("ascii")
        return raw.rjust(length, b"\0") if is_2019 else raw.ljust(length, b"\0")

    head = (37).to_bytes(2, "big") + (1102).to_bytes(2, "big")
    return (
        head
        + filled("MAKER", maker)
        + filled("MODEL-1", model)
        + filled(terminal_id, identity)
        + (b"\x01" + plate.encode("gbk"))
    )


def authentication(code: str, *, is_2019: bool = False) -> bytes:
    """The body of 0x0102."""
    raw = code.encode("ascii")
    return bytes([len(raw)]) + raw + b"123456789012345" + b"v1.0".ljust(20, b"\0") if is_2019 else raw


def in_parts(message: int, body: bytes, size: int, *, serial: int, **options) -> list[bytes]:
    """A message cut into parts of `size` bytes with consecutive serials."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return [
        frame(message, piece, serial=(serial + index) & 0xFFFF, part=(len(pieces), index + 1), **options)
        for index, piece in enumerate(pieces)
    ]


def answers_in(data: bytes) -> list[tuple[int, bytes]]:
    """Message id and body of each whole frame in what the platform sent; asserts each check byte."""
    found = []
    for piece in data.split(b"\x7e"):
        if not piece:
            continue
        content = piece.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
        check = 0
        for byte in content:
            check ^= byte
        assert check == 0, "the platform's check byte is wrong"
        start = 17 if content[2] & 0x40 else 12
        assert (content[2] << 8 | content[3]) & 0x3FF == len(content) - start - 1
        found.append((content[0] << 8 | content[1], content[start:-1]))
    return found


def general(message: int, serial: int, result: int) -> tuple[int, bytes]:
    """The general answer that a test expects."""
    return 0x8001, serial.to_bytes(2, "big") + message.to_bytes(2, "big") + bytes([result])
