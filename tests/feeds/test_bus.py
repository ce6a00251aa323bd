"""The bus: outages are said, never swallowed, and end by themselves."""

from __future__ import annotations

import asyncio
import random

import pytest
import redis

from data_feeds import bus_names as names
from data_feeds.bus import Bus, BusDown, Message
from data_feeds.subscription import RetryDelays

pytestmark = pytest.mark.asyncio


async def test_every_name_carries_the_products_prefix() -> None:
    spelled = [
        v for k, v in vars(names).items() if k.isupper() and isinstance(v, str) and k != "INTAKE_GROUP"
    ]
    assert len(spelled) >= 14
    assert all(name.lstrip("{").startswith("zs:") for name in spelled)
    assert names.fleet_channel("371102") == "zs:fleet:371102"


async def test_retry_delays_grow_are_jittered_and_never_end() -> None:
    delays = RetryDelays(random.Random(1))
    seen = [delays.next_s() for _ in range(50)]
    assert 0.05 <= seen[0] <= 0.1
    assert all(1.0 <= delay <= 2.0 for delay in seen[10:])
    assert len(set(seen[10:])) > 30
    delays.reset()
    assert delays.next_s() <= 0.1


async def test_a_subscriber_gets_what_is_published_after_it_is_confirmed(bus: Bus) -> None:
    confirmed = asyncio.Event()
    messages = bus.subscribe(["zs:a", "zs:b:x"], on_state=lambda state: confirmed.set())
    first = asyncio.ensure_future(anext(messages))
    await confirmed.wait()
    await bus.publish_many([("zs:a", b"1"), ("zs:b:x", b"2")])
    assert {await first, await anext(messages)} == {Message("zs:a", b"1"), Message("zs:b:x", b"2")}
    await messages.aclose()


async def test_a_subscription_survives_an_outage_and_says_so(own_redis) -> None:
    own_redis.start()
    bus = Bus(own_redis.url)
    states: list[str] = []
    changed = asyncio.Event()

    def on_state(state: str) -> None:
        states.append(state)
        changed.set()

    messages = bus.subscribe(["zs:a"], on_state=on_state)
    pending = asyncio.ensure_future(anext(messages))
    await changed.wait()
    own_redis.kill()
    changed.clear()
    await changed.wait()
    with pytest.raises(BusDown):
        await bus.publish("zs:a", b"lost")
    changed.clear()
    own_redis.start()
    await changed.wait()
    await bus.publish("zs:a", b"seen")
    assert await pending == Message("zs:a", b"seen")
    assert states == ["up", "down", "up"]
    await messages.aclose()
    await bus.close()


async def test_commands_fail_while_redis_is_away_and_work_again_when_it_is_back(own_redis) -> None:
    own_redis.start()
    states: list[str] = []
    bus = Bus(own_redis.url, on_state=states.append)
    await bus.put("zs:k", b"1")
    own_redis.kill()
    with pytest.raises(BusDown):
        await bus.put("zs:k", b"2")
    own_redis.start()
    await bus.wait_until_up()
    assert await bus.get("zs:k") == b"1"
    assert states == ["up", "down", "up"]
    await bus.close()


async def test_a_full_redis_is_an_outage_for_commands_transactions_and_scripts(own_redis) -> None:
    own_redis.start()
    bus = Bus(own_redis.url)
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("maxmemory", 1)  # byte
    with pytest.raises(BusDown, match="refuses to write"):
        await bus.add("zs:a", {"b": b"1"})
    with pytest.raises(BusDown, match="refuses to write"):
        await bus.add_many([("zs:a", {"b": b"1"})])
    with pytest.raises(BusDown, match="refuses to write"):
        await bus.evaluate("return redis.call('SET', KEYS[1], ARGV[1])", ("zs:a",), "1")
    await bus.close()


async def test_what_a_dead_consumer_took_is_claimed_by_the_living(bus: Bus) -> None:
    await bus.ensure_group("zs:feed:calls", "intake")
    await bus.ensure_group("zs:feed:calls", "intake")
    await bus.add_many([("zs:feed:calls", {"b": b"1"}), ("zs:feed:calls", {"b": b"2"})])
    taken = await bus.read_group(["zs:feed:calls"], "intake", "dead", count=10, block_ms=1)
    assert [entry.fields["b"] for entry in taken] == [b"1", b"2"]
    assert await bus.read_group(["zs:feed:calls"], "intake", "alive", count=10, block_ms=1) == []
    claimed = await bus.claim_idle("zs:feed:calls", "intake", "alive", idle_ms=0, count=10)
    assert [entry.id for entry in claimed] == [entry.id for entry in taken]
    await bus.acknowledge("zs:feed:calls", "intake", [entry.id for entry in claimed])
    assert await bus.claim_idle("zs:feed:calls", "intake", "alive", idle_ms=0, count=10) == []
    assert await bus.length("zs:feed:calls") == 0


async def test_a_kept_message_is_both_key_and_channel(bus: Bus) -> None:
    confirmed = asyncio.Event()
    messages = bus.subscribe([names.HOTLINE], on_state=lambda state: confirmed.set())
    first = asyncio.ensure_future(anext(messages))
    await confirmed.wait()
    await bus.put_and_publish(names.HOTLINE, b"{}")
    assert (await first).data == b"{}"
    assert await bus.get(names.HOTLINE) == b"{}"
    await messages.aclose()


async def test_a_reader_that_waits_while_redis_loses_its_data_begins_anew(bus: Bus) -> None:
    stream = names.FEED_CALLS
    await bus.ensure_group(stream, "intake")
    waiting = asyncio.create_task(bus.read_group([stream], "intake", "one", count=10, block_ms=5_000))
    await asyncio.sleep(0.2)  # until it waits at the server
    await bus._redis.delete(stream)
    await bus.add(stream, {"b": b"1"})
    assert await waiting == []
    (entry,) = await bus.read_group([stream], "intake", "one", count=10, block_ms=1)
    assert entry.fields["b"] == b"1"
