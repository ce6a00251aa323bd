"""Drives /osmand as Traccar's public test generator does, but for a whole fleet: each device a request a second.

    python -m dashboard.administration export-device-keys keys.csv
    python -m tools.drive_traccar --keys keys.csv --feeds http://127.0.0.1:8051

`python -m tests.feeds.throughput_traccar` starts a server and a Redis of its own for it and looks at their counts.

The requests are those of tools/test-generator.py of the Traccar server (a query over one kept connection per device,
speed in knots, every tenth with accuracy 100 and the alarm `sos`), with the device's key beside. Prints how many
were accepted, how many a second, how long answers took, and what share of a processor the server took.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import math
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast
from urllib.parse import urlencode, urlsplit

from feeds import raise_file_limit

# Six corners of a walk in Rizhao, as far from one another as the generator's are in Paris.
WAYPOINTS = (
    (35.415300, 119.526000), (35.416755, 119.527505), (35.418758, 119.528806), (35.420029, 119.524216),
    (35.417586, 119.522085), (35.416374, 119.523883),
)  # fmt: skip
FLEET = 4_383
STEP_DEGREES = 0.001
SPEED_KNOTS = 40
SPREAD_DEGREES = 0.00004  # from one device to the next
_UNSENT_LIMIT_S = 10


def walk(waypoints: Sequence[tuple[float, float]] = WAYPOINTS) -> list[tuple[float, float]]:
    """Return the places of one round, (lat, lon), at most a step from each other."""
    places = []
    for number, (lat, lon) in enumerate(waypoints):
        next_lat, next_lon = waypoints[(number + 1) % len(waypoints)]
        steps = math.ceil(math.hypot(next_lat - lat, next_lon - lon) / STEP_DEGREES)
        places += [
            (lat + (next_lat - lat) * step / steps, lon + (next_lon - lon) * step / steps)
            for step in range(steps)
        ]
    return places


def course(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Return the initial course of a great circle in degrees from north."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*here, *there))
    east = math.sin(lon2 - lon1) * math.cos(lat2)
    north = math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(lon2 - lon1)
    return math.degrees(math.atan2(east, north) % (2 * math.pi))


def query(device: str, key: str, index: int, at_s: int, chance: random.Random, offset: float = 0.0) -> str:
    """Return the generator's query for its request number `index`, with the key beside.

    Args:
        at_s: s UTC.
        offset: degrees by which this device walks beside the others.
    """
    places = WALK
    here, there = places[index % len(places)], places[(index + 1) % len(places)]
    is_first = index % len(places) == 0
    fields: list[tuple[str, object]] = [
        ("id", device), ("timestamp", at_s), ("lat", here[0] + offset), ("lon", here[1] + offset),
        ("bearing", course(here, there)), ("speed", 0 if is_first else SPEED_KNOTS),
    ]  # fmt: skip
    if index % 10 == 0:
        fields.append(("alarm", "sos"))
    if not is_first:
        fields.append(("ignition", "true"))
    if index % 10 == 0:
        fields.append(("accuracy", 100))
    fields += [("rpm", chance.randint(500, 4_000)), ("fuel", chance.randint(1, 80))]
    if is_first:
        fields.append(("driverUniqueId", "123456"))
    return urlencode([*fields, ("key", key)])


WALK = walk()


class Device(asyncio.Protocol):
    """One generator with its kept connection; it sends the next request when the last one was answered."""

    def __init__(self, statuses: Counter[int], waits_ms: list[float]) -> None:
        self._statuses, self._waits_ms = statuses, waits_ms
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._heard = b""
        self._sent_at_s = 0.0
        self.is_waiting = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if not self._heard.endswith((b"\r\n\r\n", b"}")):
            return
        self._statuses[int(self._heard[9:12])] += 1
        self._waits_ms.append((self._loop.time() - self._sent_at_s) * 1000)
        self._heard, self.is_waiting = b"", False

    def send(self, request: bytes) -> bool:
        """Send; False where the last request is still unanswered, as the generator would still wait."""
        if self.is_waiting or self._transport is None:
            return False
        self.is_waiting, self._sent_at_s = True, self._loop.time()
        self._transport.write(request)
        return True

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()


async def drive(
    address: str, keys: dict[str, str], seconds: int, used_s: Callable[[], float] | None = None
) -> None:
    """Send and print.

    Args:
        keys: device -> key.
        used_s: says how many seconds of a processor the server has used so far, where that can be known.
    """
    parts = urlsplit(address)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    loop, chance = asyncio.get_running_loop(), random.Random(1)
    statuses: Counter[int] = Counter()
    waits_ms: list[float] = []
    fleet = []
    for device, key in keys.items():
        _, made = await loop.create_connection(lambda: Device(statuses, waits_ms), host, port)
        fleet.append((device, key, made))
    tail = f" HTTP/1.1\r\nHost: {host}:{port}\r\nAccept-Encoding: identity\r\n\r\n".encode()
    used_before_s, started_s = used_s() if used_s else 0.0, loop.time()
    skipped = 0
    for second in range(seconds):
        for place, (device, key, made) in enumerate(fleet):
            asked = query(device, key, second, int(time.time()), chance, place * SPREAD_DEGREES)
            skipped += not made.send(b"GET /osmand?" + asked.encode() + tail)
            if place % 50 == 49:  # spread over the second, as so many generators are
                await asyncio.sleep(max(0.0, started_s + second + place / len(fleet) - loop.time()))
        await asyncio.sleep(max(0.0, started_s + second + 1 - loop.time()))
    give_up_s = loop.time() + _UNSENT_LIMIT_S
    while any(made.is_waiting for _, _, made in fleet) and loop.time() < give_up_s:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    elapsed_s = loop.time() - started_s
    core = f"; server {(used_s() - used_before_s) / elapsed_s:.2f} of a processor" if used_s else ""
    for _, _, made in fleet:
        made.close()
    waits_ms.sort()
    answered = sum(statuses.values())
    print(
        f"traccar generator, {len(fleet):,} devices once a second for {seconds} s: {statuses[200]:,} accepted of "
        f"{len(fleet) * seconds:,}, {answered / elapsed_s:,.0f} a second, other answers "
        f"{ {status: number for status, number in statuses.items() if status != 200} or 'none' }, not sent because the "
        f"last was unanswered {skipped:,}; answer p50 {waits_ms[answered // 2]:.1f} ms, "
        f"p99 {waits_ms[answered * 99 // 100]:.1f} ms{core}"
    )


def main() -> None:
    """Read the command line and drive."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.drive_traccar", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--keys", type=Path, required=True, help="what export-device-keys wrote")
    parser.add_argument("--feeds", default="http://127.0.0.1:8051", help="address of the feeds")
    parser.add_argument("--devices", type=int, default=FLEET, help="how many, at most as have keys")
    parser.add_argument("--seconds", type=int, default=30)
    asked = parser.parse_args()
    raise_file_limit()
    with asked.keys.open(encoding="utf-8", newline="") as text:
        keys = {row["device_id"]: row["key"] for row in csv.DictReader(text)}
    asyncio.run(drive(asked.feeds, dict(list(keys.items())[: asked.devices]), asked.seconds))


if __name__ == "__main__":
    main()
