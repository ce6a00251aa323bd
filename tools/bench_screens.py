"""Screens that read and forget, in a process of their own, so that they do not count as the server.

`python -m tools.bench_screens '{"port": 8050, "nap_s": 0, "groups": [{"path": "/live", "cookie": "", "count": 9}]}'`
opens them, prints `open`, and then answers each line of standard input: `count` what came since the last `count`, `end
FILE` writes when each movement frame came where, and ends. One selector and no asyncio: a message costs about 5 us, so
that a thousand screens at 10 Hz take a twentieth of a core.
"""

from __future__ import annotations

import base64
import json
import os
import pickle
import selectors
import socket
import sys
import time
from array import array
from typing import Any

from dashboard.live.wire import Kind

_MOVEMENT = (int(Kind.FLEET_SNAPSHOT), int(Kind.FLEET_DELTA))
_TEXT, _CLOSE, _PING = 1, 8, 9
_TICK = b'{"tick": '  # how a message of the peer begins (`bench_report_peer`)
_READ_BYTES = 1 << 18
PATIENCE_S = 20.0


class ScreenClosed(RuntimeError):
    """Raised when the server ends a screen that should stay."""


class _Screen:
    __slots__ = ("group", "keeps", "line", "messages", "number", "rest", "stream")

    def __init__(self, number: int, group: int) -> None:
        self.number = number
        self.group = group
        self.stream = -1  # of movement: one per group and server process; none before the hello
        self.keeps = False  # the first of a stream keeps its movement: it is the same for all of them
        self.line = socket.socket()
        self.rest = b""
        self.messages = 0


class Screens:
    """Opens and reads the screens of some groups.

    Args:
        nap_s: read in bursts so far apart. A reader that waits for the next frame is woken by each, at the expense of
            the server that sends it; screens at the other end of a network cost nobody that. 0 where waits are timed.
    """

    def __init__(self, port: int, groups: list[dict[str, Any]], nap_s: float = 0.0) -> None:
        self._port = port
        self._nap_s = nap_s
        self._screens: list[_Screen] = []
        self._selector = selectors.DefaultSelector()
        self.bytes = 0
        self.at_ns, self.of_screen, self.of_frame = array("q"), array("l"), array("q")
        self.kept: list[list[tuple[int, bytes]]] = []
        self._streams: dict[tuple[int, str], int] = {}
        for index, group in enumerate(groups):
            for _ in range(group["count"]):
                self._open(_Screen(len(self._screens), index), group)
                if len(self._screens) % 10 == 0:  # those that are open must read and answer pings meanwhile
                    for key, _ in self._selector.select(0):
                        self._read(key.data)

    def run(self) -> None:
        """Read until `end` comes, or standard input ends."""
        orders = sys.stdin.fileno()
        self._selector.register(orders, selectors.EVENT_READ)
        while True:
            ready = self._selector.select(0 if self._nap_s else None)
            if not ready:
                time.sleep(self._nap_s)
            for key, _ in ready:
                if key.data is not None:
                    self._read(key.data)
                elif not self._obey(os.read(orders, 4_096).decode()):
                    return

    def _obey(self, order: str) -> bool:
        if order.strip() == "count":
            counts = [screen.messages for screen in self._screens]
            found = {"messages": sum(counts), "least": min(counts), "bytes": self.bytes}
            print(json.dumps(found | {"cpu_s": time.process_time()}), flush=True)
            for screen in self._screens:
                screen.messages = 0
            self.bytes = 0
            return True
        if order.startswith("end "):
            with open(order[4:].strip(), "wb") as out:
                pickle.dump(
                    {
                        "at_ns": self.at_ns,
                        "screen": self.of_screen,
                        "frame": self.of_frame,
                        "stream": [screen.stream for screen in self._screens],
                        "kept": self.kept,
                    },
                    out,
                )
            print("ended", flush=True)
        return False

    def _open(self, screen: _Screen, group: dict[str, Any]) -> None:
        line = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE_S)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        cookie = f"Cookie: {group['cookie']}\r\n" if group.get("cookie") else ""
        head = (
            f"GET {group['path']} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Origin: http://127.0.0.1:{self._port}\r\n{cookie}\r\n"
        )
        line.sendall(head.encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            more = line.recv(4_096)
            if not more:
                raise ScreenClosed(f"not opened: {answer[:200]!r}")
            answer += more
        if not answer.startswith(b"HTTP/1.1 101"):
            raise ScreenClosed(f"not opened: {answer[:200]!r}")
        line.setblocking(False)
        screen.line = line
        self._screens.append(screen)
        self._selector.register(line, selectors.EVENT_READ, screen)
        rest = answer.partition(b"\r\n\r\n")[2]
        if rest:
            self._take(screen, rest)

    def _read(self, screen: _Screen) -> None:
        try:
            got = screen.line.recv(_READ_BYTES)
        except BlockingIOError:
            return
        if not got:
            raise ScreenClosed(f"screen {screen.number} was closed")
        self._take(screen, got)

    def _take(self, screen: _Screen, got: bytes) -> None:
        self.bytes += len(got)
        data = screen.rest + got if screen.rest else got
        place, end = 0, len(data)
        while end - place >= 2:
            size = data[place + 1]
            start = place + 2
            if size == 126:
                start += 2
                size = int.from_bytes(data[place + 2 : start], "big") if end >= start else end
            elif size == 127:
                start += 8
                size = int.from_bytes(data[place + 2 : start], "big") if end >= start else end
            if start + size > end:
                break
            self._message(screen, data[place] & 15, data, start, size)
            place = start + size
        screen.rest = data[place:] if place < end else b""

    def _message(self, screen: _Screen, code: int, data: bytes, start: int, size: int) -> None:
        if code == _PING:
            mask = os.urandom(4)
            payload = bytes(byte ^ mask[i & 3] for i, byte in enumerate(data[start : start + size]))
            screen.line.send(bytes((0x8A, 0x80 | size)) + mask + payload)
            return
        if code == _CLOSE:
            raise ScreenClosed(f"screen {screen.number}: {data[start : start + size]!r}")
        screen.messages += 1
        if code == _TEXT:
            self._hear_peer(screen, data[start : start + size])
            return
        kind = data[start] & 15
        if kind == Kind.HELLO:
            self._join(screen, json.loads(data[start + 1 : start + size]))
        elif kind in _MOVEMENT and screen.stream >= 0:
            now_ns = time.monotonic_ns()
            if kind == Kind.FLEET_DELTA:
                self.at_ns.append(now_ns)
                self.of_screen.append(screen.number)
                self.of_frame.append(int.from_bytes(data[start + 2 : start + 6], "little"))
            if screen.keeps:
                self.kept[screen.stream].append((now_ns, data[start : start + size]))

    def _hear_peer(self, screen: _Screen, message: bytes) -> None:
        now_ns = time.monotonic_ns()
        if screen.stream < 0:
            self._join(screen, {"screen": "peer"})
        self.at_ns.append(now_ns)
        self.of_screen.append(screen.number)
        self.of_frame.append(int(message[len(_TICK) : message.index(b",")]))
        if screen.keeps:
            self.kept[screen.stream].append((now_ns, message))

    def _join(self, screen: _Screen, hello: dict[str, Any]) -> None:
        """Learn which process a screen has come to: the screen's name begins with it."""
        process = hello["screen"].partition("-")[0]
        screen.keeps = (screen.group, process) not in self._streams
        screen.stream = self._streams.setdefault((screen.group, process), len(self._streams))
        if screen.keeps:
            self.kept.append([])


def main() -> None:
    """Open, say so, read."""
    from feeds import raise_file_limit

    raise_file_limit()
    wanted = json.loads(sys.argv[1])
    screens = Screens(wanted["port"], wanted["groups"], wanted["nap_s"])
    print("open", flush=True)
    screens.run()


if __name__ == "__main__":
    main()
