"""Two processes of the feeds on one Redis: each hears the other, so that a device may come by either."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio

from dashboard.live.fleet import SOS
from dashboard.live.fleet_frames import unpack_snapshot
from data_feeds import bus_names as names
from data_feeds.bus import Bus
from data_feeds.fleet_publisher import until_tick_s
from tests.fake_clock import FakeClock
from tests.feeds.feed_city import NOW, client_of
from tests.feeds.test_ingest import osmand, started


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest_asyncio.fixture
async def pair(redis_flush: str, clock: FakeClock):
    """Two processes of the feeds on one Redis, each hearing the other."""
    opened = [await started(Bus(redis_flush), clock, regions=("371102", "371122")) for _ in range(2)]
    yield opened
    for one in opened:
        await one.stop()


async def passes_on(origin, other, slot: int) -> None:
    """Publish until the other has it: its subscription takes a moment at the start."""
    async with asyncio.timeout(30):
        while other.publisher.board.fix_at[slot] != origin.publisher.board.fix_at[slot]:
            origin.publisher.board.is_changed[slot] = 1
            await origin.publisher.publish_tick(NOW)
            await asyncio.sleep(0.02)


async def test_a_call_for_help_heard_by_one_feeds_process_is_known_to_the_other(pair) -> None:
    first, second = pair
    async with client_of(first) as client:
        await client.get("/osmand", params=osmand("dev-0", alarm="sos"))
    await passes_on(first, second, 0)
    async with client_of(second) as client:
        assert (await client.get("/osmand", params=osmand("dev-0", NOW + 1000))).status_code == 200
    assert second.publisher.board.state[0] & SOS, (
        "the next fix comes by the other one and must not end the call"
    )
    async with client_of(second) as client:
        await client.get("/osmand", params=osmand("dev-0", NOW + 2000, alarm="0"))
    await passes_on(second, first, 0)
    assert not first.publisher.board.state[0] & SOS


async def test_the_rules_hold_across_two_feeds_processes_and_either_keeps_the_whole_fleet(
    pair, bus: Bus
) -> None:
    first, second = pair
    async with client_of(first) as one, client_of(second) as two:
        await one.get("/osmand", params=osmand("dev-0", NOW))
        await two.get("/osmand", params=osmand("dev-3", NOW))
        await passes_on(first, second, 0)
        await passes_on(second, first, 3)
        await two.get("/osmand", params=osmand("dev-0", NOW))
        await two.get("/osmand", params=osmand("dev-0", NOW - 1000))
        await two.get("/osmand", params=osmand("dev-0", NOW + 1000, lat=36.4))
    assert {name: count for name, count in second.tally._counts.items() if name.startswith("positions.")} == {
        "positions.accepted": 1,
        "positions.duplicate": 1,
        "positions.out_of_order": 1,
        "positions.impossible_speed": 1,
    }
    for one in pair:
        await one.publisher.save(NOW)
        kept = unpack_snapshot(await bus.get(names.FLEET_SNAPSHOT))
        assert kept.fix_at.tolist() == [NOW, 0, 0, NOW, 0]


async def test_a_feeds_process_does_not_take_back_what_it_said_itself(pair) -> None:
    first, second = pair
    async with client_of(first) as client:
        await client.get("/osmand", params=osmand("dev-0"))
    await passes_on(first, second, 0)
    board = first.publisher.board
    frame = first.publisher._frame([0], NOW)
    board.hear_help(0, True, NOW, NOW)
    board.take_changes()
    first.publisher.hear(frame)
    assert board.state[0] & SOS
    second.publisher.hear(frame)
    assert not second.publisher.board.state[0] & SOS


async def test_what_another_process_saved_later_is_not_overwritten(pair, bus: Bus) -> None:
    first, second = pair
    second.publisher.hear = lambda frame: None  # as one whose subscription was away
    second._tasks[-1].cancel()
    async with client_of(first) as client:
        await client.get("/osmand", params=osmand("dev-0"))
    await first.publisher.save(NOW)
    await second.publisher.save(NOW)
    assert unpack_snapshot(await bus.get(names.FLEET_SNAPSHOT)).fix_at.tolist()[0] == NOW


@pytest.mark.parametrize("early_ms", [0, 1, 9])
def test_every_process_ticks_at_the_same_instants_and_once_where_its_timer_fires_early(early_ms: int) -> None:
    tick_at_s = 1_795_401_600.1
    for began_s in (tick_at_s + 0.001, tick_at_s + 0.05, tick_at_s + 0.085):
        assert began_s + until_tick_s(began_s, 0.1) == pytest.approx(tick_at_s + 0.1, abs=1e-6)
    woken_s = tick_at_s - early_ms / 1000
    assert woken_s + until_tick_s(woken_s, 0.1) == pytest.approx(tick_at_s + 0.1, abs=1e-6)
