"""The part of `throughput` that speaks OwnTracks over HTTP, JSON over a WebSocket, and through an MQTT broker."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import redis as redis_client
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as async_connect
from websockets.sync.client import connect

from data_feeds.bus_names import FEED_COUNTERS
from tests.feeds.broker import PROGRAM_PATHS, Mosquitto

REQUESTS = 10_000
STREAM_BATCHES, IN_BATCH = 100, 1_000
FLEET_S = 10
MQTT_MESSAGES = 20_000


def measure_owntracks(server: psutil.Process, port: int, keys: list[str], per_osmand_s: float) -> None:
    """One POST after another over one connection, each of another device."""
    base_s = time.time_ns() // 1_000_000_000 + 2

    def post(number: int) -> bytes:
        slot = number % len(keys)
        basic = base64.b64encode(f"rz-{slot:06d}:{keys[slot]}".encode()).decode()
        body = json.dumps(
            {"_type": "location", "acc": 8, "alt": 44, "batt": 46, "bs": 1, "conn": "m", "lat": 35.4 + slot * 1e-6,
             "lon": 119.5, "m": 1, "t": "u", "tid": "d0", "topic": "owntracks/a/b", "tst": base_s + number // len(keys),
             "vac": 2, "vel": 5}
        )  # fmt: skip
        return (
            f"POST /owntracks HTTP/1.1\r\nhost: f\r\nauthorization: Basic {basic}\r\nx-limit-u: rz-{slot:06d}\r\n"
            f"x-limit-d: phone\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n{body}"
        ).encode()

    requests = [post(number) for number in range(REQUESTS)]
    with socket.create_connection(("127.0.0.1", port)) as connection:
        used_s = _used_s(server)
        for request in requests:
            connection.sendall(request)
            answer = connection.recv(4096)
            while not answer.endswith((b"]", b"}")):
                answer += connection.recv(4096)
            assert answer.startswith(b"HTTP/1.1 200"), answer
        per_s = (_used_s(server) - used_s) / REQUESTS
    _say("/owntracks, one by one", per_s, per_osmand_s)


def measure_stream(server: psutil.Process, port: int, key: str, bearer: str, per_osmand_s: float) -> None:
    """A device's messages of one fix, and a platform's of a thousand, each after the answer to the one before."""
    base = time.time_ns() // 1_000_000 + 5_000
    address = f"ws://127.0.0.1:{port}/v1/stream"

    def fix(slot: int, at: int) -> dict[str, object]:
        return {"id": f"rz-{slot:06d}", "at": at, "lat": 35.4 + slot * 1e-6, "lon": 119.5, "speed_mps": 1.2,
                "accuracy_m": 8.0, "duty": True, "task": False}  # fmt: skip

    def cost(authorization: str, messages: list[str]) -> float:
        header = {"authorization": authorization}
        with connect(address, additional_headers=header, proxy=None, compression=None) as line:
            used_s = _used_s(server)
            for message in messages:
                line.send(message)
                answer = json.loads(line.recv())
                assert answer["status"] == 200 and not answer["ignored"], answer
            return _used_s(server) - used_s

    singles = [json.dumps({"fixes": [fix(2, base + number)]}) for number in range(REQUESTS)]
    _say("/v1/stream, a fix a message", cost(f"Device rz-000002:{key}", singles) / REQUESTS, per_osmand_s)
    base += REQUESTS
    batches = [
        json.dumps({"fixes": [fix(3 + slot, base + number * 10) for slot in range(IN_BATCH)]})
        for number in range(STREAM_BATCHES)
    ]
    per_s = cost(bearer, batches) / STREAM_BATCHES / IN_BATCH
    _say(f"/v1/stream, {IN_BATCH:,} fixes a message", per_s, per_osmand_s)


def measure_stream_fleet(server: psutil.Process, port: int, keys: list[str]) -> None:
    """Each device a connection of its own, a fix a second."""
    asyncio.run(_measure_stream_fleet(server, port, keys))


async def _measure_stream_fleet(server: psutil.Process, port: int, keys: list[str]) -> None:
    loop, address = asyncio.get_running_loop(), f"ws://127.0.0.1:{port}/v1/stream"
    empty_mb = server.memory_info().rss / 1e6

    async def opened(slot: int) -> ClientConnection:
        header = {"authorization": f"Device rz-{slot:06d}:{keys[slot]}"}
        return await async_connect(
            address, additional_headers=header, proxy=None, compression=None, ping_interval=None
        )

    lines: list[ClientConnection] = []
    for first in range(0, len(keys), 100):
        slots = range(first, min(first + 100, len(keys)))
        lines += await asyncio.gather(*(opened(slot) for slot in slots))
    full_mb = server.memory_info().rss / 1e6
    waits_ms: list[float] = []

    async def report(slot: int, started_s: float) -> None:
        for second in range(FLEET_S):
            await asyncio.sleep(max(0.0, started_s + second + slot / len(keys) - loop.time()))
            sent_s, at = loop.time(), time.time_ns() // 1_000_000 + 25_000
            fix = f'{{"id":"rz-{slot:06d}","at":{at},"lat":{35.4 + slot * 1e-6:.6f},"lon":119.5,"accuracy_m":8}}'
            await lines[slot].send(f'{{"fixes":[{fix}]}}')
            answer = await lines[slot].recv()
            assert '"status":200' in str(answer), answer
            waits_ms.append((loop.time() - sent_s) * 1000)

    used_s, started_s = _used_s(server), loop.time() + 0.5
    await asyncio.gather(*(report(slot, started_s) for slot in range(len(keys))))
    core = (_used_s(server) - used_s) / (loop.time() - started_s)
    await asyncio.gather(*(line.close() for line in lines))
    waits_ms.sort()
    print(
        f"/v1/stream, {len(keys):,} connections, a fix a second each: {core:.2f} core, answer p50 "
        f"{waits_ms[len(waits_ms) // 2]:.1f} ms, p99 {waits_ms[len(waits_ms) * 99 // 100]:.1f} ms, "
        f"{(full_mb - empty_mb) * 1000 / len(keys):.0f} kB a connection"
    )


@contextlib.contextmanager
def broker() -> Iterator[Mosquitto | None]:
    """A broker for the measurement, None where there is none."""
    if shutil.which("mosquitto", path=PROGRAM_PATHS) is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="zs-tp-broker-") as folder:
        found = Mosquitto(Path(folder))
        found.start()
        try:
            yield found
        finally:
            found.kill()


def measure_mqtt(
    server: psutil.Process, place: Mosquitto, redis_url: str, keys: list[str], per_osmand_s: float
) -> None:
    """As many messages as the broker hands out, each of one fix, until the last was taken."""
    base = time.time_ns() // 1_000_000 + 20_000
    topics = "zhongshu/positions/rz-{slot:06d}"

    def own(slot: int, at: int) -> str:
        fix = {"key": keys[slot], "at": at, "lat": 35.4 + slot * 1e-6, "lon": 119.5, "speed_mps": 1.2,
               "accuracy_m": 8.0, "duty": True, "task": False}  # fmt: skip
        return json.dumps(fix)

    publisher = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
    publisher.max_queued_messages_set(0)
    publisher.max_inflight_messages_set(200)
    publisher.connect("127.0.0.1", place.port)
    publisher.loop_start()
    with redis_client.Redis.from_url(redis_url) as counters:

        def taken() -> int:
            counted = counters.hgetall(FEED_COUNTERS).items()
            return sum(int(number) for name, number in counted if name.startswith(b"mqtt."))

        before, used_s, started_s = taken(), _used_s(server), time.monotonic()
        for number in range(MQTT_MESSAGES):
            slot = number % len(keys)
            at = base + number // len(keys) * 1000
            publisher.publish(topics.format(slot=slot), own(slot, at), qos=1)
        _wait(lambda: taken() - before >= MQTT_MESSAGES)
        elapsed_s = time.monotonic() - started_s
        per_s = (_used_s(server) - used_s) / MQTT_MESSAGES
    publisher.disconnect()
    publisher.loop_stop()
    _say("mqtt, a fix a message, QoS 1", per_s, per_osmand_s)
    print(
        f"  through the broker {MQTT_MESSAGES / elapsed_s:,.0f} a second, publisher and broker on the same machine"
    )


def _wait(is_so: Callable[[], bool]) -> None:
    give_up_s = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < give_up_s
        time.sleep(0.05)


def _say(what: str, per_s: float, per_osmand_s: float) -> None:
    ratio = per_s / per_osmand_s
    print(f"{what}: {1 / per_s:,.0f} fixes per processor second, {ratio:.3g} of an /osmand request")


def _used_s(server: psutil.Process) -> float:
    times = server.cpu_times()
    return float(times.user + times.system)
