"""Through a real broker, with phones that speak by paho: no restart loses anything, ours, its own or Redis's."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import json
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiomqtt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt.publish import multiple

from data_feeds import mqtt_client
from data_feeds.mqtt_client import Broker, MqttClient, client_id
from data_feeds.mqtt_desk import MqttDesk
from data_feeds.owntracks_desk import OwnTracksDesk
from data_feeds.stream_servers import StreamServers
from tests.fake_clock import FakeClock
from tests.feeds.broker import Mosquitto, password_file
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import NOW, key_of
from tests.feeds.owntracks_messages import body_of, location


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

    def client(self) -> MqttClient:
        tally, clock = self.entrance.tally, FakeClock(NOW)
        return MqttClient(self.desk, self.bus, tally, clock, self.url, self.ca_file, "zhongshu-test")

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[MqttClient]:
        client, up = self.client(), asyncio.Event()
        serving = asyncio.create_task(client.serve(up.set))
        waiting = asyncio.create_task(up.wait())
        await asyncio.wait([serving, waiting], return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            waiting.cancel()
            await serving
        yield client
        left = self.broker.said("Client zhongshu-test disconnected")
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        # A broker that reads our next CONNECT before our last words sends again what those acknowledged.
        while self.broker.said("Client zhongshu-test disconnected") == left:
            await asyncio.sleep(0.002)

    async def has(self, **counts: int) -> None:
        """Wait until these were counted; says what was, where that does not come."""
        give_up_at = asyncio.get_running_loop().time() + 30
        while (found := {name.replace(".", "_"): n for name, n in self.entrance.counts.items()}) != counts:
            assert asyncio.get_running_loop().time() < give_up_at, found
            await asyncio.sleep(0.002)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    found = Mosquitto(tmp_path)
    found.start()
    yield found
    found.kill()


def phone(broker: Mosquitto, **options) -> aiomqtt.Client:
    return aiomqtt.Client("127.0.0.1", broker.port, **options)


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


@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_a_phones_fix_is_taken(broker: Mosquitto, qos: int) -> None:
    place = Place(broker)
    async with place.connected() as client:
        await publish(broker, fix(), qos=qos)
        await place.has(mqtt_accepted=1)
        assert client.figures() == {"connections": 1, "held": 0}
    assert client.figures() == {"connections": 0, "held": 0}
    assert place.entrance.board.fix_at[0] == NOW


async def test_what_comes_while_we_are_away_is_kept_for_us(broker: Mosquitto) -> None:
    place = Place(broker)
    async with place.connected():
        pass
    await publish(broker, *(fix(number) for number in range(50)))
    broker.stop()  # not even the broker's own restart loses it
    broker.start()
    async with place.connected():
        await place.has(mqtt_accepted=50)


async def test_while_redis_is_away_nothing_is_acknowledged_and_memory_is_bounded(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt_client, "RECEIVE_MAXIMUM", 20)
    place = Place(broker)
    async with place.connected() as client:
        place.bus.is_up.clear()
        await publish(broker, *(fix(number) for number in range(100)))
        await publish(broker, *(fix(1000 + number, "dev-1") for number in range(30)),
                      topic="zhongshu/positions/dev-1", qos=0)  # fmt: skip
        while client.figures()["held"] < 20:
            await asyncio.sleep(0.002)
        await publish(broker, b"{")  # whatever comes later waits behind them
        assert client.figures() == {"connections": 1, "held": 20}
        assert place.entrance.board.take_changes() == []
    place.bus.is_up.set()
    async with place.connected() as client:  # none was acknowledged: all come again
        while place.entrance.counts.get("mqtt.malformed") != 1:
            await asyncio.sleep(0.002)
        assert place.entrance.counts["mqtt.accepted"] >= 100
        assert client.figures()["held"] == 0


async def test_what_was_held_is_taken_in_its_order_when_redis_is_back(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt_client, "RECEIVE_MAXIMUM", 20)
    place = Place(broker)
    async with place.connected() as client:
        place.bus.is_up.clear()
        await publish(broker, *(fix(number) for number in range(300)))
        while client.figures()["held"] < 20:
            await asyncio.sleep(0.002)
        place.bus.is_up.set()
        # In another order some were `out_of_order`; and the broker hands out the others as these are acknowledged.
        await place.has(mqtt_accepted=300)
    async with place.connected():  # acknowledged all: none comes again
        await publish(broker, fix(300))
        await place.has(mqtt_accepted=301)


async def test_a_broker_that_is_gone_is_seen_and_come_back_to(broker: Mosquitto) -> None:
    place = Place(broker)
    client = place.client()
    servers = StreamServers([client], restart_s=0.02)
    servers.start()

    async def state_is(state: str) -> None:
        while servers.states() != {"mqtt": state}:
            await asyncio.sleep(0.002)

    await state_is("up")
    broker.kill()
    await state_is("down")
    assert servers.health()["mqtt"] == {"state": "down", "connections": 0, "held": 0}
    broker.start()
    await state_is("up")
    await publish(broker, fix())
    await place.has(mqtt_accepted=1)
    await servers.stop()
    assert servers.states() == {"mqtt": "down"}


async def test_a_retained_fix_is_news_to_a_new_session_and_comes_no_second_time(broker: Mosquitto) -> None:
    await publish(broker, fix(), retain=True)
    place = Place(broker)
    async with place.connected():
        await place.has(mqtt_accepted=1)
    async with place.connected():
        await publish(broker, fix(), retain=True)  # sent once more by whoever recorded it
        await place.has(mqtt_accepted=1, mqtt_duplicate=1)


async def test_a_message_that_we_fail_on_is_counted_and_holds_up_nobody(
    broker: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    place = Place(broker)
    heard = place.desk.hear

    def fail_once(topic: str, payload: bytes, now: int) -> None:
        place.desk.hear = heard
        raise RuntimeError("a fault of ours")

    place.desk.hear = fail_once
    async with place.connected():
        await publish(broker, fix(0), fix(1))
        await place.has(mqtt_poison=1, mqtt_accepted=1)
    assert key_of("dev-0") not in caplog.text


async def test_owntracks_phones_on_a_broker_that_lets_each_publish_as_itself_alone(tmp_path: Path) -> None:
    acl = tmp_path / "acl"
    acl.write_text(
        "pattern write owntracks/%u/#\npattern write zhongshu/positions/%u\n\nuser feeds\ntopic read #\n"
    )
    accounts = {"dev-0": key_of("dev-0"), "dev-1": key_of("dev-1"), "feeds": "p@ss:w/rd"}
    broker = Mosquitto(
        tmp_path,
        ("allow_anonymous false", f"password_file {password_file(tmp_path, accounts)}", f"acl_file {acl}"),
    )
    acl.chmod(0o600)
    broker.start()
    try:
        place = Place(broker, "topic", account="feeds:p%40ss%3Aw%2Frd@")
        will = aiomqtt.Will("owntracks/dev-0/phone", b'{"_type":"lwt","tst":1795401600}', qos=1)
        async with place.connected():
            with contextlib.suppress(aiomqtt.MqttError):
                async with phone(broker, username="dev-0", password=key_of("dev-0"), will=will) as device:
                    await device.publish("owntracks/dev-0/phone", body_of(location()), qos=1, retain=True)
                    await device.publish("owntracks/dev-0/phone/event", b'{"_type":"transition"}', qos=1)
                    await device.publish("owntracks/dev-1/phone", body_of(location()))
                    await device.messages.__anext__()  # thrown out for that, and its will is published
            await place.has(owntracks_accepted=1, owntracks_ignored=1)
        assert list(place.entrance.board.fix_at[:2]) == [NOW, 0]
        with pytest.raises(OSError, match=r"(?i)not authori"):
            async with Place(broker, account="feeds:wrong@").connected():
                pass
    finally:
        broker.kill()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate for 127.0.0.1 that signed itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "certificate.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder


async def test_an_encrypted_broker_is_checked_against_the_given_certificates(
    tmp_path: Path, certificate: Path
) -> None:
    broker = Mosquitto(
        tmp_path,
        ("allow_anonymous true", f"certfile {certificate}/certificate.pem", f"keyfile {certificate}/key.pem"),
    )
    broker.start()
    try:
        place = Place(broker, scheme="mqtts", ca_file=certificate / "certificate.pem")
        trusted = ssl.create_default_context(cafile=certificate / "certificate.pem")
        async with place.connected():
            async with phone(broker, tls_context=trusted) as device:
                await device.publish("zhongshu/positions/dev-0", fix(), qos=1)
            await place.has(mqtt_accepted=1)
        with pytest.raises(OSError, match=r"(?i)certificate"):
            async with Place(broker, scheme="mqtts").connected():
                pass
        with pytest.raises(OSError, match="No such file"):
            async with Place(broker, scheme="mqtts", ca_file=tmp_path / "absent.pem").connected():
                pass
    finally:
        broker.kill()


def test_a_brokers_address_is_read_with_its_account() -> None:
    assert Broker.of("mqtt://broker") == ("broker", 1883, False, None, None)
    assert Broker.of("mqtts://a%40b:p%2Fw@[::1]:8884/") == ("::1", 8884, True, "a@b", "p/w")


def test_an_installation_keeps_its_own_session() -> None:
    assert client_id(b"a" * 32) == client_id(b"a" * 32) != client_id(b"b" * 32)
    assert len(client_id(b"a" * 32)) <= 23  # what every broker takes (MQTT 5, 3.1.3.1)
