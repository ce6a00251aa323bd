"""An entrance with a client of a broker before it, and phones that speak by paho."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

from paho.mqtt.publish import multiple

from data_feeds.mqtt_client import MqttClient, Share
from data_feeds.mqtt_desk import MqttDesk
from data_feeds.owntracks_desk import OwnTracksDesk
from tests.fake_clock import FakeClock
from tests.feeds.broker import Mosquitto
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import NOW, key_of


class Switch:
    """A bus that is up or down as the test says, for the door and for who waits for it."""

    def __init__(self) -> None:
        self.is_up = asyncio.Event()
        self.is_up.set()

    @property
    def state(self) -> str:
        return "up" if self.is_up.is_set() else "down"

    async def wait_until_up(self) -> None:
        await self.is_up.wait()


class Place:
    """An entrance with a client of the broker before it."""

    def __init__(
        self, broker: Mosquitto, identity: str = "key", *, account: str = "", ca_file: Path | None = None,
        scheme: str = "mqtt",
    ) -> None:  # fmt: skip
        self.broker = broker
        self.entrance = Entrance()
        self.bus = Switch()
        self.entrance.door._bus = self.bus
        owntracks = OwnTracksDesk(self.entrance.door, self.entrance.tally, self.entrance.keys)
        self.desk = MqttDesk(self.entrance.door, self.entrance.tally, self.entrance.keys, owntracks, identity)
        self.url, self.ca_file = f"{scheme}://{account}127.0.0.1:{broker.port}", ca_file

    def client(self, session: int = 0, share: Share = "all") -> MqttClient:
        tally, clock, identifier = self.entrance.tally, FakeClock(NOW), f"zhongshu-test-{session}"
        return MqttClient(self.desk, self.bus, tally, clock, self.url, self.ca_file, identifier, share)

    @contextlib.asynccontextmanager
    async def connected(self, session: int = 0, share: Share = "all") -> AsyncIterator[MqttClient]:
        client, up = self.client(session, share), asyncio.Event()
        goodbye = f"Client zhongshu-test-{session} disconnected"
        serving = asyncio.create_task(client.serve(up.set))
        waiting = asyncio.create_task(up.wait())
        await asyncio.wait([serving, waiting], return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            waiting.cancel()
            await serving
        yield client
        left = self.broker.said(goodbye)
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        # A broker that reads our next CONNECT before our last words sends again what those acknowledged.
        while self.broker.said(goodbye) == left:
            await asyncio.sleep(0.002)

    async def holds(self, client: MqttClient, number: int) -> None:
        """Wait until so many messages wait for Redis."""
        async with asyncio.timeout(30):
            while client.figures()["held"] < number:
                await asyncio.sleep(0.002)

    async def has(self, **counts: int) -> None:
        """Wait until these were counted; says what was, where that does not come."""
        give_up_at = asyncio.get_running_loop().time() + 30
        while (found := {name.replace(".", "_"): n for name, n in self.entrance.counts.items()}) != counts:
            assert asyncio.get_running_loop().time() < give_up_at, found
            await asyncio.sleep(0.002)


def fix(number: int = 0, device: str = "dev-0", **fields: object) -> bytes:
    return json.dumps(
        {"key": key_of(device), "at": NOW + number, "lat": 35.4, "lon": 119.5, **fields}
    ).encode()


async def publish(
    broker: Mosquitto,
    *payloads: bytes,
    topic: str = "zhongshu/positions/dev-0",
    qos: int = 1,
    retain: bool = False,
) -> None:
    """Publish over a connection of its own, by paho's thread; returns when the broker has them."""
    messages = [{"topic": topic, "payload": payload, "qos": qos, "retain": retain} for payload in payloads]
    await asyncio.to_thread(multiple, messages, "127.0.0.1", broker.port)
