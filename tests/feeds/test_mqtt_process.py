"""feeds.py with a broker: killed at any moment, it has everything after its next start."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
from paho.mqtt.publish import multiple

from dashboard.domain.device_keys import device_key
from dashboard.secret_file import ensure_secret
from data_feeds import bus_names as names
from data_feeds.bus import Bus
from data_feeds.feed_health import read_wires
from tests.feeds.broker import Mosquitto
from tests.feeds.test_feeds_process import ROOT, imported_device
from tests.free_port import free_port

FIXES = 40


def wait_for_wire(process: subprocess.Popen[bytes], address: str) -> None:
    give_up_at = time.monotonic() + 60
    while True:
        assert process.poll() is None
        assert time.monotonic() < give_up_at, "the feeds did not reach the broker"
        try:
            health = httpx.get(f"{address}/healthz", trust_env=False).json()
            if health["status"] == "ok" and health["streams"]["mqtt"]["state"] == "up":
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


def test_what_is_published_while_the_feeds_are_killed_is_taken_at_their_next_start(
    tmp_path: Path, redis_flush: str, broker: Mosquitto
) -> None:
    database = f"sqlite:///{tmp_path}/zs.sqlite3"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ZHONGSHU_")},
        "REDIS_URL": redis_flush,
        "DATABASE_URL": database,
        "ZHONGSHU_VAR_DIR": str(tmp_path),
        "ZHONGSHU_FEEDS_PORT": str(free_port()),
        "ZHONGSHU_MQTT_URL": f"mqtt://127.0.0.1:{broker.port}",
    }
    device = imported_device(database)
    key = device_key(ensure_secret(tmp_path / "secret.key"), device, 1)
    address = f"http://127.0.0.1:{environment['ZHONGSHU_FEEDS_PORT']}"
    base = time.time_ns() // 1_000_000 - 60_000

    def publish(first: int) -> None:
        fixes = [
            {"key": key, "at": base + number * 100, "lat": 35.4, "lon": 119.5, "duty": True}
            for number in range(first, first + FIXES)
        ]
        messages = [
            {"topic": f"zhongshu/positions/{device}", "payload": json.dumps(fix), "qos": 1} for fix in fixes
        ]
        multiple(messages, "127.0.0.1", broker.port)

    process = subprocess.Popen([sys.executable, "feeds.py"], cwd=ROOT, env=environment)
    try:
        wait_for_wire(process, address)
        process.kill()
        process.wait()
        publish(0)
        process = subprocess.Popen([sys.executable, "feeds.py"], cwd=ROOT, env=environment)
        wait_for_wire(process, address)
        publish(FIXES)
        told = asyncio.run(counted_and_told(redis_flush, 2 * FIXES))
        assert told == {"mqtt": "up"}
        process.terminate()
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
    counters = asyncio.run(counters_of(redis_flush))
    assert taken(counters) == 2 * FIXES
    assert set(counters) <= {"mqtt.accepted", "mqtt.late"}


async def counters_of(url: str) -> dict[str, bytes]:
    bus = Bus(url)
    try:
        return await bus.fields(names.FEED_COUNTERS)
    finally:
        await bus.close()
