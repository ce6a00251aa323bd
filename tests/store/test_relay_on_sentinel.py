"""The master dies: sentinels name its replica, and the bus, its listeners and the log on the stream go on there.

The one that died comes back as a replica, without a word of the log missing or twice.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.old_key_uses import LOOKED_BACK_MS, OLD_KEY_USES, OldKeyUses
from dashboard.store import event_log
from data_feeds.bus import Bus, BusDown
from data_feeds.embedded_redis import EmbeddedRedisError, find_program
from data_feeds.log_relay import LogRelay
from tests.store.centre import Centre
from tests.store.test_relay import on_stream
from tests.throwaway_redis_sentinel import READY_WITHIN_S, ThrowawaySentinels, until
from tools.bench_rows import Row, tell

WITHIN_S = 15.0  # the bar: 2 s of silence, an election, and the delays between two tries


@pytest.fixture(scope="module")
def sentinels() -> Iterator[ThrowawaySentinels]:
    try:
        program = find_program().path
    except EmbeddedRedisError as error:
        pytest.skip(str(error))
    made = ThrowawaySentinels(program)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def database_url(migrated_file: Path, tmp_path: Path) -> str:
    """SQLite alone: which database it is makes no difference to Redis."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'centre.sqlite3')}"


async def heard(said: asyncio.Queue[bytes], wanted: bytes, bus: Bus) -> None:
    """Say it again until a listener hears it: what is published while nobody listens is gone by its nature."""
    async with asyncio.timeout(READY_WITHIN_S):
        while True:
            await bus.publish("zs:test", wanted)
            try:
                while (await asyncio.wait_for(said.get(), 0.5)) != wanted:
                    pass
                return
            except TimeoutError:
                continue


async def test_a_dead_master_is_replaced_and_the_log_on_the_stream_is_whole(
    sentinels: ThrowawaySentinels, centre: Centre
) -> None:
    bus, said = Bus(sentinels.url), asyncio.Queue[bytes]()
    relay = LogRelay(bus, centre.services)

    async def listen() -> None:
        async for message in bus.subscribe(["zs:test"]):
            said.put_nowait(message.data)

    listening = asyncio.create_task(listen())
    try:
        centre.order()
        await relay.relay()
        await heard(said, b"before", bus)
        master, replica = sorted(sentinels.servers, key=lambda one: one.role())
        assert master.role() == "master"
        master.kill()
        killed_at = time.monotonic()
        centre.order()  # committed while there is no bus at all
        async with asyncio.timeout(READY_WITHIN_S):
            while True:
                try:
                    await relay.relay()
                    break
                except BusDown:
                    relay.forget_place()
                    await asyncio.sleep(0.05)
        took_s = time.monotonic() - killed_at
        assert replica.role() == "master"
        await heard(said, b"after", bus)
        master.start()
        await asyncio.to_thread(until, lambda: master.role() == "slave", "the old master follows the new one")
        centre.order()
        await relay.relay()
        with centre.services.store.read() as connection:
            last = event_log.last_seq(connection)
        numbers = await on_stream(bus)
        lost = last - len(set(numbers)) + len(numbers) - len(set(numbers))
        tell(Row("master killed: entries of the log missing or twice on the stream", lost, f"of {last}", 0))
        tell(Row("from the kill to a stream that has what was committed meanwhile", took_s, "s", WITHIN_S))
        assert numbers == list(range(1, last + 1))
    finally:
        listening.cancel()
        await asyncio.wait([listening])
        await bus.close()


async def test_sentinels_that_are_all_away_are_an_outage(sentinels: ThrowawaySentinels) -> None:
    nobody = Bus("redis+sentinel://127.0.0.1:1,127.0.0.1:2/zhongshu")
    with pytest.raises(BusDown):
        await nobody.get("key")
    await nobody.close()
    unknown = Bus(sentinels.url.replace("/zhongshu", "/another"))
    with pytest.raises(BusDown):
        await unknown.get("key")
    await unknown.close()


async def test_who_comes_with_an_old_key_is_read_there_too(sentinels: ThrowawaySentinels) -> None:
    bus = Bus(sentinels.url)
    await bus.put_field(OLD_KEY_USES, "device:rz-1", b"5000")
    await bus.put_field(OLD_KEY_USES, "platform:grid", b"6000")
    await bus.put_field(OLD_KEY_USES, "device:rz-2", b"1000")  # longer ago than a day
    assert OldKeyUses.read(bus.url, 1_001 + LOOKED_BACK_MS) == OldKeyUses(1, ("grid",))
    await bus.close()
