"""A socket under paho that reads what is there at once and sends what was said at once.

paho asks its socket for a byte, a byte, then the rest of a packet, and sends each acknowledgement by itself: four calls
into the system for a message, which cost more than all that is done with it.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, Final

READ_BYTES: Final = 65_536  # some 300 messages
_AGAIN_S: Final = 0.01  # the system takes no more just now; a whole window of acknowledgements is 2 kB


class GatheringSocket:
    """Stands for a connected socket, in the thread of an event loop; what is not named here is the socket's own.

    `pending` says how many bytes wait here: nobody who watches the system's sockets is told of those, so they have
    to be read until there are none. aiomqtt does so, as sockets of `ssl` have the same method.
    """

    def __init__(self, inner: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._inner = inner
        self._loop = loop
        self._read = b""
        self._place = 0
        self._had_turn = False
        self._said = bytearray()
        self._is_flush_due = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def pending(self) -> int:
        """Return how many bytes were read ahead."""
        return len(self._read) - self._place

    def recv(self, size: int) -> bytes:
        """Return up to `size` bytes, b"" at the end.

        Raises:
            BlockingIOError: nothing is there, or others have their turn first.
            OSError: the connection is lost.
        """
        place = self._place
        if place >= len(self._read):
            self._read, place = self._read_ahead(), 0
        self._place = place + size
        if self._place > len(self._read):
            self._place = len(self._read)
        return self._read[place : self._place]

    def send(self, data: bytes | bytearray) -> int:
        """Take all of it; it goes out with what else is said in this turn of the loop."""
        self._said += data
        if not self._is_flush_due:
            self._is_flush_due = True
            self._loop.call_soon(self._flush)
        return len(data)

    def close(self) -> None:
        """Send what was said, and close."""
        self._flush()
        self._said.clear()
        self._inner.close()

    def _read_ahead(self) -> bytes:
        if self._had_turn:  # a broker that always has more must not keep the loop from everybody else
            raise BlockingIOError
        self._had_turn = True
        self._loop.call_soon(self._give_turn)
        found: bytes = self._inner.recv(READ_BYTES)  # more than a TLS record: `ssl` holds nothing back
        return found

    def _give_turn(self) -> None:
        self._had_turn = False

    def _flush(self) -> None:
        self._is_flush_due = False
        if not self._said:
            return
        try:
            del self._said[: self._inner.send(self._said)]
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        except OSError:  # lost: whoever reads will see it
            self._said.clear()
        if self._said:
            self._is_flush_due = True
            self._loop.call_later(_AGAIN_S, self._flush)
