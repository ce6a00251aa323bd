"""Several processes of the feeds on one broker: each message once, and a dead one's messages are another's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from data_feeds.bus import Bus
from data_feeds.bus_names import MQTT_SESSIONS, mqtt_session
from data_feeds.lease import Lease
from data_feeds.mqtt_client import share_of
from data_feeds.mqtt_sessions import MqttSessions
from data_feeds.task_ending import end_tasks
from tests.feeds.broker import Mosquitto
from tests.feeds.feed_city import NOW, ROSTER
from tests.feeds.mqtt_place import Place, fix, publish

LONG_MS = 600_000  # no lease ends while a test runs


class FakeClient:
    """A connection that stands until the test breaks it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.broken = asyncio.Event()
        self.is_connected = False

    async def serve(self, listening: Callable[[], None]) -> None:
        self.is_connected = True
        listening()
        try:
            await self.broken.wait()
            raise OSError(f"session {self.number} is broken")
        finally:
            self.is_connected = False

    def figures(self) -> dict[str, int]:
        return {"connections": int(self.is_connected), "held": self.number}


class Feeds:
    """One process of the feeds, as far as it holds sessions."""

    def __init__(self, bus: Bus, sessions: int, hold_ms: int = LONG_MS) -> None:
        self.clients: dict[int, FakeClient] = {}
        self.heard = 0
        self.sessions = MqttSessions(bus, sessions, self._open, look_s=0.005, hold_ms=hold_ms)
        self.task = asyncio.create_task(self.sessions.serve(self._listening))

    def _open(self, number: int) -> FakeClient:
        self.clients[number] = FakeClient(number)
        return self.clients[number]

    def _listening(self) -> None:
        self.heard += 1

    @property
    def held(self) -> set[int]:
        return {number for number, client in self.clients.items() if client.is_connected}

    async def stop(self) -> None:
        await end_tasks([self.task])


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not is_so():
            await asyncio.sleep(0.002)


async def test_one_process_holds_all_sessions_and_says_so(bus: Bus) -> None:
    feeds = Feeds(bus, 3)
    await until(lambda: feeds.held == {0, 1, 2})
    assert feeds.sessions.figures() == {"sessions": 3, "connections": 3, "held": 3}
    await feeds.stop()
    assert feeds.held == set()
    assert feeds.sessions.figures() == {"sessions": 0, "connections": 0, "held": 0}
    assert [await bus.get(mqtt_session(number)) for number in range(3)] == [None] * 3


async def test_a_second_process_is_given_a_share_and_no_session_is_held_twice(bus: Bus) -> None:
    first = Feeds(bus, 2)
    await until(lambda: first.held == {0, 1})
    second = Feeds(bus, 2)
    await until(lambda: (first.held, second.held) == ({0}, {1}))
    assert second.heard >= 1
    await second.stop()  # in order: its session is free at once
    await until(lambda: first.held == {0, 1})
    await first.stop()


async def test_a_process_too_many_is_spare_until_another_ends(bus: Bus) -> None:
    first = Feeds(bus, 1)
    await until(lambda: first.held == {0})
    spare = Feeds(bus, 1)
    await until(lambda: spare.heard == 1)
    assert spare.held == set()
    await first.stop()
    await until(lambda: spare.held == {0})
    await spare.stop()


async def test_the_session_of_a_process_that_was_killed_is_taken_over(bus: Bus) -> None:
    assert await Lease(bus, mqtt_session(0), 300).hold()  # says no more that it lives
    feeds = Feeds(bus, 2)
    await until(lambda: feeds.held == {0, 1})
    await feeds.stop()


async def test_a_session_that_another_process_took_is_let_go(bus: Bus) -> None:
    feeds = Feeds(bus, 1)
    await until(lambda: feeds.held == {0})
    await bus.put(mqtt_session(0), b"another, while this one was asleep")
    await until(lambda: feeds.held == set())
    assert not feeds.task.done()
    await feeds.stop()
    assert await bus.get(mqtt_session(0)) is not None, "only the holder gives it back"


async def test_a_connection_that_breaks_ends_the_wire_and_frees_its_sessions(bus: Bus) -> None:
    feeds = Feeds(bus, 2)
    await until(lambda: feeds.held == {0, 1})
    feeds.clients[1].broken.set()
    with pytest.raises(OSError, match="session 1 is broken"):
        await feeds.task
    assert feeds.held == set()
    assert [await bus.get(mqtt_session(number)) for number in range(2)] == [None, None]


async def test_each_message_is_taken_by_one_of_two_processes(broker: Mosquitto) -> None:
    first, second = Place(broker), Place(broker)
    async with first.connected(0, "shared"), second.connected(1, "shared"):
        for row in ROSTER:
            topic = f"zhongshu/positions/{row.device_id}"
            await publish(broker, *(fix(number, row.device_id) for number in range(20)), topic=topic)
        await until(lambda: taken(first) + taken(second) == 100)
        assert min(taken(first), taken(second)) > 0
        assert set(first.entrance.counts) == set(second.entrance.counts) == {"mqtt.accepted"}


def taken(place: Place) -> int:
    return place.entrance.counts.get("mqtt.accepted", 0)


async def test_what_a_process_that_died_had_not_taken_comes_to_the_one_that_takes_its_session_over(
    broker: Mosquitto, bus: Bus
) -> None:
    living, dying = Place(broker), Place(broker)
    dying.bus.is_up.clear()  # nothing is acknowledged: all that it is handed is lost with it
    dead = Lease(bus, mqtt_session(1), LONG_MS)
    assert await dead.hold()
    sessions = MqttSessions(
        bus, 2, lambda number: living.client(number, "shared"), look_s=0.01, hold_ms=LONG_MS
    )
    up = asyncio.Event()
    serving = asyncio.create_task(sessions.serve(up.set))
    await up.wait()
    async with dying.connected(1, "shared") as client:
        await publish(broker, *(fix(number) for number in range(40)))
        await dying.holds(client, 20)
        await until(lambda: taken(living) == 20)
    await publish(
        broker, *(fix(1000 + number, "dev-1") for number in range(40)), topic="zhongshu/positions/dev-1"
    )
    await dead.release()  # in the field its lifetime ends
    await until(lambda: sum(living.entrance.counts.values()) == 80)
    await end_tasks([serving])
    # Each came once: in turn to either session, so that the late half is older than what the other half brought.
    assert living.entrance.counts.get("mqtt.duplicate", 0) == 0
    assert living.entrance.board.fix_at[1] == NOW + 1039


async def test_a_session_from_before_the_number_was_raised_leaves_the_plain_subscription(
    broker: Mosquitto,
) -> None:
    place = Place(broker)
    async with place.connected(0):
        pass
    other = Place(broker)
    async with place.connected(0, "shared"), other.connected(1, "shared"):
        await publish(broker, *(fix(number) for number in range(40)))
        await until(lambda: taken(place) + taken(other) == 40)
        assert taken(other) > 0


async def test_sessions_that_are_no_more_are_emptied_and_get_nothing_new(broker: Mosquitto, bus: Bus) -> None:
    place = Place(broker)
    async with place.connected(0, "shared"), place.connected(1, "shared"):
        pass
    await publish(broker, *(fix(number) for number in range(20)))  # ten wait in either
    await bus.put(MQTT_SESSIONS, b"2")
    sessions = MqttSessions(
        bus, 1, lambda number: place.client(number, share_of(number, 1)), look_s=0.01, hold_ms=LONG_MS
    )
    serving = asyncio.create_task(sessions.serve(lambda: None))
    await until(lambda: sum(place.entrance.counts.values()) == 20)
    await until(lambda: sessions.figures()["connections"] == 2)
    await publish(broker, *(fix(1000 + number) for number in range(20)))
    await until(lambda: sum(place.entrance.counts.values()) == 40)
    assert place.entrance.counts.get("mqtt.duplicate", 0) == 0
    await end_tasks([serving])
    assert await bus.get(MQTT_SESSIONS) == b"2"
