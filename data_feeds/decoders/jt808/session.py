"""One terminal's connection without its socket: bytes in, what was said out; answers as bytes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import IntEnum
from typing import Final, NamedTuple

from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.jt808 import SOURCE
from data_feeds.decoders.jt808.bodies import BATCH, LOCATION, Reading, read_body
from data_feeds.decoders.jt808.framing import FrameReader, unwrap
from data_feeds.decoders.jt808.packets import Packet, Terminal, read_packet, write_frame
from data_feeds.decoders.jt808.parts import PARTS_LIMIT, PartsHeld

GENERAL_ANSWER: Final = 0x8001
PARTS_REQUEST: Final = 0x8003
TIME_ANSWER: Final = 0x8004
REGISTRATION_ANSWER: Final = 0x8100

ANSWERS_KEPT: Final = 16  # a terminal sends again within a few messages of the answer that it missed
JOINED: Final = (LOCATION, BATCH)  # messages whose parts are kept


class Result(IntEnum):
    """Result of a general answer (2019: table 4)."""

    OK = 0
    FAILED = 1
    WRONG = 2
    UNSUPPORTED = 3


class RegistrationResult(IntEnum):
    """Result of a registration (2019: table 20)."""

    OK = 0
    NO_SUCH_VEHICLE = 2
    NO_SUCH_TERMINAL = 4


class Heard(NamedTuple):
    """A whole message."""

    packet: Packet
    reading: Reading
    mark: int


class HeardPart(NamedTuple):
    """A part of a message whose other parts are still to come."""

    packet: Packet
    mark: int


class HeardAgain(NamedTuple):
    """A frame that was taken before and came again, because its answer was lost; `answer` is that answer."""

    packet: Packet
    answer: bytes


class Unreadable(NamedTuple):
    """What could not be read; `packet` is its header, None where not even that is sure."""

    error: DecodeError
    piece: bytes
    packet: Packet | None


Said = Heard | HeardPart | HeardAgain | Unreadable


class Session:
    """Reads what a terminal sends and writes what it is answered.

    `joins_parts` is set once the terminal is known: nothing is held for a stranger. `heard_at_s` is when the last
    whole frame came, on the clock of `at_s`.
    """

    def __init__(self, at_s: float) -> None:
        self.joins_parts = False
        self.heard_at_s = at_s
        self._reader = FrameReader()
        self._parts = PartsHeld()
        self._answered: dict[int, bytes] = {}
        self._serial = -1

    def feed(self, data: bytes, at_s: float) -> Iterator[Said]:
        """Yield what the bytes complete; each must be answered before the next is drawn.

        Args:
            at_s: a clock in seconds that only goes forward.
        """
        for piece in self._reader.feed(data):
            packet = None
            try:
                frame = unwrap(piece)
                packet = read_packet(frame)
                self.heard_at_s = at_s
                mark = hash(frame)
                answer = self._answered.get(mark)
                if answer is not None:
                    yield HeardAgain(packet, answer)
                elif packet.parts <= 1:
                    yield Heard(packet, read_body(packet), mark)
                else:
                    yield self._part(packet, mark, at_s)
            except DecodeError as error:
                if packet is not None and packet.parts > 1 and self._parts.is_whole():
                    self._parts.drop()
                yield Unreadable(error, piece, packet)

    def answer(self, packet: Packet, result: Result, mark: int | None = None) -> bytes:
        """Return a general answer; with `mark` the frame counts as taken: sent again it is only answered again."""
        body = struct.pack(">HHB", packet.serial, packet.id, result)
        frame = self._frame(GENERAL_ANSWER, packet.terminal, body)
        if mark is not None and result == Result.OK:
            if len(self._answered) >= ANSWERS_KEPT:
                del self._answered[next(iter(self._answered))]
            self._answered[mark] = frame
            if packet.parts > 1 and self._parts.is_whole():
                self._parts.drop()
        return frame

    def answer_registration(self, packet: Packet, result: RegistrationResult, code: str = "") -> bytes:
        """Return the answer to a registration, with the code where it succeeded."""
        body = struct.pack(">HB", packet.serial, result) + code.encode("ascii")
        return self._frame(REGISTRATION_ANSWER, packet.terminal, body)

    def answer_time(self, packet: Packet, now: int) -> bytes:
        """Return the answer to a question for the time: UTC in BCD (2019: 8.7)."""
        digits = datetime.fromtimestamp(now // 1000, UTC).strftime("%y%m%d%H%M%S")
        return self._frame(TIME_ANSWER, packet.terminal, bytes.fromhex(digits))

    def request_parts(self, at_s: float, *, at_once: bool = False) -> bytes:
        """Return a request for parts that are missing, b"" where none is due; to be looked at every few seconds."""
        asked = self._parts.request(at_s, at_once=at_once)
        return b"" if asked is None else self._frame(PARTS_REQUEST, *asked)

    def gives_parts_up(self, at_s: float) -> bool:
        """Say whether a message was asked for in vain and is forgotten now; to be looked at every few seconds."""
        if not self._parts.is_given_up(at_s):
            return False
        self._parts.drop()
        return True

    def _part(self, packet: Packet, mark: int, at_s: float) -> Said:
        if not self.joins_parts or packet.id not in JOINED:
            return HeardPart(packet, mark)
        if packet.parts > PARTS_LIMIT:
            raise DecodeError(SOURCE, 0, f"a message in more than {PARTS_LIMIT} parts")
        whole = self._parts.add(packet, at_s)
        return HeardPart(packet, mark) if whole is None else Heard(whole, read_body(whole), mark)

    def _frame(self, message: int, terminal: Terminal, body: bytes) -> bytes:
        self._serial = (self._serial + 1) & 0xFFFF
        return write_frame(message, terminal, self._serial, body)
