"""One screen's way down to its socket, and one message to many sockets at once.

A transport adds a tenth to what the system call costs: its objects are no longer in the processor's caches when their
turn comes. Where nothing waits in a transport the bytes go to the socket itself; it is the line that knows when
something does, because whoever writes, writes through it. Measured in docs/decisions/straight-to-the-socket.md.
"""

from __future__ import annotations

import asyncio
import ctypes
import socket
from collections.abc import Callable, Iterable
from typing import Any, Final

NOWHERE: Final = -1
_NOTHING: Final[dict[str, Any]] = {}  # else `asyncio` keeps an empty dictionary for each
# PyDLL: `os.write` gives the interpreter up for each socket, and beside a busy thread has to wait for it each time.
# Without argument types: to look at them would cost what is won. `send_to_all` passes values of the right ones.
_send: Final = ctypes.PyDLL(None).send
_send.restype = ctypes.c_ssize_t
# Never waits, whatever the socket is set to, and raises no signal where the peer is gone (Python ignores it elsewhere).
_FLAGS: Final[int] = socket.MSG_DONTWAIT | getattr(socket, "MSG_NOSIGNAL", 0)


def send_to_all(descriptors: Iterable[int], message: bytes) -> list[tuple[int, int]]:
    """Send one message to each of some sockets, as much of it as goes at once.

    Returns those that did not take all of it, each with how many bytes it took; why is for the transport to find out.
    """
    size, short = len(message), []
    start, length = ctypes.c_char_p(message), ctypes.c_size_t(size)
    for descriptor in descriptors:
        took = _send(descriptor, start, length, _FLAGS)
        if took != size:
            short.append((descriptor, max(took, 0)))
    return short


def websocket_message(payload: bytes) -> bytes:
    """Return an unfragmented, unmasked binary WebSocket message as a server sends it (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        head = bytes((0x82, size))
    elif size < 65_536:
        head = b"\x82\x7e" + size.to_bytes(2, "big")
    else:
        head = b"\x82\x7f" + size.to_bytes(8, "big")
    return head + payload


class Line(asyncio.Transport):
    """A transport that tells when something waits in it, or when it ends.

    `descriptor` is its socket's while that is open and takes plain bytes, else `NOWHERE`: TLS stands between, or the
    connection is lost. Who sends to it has to know that nothing waits in the line.

    Args:
        transport: what it stands before.
    """

    __slots__ = ("descriptor", "on_held", "transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__(_NOTHING)
        self.transport = transport
        self.on_held: Callable[[], None] | None = None  # called before anything else can be sent
        opened = transport.get_extra_info("socket")
        is_plain = opened is not None and transport.get_extra_info("sslcontext") is None
        self.descriptor: int = opened.fileno() if is_plain else NOWHERE

    @property
    def is_straight(self) -> bool:
        """Say whether the socket may be sent to, if nothing waits."""
        return self.descriptor != NOWHERE and not self.transport.is_closing()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write, and say so where the kernel did not take all of it."""
        self.transport.write(data)
        if self.transport.get_write_buffer_size():
            self._hold()

    def close(self) -> None:
        """Close when what waits is sent; nothing may follow it."""
        self._hold()
        self.transport.close()

    def abort(self) -> None:
        """Close at once."""
        self._hold()
        self.transport.abort()

    def lost(self) -> None:
        """Forget the socket: once the protocol has heard that the connection is lost, another gets its number."""
        self._hold()
        self.descriptor, self.on_held = NOWHERE, None

    def is_closing(self) -> bool:
        """Say whether it is closed, or will be."""
        return self.transport.is_closing()

    def get_write_buffer_size(self) -> int:
        """Return how many bytes wait here for the kernel."""
        return self.transport.get_write_buffer_size()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what the transport knows."""
        return self.transport.get_extra_info(name, default)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return who hears what comes."""
        return self.transport.get_protocol()

    def pause_reading(self) -> None:
        """Hear nothing for a while."""
        self.transport.pause_reading()

    def resume_reading(self) -> None:
        """Hear again."""
        self.transport.resume_reading()

    def _hold(self) -> None:
        if self.on_held is not None:
            self.on_held()
