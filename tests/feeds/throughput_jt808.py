"""The part of `throughput` that speaks JT/T 808: one by one, in batches, and a whole fleet at a report a second."""

from __future__ import annotations

import asyncio
import socket
import time

import psutil

from feeds import raise_file_limit
from tests.feeds.jt808_terminal import answers_in, authentication, batch, frame, general, location, phone_of

POSITIONS = 10_000  # with the batches below a device's limit
BATCHES, IN_BATCH = 400, 20  # what fits into one frame
FLEET_S = 20
# What terminals add to a position: mileage, speed, signal, satellites.
EXTRAS = bytes.fromhex("010400000b0403020016300115310109")


def measure_one_line(server: psutil.Process, port: int, key: str) -> None:
    """Send and print; processor time is the server's. To be run before others send for that device: all is news."""
    base = time.time_ns() // 1_000_000_000 * 1000 - 80_000_000
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(frame(0x0102, authentication(key), phone=phone_of(0)))
        assert answers_in(line.recv(4096)) == [general(0x0102, 0, 0)]
        singles = [
            frame(
                0x0200,
                location(base + number * 1000, extras=EXTRAS),
                serial=number & 0xFFFF,
                phone=phone_of(0),
            )
            for number in range(POSITIONS)
        ]
        per_position_s = _cost_of(server, line, singles) / POSITIONS
        print(f"jt808 0x0200, one by one: {1 / per_position_s:,.0f} positions per processor second")
        base += POSITIONS * 1000
        batches = [
            frame(
                0x0704,
                batch(
                    *(
                        location(base + (number * IN_BATCH + item) * 1000, extras=EXTRAS)
                        for item in range(IN_BATCH)
                    )
                ),
                serial=number,
                phone=phone_of(0),
            )
            for number in range(BATCHES)
        ]
        per_fix_s = _cost_of(server, line, batches) / BATCHES / IN_BATCH
        print(f"jt808 0x0704, {IN_BATCH} in each: {1 / per_fix_s:,.0f} positions per processor second")


def _cost_of(server: psutil.Process, line: socket.socket, frames: list[bytes]) -> float:
    used_s, answers = _used(server), b""
    for one in frames:
        line.sendall(one)
        answers += line.recv(4096)
    used_s = _used(server) - used_s
    assert {body[4] for _, body in answers_in(answers)} == {0}
    return used_s


def measure_fleet(server: psutil.Process, port: int, keys: list[str]) -> None:
    """Each terminal its own line, a position a second."""
    asyncio.run(_measure_fleet(server, port, keys))


async def _measure_fleet(server: psutil.Process, port: int, keys: list[str]) -> None:
    raise_file_limit()
    loop = asyncio.get_running_loop()
    waits: list[float] = []

    class Terminal(asyncio.Protocol):
        def __init__(self, number: int) -> None:
            self.number, self.sent_s, self.answered = number, 0.0, 0

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport
            transport.write(frame(0x0102, authentication(keys[self.number]), phone=phone_of(self.number)))

        def data_received(self, data: bytes) -> None:
            self.answered += data.count(b"\x7e") // 2
            if self.sent_s:
                waits.append(loop.time() - self.sent_s)

        def report(self, position: bytes) -> None:
            self.sent_s = loop.time()
            self.transport.write(position)

    fleet = []
    for number in range(len(keys)):
        _, terminal = await loop.create_connection(lambda number=number: Terminal(number), "127.0.0.1", port)
        fleet.append(terminal)
    while any(not terminal.answered for terminal in fleet):
        await asyncio.sleep(0.1)
    memory_mb = server.memory_info().rss / 1e6
    began = (
        time.time_ns() // 1_000_000_000 * 1000 + 30_000
    )  # ahead of the clock by what it takes to write them all
    seconds = [
        [
            frame(
                0x0200, location(began + second * 1000, extras=EXTRAS), serial=second, phone=phone_of(number)
            )
            for number in range(len(keys))
        ]
        for second in range(FLEET_S)
    ]
    while time.time_ns() // 1_000_000 < began:
        await asyncio.sleep(0.1)
    used_s, started_s = _used(server), loop.time()
    for second, positions in enumerate(seconds):
        for place, terminal in enumerate(fleet):
            terminal.report(positions[place])
            if place % 50 == 49:
                await asyncio.sleep(max(0.0, started_s + second + place / len(fleet) - loop.time()))
    while any(terminal.answered <= FLEET_S for terminal in fleet):
        await asyncio.sleep(0.1)
    elapsed_s = loop.time() - started_s
    core = (_used(server) - used_s) / elapsed_s
    reported = len(fleet) * FLEET_S
    waits.sort()
    print(
        f"jt808, {len(fleet):,} terminals at {reported / elapsed_s:,.0f} positions a second: {core:.2f} core, "
        f"answer p50 {waits[len(waits) // 2] * 1000:.1f} ms, p99 {waits[len(waits) * 99 // 100] * 1000:.1f} ms, "
        f"{memory_mb:.0f} MB, {server.memory_info().rss / 1e6 - memory_mb:+.1f} MB in {elapsed_s:.0f} s"
    )


def _used(server: psutil.Process) -> float:
    times = server.cpu_times()
    return times.user + times.system
