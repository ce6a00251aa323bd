"""Connections of devices on a wire of their own: how many there may be, whose each is, and which are hung up on."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar, cast

from data_feeds.feed_tally import FeedTally

CONNECTIONS_LIMIT: Final = 20_000
STRANGERS_LIMIT: Final = 10_000  # of one address at once: a fleet behind one carrier comes back together
UNREAD_LIMIT_BYTES: Final = 65_536  # answers that a device did not read: it never will
BACKLOG: Final = 4_096  # connections that wait to be taken in


class DeviceLine(asyncio.Protocol, ABC):
    """One connection; its `device` is None until it is known whose it is."""

    def __init__(self, tally: FeedTally, source: str) -> None:
        self._tally = tally
        self._source = source
        self._transport: asyncio.Transport | None = None
        self.address = ""
        self.device: str | None = None
        self.stranger_since_s = asyncio.get_running_loop().time()

    @property
    @abstractmethod
    def heard_at_s(self) -> float:
        """When something whole was last heard, in the loop's seconds."""

    def opened(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport and the other side's address."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is not one by descent
        peer = transport.get_extra_info("peername")
        self.address = peer[0] if peer else ""

    def write(self, answer: bytes) -> None:
        """Send an answer; who does not read what it is answered is hung up on."""
        if answer and self._transport is not None:
            self._transport.write(answer)
            if self._transport.get_write_buffer_size() > UNREAD_LIMIT_BYTES:
                self._tally.count(self._source, "limited")
                self.hang_up()

    def hang_up(self) -> None:
        """Close at once; what the other side did not read is lost."""
        if self._transport is not None:
            self._transport.abort()


Line = TypeVar("Line", bound=DeviceLine)


class DeviceLines(Generic[Line]):
    """The connections of one wire, of which each device has at most one.

    Args:
        source: feed to count under.
        silent_s: how long a device may say nothing.
        stranger_s: how long a connection may be nobody's.
    """

    def __init__(self, tally: FeedTally, source: str, silent_s: float, stranger_s: float) -> None:
        self._tally = tally
        self._source = source
        self._silent_s = silent_s
        self._stranger_s = stranger_s
        self._lines: set[Line] = set()
        self._line_of: dict[str, Line] = {}
        self.strangers: Counter[str] = Counter()  # address -> connections that are nobody's

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(list(self._lines))

    def __contains__(self, line: Line) -> bool:
        return line in self._lines

    @property
    def devices(self) -> int:
        """How many devices are known on a line."""
        return len(self._line_of)

    def line_of(self, device: str) -> Line | None:
        """Return the line that a device is known on."""
        return self._line_of.get(device)

    def take(self, line: Line) -> bool:
        """Take a new connection in, a stranger's; False where there are too many, and then it is ended."""
        if len(self._lines) >= CONNECTIONS_LIMIT or self.strangers[line.address] >= STRANGERS_LIMIT:
            self._tally.count(self._source, "limited")
            line.hang_up()
            return False
        self._lines.add(line)
        self.strangers[line.address] += 1
        return True

    def assign(self, line: Line, device: str | None) -> Line | None:
        """Note that a line belongs to a device now, or to nobody again; returns that device's older line."""
        self.release(line)
        if (line.device is None) != (device is None):
            self._count_stranger(line.address, 1 if device is None else -1)
        line.device = device
        if device is None:
            return None
        older, self._line_of[device] = self._line_of.get(device), line
        return older

    def release(self, line: Line) -> None:
        """Know a line's device on it no more."""
        if line.device is not None and self._line_of.get(line.device) is line:
            del self._line_of[line.device]

    def forget(self, line: Line) -> bool:
        """Forget a connection, and not yet its device (`release`); False where it was none any more."""
        if line not in self._lines:
            return False
        self._lines.discard(line)
        if line.device is None:
            self._count_stranger(line.address, -1)
        return True

    def hang_up_on_silent(
        self, at_s: float, is_spared: Callable[[Line], bool] = lambda line: False
    ) -> list[Line]:
        """Hang up on the silent and on those who stayed strangers; returns the others."""
        left: list[Line] = []
        for line in self:
            if line.device is None:
                limit_s, since_s = self._stranger_s, line.stranger_since_s
            else:
                limit_s, since_s = self._silent_s, line.heard_at_s
            if at_s - since_s > limit_s and not is_spared(line):
                self._tally.count(self._source, "silent")
                line.hang_up()
            else:
                left.append(line)
        return left

    def hang_up(self) -> None:
        """End every connection."""
        for line in self:
            line.hang_up()

    def _count_stranger(self, address: str, number: int) -> None:
        self.strangers[address] += number
        if not self.strangers[address]:
            del self.strangers[address]
