"""Through a real broker, with phones that speak by paho: no restart loses anything, ours, its own or Redis's."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from pathlib import Path

import aiomqtt
import pytest

from dashboard.store.secret_file import broker_name
from data_feeds import mqtt_client
from data_feeds.bus import Bus
from data_feeds.mqtt_client import Broker, client_id
from data_feeds.mqtt_sessions import SESSIONS_LIMIT, MqttSessions
from data_feeds.stream_servers import StreamServers
from tests.feeds.broker import Mosquitto, password_file
from tests.feeds.certificates import Authority
from tests.feeds.feed_city import NOW, key_of
from tests.feeds.mqtt_place import Place, fix, publish
from tests.feeds.owntracks_messages import body_of, location


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
        await place.holds(client, 20)
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
        await place.holds(client, 20)
        place.bus.is_up.set()
        # In another order some were `out_of_order`; and the broker hands out the others as these are acknowledged.
        await place.has(mqtt_accepted=300)
    async with place.connected():  # acknowledged all: none comes again
        await publish(broker, fix(300))
        await place.has(mqtt_accepted=301)


async def test_a_broker_that_is_gone_is_seen_and_come_back_to(broker: Mosquitto, bus: Bus) -> None:
    place = Place(broker)
    sessions = MqttSessions(bus, 1, place.client, look_s=0.02)
    servers = StreamServers([sessions], restart_s=0.02)
    servers.start()

    async def state_is(state: str) -> None:
        while servers.states() != {"mqtt": state}:
            await asyncio.sleep(0.002)

    await state_is("up")
    broker.kill()
    await state_is("down")
    assert servers.health()["mqtt"] == {"state": "down", "sessions": 0, "connections": 0, "held": 0}
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
                async with aiomqtt.Client(
                    "127.0.0.1", broker.port, username="dev-0", password=key_of("dev-0"), will=will
                ) as device:
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


async def test_an_encrypted_broker_is_checked_against_the_given_certificates(
    tmp_path: Path,
) -> None:
    authority = Authority(tmp_path, "city")
    certificate = authority.server()  # with its key in the same file
    broker = Mosquitto(
        tmp_path, ("allow_anonymous true", f"certfile {certificate}", f"keyfile {certificate}")
    )
    broker.start()
    try:
        place = Place(broker, scheme="mqtts", ca_file=authority.file)
        trusted = ssl.create_default_context(cafile=authority.file)
        async with place.connected():
            async with aiomqtt.Client("127.0.0.1", broker.port, tls_context=trusted) as device:
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
    name = broker_name(b"a" * 32)
    assert client_id(name) == client_id(name) != client_id(broker_name(b"b" * 32))
    ids = {client_id(name, session) for session in range(SESSIONS_LIMIT)}
    assert len(ids) == SESSIONS_LIMIT and client_id(name) in ids
    assert max(map(len, ids)) <= 23  # what every broker takes (MQTT 5, 3.1.3.1)
