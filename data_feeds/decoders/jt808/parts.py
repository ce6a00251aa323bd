"""Messages that come in several parts (2013: 7.12): joined, and asked for where some are missing."""

from __future__ import annotations

import struct
from typing import Final

from data_feeds.decoders.jt808.packets import Packet, Terminal

PARTS_LIMIT: Final = 64  # 64 KB: about a thousand positions in one batch
ASK_AGAIN_S: Final = 5.0  # without a new part for so long, the missing ones are asked for
ASK_TIMES: Final = 3


class PartsHeld:
    """The one message of a connection that is not complete yet; a new one takes the place of the one before."""

    def __init__(self) -> None:
        self._key: tuple[int, int, int] | None = None
        self._bodies: dict[int, bytes] = {}
        self._terminal = Terminal(bytes(6), 0)
        self._asked = 0
        self._quiet_since_s = 0.0

    def add(self, part: Packet, at_s: float) -> Packet | None:
        """Keep a part; returns the whole message, as from this part, once none is missing."""
        key = (part.id, part.first_serial, part.parts)
        if key != self._key:
            self._key, self._bodies, self._asked = key, {}, 0
        self._terminal = part.terminal
        self._bodies[part.part] = part.body
        self._quiet_since_s = at_s
        if self.missing():
            return None
        return part._replace(body=b"".join(self._bodies[index] for index in range(1, part.parts + 1)))

    def missing(self) -> list[int]:
        """Return the parts that have not come."""
        total = self._key[2] if self._key else 0
        return [index for index in range(1, total + 1) if index not in self._bodies]

    def is_whole(self) -> bool:
        """Say whether a message is held of which nothing is missing."""
        return self._key is not None and not self.missing()

    def drop(self) -> None:
        """Forget what is held: it was taken, or given up."""
        self._key, self._bodies = None, {}

    def request(self, at_s: float, *, at_once: bool = False) -> tuple[Terminal, bytes] | None:
        """Return whom to ask for the missing parts and the body of the request (0x8003), None if it is not time."""
        missing = self.missing()
        if self._key is None or not missing or self._asked >= ASK_TIMES:
            return None
        if not at_once and at_s - self._quiet_since_s < ASK_AGAIN_S:
            return None
        self._asked += 1
        self._quiet_since_s = at_s
        # The count is a byte before 2019 and a word since.
        head = struct.pack(">HH" if self._terminal.is_2019 else ">HB", self._key[1], len(missing))
        return self._terminal, head + struct.pack(f">{len(missing)}H", *missing)

    def is_given_up(self, at_s: float) -> bool:
        """Say whether the parts were asked for as often as makes sense, in vain."""
        return self._asked >= ASK_TIMES and bool(self.missing()) and at_s - self._quiet_since_s >= ASK_AGAIN_S
