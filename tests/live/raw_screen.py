"""A screen down to its bytes: opens the socket by hand and does only what a test tells it to."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from typing import Self

_HANDSHAKE = (
    b"GET /live?%b HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


def frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True, reserved: int = 0
) -> bytes:
    """A frame as a client sends it (RFC 6455, 5.2), or as none should."""
    head = bytes(((0x80 if fin else 0) | reserved << 4 | opcode,))
    size, mask = len(payload), 0x80 if masked else 0
    if size < 126:
        head += bytes((mask | size,))
    elif size < 65_536:
        head += bytes((mask | 126,)) + struct.pack("!H", size)
    else:
        head += bytes((mask | 127,)) + struct.pack("!Q", size)
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))


class RawScreen:
    """One TCP connection to the live socket. It answers no ping and reads nothing by itself."""

    def __init__(self, opened: socket.socket) -> None:
        self.socket = opened

    @classmethod
    async def open(cls, port: int, query: bytes = b"", *, receive_buffer: int | None = None) -> Self:
        """Connect and shake hands; `receive_buffer` bounds what the kernel takes for a screen that does not read."""
        opened = socket.socket()
        if receive_buffer is not None:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        opened.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(opened, ("127.0.0.1", port))
        await loop.sock_sendall(opened, _HANDSHAKE % query)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += await loop.sock_recv(opened, 1)
        assert answer.startswith(b"HTTP/1.1 101 "), answer
        return cls(opened)

    async def send(self, data: bytes) -> bool:
        """Send bytes; False when the server has hung up."""
        try:
            await asyncio.get_running_loop().sock_sendall(self.socket, data)
        except OSError:
            return False
        return True

    async def next_frame(self) -> tuple[int, bytes] | None:
        """Read one frame of the server as (opcode, payload), None after the last."""
        head = await self._exactly(2)
        if head is None:
            return None
        size = head[1]
        if size > 125:
            longer = await self._exactly(2 if size == 126 else 8)
            if longer is None:
                return None
            size = int.from_bytes(longer, "big")
        payload = await self._exactly(size)
        return None if payload is None else (head[0] & 15, payload)

    async def close_code(self) -> int | None:
        """Read on to the end: the server's close code, None where it hung up without one."""
        while (found := await self.next_frame()) is not None:
            if found[0] == CLOSE:
                return int.from_bytes(found[1][:2], "big") if found[1] else 1005
        return None

    def close(self) -> None:
        self.socket.close()

    async def _exactly(self, size: int) -> bytes | None:
        parts = bytearray()
        while len(parts) < size:
            try:
                read = await asyncio.get_running_loop().sock_recv(self.socket, size - len(parts))
            except OSError:
                return None
            if not read:
                return None
            parts += read
        return bytes(parts)
