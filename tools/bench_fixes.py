"""A fleet that reports once a second over HTTP, in a process of its own: requests to `/osmand` on a few kept lines.

`python -m tools.bench_fixes FILE` reads what to send from a JSON file, sends, and writes beside it when each fix went
out. Each fix moves its worker by more than a quantum of the coarsest screen, so that every fix has to come to be seen.
"""

from __future__ import annotations

import json
import pickle
import selectors
import socket
import sys
import time
from array import array
from pathlib import Path
from typing import Any

LINES = 16
SLICE_S = 0.002
STEP_E6 = 66  # millionths of a degree of longitude, 6 m: one and a half quanta of a wall
TURN_AFTER = 15  # seconds: nobody leaves the grid by far


class Fleet:
    """The devices, their lines, and what was sent when."""

    def __init__(self, wanted: dict[str, Any]) -> None:
        self._devices = wanted["devices"]
        self._clock_ahead_ms = wanted["clock_ahead_ms"]
        self._seconds = wanted["seconds"]
        self._lines = [socket.create_connection(("127.0.0.1", wanted["port"])) for _ in range(LINES)]
        self._selector = selectors.DefaultSelector()
        for line in self._lines:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.setblocking(False)
            self._selector.register(line, selectors.EVENT_READ)
        self.slots, self.sent_ns, self.late_ns, self.at_ms = array("l"), array("q"), array("q"), array("q")
        self.answers = self.refused = 0

    def run(self) -> None:
        """Send everything, evenly over each second, and wait for the answers."""
        fleet = len(self._devices)
        total, began_ns = fleet * self._seconds, time.monotonic_ns()
        number = 0
        while number < total:
            due = min(total, int((time.monotonic_ns() - began_ns) / 1e9 * fleet) + 1)
            batch: dict[int, list[bytes]] = {}
            at = time.time_ns() // 1_000_000 + self._clock_ahead_ms
            for one in range(number, due):
                batch.setdefault(one % LINES, []).append(self._request(one % fleet, one // fleet, at))
            for line, requests in batch.items():
                now_ns = time.monotonic_ns()
                self._lines[line].sendall(b"".join(requests))
                for place in range(len(requests)):
                    one = number + (line - number) % LINES + place * LINES
                    self.slots.append(self._devices[one % fleet]["slot"])
                    self.sent_ns.append(now_ns)
                    self.at_ms.append(at)
                    self.late_ns.append(now_ns - began_ns - int(one / fleet * 1e9))
            number = due
            self._hear(SLICE_S)
        give_up_at = time.monotonic() + 10
        while self.answers < total and time.monotonic() < give_up_at:
            self._hear(SLICE_S)

    def _request(self, index: int, second: int, at: int) -> bytes:
        device = self._devices[index]
        turn = second % (2 * TURN_AFTER)
        steps = turn if turn < TURN_AFTER else 2 * TURN_AFTER - turn
        return (
            f"GET /osmand?id={device['id']}&key={device['key']}&lat={device['lat']:.6f}"
            f"&lon={device['lon'] + steps * STEP_E6 / 1e6:.6f}&timestamp={at}&speed=6&bearing=90&accuracy=8"
            f"&duty=1&task=0 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
        ).encode()

    def _hear(self, within_s: float) -> None:
        until = time.monotonic() + within_s
        while (left := until - time.monotonic()) > 0:
            for key, _ in self._selector.select(left):
                got = key.fileobj.recv(65_536)  # type: ignore[union-attr]
                if not got:
                    raise SystemExit("the feeds closed a line")
                answers = got.count(b"HTTP/1.1 ")
                self.answers += answers
                self.refused += answers - got.count(b"HTTP/1.1 20")


def main(file: Path) -> None:
    """Send, and write the result."""
    fleet = Fleet(json.loads(file.read_text(encoding="utf-8")))
    fleet.run()
    found = {
        "slot": fleet.slots, "sent_ns": fleet.sent_ns, "late_ns": fleet.late_ns, "at_ms": fleet.at_ms,
        "answers": fleet.answers, "refused": fleet.refused, "cpu_s": time.process_time(),
    }  # fmt: skip
    file.with_suffix(".sent").write_bytes(pickle.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
