"""The fleet of a web process: joined late, through another roster, and whatever stands on Redis under its names."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest
import redis.asyncio

import data_feeds.live_city as live_city_module
from dashboard.domain.arrival import Fix
from dashboard.live.fleet import REPORTING, STOPPED, VAGUE, Fleet
from dashboard.live.fleet_frames import pack_fixes, pack_snapshot
from dashboard.live.wire import Kind
from data_feeds import bus_names as names
from data_feeds.bus import Bus
from tests.live.live_city import NOW, City, FakeTruth, city, worker
from tests.live.test_hub import has_all, until

CHANNEL = names.fleet_channel("371102")


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_city_module, "ROSTER_APART_S", 0.05)


def fixes(town: City, slot: int = 0, lon: int = 119_470_000, at: int = NOW, mark: int | None = None) -> bytes:
    mark = town.mark if mark is None else mark
    return pack_fixes(1, NOW, [slot], [lon], [35_430_000], [REPORTING], [at], roster=mark)


async def up(town: City) -> None:
    await until(lambda: town.hub.stats()["bus"] == "up" and town.hub.fleet.n > 0)


async def see(town: City, slot: int, lon: int) -> None:
    await until(lambda: town.hub.fleet.lon_e6[slot] == lon)


def on_duty(town: City) -> int:
    return int(town.hub.fleet.summary(NOW)["on_duty"])


async def test_a_workers_own_fix_says_how_exact_it_is_and_off_duty_there_is_none(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        await up(town)
        ids = [row.worker_id for row in town.truth.workers[:3]]
        states = [REPORTING, REPORTING | VAGUE, STOPPED]
        frame = pack_fixes(
            1, NOW, [0, 1, 2], [119_470_000] * 3, [35_430_000] * 3, states, [NOW] * 3, roster=town.mark
        )
        await town.bus.publish(CHANNEL, frame)
        await see(town, 2, 119_470_000)
        assert [town.hub.fix_of(one) for one in ids] == [
            Fix(119.47, 35.43, NOW, False), Fix(119.47, 35.43, NOW, True), None,
        ]  # fmt: skip
        assert town.hub.fix_of("nobody") is None


async def test_a_frame_of_another_roster_moves_nobody_and_has_the_roster_read_again(redis_flush: str) -> None:
    """`import-roster` sends no nudge: the feeds notice by themselves, and a web process by their frames."""
    async with city(redis_flush) as town:
        await up(town)
        before = town.mark
        # Worker 1 left, so that everybody behind sits one slot lower: to the old roster the next frame is a lie.
        town.truth.workers[:] = [worker(0, "371102"), worker(1, "371103")]
        town.truth.workers[1] = type(town.truth.workers[1])(
            1, "w2", "王小明", "371103001001G01", "371103001", "371103"
        )
        await town.bus.publish(CHANNEL, fixes(town, 1, 119_330_000))
        await until(lambda: town.hub.fleet.n == 2)
        assert town.hub.stats()["other_roster_frames"] > 0
        assert on_duty(town) == 0
        await town.bus.publish(CHANNEL, fixes(town, 1, 119_330_000, mark=before))  # still under way
        await town.bus.publish(CHANNEL, fixes(town, 0))
        await see(town, 0, 119_470_000)
        assert on_duty(town) == 1


async def test_the_feeds_are_told_when_it_is_they_who_do_not_know_the_newest_roster(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        await up(town)
        told = asyncio.Event()
        ready = asyncio.Event()

        async def listen() -> None:
            async for _ in town.bus.subscribe([names.NUDGE_FEEDS], on_state=lambda _: ready.set()):
                told.set()

        listening = asyncio.create_task(listen())
        await ready.wait()
        await town.bus.publish(CHANNEL, fixes(town, mark=1))
        async with asyncio.timeout(30):
            await told.wait()
        assert on_duty(town) == 0
        listening.cancel()


async def test_a_worker_keeps_the_place_when_the_slot_changes(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        await up(town)
        await town.bus.publish(CHANNEL, fixes(town, 2, 119_330_000))
        await see(town, 2, 119_330_000)
        town.truth.workers[:] = [
            type(row)(slot, row.worker_id, row.name, row.grid, row.township, row.region)
            for slot, row in enumerate(reversed(town.truth.workers))
        ]
        await town.bus.publish(names.NUDGE_FEEDS, b"roster")
        await see(town, 0, 119_330_000)
        assert on_duty(town) == 1


async def test_a_process_that_joins_while_the_feeds_are_quiet_shows_the_kept_fleet_and_its_age(
    redis_flush: str,
) -> None:
    truth = FakeTruth(workers=[worker(0, "371102"), worker(1, "371103")])
    kept = Fleet(2)
    kept.state[1], kept.fix_at[1], kept.lon_e6[1], kept.lat_e6[1] = (
        REPORTING,
        NOW - 5_000,
        119_330_000,
        35_120_000,
    )
    async with city(redis_flush, truth) as town:
        await town.bus.put(names.FLEET_SNAPSHOT, pack_snapshot(kept.snapshot(NOW - 2_000, town.mark)))
    async with city(redis_flush, truth) as town, town.screen() as screen:
        await screen.until(lambda it: it.times and it.times[-1].fleet_at == NOW - 2_000)
        assert on_duty(town) == 1


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(lambda _: None, id="missing"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda town: snapshot_of(town)[:-1], id="cut short"),
        pytest.param(
            lambda town: snapshot_of(town)[:2] + b"\x01" + snapshot_of(town)[3:], id="another version"
        ),
        pytest.param(lambda town: snapshot_of(town, mark=5), id="another roster"),
        pytest.param(lambda town: snapshot_of(town, at=NOW + 86_400_000), id="tomorrow"),
        pytest.param(lambda _: random.Random(3).randbytes(4_000), id="noise"),
    ],
)
async def test_a_snapshot_that_is_of_no_use_is_none(
    redis_flush: str, kept: Callable[[City], bytes | None]
) -> None:
    truth = FakeTruth(workers=[worker(0, "371102")])
    async with city(redis_flush, truth) as town:
        found = kept(town)
        if found is not None:
            await town.bus.put(names.FLEET_SNAPSHOT, found)
    async with city(redis_flush, truth) as town:
        await up(town)
        assert (on_duty(town), town.hub.stats()["last_tick_at"]) == (0, None)
        await town.bus.publish(CHANNEL, fixes(town))
        await see(town, 0, 119_470_000)


def snapshot_of(town: City, mark: int | None = None, at: int = NOW) -> bytes:
    fleet = Fleet(1)
    fleet.state[0], fleet.fix_at[0], fleet.lon_e6[0], fleet.lat_e6[0] = (
        REPORTING,
        NOW - 1,
        119_000_000,
        35_000_000,
    )
    return pack_snapshot(fleet.snapshot(at, town.mark if mark is None else mark))


async def test_nothing_that_stands_on_redis_under_our_names_harms_a_process(redis_flush: str) -> None:
    async with city(redis_flush) as town, town.screen() as screen:
        await screen.until(has_all)
        await up(town)
        raw = redis.asyncio.Redis.from_url(redis_flush)
        good, rng = fixes(town, at=NOW + 1), random.Random(11)
        # Keys of a kind that nobody asked for, and what has no business on our channels.
        for key in (names.FLEET_SNAPSHOT, names.HOTLINE, names.RATES, names.HEALTH, names.LOG_EPOCH):
            await raw.delete(key)
            await raw.lpush(key, b"not a string")
        for channel in (CHANNEL, "zs:fleet:", b"zs:fleet:\xff\xfe", names.HOTLINE, names.LOG, names.HEALTH):
            for junk in (
                b"",
                b"\x00",
                b"ZF",
                b"[" * 100_000,
                b"{}",
                b"null",
                b'{"seq":1}',
                good[:-1],
                good + b"x",
            ):
                await raw.publish(channel, junk)
        for _ in range(500):
            frame = bytearray(good)
            frame[rng.randrange(3)] ^= 1 << rng.randrange(8)  # magic or version
            await raw.publish(CHANNEL, bytes(frame))
        await raw.publish(CHANNEL, fixes(town))
        await see(town, 0, 119_470_000)
        assert town.hub.stats()["malformed_frames"] >= 500
        await town.relay.open() if await raw.delete(names.LOG_EPOCH) else None
        await town.relay.relay(town.truth.commit(matters=[{"id": "m1", "scope": ["371100"]}]))
        await screen.until(lambda it: it.model.seq == 1)
        await raw.aclose()


async def test_an_outage_of_redis_is_shown_survived_and_over_by_itself(own_redis: Any) -> None:
    own_redis.start()
    async with city(own_redis.url) as town, town.screen() as screen:
        await screen.until(has_all)
        await up(town)
        await town.bus.publish(CHANNEL, fixes(town))
        await see(town, 0, 119_470_000)
        own_redis.kill()
        await screen.until(lambda it: it.latest[Kind.HEALTH]["live"]["bus"] == "down")
        town.truth.commit(matters=[{"id": "m1", "scope": ["371100"]}])
        await screen.until(lambda it: it.model.seq == 1)
        assert on_duty(town) == 1, "the fleet stays as it was"
        own_redis.start()
        feeds = Bus(own_redis.url)
        await feeds.wait_until_up()
        kept = snapshot_with(town, 1, 119_480_000)
        await feeds.put(names.FLEET_SNAPSHOT, kept)
        await screen.until(lambda it: it.latest[Kind.HEALTH]["live"]["bus"] == "up")
        await see(town, 1, 119_480_000)
        await feeds.close()


def snapshot_with(town: City, slot: int, lon: int) -> bytes:
    fleet = Fleet(3)
    fleet.state[slot], fleet.fix_at[slot], fleet.lon_e6[slot], fleet.lat_e6[slot] = (
        REPORTING,
        NOW,
        lon,
        35_430_000,
    )
    return pack_snapshot(fleet.snapshot(NOW, town.mark))
