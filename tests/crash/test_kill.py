"""Whatever is killed, and whenever: nothing acknowledged is missing, and what was due happened once."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import sqlalchemy

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.readings import HotlineOrderReading
from dashboard.store import audit, event_log, tables
from dashboard.store.event_log import Entry
from data_feeds.embedded_redis import EmbeddedRedis
from tests.crash.installation import READY_WITHIN_S, Installation, Process
from tests.crash.officer import Acknowledged, Officer

pytestmark = pytest.mark.crash

RATE = 240  # accelerated seconds per second: a whistle's forty minutes take ten seconds
MINUTE_MS = 60_000
WHISTLE_STEPS = {"whistle-answer", "whistle-amber", "whistle-late", "whistle-commander"}
LAST_STEP_MS = 40 * MINUTE_MS
UNITS = ["rz-heating", "rz-371102-urban", "rz-371102-emergency", "rz-power"]
MATTERS_EACH = 24


@pytest.fixture
def city() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="zs-crash-"))
    city = Installation(folder, RATE)
    yield city
    city.stop()
    shutil.rmtree(folder)


def officers(city: Installation) -> list[Officer]:
    """Two officers of the city with matters of their own, so that no version is contested."""
    system = Principal("test", "test", "system", "system", city.services.city)
    units = [unit for unit in UNITS if unit in city.services.pack.units]
    assert len(units) >= 3, "the city pack names its units otherwise"
    made = []
    for number in (1, 2):
        name, password = f"officer-{number}", "a-password-for-the-test"
        account = service.NewAccount(name, f"值班员{number}", "duty_officer", city.services.city)
        now = city.clock.now_ms()
        assert isinstance(service.create_account(city.services, system, account, password, now), service.Done)
        orders = [
            HotlineOrderReading(f"{number}-{n}", now, "0203", 2, title="供热管道漏水", region="371102")
            for n in range(MATTERS_EACH)
        ]
        service.intake_orders(city.services, orders, now)
        with city.services.store.read() as connection:
            chosen = sqlalchemy.select(tables.matters.c.id).where(
                tables.matters.c.external_id.like(f"{number}-%")
            )
            matters = [row.id for row in connection.execute(chosen)]
        made.append(Officer(city.address, name, password, matters, units, seed=number))
    return made


def kill_at_random(city: Installation, acting: list[Officer], chance: random.Random) -> None:
    """Kill one process after another, in a random order at random moments, each while acts are going through."""
    targets: list[Process | EmbeddedRedis] = [
        *[city.workers[0]] * 6, *[city.workers[1]] * 6, *[city.web] * 5, *[city.redis] * 3,
    ]  # fmt: skip
    chance.shuffle(targets)
    for target in targets:
        before = told(acting)
        city.until("another act went through", lambda: told(acting) > before, READY_WITHIN_S)  # noqa: B023
        time.sleep(chance.uniform(0.0, 1.2))
        if isinstance(target, Process):
            target.ensure_running()
        target.kill()
        time.sleep(chance.uniform(0.0, 0.3))
        target.start()


def told(acting: list[Officer]) -> int:
    """How many acts the officers have been told are done."""
    return sum(len(officer.acknowledged) for officer in acting)


def act_while_killing(city: Installation) -> list[Acknowledged]:
    """Let two officers act while everything is killed around them; returns what they were told is done."""
    acting = officers(city)
    city.start()
    for officer in acting:
        officer.start()
    kill_at_random(city, acting, random.Random(20))
    time.sleep(1.0)
    for process in (city.web, *city.workers):
        process.ensure_running()
    city.until("the screens answer again", city.answers, READY_WITHIN_S)
    for officer in acting:
        officer.end.set()
        officer.join(READY_WITHIN_S)
        assert officer.failure is None, repr(officer.failure)
        assert not officer.is_alive(), city.last_words()
    return [act for officer in acting for act in officer.acknowledged]


def test_twenty_kills_lose_and_repeat_nothing(city: Installation):
    acknowledged = act_while_killing(city)
    assert len(acknowledged) >= 20, city.last_words()
    assert any(act.path.endswith("whistles") for act in acknowledged)
    last_act_at = city.clock.now_ms()
    city.until("the last whistle's chain ran out", lambda: chain_ran_out(city, last_act_at), READY_WITHIN_S)
    for process in (city.web, *city.workers):
        process.stop()

    with city.services.store.read() as connection:
        entries = event_log.read_after(connection, 0, 10**6)
        commands = {row.id: row.no for row in connection.execute(sqlalchemy.select(tables.commands))}
        called = called_units(connection)
        assert audit.first_break(connection) is None
    assert {act.command_id: act.no for act in acknowledged} == commands, "told and written differ"
    assert len(commands) == len(acknowledged), "asking again for a lost answer acted twice"
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    each_step_fired_once(entries, called)
    published_as_written(city, entries)


def each_step_fired_once(entries: list[Entry], called: set[tuple[str, str]]) -> None:
    """Every unit that was called and never answered went through every step of its chain, and nothing fired twice."""
    fired = [entry for entry in entries if entry.kind in ("EscalationFired", "EscalationRepeated")]
    first_times = Counter(
        (entry.command_id, entry.params["receiver_id"], entry.params["policy_id"])
        for entry in fired
        if entry.kind == "EscalationFired" and entry.params["policy_id"] in WHISTLE_STEPS
    )
    assert set(first_times) == {(*unit, step) for unit in called for step in WHISTLE_STEPS}
    assert set(first_times.values()) == {1}
    named = ("receiver_id", "policy_id", "phase", "repeat_no", "due_at")
    every = Counter(
        (entry.matter_id, entry.command_id, *(entry.params[name] for name in named)) for entry in fired
    )
    assert [each for each, times in every.items() if times > 1] == []


def published_as_written(city: Installation, entries: list[Entry]) -> None:
    """The stream on Redis holds every entry of the log once, in its order."""
    with redis.Redis.from_url(city.settings.redis_url) as client:
        published = [(place.decode(), json.loads(fields[b"b"])) for place, fields in client.xrange("zs:log")]
    assert [place for place, _ in published] == [f"{entry.seq}-0" for entry in entries]
    assert [(body["seq"], body["kind"]) for _, body in published] == [
        (entry.seq, entry.kind) for entry in entries
    ]


def called_units(connection: sqlalchemy.Connection) -> set[tuple[str, str]]:
    """Command and receiver of every unit that a whistle called."""
    joined = sqlalchemy.select(tables.receipts.c.command_id, tables.receipts.c.receiver_id).join_from(
        tables.receipts, tables.commands, tables.receipts.c.command_id == tables.commands.c.id
    )
    rows = connection.execute(joined.where(tables.commands.c.kind == "whistle"))
    return {(row.command_id, row.receiver_id) for row in rows}


def chain_ran_out(city: Installation, last_act_at: int) -> bool:
    """Whether the last whistle's last step is due, fired, and published."""
    if city.clock.now_ms() < last_act_at + LAST_STEP_MS + MINUTE_MS:
        return False
    due_at = service.next_due_at(city.services)
    if due_at is not None and due_at <= city.clock.now_ms() - MINUTE_MS:
        return False
    with city.services.store.read() as connection:
        last = event_log.last_seq(connection)
    with redis.Redis.from_url(city.settings.redis_url) as client:
        newest = client.xrevrange("zs:log", count=1)
    return bool(newest) and int(newest[0][0].split(b"-")[0]) >= last - 50
