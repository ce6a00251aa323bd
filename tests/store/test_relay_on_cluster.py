"""The log's way to a Redis Cluster: the script's keys lie together, and a dead node costs nothing of the log."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dashboard.old_key_uses import LOOKED_BACK_MS, OLD_KEY_USES, OldKeyUses
from data_feeds.bus import Bus, BusDown
from data_feeds.bus_names import LOG, LOG_EPOCH
from data_feeds.log_relay import LogRelay
from tests.store.centre import Centre

# Run once more, here on the cluster.
from tests.store.test_relay import (  # noqa: F401
    on_stream,
    test_a_log_that_was_set_back_starts_the_stream_anew,
    test_a_relay_that_was_overtaken_repeats_nothing,
    test_a_stream_that_would_not_keep_the_whole_log_begins_later,
    test_another_databases_stream_gives_way,
    test_relays_that_start_together_leave_no_hole,
    test_the_stream_is_the_log_in_order,
    test_the_worker_escalates_and_stops_cleanly,
    test_what_is_published_is_what_goes_on_the_stream,
)
from tests.throwaway_redis_cluster import ThrowawayCluster


@pytest.fixture
def redis_flush(redis_cluster: ThrowawayCluster) -> str:
    redis_cluster.flush()
    return redis_cluster.url


@pytest.fixture
def database_url(migrated_file: Path, tmp_path: Path) -> str:
    """SQLite alone: which database it is makes no difference to Redis."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'centre.sqlite3')}"


async def test_what_a_dead_node_took_with_it_goes_out_again(
    centre: Centre, bus: Bus, redis_cluster: ThrowawayCluster
) -> None:
    relay = LogRelay(bus, centre.services)
    centre.order()
    await relay.relay()
    dead = redis_cluster.master_of(LOG)
    dead.kill()
    try:
        for _ in range(30):
            centre.order()
        with pytest.raises(BusDown):
            await relay.relay()
        assert relay.oldest_waiting_at == centre.now
        await bus.wait_until_up()
        relay.forget_place()
        await relay.relay()
        assert centre.seq() >= 31
        assert await on_stream(bus) == list(range(1, centre.seq() + 1))
    finally:
        dead.start()
        redis_cluster.settle(dead)


async def test_the_log_moves_with_its_slot_in_the_middle_of_the_day(
    centre: Centre, bus: Bus, redis_cluster: ThrowawayCluster
) -> None:
    relay = LogRelay(bus, centre.services)
    centre.order()
    await relay.relay()
    origin = redis_cluster.master_of(LOG)
    target = next(
        one for one in redis_cluster.masters if one is not origin and one.ask("ROLE")[0] == b"master"
    )
    redis_cluster.move(LOG, target)
    try:
        centre.order()
        await relay.relay()
        assert await on_stream(bus) == list(range(1, centre.seq() + 1))
        assert await bus.get(LOG_EPOCH) == centre.services.store.epoch().encode()
    finally:
        redis_cluster.move(LOG, origin)


async def test_who_comes_with_an_old_key_is_read_there_too(bus: Bus) -> None:
    await bus.put_field(OLD_KEY_USES, "device:rz-1", b"5000")
    await bus.put_field(OLD_KEY_USES, "platform:grid", b"6000")
    await bus.put_field(OLD_KEY_USES, "device:rz-2", b"1000")  # longer ago than a day
    assert OldKeyUses.read(bus.url, 1_001 + LOOKED_BACK_MS) == OldKeyUses(1, ("grid",))
