"""The fleet's fixes through a broker into the entrance, sent by paho; not a test, run by hand.

    python -m tests.feeds.throughput_mqtt [--per-s 4383] [--seconds 20] [--feeds 1]

Mosquitto, Redis, the entrance (one process of the feeds or several, which share the messages among them) and the sender
are processes of this machine. Printed is what was taken in which time, how far behind the last fix was, and the
processor time of each.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any

import aiomqtt
import psutil
import redis as redis_client
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from dashboard.domain.device_keys import device_key
from data_feeds.bus_names import FEED_COUNTERS
from data_feeds.embedded_redis import EmbeddedRedis, find_program
from feeds import raise_file_limit
from tests.feeds import throughput
from tests.feeds.broker import Mosquitto

GIVE_UP_S = 120
_SPAWN = multiprocessing.get_context("spawn")
_PACE_S = 0.02  # the sender hands paho this much of the fleet at once
_IN_FLIGHT = 1_000


def send(port: int, per_s: int, seconds: int, told: SimpleQueue[float]) -> None:
    """Publish `per_s` fixes a second with QoS 1, each device's in its turn, until the broker has acknowledged them.

    Args:
        told: is given the instant of the first one (monotonic s), then that of the last one's acknowledgement, then
            the processor time used between them.
    """
    keys = [device_key(throughput.SECRET, row.device_id, 1) for row in throughput.ROSTER]
    publisher = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
    publisher.max_queued_messages_set(0)
    publisher.max_inflight_messages_set(_IN_FLIGHT)
    publisher.connect("127.0.0.1", port)
    publisher.loop_start()
    base = time.time_ns() // 1_000_000 - seconds * 1000 - 5_000
    started_s, processor_s = time.monotonic(), time.process_time()
    told.put(started_s)
    sent, message = 0, None
    while sent < per_s * seconds:
        due = min(per_s * seconds, int((time.monotonic() - started_s + _PACE_S) * per_s))
        for number in range(sent, due):
            slot, turn = number % len(keys), number // len(keys)
            fix, topic = _fix(keys[slot], slot, base + turn * 1000), f"zhongshu/positions/rz-{slot:06d}"
            message = publisher.publish(topic, fix, qos=1)
        sent = due
        time.sleep(max(0.0, started_s + sent / per_s - time.monotonic()))
    assert message is not None
    message.wait_for_publish(GIVE_UP_S)
    told.put(time.monotonic())
    told.put(time.process_time() - processor_s)
    publisher.disconnect()
    publisher.loop_stop()


def _fix(key: str, slot: int, at: int) -> str:
    fix = {"key": key, "at": at, "lat": 35.4 + slot * 1e-6, "lon": 119.5, "speed_mps": 1.2, "accuracy_m": 8.0,
           "duty": True, "task": False}  # fmt: skip
    return json.dumps(fix)


@contextmanager
def running(process: BaseProcess) -> Iterator[psutil.Process]:
    """Run a process while the context lasts."""
    process.start()
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.join()


def used_s(process: psutil.Process) -> float:
    """Processor seconds that a process has used."""
    times = process.cpu_times()
    return float(times.user + times.system)


def wait_for(is_so: Callable[[], bool]) -> None:
    """Look until it is so."""
    give_up_s = time.monotonic() + GIVE_UP_S
    while not is_so():
        assert time.monotonic() < give_up_s, "gave up"
        time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one run came to.

    Args:
        fixes: how many were sent, and taken.
        sent_s, taken_s: from the first one to the broker's last acknowledgement, and to the last one taken.
        used_s: processor seconds of each process by its name.
        outcomes: what the feeds counted.
    """

    fixes: int
    sent_s: float
    taken_s: float
    used_s: dict[str, float]
    outcomes: dict[str, int]


def measure(per_s: int, seconds: int, feeds: int) -> Taken:
    """Start everything, send, and return what it took."""
    wanted = per_s * seconds
    with tempfile.TemporaryDirectory(prefix="zs-mqtt-") as folder, ExitStack() as stack:
        redis = EmbeddedRedis(Path(folder), Path(folder) / "redis.sock", find_program())
        redis.start()
        stack.callback(redis.stop)
        broker = Mosquitto(Path(folder))
        broker.start()
        stack.callback(broker.kill)
        url = f"mqtt://127.0.0.1:{broker.port}"
        entrances = [
            stack.enter_context(
                running(_SPAWN.Process(target=throughput.serve, args=(redis.url, url, number, feeds)))
            )
            for number in range(feeds)
        ]
        for number in range(feeds):
            throughput.wait_until_up(throughput.PORT + 10 * number)
        counters = stack.enter_context(redis_client.Redis.from_url(redis.url))

        def taken() -> int:
            counted = counters.hgetall(FEED_COUNTERS).items()
            return sum(int(number) for name, number in counted if name.startswith(b"mqtt."))

        watched = {f"feeds {number + 1}": one for number, one in enumerate(entrances)}
        watched["mosquitto"] = psutil.Process(broker.pid)
        sent_s, taken_s, used = _sent_and_taken(stack, broker.port, per_s, seconds, watched, taken)
        outcomes = {name.decode(): int(number) for name, number in counters.hgetall(FEED_COUNTERS).items()}
    return Taken(wanted, sent_s, taken_s, used, outcomes)


def measure_reader(per_s: int, seconds: int) -> Taken:
    """The same fixes into the least that a team would write: aiomqtt, `json.loads`, the last fix of each kept."""
    wanted = per_s * seconds
    with tempfile.TemporaryDirectory(prefix="zs-mqtt-") as folder, ExitStack() as stack:
        broker = Mosquitto(Path(folder))
        broker.start()
        stack.callback(broker.kill)
        count, is_up = _SPAWN.Value("q", 0), _SPAWN.Event()
        process = _SPAWN.Process(target=_read, args=(broker.port, count, is_up))
        watched = {"reader": stack.enter_context(running(process)), "mosquitto": psutil.Process(broker.pid)}
        assert is_up.wait(GIVE_UP_S)
        found = _sent_and_taken(stack, broker.port, per_s, seconds, watched, lambda: count.value)
    return Taken(wanted, *found, {"read": wanted})


def _sent_and_taken(
    stack: ExitStack,
    port: int,
    per_s: int,
    seconds: int,
    watched: dict[str, psutil.Process],
    taken: Callable[[], int],
) -> tuple[float, float, dict[str, float]]:
    told: SimpleQueue[float] = _SPAWN.SimpleQueue()
    before = {name: used_s(one) for name, one in watched.items()}
    stack.enter_context(running(_SPAWN.Process(target=send, args=(port, per_s, seconds, told))))
    started_s = told.get()
    wait_for(lambda: taken() >= per_s * seconds)
    taken_s = time.monotonic() - started_s
    sent_s, paho_s = told.get() - started_s, told.get()
    used = {name: used_s(one) - before[name] for name, one in watched.items()}
    return sent_s, taken_s, {**used, "paho, which sends": paho_s}


def _read(port: int, count: Any, is_up: Any) -> None:
    latest: dict[str, tuple[int, float, float]] = {}

    async def read() -> None:
        async with aiomqtt.Client("127.0.0.1", port, protocol=aiomqtt.ProtocolVersion.V5) as client:
            await client.subscribe("zhongshu/positions/+", qos=1)
            is_up.set()
            async for message in client.messages:
                fix = json.loads(message.payload)
                latest[message.topic.value] = (fix["at"], fix["lon"], fix["lat"])
                count.value += 1

    asyncio.run(read())


def print_out(found: Taken, per_s: int) -> None:
    """Print what a run came to."""
    print(
        f"{found.fixes:,} fixes to be sent at {per_s:,} a second: "
        f"sent at {found.fixes / found.sent_s:,.0f} a second"
    )
    behind_s = found.taken_s - found.sent_s  # counted once a second
    print(f"taken at {found.fixes / found.taken_s:,.0f} a second, {behind_s:.1f} s behind the sender's end")
    for name, seconds_used in found.used_s.items():
        print(
            f"  {name}: {seconds_used / found.taken_s:.2f} core, {seconds_used / found.fixes * 1e6:.0f} us a fix"
        )
    print(f"  outcomes {dict(sorted(found.outcomes.items()))}, load {os.getloadavg()[0]:.1f}")


def main() -> None:
    """Read the options, measure."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--per-s", type=int, default=throughput.WORKERS)
    options.add_argument("--seconds", type=int, default=20)
    options.add_argument("--feeds", type=int, default=1)
    asked = options.parse_args()
    raise_file_limit()
    print_out(measure(asked.per_s, asked.seconds, asked.feeds), asked.per_s)


if __name__ == "__main__":
    main()
