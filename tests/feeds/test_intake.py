"""From the streams into the store: once, in order, whatever dies or cannot be read."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from dashboard import service
from dashboard.citypack import CityPack, load_pack
from dashboard.domain.readings import CallReading, GridEventReading, HotlineOrderReading
from dashboard.service import Services
from dashboard.store.store import Store, StoreBusy
from data_feeds import bus_names as names
from data_feeds import intake as intake_module
from data_feeds.bus import Bus
from data_feeds.intake import run_intake
from data_feeds.log_relay import LogRelay
from data_feeds.task_ending import end_tasks
from tests.fake_clock import FakeClock
from tests.feeds.feed_city import NOW

pytestmark = pytest.mark.asyncio
HOUR = 3_600_000


@pytest.fixture(scope="module")
def pack() -> CityPack:
    return load_pack(Path(__file__).resolve().parents[2] / "citypacks" / "rizhao")


@pytest.fixture
def services(tmp_path: Path, pack: CityPack) -> Services:
    store = Store(f"sqlite:///{tmp_path}/feeds.sqlite3")
    store.migrate()
    return Services(store, pack, secret=b"s" * 32)


def order(number: int, **fields) -> HotlineOrderReading:
    return HotlineOrderReading(
        f"N{number}", NOW - HOUR, "0203", 3, **{"region": "371102", "source": "hotline", **fields}
    )


def call(number: int, kind: str = "arrived") -> CallReading:
    return CallReading(f"c{number}", kind, NOW - 1000 + number)


async def put(bus: Bus, stream: str, *readings) -> None:
    await bus.add_many([(stream, {"b": msgspec.json.encode(one)}) for one in readings])


async def taken_in(bus: Bus, services: Services) -> None:
    """Run the intake until every stream is empty."""
    task = asyncio.create_task(run_intake(bus, services, FakeClock(NOW)))
    while sum([await bus.length(stream) for stream in names.FEED_STREAMS]):
        assert not task.done(), task.exception()
        await asyncio.sleep(0.01)
    await end_tasks([task])


def matters(services: Services) -> list[tuple[str, str]]:
    rows = service.snapshot(services).matters
    return sorted((row["kind"], row["stage"]) for row in rows)


async def test_each_stream_reaches_its_act_and_is_emptied_after_the_commit(
    bus: Bus, services: Services
) -> None:
    await put(bus, names.FEED_ORDERS, order(1), order(2))
    grid = next(one.code for one in services.pack.divisions if one.level == "grid")
    await put(bus, names.FEED_EVENTS, GridEventReading("E1", grid, "2301", 1, NOW - HOUR, source="grid"))
    await put(bus, names.FEED_CALLS, call(1), call(2), call(1, "answered"))
    await taken_in(bus, services)
    assert matters(services) == [("event", "REPORTED"), ("order", "TO_DISPATCH"), ("order", "TO_DISPATCH")]
    assert len(service.calls_between(services, NOW - HOUR, NOW + HOUR)) == 3


async def test_what_a_dead_worker_took_is_finished_before_anything_newer(
    bus: Bus, services: Services
) -> None:
    for stream in names.FEED_STREAMS:
        await bus.ensure_group(stream, names.INTAKE_GROUP)
    await put(bus, names.FEED_ORDERS, order(1))
    assert await bus.read_group([names.FEED_ORDERS], names.INTAKE_GROUP, "dead", count=10, block_ms=1)
    await put(
        bus, names.FEED_ORDERS, order(1, status="HANDLING", signed_at=NOW - 1000, dispatched_at=NOW - 2000)
    )
    await taken_in(bus, services)
    assert matters(services) == [("order", "HANDLING")]


async def test_the_same_entries_twice_change_nothing(bus: Bus, services: Services) -> None:
    await put(bus, names.FEED_ORDERS, order(1))
    await taken_in(bus, services)
    before = service.snapshot(services).seq
    await put(bus, names.FEED_ORDERS, order(1), order(1))
    await taken_in(bus, services)
    assert service.snapshot(services).seq == before


async def test_poison_is_set_aside_and_those_behind_it_come_through(
    bus: Bus, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take(services_: Services, readings, now: int):
        if any(one.order_no == "N2" for one in readings):
            raise RuntimeError("this one")
        return service.intake_orders(services_, readings, now)

    sink = intake_module._Sink("orders", HotlineOrderReading, take)
    monkeypatch.setitem(intake_module._SINKS, names.FEED_ORDERS, sink)
    await bus.add(names.FEED_ORDERS, {"b": b'{"order_no": 5'})
    await bus.add(names.FEED_ORDERS, {"other": b""})
    await put(
        bus,
        names.FEED_ORDERS,
        order(1),
        order(2, citizen_phone="13812345678", address="荣安小区7号楼1803室"),
        order(3),
        order(4),
    )
    await taken_in(bus, services)
    assert len(matters(services)) == 3
    kept = await bus.read_last(names.FEED_MALFORMED, count=10)
    assert len(kept) == 3
    assert kept[0].fields["reason"] == b"cannot be stored: RuntimeError"
    assert b"13812345678" not in kept[0].fields["payload"]
    assert b"1803" not in kept[0].fields["payload"]
    assert (await bus.fields(names.FEED_COUNTERS))["orders.poison"] == b"3"


async def test_a_busy_store_is_waited_out(
    bus: Bus, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[int] = []

    def take(services_: Services, readings, now: int):
        attempts.append(len(readings))
        if len(attempts) < 3:
            raise StoreBusy("locked")
        return service.record_calls(services_, readings, now)

    monkeypatch.setitem(
        intake_module._SINKS, names.FEED_CALLS, intake_module._Sink("calls", CallReading, take)
    )
    await put(bus, names.FEED_CALLS, call(1), call(2))
    await taken_in(bus, services)
    assert attempts == [2, 2, 2]
    assert await bus.length(names.FEED_MALFORMED) == 0


async def test_streams_that_were_lost_with_redis_begin_anew(bus: Bus, services: Services) -> None:
    task = asyncio.create_task(run_intake(bus, services, FakeClock(NOW)))
    await put(bus, names.FEED_CALLS, call(1))
    while await bus.length(names.FEED_CALLS):
        await asyncio.sleep(0.01)
    await bus._redis.flushall()
    await put(bus, names.FEED_CALLS, call(2))
    while await bus.length(names.FEED_CALLS):
        assert not task.done(), task.exception()
        await asyncio.sleep(0.01)
    await end_tasks([task])
    assert await bus.get(names.INTAKE_LEASE) is None, "a worker that stops lets the next one go on at once"


async def test_services_without_the_secret_stop_the_intake_instead_of_losing_orders(
    bus: Bus, services: Services
) -> None:
    blind = Services(services.store, services.pack)
    await put(bus, names.FEED_ORDERS, order(1, citizen_name="李小明"))
    with pytest.raises(service.NoSecret):
        await run_intake(bus, blind, FakeClock(NOW))
    assert await bus.length(names.FEED_ORDERS) == 1


async def test_nothing_on_redis_holds_a_door_once_it_is_taken_in(bus: Bus, services: Services) -> None:
    await put(
        bus, names.FEED_ORDERS, order(1, address="荣安小区7号楼1803室"), order(2, place="荣安小区7号楼1803室")
    )
    grid = services.pack.divisions.at_level("grid")[0].code
    event = GridEventReading("E1", grid, "2201", 2, NOW - HOUR, title="7号楼1803漏水")
    await put(bus, names.FEED_EVENTS, event)
    await taken_in(bus, services)
    await LogRelay(bus, services).relay()
    streams = [
        key for key in await bus._redis.keys("*") if await bus._redis.type(key) in (b"stream", "stream")
    ]
    entries = [entry for key in streams for entry in await bus.read_after(key, "0", count=1_000)]
    told = b"".join(value for entry in entries for value in entry.fields.values())
    assert "荣安小区".encode() in told, "the community is told, or this would look at nothing"
    for door in ("7号楼", "1803"):
        assert door.encode() not in told
