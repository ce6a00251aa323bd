"""feeds.py with a broker: killed at any moment, it has everything after its next start."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from paho.mqtt.publish import multiple

from dashboard.domain.device_keys import device_key
from dashboard.store.secret_file import ensure_secret
from data_feeds import bus_names as names
from data_feeds.bus import Bus
from data_feeds.feed_health import read_wires
from tests.feeds.broker import Mosquitto
from tests.feeds.test_feeds_process import ROOT, imported_device
from tests.free_port import free_port

FIXES = 40


def wait_for_wire(process: subprocess.Popen[bytes], address: str) -> None:
    """Wait until a process of the feeds holds a session at the broker."""
    give_up_at = time.monotonic() + 120
    while True:
        assert process.poll() is None
        assert time.monotonic() < give_up_at, "the feeds did not reach the broker"
        try:
            health = httpx.get(f"{address}/healthz", trust_env=False).json()
            if health["status"] == "ok" and health["streams"]["mqtt"]["connections"] == 1:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)


def taken(counters: dict[str, bytes]) -> int:
    """How many became the device's place; on a slow machine some are late by then."""
    return int(counters.get("mqtt.accepted", 0)) + int(counters.get("mqtt.late", 0))


async def counted_and_told(url: str, wanted: int) -> dict[str, str]:
    """Wait until so many were taken; returns what the feeds say of their wires."""
    bus = Bus(url)
    try:
        while True:
            counters = await bus.fields(names.FEED_COUNTERS)
            wires = read_wires(await bus.fields(names.FEED_WIRES), time.time_ns() // 1_000_000)
            if taken(counters) >= wanted and wires:
                return wires
            await asyncio.sleep(0.05)
    finally:
        await bus.close()


class Installation:
    """One database, one Redis and one broker, with a device that publishes."""

    def __init__(self, folder: Path, redis_url: str, broker: Mosquitto, sessions: int = 1) -> None:
        self.broker = broker
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ZHONGSHU_")},
            "REDIS_URL": redis_url,
            "DATABASE_URL": f"sqlite:///{folder}/zs.sqlite3",
            "ZHONGSHU_VAR_DIR": str(folder),
            "ZHONGSHU_MQTT_URL": f"mqtt://127.0.0.1:{broker.port}",
            "ZHONGSHU_MQTT_SESSIONS": str(sessions),
        }
        self.device = imported_device(self.environment["DATABASE_URL"])
        self.key = device_key(ensure_secret(folder / "secret.key"), self.device, 1)
        self.base = time.time_ns() // 1_000_000 - 60_000

    @contextlib.contextmanager
    def feeds(self) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
        """A process of the feeds and its address; killed at the end if it still runs."""
        port = str(free_port())
        environment = {**self.environment, "ZHONGSHU_FEEDS_PORT": port}
        process = subprocess.Popen([sys.executable, "feeds.py"], cwd=ROOT, env=environment)
        try:
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()

    def publish(self, first: int) -> None:
        fixes = [
            {"key": self.key, "at": self.base + number * 100, "lat": 35.4, "lon": 119.5, "duty": True}
            for number in range(first, first + FIXES)
        ]
        topic = f"zhongshu/positions/{self.device}"
        messages = [{"topic": topic, "payload": json.dumps(fix), "qos": 1} for fix in fixes]
        multiple(messages, "127.0.0.1", self.broker.port)


def test_what_is_published_while_the_feeds_are_killed_is_taken_at_their_next_start(
    tmp_path: Path, redis_flush: str, broker: Mosquitto
) -> None:
    city = Installation(tmp_path, redis_flush, broker)
    with city.feeds() as (process, address):
        wait_for_wire(process, address)
        process.kill()
        process.wait()
    city.publish(0)
    with city.feeds() as (process, address):
        wait_for_wire(process, address)
        city.publish(FIXES)
        told = asyncio.run(counted_and_told(redis_flush, 2 * FIXES))
        assert told == {"mqtt": "up"}
        process.terminate()
        assert process.wait(20) == 0
    counters = asyncio.run(counters_of(redis_flush))
    assert taken(counters) == 2 * FIXES
    assert set(counters) <= {"mqtt.accepted", "mqtt.late"}


def test_of_two_feeds_processes_one_is_killed_and_the_other_hears_each_message_once(
    tmp_path: Path, redis_flush: str, broker: Mosquitto
) -> None:
    city = Installation(tmp_path, redis_flush, broker, sessions=2)
    with city.feeds() as (living, address), city.feeds() as (dying, other):
        wait_for_wire(living, address)
        wait_for_wire(dying, other)
        dying.kill()
        dying.wait()
        city.publish(0)  # half of it waits in the session of the dead one until the other takes that over
        counters = asyncio.run(all_counted(redis_flush, FIXES))
        living.terminate()
        assert living.wait(20) == 0
    # The half that waited is older than the other half: news to nobody, but heard.
    assert set(counters) <= {"mqtt.accepted", "mqtt.late", "mqtt.out_of_order"}


async def all_counted(url: str, wanted: int) -> dict[str, bytes]:
    """Wait until so many were counted, whatever came of them."""
    give_up_at = time.monotonic() + 120
    while True:
        counters = await counters_of(url)
        if sum(map(int, counters.values())) >= wanted:
            return counters
        assert time.monotonic() < give_up_at, counters
        await asyncio.sleep(0.05)


async def counters_of(url: str) -> dict[str, bytes]:
    bus = Bus(url)
    try:
        return await bus.fields(names.FEED_COUNTERS)
    finally:
        await bus.close()
