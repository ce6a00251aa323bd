"""The part of `throughput` that speaks Cursor-on-Target: over TCP in XML and protobuf, and by datagrams."""

from __future__ import annotations

import asyncio
import socket
import time

import psutil

from feeds import raise_file_limit
from tests.feeds.cot_client import auth, event, frame, message

POSITIONS = 9_000  # twice this is below a device's limit
FLEET_S = 20
IN_FLIGHT = 20  # datagrams sent before the next pause; the kernel holds more
# What ATAK adds to a position, without its contact's address.
DETAIL = (
    '<takv os="29" version="4.0.0.0 (deadbeef).1234567890-CIV" device="Some Android Device" platform="ATAK-CIV"/>'
    '<contact endpoint="*:-1:stcp" callsign="JENNY"/><uid Droid="JENNY"/><precisionlocation altsrc="GPS" '
    'geopointsrc="GPS"/><__group role="Team Member" name="Cyan"/><status battery="78"/>'
    '<track course="80.24833892285461" speed="0.0"/>'
)


def measure(server: psutil.Process, port: int, udp_port: int, key: str) -> dict[str, float]:
    """Send for one device; returns the server's processor seconds for one position each way.

    To be run before others send for that device: all is news.
    """
    costs = {}
    device, base = "rz-000001", time.time_ns() // 1_000_000_000 * 1000 - 80_000_000
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(auth(device, key, device))
        assert b"t-x-takp-v" in line.recv(4096)
        xml = [event(DETAIL, uid=device, at=base + number * 1000) for number in range(POSITIONS)]
        costs["in XML"] = _cost_of(server, line, xml)
        base += POSITIONS * 1000
        frames = [frame(message(uid=device, at=base + number * 1000)) for number in range(POSITIONS)]
        costs["in protobuf"] = _cost_of(server, line, frames)
    base += POSITIONS * 1000
    own = f'<zhongshu key="{key}"/>'
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", udp_port))
        datagrams = [event(DETAIL + own, uid=device, at=base + number * 1000) for number in range(1_500)]
        used_s = _used(server)
        for number, datagram in enumerate(datagrams):
            sender.send(datagram)
            if number % IN_FLIGHT == 0:
                time.sleep(0.01)  # nothing answers a datagram
        time.sleep(0.5)
        costs["by datagram, in XML"] = (_used(server) - used_s) / len(datagrams)
    return costs


def tell(costs: dict[str, float], per_osmand_s: float) -> None:
    """Print each cost beside that of a request of /osmand in the same run."""
    for how, per_position_s in costs.items():
        print(
            f"cot {how}: {1 / per_position_s:,.0f} positions per processor second, "
            f"{per_position_s / per_osmand_s:.2f} of a request of /osmand"
        )


def measure_fleet(server: psutil.Process, port: int, keys: list[str]) -> None:
    """Print what a fleet costs whose clients each have a line and report once a second, in XML."""
    asyncio.run(_measure_fleet(server, port, keys))


async def _measure_fleet(server: psutil.Process, port: int, keys: list[str]) -> None:
    raise_file_limit()
    loop = asyncio.get_running_loop()
    before_mb = server.memory_info().rss / 1e6

    class Client(asyncio.Protocol):
        def __init__(self, number: int) -> None:
            self.name, self.key, self.pongs, self.is_known = f"rz-{number:06d}", keys[number], 0, False

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport
            transport.write(auth(self.name, self.key, self.name))

        def data_received(self, data: bytes) -> None:
            self.is_known = True
            self.pongs += data.count(b"t-x-c-t-r")

    fleet = []
    for number in range(len(keys)):
        _, client = await loop.create_connection(lambda number=number: Client(number), "127.0.0.1", port)
        fleet.append(client)
    while not all(client.is_known for client in fleet):
        await asyncio.sleep(0.1)
    memory_mb = server.memory_info().rss / 1e6
    # Ahead of the clock by what it takes to write them all.
    began = time.time_ns() // 1_000_000_000 * 1000 + 40_000
    seconds = [
        [event(DETAIL, uid=client.name, at=began + second * 1000) for client in fleet]
        for second in range(FLEET_S)
    ]
    while time.time_ns() // 1_000_000 < began:
        await asyncio.sleep(0.1)
    used_s, started_s = _used(server), loop.time()
    for second, positions in enumerate(seconds):
        for place, client in enumerate(fleet):
            client.transport.write(positions[place])
            if place % 50 == 49:
                await asyncio.sleep(max(0.0, started_s + second + place / len(fleet) - loop.time()))
    for client in fleet:
        client.transport.write(event(type_="t-x-c-t", prologue=""))
    while not all(client.pongs for client in fleet):
        await asyncio.sleep(0.05)
    elapsed_s = loop.time() - started_s
    print(
        f"cot, {len(fleet):,} clients at {len(fleet) * FLEET_S / elapsed_s:,.0f} positions a second: "
        f"{(_used(server) - used_s) / elapsed_s:.2f} core, {(memory_mb - before_mb) * 1000 / len(fleet):.1f} KB a "
        f"connection, {server.memory_info().rss / 1e6 - memory_mb:+.1f} MB in {elapsed_s:.0f} s"
    )


def _cost_of(server: psutil.Process, line: socket.socket, documents: list[bytes]) -> float:
    """Send each for itself, as devices do; a ping at the end says that all were heard."""
    used_s = _used(server)
    for number, document in enumerate(documents):
        line.sendall(document)
        if number % IN_FLIGHT == 0:
            _ping(line)
    _ping(line)
    return (_used(server) - used_s) / len(documents)


def _ping(line: socket.socket) -> None:
    line.sendall(event(type_="t-x-c-t", prologue=""))
    answer = b""
    while b"t-x-c-t-r" not in answer:
        answer += line.recv(4096)


def _used(server: psutil.Process) -> float:
    times = server.cpu_times()
    return times.user + times.system
