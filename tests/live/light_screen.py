"""Screens by the hundred: a WebSocket client that costs little, answers pings, and checks that it misses nothing."""

from __future__ import annotations

import asyncio
import base64
import os
import random
from collections.abc import Callable
from typing import Any

from dashboard.live.wire import Kind, decode_json, kind_of

# The browser's own waits (assets/live/connection.mjs).
FIRST_WAIT_S, LONGEST_WAIT_S = 0.25, 6.0


def wait_s(attempt: int, source: random.Random) -> float:
    """The wait before attempt 0, 1, ...: doubling, between half and the whole of its step."""
    step: float = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(attempt, 16))
    return step * (0.5 + source.random() / 2)


class LightScreen(asyncio.Protocol):
    """One connection; `on_frame(kind, frame)` for each binary message, `on_end()` once."""

    def __init__(
        self, query: str, on_frame: Callable[[Kind, bytes], None], on_end: Callable[[], None]
    ) -> None:
        self._query = query
        self._on_frame = on_frame
        self._on_end = on_end
        self._unread = bytearray()
        self._is_open = False
        self.transport: asyncio.Transport | None = None
        self.received_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /live?{self._query} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self.received_bytes += len(data)
        self._unread += data
        if not self._is_open:
            head, separator, rest = bytes(self._unread).partition(b"\r\n\r\n")
            if not separator:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self._close()
                return
            self._is_open, self._unread = True, bytearray(rest)
        while (message := self._next()) is not None:
            opcode, payload = message
            if opcode == 2:
                self._on_frame(kind_of(payload), payload)
            elif opcode == 9:
                self._pong(payload)
            elif opcode == 8:
                self._close()

    def connection_lost(self, error: Exception | None) -> None:
        self._on_end()

    def _next(self) -> tuple[int, bytes] | None:
        unread = self._unread
        if len(unread) < 2:
            return None
        size, start = unread[1], 2
        if size > 125:
            start = 4 if size == 126 else 10
            size = int.from_bytes(unread[2:start], "big")
        if len(unread) < start + size or len(unread) < start:
            return None
        message = unread[0] & 15, bytes(unread[start : start + size])
        del unread[: start + size]
        return message

    def _pong(self, payload: bytes) -> None:
        if self.transport is not None:
            # Masked with zeros: a client must mask, and this one saves the work.
            self.transport.write(bytes((0x8A, 0x80 | len(payload))) + b"\0\0\0\0" + payload)

    def _close(self) -> None:
        if self.transport is not None:
            self.transport.close()


class FaithfulScreen:
    """A screen that returns for ever, by the browser's rules, and notes every line it is shown.

    `gaps` counts lines that it should have been shown and was not, `duplicates` those shown twice.
    """

    def __init__(self, port: int, source: random.Random, view: str = "wall") -> None:
        self.port = port
        self.view = view
        self.epoch = ""
        self.seq: int | None = None
        self.gaps = 0
        self.duplicates = 0
        self.resumed = 0
        self.pictures = 0
        self.broken_at: float | None = None
        self.breaks: list[
            tuple[float, float]
        ] = []  # the loop's seconds of each break, and of being whole again
        self._hello: dict[str, Any] | None = None
        self._has_rows = self._has_fleet = False
        self._source = source
        self._attempt = 0
        self._is_closed = False
        self._ended: asyncio.Event = asyncio.Event()
        self.connection: LightScreen | None = None

    @property
    def is_whole(self) -> bool:
        return self._has_rows and self._has_fleet

    async def follow(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._is_closed:
            self._ended = asyncio.Event()
            self._hello, self._has_rows, self._has_fleet = None, False, False
            query = f"view={self.view}"
            if self.seq is not None:
                query += f"&epoch={self.epoch}&seq={self.seq}"
            try:
                async with asyncio.timeout(10):
                    _, self.connection = await loop.create_connection(
                        lambda query=query: LightScreen(query, self._frame, self._ended.set),  # type: ignore[misc]
                        "127.0.0.1",
                        self.port,
                    )
                await self._ended.wait()
            except (OSError, TimeoutError):
                pass
            if self.broken_at is None:
                self.broken_at = loop.time()
            await asyncio.sleep(wait_s(self._attempt, self._source))
            self._attempt += 1

    def stop(self) -> None:
        self._is_closed = True
        if self.connection is not None and self.connection.transport is not None:
            self.connection.transport.abort()

    def _frame(self, kind: Kind, frame: bytes) -> None:
        if kind is Kind.HELLO:
            self._hello = decode_json(frame)
            if self._hello["view"]["resumed"]:
                self.resumed += 1
                self._has_rows = self.seq is not None and self._hello["seq"] <= self.seq
        elif kind is Kind.PICTURE:
            self._take_picture(decode_json(frame))
        elif kind is Kind.CHANGES:
            self._take_changes(decode_json(frame))
        elif kind is Kind.FLEET_SNAPSHOT:
            self._has_fleet = True
        self._look()

    def _take_picture(self, picture: dict[str, Any]) -> None:
        self.pictures += 1
        lines = [line["seq"] for line in picture["log"]]
        if lines != sorted(set(lines)):
            self.duplicates += 1
        self.epoch, self.seq, self._has_rows = picture["epoch"], picture["seq"], True

    def _take_changes(self, changes: dict[str, Any]) -> None:
        assert self.seq is not None
        if changes["seq_to"] <= self.seq:
            self.duplicates += 1  # allowed by the wire, a waste all the same
            return
        if changes["seq_from"] > self.seq + 1:
            self.gaps += changes["seq_from"] - self.seq - 1
        shown = [line["seq"] for line in changes["log"]]
        self.duplicates += sum(seq <= self.seq for seq in shown) + len(shown) - len(set(shown))
        # Every entry of a probe has a line that everybody sees.
        self.gaps += sum(seq not in shown for seq in range(self.seq + 1, changes["seq_to"] + 1))
        self.seq = changes["seq_to"]
        self._has_rows = self._has_rows or (self._hello is not None and self.seq >= self._hello["seq"])

    def _look(self) -> None:
        if self.is_whole:
            self._attempt = 0
            if self.broken_at is not None:
                self.breaks.append((self.broken_at, asyncio.get_running_loop().time()))
                self.broken_at = None
