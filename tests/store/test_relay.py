"""The log's way to Redis: every entry once, in order, through outages, restarts and other databases."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from data_feeds import log_relay
from data_feeds.bus import Bus, BusDown
from data_feeds.bus_names import LOG, LOG_EPOCH
from data_feeds.embedded_redis import EmbeddedRedis
from data_feeds.log_relay import LogRelay
from tests.store.centre import Centre, done
from worker import Parts, Worker


async def on_stream(bus: Bus) -> list[int]:
    entries = await bus.read_after(LOG, "0", count=10_000)
    for entry in entries:
        assert json.loads(entry.fields["b"])["seq"] == int(entry.id.split("-")[0])
    return [int(entry.id.split("-")[0]) for entry in entries]


async def test_the_stream_is_the_log_in_order(centre: Centre, bus: Bus) -> None:
    done(centre.whistle(centre.order(), *centre.units(3)))
    relay = LogRelay(bus, centre.services)
    assert await relay.relay() == centre.seq()
    assert await on_stream(bus) == list(range(1, centre.seq() + 1))
    assert await relay.relay() == 0
    assert await bus.get(LOG_EPOCH) == centre.services.store.epoch().encode()


async def test_an_entry_on_the_stream_is_the_entry_of_the_log(centre: Centre, bus: Bus) -> None:
    centre.order()
    await LogRelay(bus, centre.services).relay()
    (entry,) = await bus.read_after(LOG, "0", count=10)
    assert json.loads(entry.fields["b"]) == json.loads(json.dumps(centre.log()[0].as_dict()))


async def test_a_relay_that_was_overtaken_repeats_nothing(centre: Centre, bus: Bus) -> None:
    centre.order()
    first, second = LogRelay(bus, centre.services), LogRelay(bus, centre.services)
    await first.relay()
    await second.relay()
    centre.order()
    await first.relay()
    already = centre.seq()
    centre.order()
    assert await second.relay() == centre.seq() - already
    assert await first.relay() == 0
    assert await on_stream(bus) == list(range(1, centre.seq() + 1))


class StoppedBeforeEachStep(Bus):
    """A bus whose every script lets something else happen first."""

    def __init__(self, url: str, before: Callable[[], Awaitable[object]]) -> None:
        super().__init__(url)
        self._before = before

    async def evaluate(self, script: str, keys: Sequence[str], *arguments: str | bytes) -> int:
        await self._before()
        return await super().evaluate(script, keys, *arguments)


async def test_relays_that_start_together_leave_no_hole(centre: Centre, bus: Bus) -> None:
    await bus.put(LOG_EPOCH, b"another")
    await bus.add(LOG, {"b": b"{}"}, id="999-0")
    centre.order()
    other = LogRelay(bus, centre.services)
    overtaken = 0

    async def the_other_goes_ahead() -> None:
        nonlocal overtaken
        overtaken += 1
        if overtaken <= 5:
            await other.relay()
            centre.order()

    interrupted = StoppedBeforeEachStep(bus.url, the_other_goes_ahead)
    await LogRelay(interrupted, centre.services).relay()
    await interrupted.close()
    assert overtaken > 5
    assert await on_stream(bus) == list(range(1, centre.seq() + 1))


async def test_what_is_published_is_what_goes_on_the_stream(centre: Centre, bus: Bus) -> None:
    confirmed = asyncio.Event()
    messages = bus.subscribe([LOG], on_state=lambda state: confirmed.set())
    first = asyncio.ensure_future(anext(messages))
    await confirmed.wait()
    centre.order()
    await LogRelay(bus, centre.services).relay()
    (entry,) = await bus.read_after(LOG, "0", count=10)
    assert (await first).data == entry.fields["b"]
    await messages.aclose()


async def test_a_log_that_was_set_back_starts_the_stream_anew(centre: Centre, bus: Bus) -> None:
    centre.order()
    await LogRelay(bus, centre.services).relay()
    await bus.add(LOG, {"b": b"{}"}, id="999-0")  # written by a log that an older backup replaced since
    await LogRelay(bus, centre.services).relay()
    assert await on_stream(bus) == [1]


async def test_a_stream_that_would_not_keep_the_whole_log_begins_later(
    centre: Centre, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_relay, "KEPT", 2)
    for _ in range(5):
        centre.order()
    assert await LogRelay(bus, centre.services).relay() == 2
    assert await on_stream(bus) == [centre.seq() - 1, centre.seq()]


async def test_what_was_committed_while_redis_was_away_goes_out_when_it_is_back(
    centre: Centre, own_redis: EmbeddedRedis
) -> None:
    own_redis.start()
    bus = Bus(own_redis.url)
    relay = LogRelay(bus, centre.services)
    centre.order()
    await relay.relay()
    own_redis.kill()
    for _ in range(30):
        centre.order()
    with pytest.raises(BusDown):
        await relay.relay()
    assert relay.oldest_waiting_at == centre.now
    own_redis.start()
    await bus.wait_until_up()
    relay.forget_place()
    await relay.relay()
    assert centre.seq() >= 31
    assert await on_stream(bus) == list(range(1, centre.seq() + 1))
    await bus.close()


async def test_another_databases_stream_gives_way(centre: Centre, bus: Bus) -> None:
    await bus.put(LOG_EPOCH, b"another")
    await bus.add(LOG, {"b": b"{}"}, id="999-0")
    centre.order()
    await LogRelay(bus, centre.services).relay()
    assert await on_stream(bus) == [1]


async def test_the_worker_escalates_and_stops_cleanly(centre: Centre, bus: Bus) -> None:
    worker = Worker(Parts(centre.services, centre.clock, bus, LogRelay(bus, centre.services)), feed_jobs=())
    running = asyncio.create_task(worker.run())
    await asyncio.to_thread(lambda: done(centre.whistle(centre.order(), *centre.units(1))))
    centre.clock.advance(minutes=3, seconds=1)
    fired = await escalations(centre, 1)
    worker.stop()
    async with asyncio.timeout(30):
        await running
    assert [one.params["policy_id"] for one in fired] == ["whistle-answer"]
    assert await on_stream(bus) == list(range(1, centre.seq() + 1))


async def test_a_worker_without_redis_still_fires_every_deadline(
    centre: Centre, own_redis: EmbeddedRedis
) -> None:
    bus = Bus(own_redis.url)
    worker = Worker(Parts(centre.services, centre.clock, bus, LogRelay(bus, centre.services)), feed_jobs=())
    running = asyncio.create_task(worker.run())
    await asyncio.to_thread(lambda: done(centre.whistle(centre.order(), *centre.units(1))))
    centre.clock.advance(minutes=31)
    fired = await escalations(centre, 3)
    worker.stop()
    async with asyncio.timeout(30):
        await running
    assert len(fired) == 3
    await bus.close()


async def escalations(centre: Centre, number: int) -> list[Any]:
    """Wait until so many steps stand in the log, at most half a minute; returns all that do."""
    fired: list[Any] = []
    for _ in range(300):
        fired = await asyncio.to_thread(centre.log, "EscalationFired")
        if len(fired) >= number:
            break
        await asyncio.sleep(0.1)
    return fired
