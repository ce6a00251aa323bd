"""The bus on a Redis Cluster: what holds on one Redis holds on three, through moved slots and dead nodes too."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from dashboard.live.fleet import ASSESSED, REPORTING
from dashboard.live.fleet_frames import pack_fixes
from dashboard.live.wire import Kind
from data_feeds import bus_names as names
from data_feeds.bus import Bus, BusDown
from data_feeds.subscription import Message

# Run once more, here on the cluster.
from tests.feeds.test_bus import (  # noqa: F401
    test_a_kept_message_is_both_key_and_channel,
    test_a_reader_that_waits_while_redis_loses_its_data_begins_anew,
    test_a_subscriber_gets_what_is_published_after_it_is_confirmed,
    test_a_subscription_survives_an_outage_and_says_so,
    test_commands_fail_while_redis_is_away_and_work_again_when_it_is_back,
)
from tests.feeds.test_ingest import (  # noqa: F401
    clock,
    ingest,
    test_a_phones_fix_travels_packed_with_its_region_at_the_tick,
    test_calls_are_in_the_stream_before_the_sender_hears_so,
    test_the_fleet_is_where_it_was_after_a_restart,
    test_while_redis_is_away_nothing_is_taken_and_the_sender_is_told,
)
from tests.feeds.test_intake import (  # noqa: F401
    pack,
    services,
    test_each_stream_reaches_its_act_and_is_emptied_after_the_commit,
    test_poison_is_set_aside_and_those_behind_it_come_through,
    test_streams_that_were_lost_with_redis_begin_anew,
    test_what_a_dead_worker_took_is_finished_before_anything_newer,
)
from tests.feeds.test_lease import (  # noqa: F401
    test_only_one_of_two_holds_it_until_it_is_given_back,
    test_the_lease_of_a_dead_holder_ends,
)
from tests.live.live_city import NOW, City, Screen, city
from tests.live.test_hub import (  # noqa: F401
    fresh,
    has_all,
    row,
    test_another_epoch_is_a_fresh_snapshot,
    test_changes_reach_a_screen_and_keep_it_equal_to_a_fresh_one,
    test_positions_flow_and_nobody_off_duty_has_a_live_one,
    test_the_fleet_survives_a_restart_through_its_kept_snapshot,
    until,
)
from tests.throwaway_redis_cluster import ThrowawayCluster

FLEET = [names.fleet_channel(region) for region in ("371102", "371122")]


@pytest.fixture
def redis_flush(redis_cluster: ThrowawayCluster) -> str:
    redis_cluster.flush()
    return redis_cluster.url


class Stoppable:
    """The cluster as the tests about outages see a Redis of their own."""

    def __init__(self, cluster: ThrowawayCluster) -> None:
        self._cluster, self.url, self.is_running = cluster, cluster.url, True

    def start(self) -> None:
        if not self.is_running:
            self._cluster.start()
        self.is_running = True

    def kill(self) -> None:
        self._cluster.kill()
        self.is_running = False


@pytest.fixture
def own_redis(redis_cluster: ThrowawayCluster, redis_flush: str) -> Iterator[Stoppable]:
    stoppable = Stoppable(redis_cluster)
    yield stoppable
    stoppable.start()


class Listener:
    """A subscription in the background, with what it said and heard."""

    def __init__(self, bus: Bus, channels: list[str]) -> None:
        self.states: list[str] = []
        self.heard: list[Message] = []
        self._task = asyncio.create_task(self._listen(bus, channels))

    async def _listen(self, bus: Bus, channels: list[str]) -> None:
        async for message in bus.subscribe(channels, on_state=self.states.append):
            self.heard.append(message)

    async def said(self, *states: str) -> None:
        await until(lambda: self.states == list(states), timeout_s=20)

    async def hears(self, message: Message) -> None:
        await until(lambda: message in self.heard)

    def stop(self) -> None:
        self._task.cancel()


async def test_each_countys_frames_pass_the_node_that_serves_its_slot_and_no_other(
    bus: Bus, redis_cluster: ThrowawayCluster
) -> None:
    listener = Listener(bus, FLEET)
    await listener.said("up")
    found = {
        channel: [
            one for one in redis_cluster.masters if channel.encode() in one.ask("PUBSUB", "SHARDCHANNELS")
        ]
        for channel in FLEET
    }
    assert found == {channel: [redis_cluster.master_of(channel)] for channel in FLEET}
    assert found[FLEET[0]] != found[FLEET[1]]
    listener.stop()


async def test_a_moved_slot_is_followed_by_publisher_and_subscriber(
    bus: Bus, redis_cluster: ThrowawayCluster
) -> None:
    listener = Listener(bus, FLEET)
    await listener.said("up")
    origin = redis_cluster.master_of(FLEET[0])
    target = next(one for one in redis_cluster.masters if one is not origin)
    redis_cluster.move(FLEET[0], target)
    try:
        await listener.said("up", "down", "up")
        sent = [Message(channel, b"after") for channel in FLEET]
        await bus.publish_many([(one.channel, one.data) for one in sent])
        for message in sent:
            await listener.hears(message)
        assert redis_cluster.master_of(FLEET[0]) is target
    finally:
        listener.stop()
        redis_cluster.move(FLEET[0], origin)


async def test_scripts_streams_and_groups_go_with_their_slot(
    bus: Bus, redis_cluster: ThrowawayCluster
) -> None:
    stream = names.FEED_ORDERS
    await bus.ensure_group(stream, "intake")
    await bus.add_many([(stream, {"b": b"1"}), (names.FEED_CALLS, {"b": b"2"})])
    await bus.read_group([stream], "intake", "dead", count=10, block_ms=1)
    origin = redis_cluster.master_of(stream)
    target = next(one for one in redis_cluster.masters if one is not origin)
    redis_cluster.move(stream, target)
    try:
        (taken,) = await bus.claim_idle(stream, "intake", "alive", idle_ms=0, count=10)
        await bus.acknowledge(stream, "intake", [taken.id])
        assert await bus.length(stream) == 0
        assert [one.fields["b"] for one in await bus.read_after(names.FEED_CALLS, "0", count=9)] == [b"2"]
        await bus.put_and_publish(names.HOTLINE, b"{}")
    finally:
        redis_cluster.move(stream, origin)


async def test_a_replica_takes_over_from_a_dead_master_and_everybody_follows(
    bus: Bus, redis_cluster: ThrowawayCluster
) -> None:
    channel = next(one for one in FLEET if redis_cluster.master_of(one) in redis_cluster.masters[:2])
    listener = Listener(bus, [channel])
    await listener.said("up")
    dead = redis_cluster.master_of(channel)
    dead.kill()
    try:
        await until(lambda: listener.states == ["up", "down"])
        with pytest.raises(BusDown):
            await bus.publish(channel, b"lost")
        await bus.wait_until_up()
        await listener.said("up", "down", "up")
        await bus.publish(channel, b"seen")
        await listener.hears(Message(channel, b"seen"))
    finally:
        listener.stop()
        dead.start()
        redis_cluster.settle(dead)


async def test_screens_stay_true_and_say_so_while_the_logs_node_is_away(
    redis_flush: str, redis_cluster
) -> None:
    async with city(redis_flush) as town, town.screen() as screen:
        await screen.until(lambda it: has_all(it) and bus_of(it) == "up")
        dead = redis_cluster.master_of(names.LOG)
        dead.kill()
        try:
            await screen.until(lambda it: bus_of(it) == "down")
            town.truth.commit(matters=[row("m1")])
            await screen.until(lambda it: it.model.seq == 1)
            await moves(town, screen)
        finally:
            dead.start()
            redis_cluster.settle(dead)
        await screen.until(lambda it: bus_of(it) == "up", timeout_s=20)
        entry = town.truth.commit(matters=[row("m2")])
        await town.bus.wait_until_up()
        await town.relay.relay(entry, stream=False)
        await screen.until(lambda it: it.model.seq == 2)
        assert screen.model is not None
        assert screen.model.equals(fresh(town))


async def test_a_countys_node_that_dies_shows_on_screens_and_its_replica_brings_positions_again(
    redis_flush: str, redis_cluster: ThrowawayCluster
) -> None:
    async with city(redis_flush) as town, town.screen() as screen:
        await screen.until(lambda it: has_all(it) and bus_of(it) == "up")
        dead = redis_cluster.master_of(names.fleet_channel("371102"))
        assert dead is not redis_cluster.master_of(names.LOG)  # whose loss shows by itself
        dead.kill()
        try:
            await screen.until(lambda it: bus_of(it) == "down")
            await screen.until(lambda it: bus_of(it) == "up", timeout_s=20)
            await moves(town, screen)  # by the replica: the node is still dead
        finally:
            dead.start()
            redis_cluster.settle(dead)


async def test_of_many_at_once_each_gets_its_own_answer_or_an_outage(bus: Bus, redis_cluster) -> None:
    """The client closes the connections of a dead node under whoever uses them: nothing else may come of it."""
    stopping = asyncio.Event()

    told_by = [0] * 8

    async def use(number: int) -> None:
        told, key = 0, f"zs:user:{number}"
        while not stopping.is_set():
            said = f"{number}-{told}".encode()
            try:
                await bus.put_and_publish(key, said)
                await bus.publish_many([(channel, said) for channel in FLEET])
                found = await bus.get(key)
                assert await bus.evaluate("return 7", [key]) == 7
            except BusDown:
                await asyncio.sleep(0.02)
                continue
            assert found is None or found.startswith(f"{number}-".encode())
            told += 1
            told_by[number] = told

    users = [asyncio.create_task(use(number)) for number in range(8)]
    await asyncio.sleep(0.3)
    dead = redis_cluster.master_of(FLEET[1])
    dead.kill()
    await asyncio.sleep(0.3)
    dead.start()
    await bus.wait_until_up()
    told_before = list(told_by)
    async with asyncio.timeout(60):
        while any(told <= before for told, before in zip(told_by, told_before, strict=True)):
            await asyncio.sleep(0.05)
            assert not any(user.done() for user in users), "a user died of something that is no outage"
    stopping.set()
    await asyncio.gather(*users)
    redis_cluster.settle(dead)


def bus_of(screen: Screen) -> str:
    """What a screen has been told of the bus; one that opens early is told "down" first."""
    return str(screen.latest[Kind.HEALTH]["live"]["bus"])


async def moves(town: City, screen: Screen) -> None:
    """A position arrives by its county's own node."""
    fixes = pack_fixes(1, NOW, [0], [119_470_000], [35_430_000], [REPORTING], [NOW], roster=town.mark)
    while True:  # without a dead master's slots the whole cluster takes nothing, until its replica has them
        try:
            await town.bus.publish(names.fleet_channel("371102"), fixes)
            break
        except BusDown:
            await town.bus.wait_until_up()
    await screen.until(lambda it: it.movement.state[0] == ASSESSED | REPORTING)
