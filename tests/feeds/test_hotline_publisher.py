"""The pictures that worker publishes: from the store's rows to the JSON that screens read."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest

from dashboard import service
from dashboard.citypack import CityPack, load_pack
from dashboard.domain.readings import CallReading, HotlineOrderReading
from dashboard.service import Services
from dashboard.service.hotline_reads import arrivals_per_bin, order_facts, orders_opened, topic_counts
from dashboard.store.store import Store
from data_feeds import bus_names as names
from data_feeds import hotline_publisher
from data_feeds.bus import Bus
from data_feeds.feed_health import FeedHealth, WireState, source_state
from data_feeds.feed_tally import PlatformPulse
from data_feeds.hotline_day import HotlineDay
from data_feeds.hotline_publisher import HotlinePublisher, run
from data_feeds.hotline_results import HotlineResults
from data_feeds.task_ending import end_tasks
from tests.fake_clock import FakeClock
from tests.feeds.feed_city import NOW

MINUTE = 60_000
DAY = 24 * 60 * MINUTE


@pytest.fixture(scope="module")
def pack() -> CityPack:
    return load_pack(Path(__file__).resolve().parents[2] / "citypacks" / "rizhao")


@pytest.fixture
def services(tmp_path: Path, pack: CityPack) -> Services:
    store = Store(f"sqlite:///{tmp_path}/feeds.sqlite3")
    store.migrate()
    return Services(store, pack, secret=b"s" * 32)


def order(number: int, **fields) -> HotlineOrderReading:
    known = {
        "region": "371102",
        "source": "hotline",
        "status": "HANDLING",
        "dispatched_at": NOW - 30 * MINUTE,
    }
    return HotlineOrderReading(f"N{number}", NOW - 31 * MINUTE, "0203", 3, **(known | fields))


async def read(bus: Bus, key: str) -> dict:
    body = await bus.get(key)
    assert body is not None
    return msgspec.json.decode(body)


async def test_one_turn_publishes_the_three_pictures(bus: Bus, services: Services) -> None:
    service.record_calls(
        services,
        [CallReading("c1", "arrived", NOW - 60_000), CallReading("c2", "arrived", NOW - 20_000)],
        NOW,
    )
    service.record_calls(services, [CallReading("s1", "agent", NOW - 5, agent="A1", agent_state="idle")], NOW)
    service.intake_orders(services, [order(1, signed_at=NOW), order(2)], NOW)
    await bus.put_field(
        names.FEED_HEARTBEATS, "hotline", msgspec.json.encode(PlatformPulse(NOW - 3_000, 751))
    )
    await bus.put_field(names.WORKER, "w", b'{"at": %d, "relay_lag_ms": 40}' % NOW)
    await bus.increment(names.FEED_COUNTERS, {"positions.accepted": 100, "positions.malformed": 2})
    await HotlinePublisher(bus, services, FakeClock(NOW)).turn()
    hotline = await read(bus, names.HOTLINE)
    assert hotline["day"] == "2026-11-23"
    assert hotline["today"]["calls"] == 2
    assert hotline["today"]["orders"] == 2
    assert hotline["queue"]["waiting"] == 2
    assert hotline["agents"]["idle"] == 1
    assert hotline["source"] == {"state": "fresh", "as_of": NOW - 5}
    assert hotline["topics"][0]["category"] == "0203"
    rates = await read(bus, names.RATES)
    assert rates["month"] == "2026-11"
    assert [row["region"] for row in rates["regions"]] == [
        one.code for one in services.pack.divisions.regions
    ]
    assert next(row for row in rates["regions"] if row["region"] == "371102")["response"] == [1, 1]
    health = await read(bus, names.HEALTH)
    assert [one["id"] for one in health["platforms"]] == [one.id for one in services.pack.platforms]
    assert health["platforms"][1] | {"short": ""} == {
        "id": "hotline", "short": "", "interval_ms": 5000, "last_at": NOW - 3_000, "count_today": 751,
    }  # fmt: skip
    assert health["platforms"][0]["last_at"] is None
    assert health["feeds"]["positions"] == {"per_s": None, "accepted": 100, "malformed": 2, "unauthorised": 0}
    assert health["feeds"]["calls"]["waiting"] == 0
    assert (health["relay_lag_ms"], health["worker_at"]) == (40, NOW)


async def test_a_unit_that_signs_on_monday_what_came_on_saturday_has_responded(
    bus: Bus, services: Services
) -> None:
    """The limit of an ordinary order runs in working time: four hours, 08:30 to 12:30 of the next working day."""
    midnight_at = services.pack.calendar.midnight_at(services.pack.calendar.local_date(NOW))
    saturday_at, monday_at = midnight_at - 38 * 60 * MINUTE, midnight_at + 9 * 60 * MINUTE
    late = HotlineOrderReading(
        "N2", saturday_at, "0203", 2, source="hotline", status="HANDLING", region="371102",
        dispatched_at=saturday_at, signed_at=monday_at,
    )  # fmt: skip
    in_time = replace(late, order_no="N1", urgency=3)
    service.intake_orders(services, [in_time, late], NOW)
    await HotlinePublisher(bus, services, FakeClock(NOW)).turn()
    regions = (await read(bus, names.RATES))["regions"]
    assert next(row for row in regions if row["region"] == "371102")["response"] == [1, 2]


async def test_a_picture_travels_when_it_changed_and_now_and_then_when_not(
    bus: Bus, services: Services
) -> None:
    publisher = HotlinePublisher(bus, services, FakeClock(NOW))
    ready, heard = asyncio.Event(), []

    async def listen() -> None:
        async for message in bus.subscribe([names.HOTLINE], on_state=lambda state: ready.set()):
            heard.append(msgspec.json.decode(message.data))

    task = asyncio.create_task(listen())
    await ready.wait()
    await publisher.turn()
    await publisher.turn()
    service.record_calls(services, [CallReading("c1", "arrived", NOW - 1_000)], NOW)
    await publisher.turn()
    for _ in range(5):
        await publisher.turn()
    await bus.publish(names.HOTLINE, b'{"end": 1}')
    while not heard or "end" not in heard[-1]:
        await asyncio.sleep(0.01)
    assert [one["today"]["calls"] for one in heard[:-1]] == [0, 1, 1]
    await end_tasks([task])


async def test_the_second_worker_publishes_when_the_first_is_gone(bus: Bus, services: Services) -> None:
    first = HotlinePublisher(bus, services, FakeClock(NOW))
    await first.turn()
    second = HotlinePublisher(bus, services, FakeClock(NOW + 1))
    await second.turn()
    assert (await read(bus, names.HOTLINE))["at"] == NOW
    await first.leave()
    await second.turn()
    assert (await read(bus, names.HOTLINE))["at"] == NOW + 1


async def test_what_the_hotlines_page_alone_shows_may_fail_and_the_rest_is_published(
    bus: Bus, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a row of another release")

    for often in ("BOARD_EVERY", "RESULTS_EVERY", "RATES_EVERY"):
        monkeypatch.setattr(hotline_publisher, often, 1)
    fragile = names.HOTLINE_BOARD, names.HOTLINE_RESULTS, names.RATES
    publisher = HotlinePublisher(bus, services, FakeClock(NOW))
    with monkeypatch.context() as patched:
        patched.setattr(HotlineDay, "board", fail)
        patched.setattr(HotlineResults, "read", fail)  # rates are read from the same results
        await publisher.turn()
    assert (await read(bus, names.HOTLINE))["at"] == NOW
    assert {await bus.get(key) for key in fragile} == {None}
    await publisher.turn()
    for key in fragile:
        assert "at" in await read(bus, key)


async def test_the_hotline_picture_and_the_health_may_fail_and_screens_and_the_count_say_so(
    bus: Bus, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a row of another release")

    monkeypatch.setattr(hotline_publisher, "HEALTH_EVERY", 1)
    clock = FakeClock(NOW)
    publisher = HotlinePublisher(bus, services, clock)
    await publisher.turn()
    before = await read(bus, names.HOTLINE)
    with monkeypatch.context() as patched:
        patched.setattr(HotlineDay, "picture", fail)
        patched.setattr(FeedHealth, "picture", fail)
        for _ in range(2):
            clock.advance(seconds=1)
            await publisher.turn()
    fault = {"count": 2, "since": NOW + 1_000}
    assert await read(bus, names.HOTLINE) == before | {"fault": fault}  # as old as it is
    health = await read(bus, names.HEALTH)
    assert health["at"] == NOW
    assert health["faults"][names.HEALTH] == fault
    clock.advance(seconds=1)
    await publisher.turn()
    assert "fault" not in await read(bus, names.HOTLINE)
    clock.advance(seconds=1)
    await publisher.turn()
    faults = (await read(bus, names.HEALTH))["faults"]
    assert faults == {name: {"count": 2, "since": None} for name in (names.HEALTH, names.HOTLINE)}


async def test_it_runs_until_it_is_cancelled_through_an_outage(own_redis, services: Services) -> None:
    own_redis.start()
    bus = Bus(own_redis.url)
    task = asyncio.create_task(run(bus, services, FakeClock(NOW)))
    while await bus.get(names.HOTLINE) is None:
        await asyncio.sleep(0.01)
    own_redis.kill()
    own_redis.start()
    await bus.wait_until_up()
    await bus.put(names.HOTLINE, b"")
    while not await bus.get(names.HOTLINE):
        assert not task.done()
        await asyncio.sleep(0.01)
    await end_tasks([task])
    assert await bus.get(names.HOTLINE_LEASE) is None
    await bus.close()


def test_calls_that_reach_the_store_late_are_counted(services: Services) -> None:
    day = HotlineDay(services, NOW)
    day.read_calls(NOW)
    service.record_calls(services, [CallReading("c1", "arrived", NOW - 100_000)], NOW)
    day.read_calls(NOW + 1_000)
    assert day.calls.calls == 1
    service.record_calls(services, [CallReading("c2", "arrived", NOW - 30 * MINUTE)], NOW)
    day.read_calls(NOW + 2_000)
    assert day.calls.calls == 2


def test_a_day_is_expected_from_the_whole_days_before_it(services: Services) -> None:
    chance = np.random.default_rng(1)
    calls = []
    midnight = services.pack.calendar.midnight_at(services.pack.calendar.local_date(NOW))
    for back in range(1, 8):
        for number in range(1_200):
            at = midnight - back * DAY + int(chance.integers(24 * 60)) * MINUTE
            calls.append(CallReading(f"{back}-{number}", "arrived", at))
    calls += [
        CallReading(f"cut-{number}", "arrived", midnight - 9 * DAY + number * 1000) for number in range(500)
    ]
    service.record_calls(services, calls, NOW)
    day = HotlineDay(services, NOW)
    assert [one.day for one in day.history] == [day.date - timedelta(days=back) for back in range(7, 0, -1)]
    assert 1_000 < day.expectation.expected.sum() < 1_700
    assert day.holds(NOW)
    assert not day.holds(midnight + DAY)


@pytest.mark.parametrize(
    ("heard_hours", "yesterday"), [(24, 2), (9, None)], ids=["a whole day", "from three on"]
)
def test_a_topic_of_yesterday_is_told_where_yesterday_was_heard_as_a_whole(
    services: Services, heard_hours: int, yesterday: int | None
) -> None:
    midnight = services.pack.calendar.midnight_at(services.pack.calendar.local_date(NOW))
    heard = [
        CallReading(f"a{number}", "arrived", midnight - number * 2 * MINUTE - 1)
        for number in range(heard_hours * 30)
    ]
    service.record_calls(
        services,
        [
            *heard,
            CallReading("c1", "ended", NOW - DAY, category="0203"),
            CallReading("c2", "ended", NOW - DAY, category="0203", order_no="N1"),
            CallReading("c3", "ended", NOW - DAY + MINUTE, category="0203"),
            CallReading("c4", "ended", NOW, category="0203"),
        ],
        NOW,
    )
    service.intake_orders(services, [replace(order(1), category="020301", opened_at=NOW - DAY)], NOW)
    day = HotlineDay(services, NOW)
    day.read_calls(NOW)
    (topic,) = day.picture("fresh", NOW, NOW)["topics"]
    assert (topic["category"], topic["count"], topic["yesterday"]) == ("0203", 1, yesterday)


def test_the_narrow_reads_count_what_they_say(services: Services) -> None:
    service.record_calls(
        services,
        [
            CallReading("c1", "arrived", NOW),
            CallReading("c2", "arrived", NOW + 299_999),
            CallReading("c3", "arrived", NOW + 300_000),
            CallReading("c1", "ended", NOW + 1, category="0101"),
            CallReading("c2", "ended", NOW + 1, category="0203", order_no="N1"),
        ],
        NOW,
    )
    service.intake_orders(
        services, [order(1), order(2, merged_into="N1", status="CLOSED", closed_at=NOW)], NOW
    )
    assert arrivals_per_bin(services, NOW, NOW + 600_000, 300_000) == {0: 2, 1: 1}
    assert [one.external_id for one in order_facts(services, NOW - DAY, NOW + 1)] == ["N1"]
    assert [one.external_id for one in orders_opened(services, NOW - DAY, NOW + 1)] == ["N1", "N2"]
    assert topic_counts(services, NOW - DAY, NOW + DAY) == {"0101": 1, "0203": 2}


@pytest.mark.parametrize(("age_s", "state"), [(10, "fresh"), (11, "late"), (50, "late"), (51, "down")])
def test_a_source_is_late_after_two_intervals_and_down_after_ten(age_s: int, state: str) -> None:
    assert source_state(NOW - age_s * 1000, 5_000, NOW) == state


def test_rates_per_second_need_two_looks_and_survive_a_lost_counter() -> None:
    health = FeedHealth()

    def per_s(count: int, real_s: float) -> float | None:
        counters = {"positions.accepted": str(count).encode()}
        return health.picture((), {}, counters, {}, {}, NOW, real_s)["feeds"]["positions"]["per_s"]

    assert [per_s(100, 10.0), per_s(310, 12.0), per_s(5, 14.0)] == [None, 105.0, 0.0]


def test_a_wire_of_its_own_is_there_once_it_counted_anything() -> None:
    counters = {"jt808.accepted": b"7", "jt808.resent": b"2", "positions.accepted": b"1"}
    feeds = FeedHealth().picture((), {}, counters, {}, {}, NOW, 1.0)["feeds"]
    assert list(feeds) == ["positions", "calls", "orders", "events", "heartbeat", "jt808"]
    assert feeds["jt808"] == {
        "per_s": None, "accepted": 7, "malformed": 0, "unauthorised": 0, "resent": 2,
    }  # fmt: skip
    assert "jt808" not in FeedHealth().picture((), {}, {}, {}, {}, NOW, 1.0)["feeds"]


def test_a_worker_that_fell_silent_does_not_say_how_late_screens_are() -> None:
    signs = {
        "old": b'{"at": %d, "relay_lag_ms": 3}' % (NOW - 60_000),
        "new": b'{"at": %d, "relay_lag_ms": 9}' % NOW,
    }
    found = FeedHealth().picture((), {}, {}, {}, signs, NOW, 1.0)
    assert (found["relay_lag_ms"], found["worker_at"]) == (9, NOW)
    assert FeedHealth().picture((), {}, {}, {}, {}, NOW, 1.0)["relay_lag_ms"] is None


def test_wires_are_as_the_feeds_say_and_down_once_they_say_nothing() -> None:
    told = {
        wire: msgspec.json.encode(WireState(NOW, state)) for wire, state in (("mqtt", "up"), ("cot", "down"))
    }
    for age_ms, found in ((0, "up"), (30_000, "up"), (30_001, "down")):
        picture = FeedHealth().picture((), {}, {}, {}, {}, NOW + age_ms, 1.0, told)
        assert picture["wires"] == {"cot": "down", "mqtt": found}
    assert FeedHealth().picture((), {}, {}, {}, {}, NOW + 86_400_001, 1.0, told)["wires"] == {}
    assert FeedHealth().picture((), {}, {}, {}, {}, NOW, 1.0)["wires"] == {}
