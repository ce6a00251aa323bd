"""The entrance over HTTP: keys, answers, what lands on Redis, what a restart and an outage do."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace

import msgspec
import pytest
import pytest_asyncio

from dashboard.domain.device_keys import device_key
from dashboard.domain.readings import CallReading
from dashboard.live.fleet import OUT_OF_GRID, REPORTING, SOS
from dashboard.live.fleet_frames import unpack_fixes, unpack_snapshot
from data_feeds import bus_names as names
from data_feeds.bus import Bus
from tests.fake_clock import FakeClock
from tests.feeds.feed_city import (
    NOW,
    ROSTER,
    SECRET,
    client_of,
    device_header,
    key_of,
    open_ingest,
    platform_header,
)

pytestmark = pytest.mark.asyncio


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


async def started(bus: Bus, clock: FakeClock, **options):
    ingest = open_ingest(bus, clock, **options)
    await ingest.start()
    await bus.wait_until_up()
    return ingest


@pytest_asyncio.fixture
async def ingest(bus: Bus, clock: FakeClock):
    opened = await started(bus, clock)
    yield opened
    await opened.stop()


def osmand(device: str, at: int = NOW, lat: float = 35.4, key: str | None = None, **fields) -> dict:
    key = key_of(device) if key is None else key
    return {"id": device, "key": key, "lat": lat, "lon": 119.5, "timestamp": at, **fields}


def call(number: int, **fields) -> dict:
    return {"call_id": f"c{number}", "kind": "arrived", "at": NOW, **fields}


async def test_a_phones_fix_travels_packed_with_its_region_at_the_tick(bus: Bus, ingest) -> None:
    ready = asyncio.Event()
    messages = bus.subscribe(
        [names.fleet_channel("371102"), names.fleet_channel("371122")], on_state=lambda state: ready.set()
    )
    arriving = asyncio.ensure_future(anext(messages))
    await ready.wait()
    async with client_of(ingest) as client:
        answer = await client.get("/osmand", params=osmand("dev-0", speed=2))
        assert (answer.status_code, answer.content) == (200, b"")
        assert (await client.post("/osmand", data=osmand("dev-1"))).status_code == 200
        assert (await client.get("/osmand", params=osmand("dev-0", NOW + 1000, speed=2))).status_code == 200
        assert (await client.get("/osmand", params=osmand("dev-3"))).status_code == 200
    assert await ingest.publisher.publish_tick(NOW) == 3
    frames = {}
    for message in (await arriving, await anext(messages)):
        frames[message.channel] = unpack_fixes(message.data)
    assert set(frames) == {"zs:fleet:371102", "zs:fleet:371122"}
    east = frames["zs:fleet:371102"]
    assert east.slots.tolist() == [0, 1], "however often a phone reports it travels once a tick"
    assert east.fix_at.tolist() == [NOW + 1000, NOW]
    assert east.lon_e6.tolist() == [119_500_000, 119_500_000]
    assert frames["zs:fleet:371122"].state.tolist()[0] & (REPORTING | OUT_OF_GRID) == REPORTING | OUT_OF_GRID
    await messages.aclose()


@pytest.mark.parametrize(
    "key", ["", "A" * 26, device_key(SECRET, "dev-1", 1), device_key(SECRET, "dev-0", 2)]
)
async def test_a_wrong_key_and_an_unknown_device_look_the_same(ingest, key: str) -> None:
    async with client_of(ingest) as client:
        wrong = await client.get("/osmand", params=osmand("dev-0", key=key))
        unknown = await client.get("/osmand", params=osmand("dev-77", key=key))
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.content == unknown.content
    assert ingest.publisher.board.take_changes() == []


async def test_a_batch_takes_the_good_and_names_the_bad(ingest) -> None:
    fixes = [
        {"id": "dev-0", "at": NOW, "lat": 35.4, "lon": 119.5, "alarm": True},
        {"id": "dev-1", "at": NOW, "lat": 95.0, "lon": 119.5},
        {"id": "dev-77", "at": NOW, "lat": 35.4, "lon": 119.5},
        {"id": "dev-0", "at": NOW, "lat": 35.4, "lon": 119.5},
    ]
    async with client_of(ingest) as client:
        answer = await client.post("/v1/positions", json={"fixes": fixes}, headers=platform_header("grid"))
    assert answer.status_code == 200
    assert answer.json() == {
        "accepted": 1,
        "ignored": {"duplicate": 1},
        "refused": [
            {"index": 1, "reason": "Expected `float` <= 90.0 - at `$.lat`"},
            {"index": 2, "reason": "field `id` is no device of the roster"},
        ],
    }
    assert ingest.publisher.board.state[0] & SOS


async def test_a_phone_sends_its_own_batch_and_nobody_elses(ingest) -> None:
    fixes = [{"id": device, "at": NOW, "lat": 35.4, "lon": 119.5} for device in ("dev-0", "dev-1")]
    async with client_of(ingest) as client:
        answer = await client.post("/v1/positions", json={"fixes": fixes}, headers=device_header("dev-0"))
        assert answer.json()["accepted"] == 1
        assert answer.json()["refused"] == [{"index": 1, "reason": "another device's fix"}]
        stolen = {"authorization": f"Device dev-1:{key_of('dev-0')}"}
        assert (await client.post("/v1/positions", json={"fixes": fixes}, headers=stolen)).status_code == 401


async def test_calls_are_in_the_stream_before_the_sender_hears_so(bus: Bus, ingest) -> None:
    async with client_of(ingest) as client:
        body = {"events": [call(1), call(2, kind="ringing"), call(3, category="99")]}
        answer = await client.post("/v1/calls", json=body, headers=platform_header("hotline"))
    assert answer.status_code == 200
    assert answer.json()["accepted"] == 1
    assert [one["index"] for one in answer.json()["refused"]] == [1, 2]
    (entry,) = await bus.read_after(names.FEED_CALLS, "0-0", count=10)
    reading = msgspec.json.decode(entry.fields["b"], type=CallReading)
    assert reading == CallReading("c1", "arrived", NOW, source="hotline")
    await ingest.tally.flush()
    kept = await bus.read_last(names.FEED_MALFORMED, count=10)
    assert [one.fields["reason"].decode() for one in kept] == [
        "field `category` is not in the city's category tree",
        "Not one of the allowed values - at `$.kind`",
    ]
    counters = await bus.fields(names.FEED_COUNTERS)
    assert counters == {"calls.accepted": b"1", "calls.malformed": b"2"}


async def test_what_is_kept_of_a_refused_order_names_nobody(bus: Bus, ingest) -> None:
    order = {
        "order_no": "N1",
        "opened_at": NOW,
        "category": "0203",
        "urgency": 9,
        "citizen_name": "李小明",
        "citizen_phone": "13812345678",
        "text": "我家住3号楼 13987654321",
    }
    async with client_of(ingest) as client:
        answer = await client.post("/v1/orders", json={"orders": [order]}, headers=platform_header("hotline"))
    assert answer.status_code == 422
    assert "李" not in answer.text
    await ingest.tally.flush()
    (kept,) = await bus.read_last(names.FEED_MALFORMED, count=10)
    payload = kept.fields["payload"].decode()
    assert '"order_no":"N1"' in payload.replace(" ", "")
    for secret in ("李小明", "13812345678", "13987654321", "3号楼"):
        assert secret not in payload


async def test_a_fix_that_cannot_be_read_is_kept_without_its_key(bus: Bus, ingest) -> None:
    async with client_of(ingest) as client:
        answer = await client.get("/osmand", params=osmand("dev-0", lat=95.0))
    assert answer.status_code == 400
    assert answer.json()["reason"] == "field `lat` is not within -90 to 90"
    await ingest.tally.flush()
    (kept,) = await bus.read_last(names.FEED_MALFORMED, count=10)
    assert key_of("dev-0") not in kept.fields["payload"].decode()
    assert b"id=dev-0" in kept.fields["payload"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/v1/calls", 405), ("DELETE", "/osmand", 405), ("POST", "/healthz", 405)],
)
async def test_other_addresses_and_methods_get_a_clear_answer(
    ingest, method: str, path: str, status: int
) -> None:
    async with client_of(ingest) as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    assert answer.json()["reason"]


async def test_a_body_over_the_limit_is_refused_with_its_limit(ingest) -> None:
    async with client_of(ingest) as client:
        answer = await client.post("/v1/orders", content=b"x" * 1_048_577, headers=platform_header("hotline"))
    assert answer.status_code == 413
    assert "1048576" in answer.json()["reason"]


async def test_a_heartbeat_is_kept_with_the_platforms_count(bus: Bus, ingest) -> None:
    beat = {"platform": "grid", "at": NOW - 500, "count_today": 918}
    async with client_of(ingest) as client:
        headers = platform_header("grid")
        assert (await client.post("/v1/heartbeat", json=beat, headers=headers)).status_code == 200
        other = await client.post("/v1/heartbeat", json={**beat, "platform": "hotline"}, headers=headers)
        assert other.status_code == 400
        assert (await client.post("/v1/heartbeat", json=beat)).status_code == 401
    await ingest.tally.flush()
    heard = await bus.fields(names.FEED_HEARTBEATS)
    assert msgspec.json.decode(heard["grid"]) == {"last_at": NOW - 500, "count_today": 918}


async def test_the_fleet_is_where_it_was_after_a_restart(redis_flush: str, clock: FakeClock) -> None:
    first = await started(Bus(redis_flush), clock)
    async with client_of(first) as client:
        await client.get("/osmand", params=osmand("dev-0"))
    await first.stop()
    second = await started(Bus(redis_flush), clock)
    await second.publisher.restore(NOW)
    assert list(second.publisher.board.fix_at[:2]) == [NOW, 0]
    assert second.publisher.board.state[0] & REPORTING
    await second.stop()


async def test_stopping_publishes_the_last_tick(redis_flush: str, bus: Bus, clock: FakeClock) -> None:
    ingest = await started(Bus(redis_flush), clock)
    ready = asyncio.Event()
    messages = bus.subscribe([names.fleet_channel("371102")], on_state=lambda state: ready.set())
    arriving = asyncio.ensure_future(anext(messages))
    await ready.wait()
    async with client_of(ingest) as client:
        await client.get("/osmand", params=osmand("dev-2"))
    await ingest.stop()
    assert unpack_fixes((await arriving).data).slots.tolist() == [2]
    assert unpack_snapshot(await bus.get(names.FLEET_SNAPSHOT)).fix_at.tolist() == [0, 0, NOW, 0, 0]
    await messages.aclose()


async def test_while_redis_is_away_nothing_is_taken_and_the_sender_is_told(
    own_redis, clock: FakeClock
) -> None:
    own_redis.start()
    bus = Bus(own_redis.url)
    ingest = await started(bus, clock)
    own_redis.kill()
    headers = platform_header("hotline")
    async with client_of(ingest) as client:
        answer = await client.post("/v1/calls", json={"events": [call(1)]}, headers=headers)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
        assert (await client.get("/osmand", params=osmand("dev-0"))).status_code == 503
        assert (await client.get("/healthz")).status_code == 503
        own_redis.start()
        await bus.wait_until_up()
        answer = await client.post("/v1/calls", json={"events": [call(1)]}, headers=headers)
        assert answer.status_code == 200
        assert (await client.get("/osmand", params=osmand("dev-0"))).status_code == 200
        assert (await client.get("/healthz")).json()["status"] == "ok"
    assert await bus.length(names.FEED_CALLS) == 1
    await ingest.stop()


async def test_a_nudge_brings_the_new_roster(bus: Bus, redis_flush: str, clock: FakeClock) -> None:
    rows = [ROSTER[:1]]
    ingest = await started(Bus(redis_flush), clock, roster=lambda: rows[0])
    async with client_of(ingest) as client:
        assert (await client.get("/osmand", params=osmand("dev-4"))).status_code == 401
        rows[0] = ROSTER
        while "dev-4" not in ingest.publisher.board.slot_of:
            await bus.publish(names.NUDGE_FEEDS, b"")
            await asyncio.sleep(0.01)
        assert (await client.get("/osmand", params=osmand("dev-4"))).status_code == 200
    await ingest.stop()


async def test_after_a_new_roster_the_whole_fleet_is_kept_before_it_is_sent(
    bus: Bus, redis_flush: str, clock: FakeClock
) -> None:
    rows = [ROSTER[:2]]
    ingest = await started(Bus(redis_flush), clock, roster=lambda: rows[0])
    async with client_of(ingest) as client:
        await client.get("/osmand", params=osmand("dev-0"))
    await ingest.publisher.publish_tick(NOW)
    before = ingest.publisher.board.mark
    rows[0] = [replace(row, slot=1 - row.slot) for row in ROSTER[:2]]
    ready = asyncio.Event()
    messages = bus.subscribe([names.fleet_channel("371102")], on_state=lambda state: ready.set())
    arriving = asyncio.ensure_future(anext(messages))
    await ready.wait()
    await ingest._load_new_roster()
    assert await ingest.publisher.publish_tick(NOW) == 1
    frame = unpack_fixes((await arriving).data)
    kept = unpack_snapshot(await bus.get(names.FLEET_SNAPSHOT))
    assert frame.roster == kept.roster != before
    assert (frame.slots.tolist(), kept.fix_at.tolist()) == ([1], [0, NOW])
    await ingest.stop()
    await messages.aclose()


async def test_a_snapshot_of_another_roster_is_nobodys(redis_flush: str, clock: FakeClock) -> None:
    first = await started(Bus(redis_flush), clock)
    async with client_of(first) as client:
        await client.get("/osmand", params=osmand("dev-0"))
    await first.stop()
    second = await started(Bus(redis_flush), clock, roster=lambda: ROSTER[:2])
    assert await second.publisher.restore(NOW) == 0
    await second.stop()


async def test_the_server_starts_and_stops_by_lifespan(redis_flush: str, clock: FakeClock) -> None:
    ingest = open_ingest(Bus(redis_flush), clock)
    heard: asyncio.Queue = asyncio.Queue()
    told: asyncio.Queue = asyncio.Queue()
    running = asyncio.ensure_future(ingest({"type": "lifespan"}, heard.get, told.put))
    await heard.put({"type": "lifespan.startup"})
    assert (await told.get())["type"] == "lifespan.startup.complete"
    await heard.put({"type": "lifespan.shutdown"})
    assert (await told.get())["type"] == "lifespan.shutdown.complete"
    with contextlib.suppress(asyncio.CancelledError):
        await running
