"""People act on a whole installation while its processes are killed at random; then the truth is looked at."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

import redis
import sqlalchemy

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.readings import HotlineOrderReading
from dashboard.store import event_log, tables
from data_feeds.bus import Bus
from data_feeds.embedded_redis import EmbeddedRedis
from data_feeds.log_relay import LogRelay
from tests.crash import room_truth, truth
from tests.crash.installation import READY_WITHIN_S, Installation, Process
from tests.crash.people import Acknowledged, Gateway, Liaison, Officer, Person

MINUTE_MS = 60_000
LAST_STEP_MS = 40 * MINUTE_MS  # a whistle's last step
DECIDED_AFTER_MS = 90 * MINUTE_MS  # of the accelerated clock: its units' chains have run out by then
UNITS = ("rz-heating", "rz-371102-urban", "rz-371102-emergency", "rz-power", "rz-gas", "rz-water")
SILENT = frozenset(("rz-heating", "rz-power"))  # never answer: their chains must run to the end
PASSWORD = "a-password-for-the-test"
# Of a hundred kills: the workers carry the clocks, the web process the acts, Redis the bus between them.
SHARE = {"worker1": 30, "worker2": 30, "web": 25, "redis": 15}


@dataclass
class Figures:
    """What a run did, for whoever reads its output."""

    kills: Counter[str] = field(default_factory=Counter)
    acts: dict[str, int] = field(default_factory=dict)
    lost_answers: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    escalations: int = 0
    silent_units: int = 0
    tellings: Counter[str] = field(default_factory=Counter)
    entries: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        acts = ", ".join(f"{kind} {count}" for kind, count in sorted(self.acts.items()))
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        tellings = ", ".join(f"{name} {count}" for name, count in sorted(self.tellings.items())) or "none"
        return "\n".join(
            (
                f"kill -9        {sum(self.kills.values())} in {self.seconds:.0f} s ({kills})",
                f"acknowledged   {sum(self.acts.values())} acts ({acts}); 0 lost, 0 twice",
                f"lost answers   {self.lost_answers}, each asked for again with its key",
                f"refused        {dict(self.refused)}",
                f"escalations    {self.escalations}; 0 missing, 0 twice, 0 early",
                f"silent units   {self.silent_units} through all four steps",
                f"tellings       {tellings}",
                f"log            {self.entries} entries without a gap, audit whole",
            )
        )


def people_of(city: Installation, matters_each: int, whistle_share: float) -> list[Person]:
    """Two officers with matters of their own, a gateway for some units, a liaison with a phone."""
    services = city.services
    system = Principal("test", "test", "system", "system", services.city)
    units = [unit for unit in UNITS if unit in services.pack.units]
    talking = [unit for unit in units if unit not in SILENT]
    assert len(units) >= 4 and len(talking) >= 2, "the city pack names its units otherwise"
    made: list[Person] = []
    for number in (1, 2):
        name = f"officer-{number}"
        _account(city, system, service.NewAccount(name, f"值班员{number}", "duty_officer", services.city))
        matters = _matters(city, number, matters_each)
        made.append(
            Officer(
                city.address,
                number,
                name_=name,
                password=PASSWORD,
                matters=matters,
                units=units,
                whistle_share=whistle_share,
                decide_after_s=DECIDED_AFTER_MS / 1000 / city.clock.rate,
            )
        )
    _account(city, system, service.NewAccount("liaison", "联络员", "unit_liaison", services.city, talking[0]))
    made.append(Liaison(city.address, 3, name_="liaison", password=PASSWORD, now=city.clock.now_ms))
    opened = service.open_gateway_key(
        services, system, "receivers", services.city, tuple(talking[1:]), city.clock.now_ms()
    )
    assert isinstance(opened, service.Done)
    made.append(Gateway(city.address, 4, key=opened.value.token, units=frozenset(talking[1:])))
    return made


def _account(city: Installation, system: Principal, account: service.NewAccount) -> None:
    outcome = service.create_account(city.services, system, account, PASSWORD, city.clock.now_ms())
    assert isinstance(outcome, service.Done), outcome


def _matters(city: Installation, number: int, count: int) -> list[str]:
    now = city.clock.now_ms()
    orders = [
        HotlineOrderReading(f"{number}-{n}", now, "0203", 2, title="供热管道漏水", region="371102")
        for n in range(count)
    ]
    service.intake_orders(city.services, orders, now)
    chosen = sqlalchemy.select(tables.matters.c.id).where(tables.matters.c.external_id.like(f"{number}-%"))
    with city.services.store.read() as connection:
        return list(connection.execute(chosen).scalars())


def kill_at_random(
    city: Installation, acting: list[Person], kills: int, chance: random.Random
) -> Counter[str]:
    """Kill one process after another in a random order at random moments, each while acts are going through."""
    processes: dict[str, Process | EmbeddedRedis] = {
        "worker1": city.workers[0], "worker2": city.workers[1], "web": city.web, "redis": city.redis,
    }  # fmt: skip
    names = [name for name, share in SHARE.items() for _ in range(-(-share * kills // 100))]
    chance.shuffle(names)
    done: Counter[str] = Counter()
    for name in names[:kills]:
        before = told(acting)
        city.until("another act went through", lambda: told(acting) > before, READY_WITHIN_S)  # noqa: B023
        time.sleep(chance.uniform(0.0, 1.2))
        target = processes[name]
        if isinstance(target, Process):
            target.ensure_running()
        target.kill()
        done[name] += 1
        time.sleep(chance.uniform(0.0, 0.3))
        target.start()
        if sum(done.values()) % 20 == 0:
            print(f"{sum(done.values())} kills, {told(acting)} acts", flush=True)
    return done


def told(acting: list[Person]) -> int:
    """How many acts the people have been told are done; fails when one of them met what it did not expect."""
    for person in acting:
        assert person.failure is None, repr(person.failure)
    return sum(len(person.acknowledged) for person in acting)


def run(city: Installation, kills: int, matters_each: int, whistle_share: float, seed: int) -> Figures:
    """Let people act while everything is killed around them, stop them, and look at the truth."""
    figures, began = Figures(), time.monotonic()
    acting = people_of(city, matters_each, whistle_share)
    city.start()
    for person in acting:
        person.start()
    figures.kills = kill_at_random(city, acting, kills, random.Random(seed))
    time.sleep(1.0)
    for process in (city.web, *city.workers):
        process.ensure_running()
    city.until("the screens answer again", city.answers, READY_WITHIN_S)
    for person in acting:
        person.end.set()
        person.join(READY_WITHIN_S)
        assert person.failure is None, repr(person.failure)
        assert not person.is_alive(), city.last_words()
    last_act_at = city.clock.now_ms()
    settled_at = city.until(
        "all that was due is done", lambda: _settled_at(city, last_act_at + LAST_STEP_MS), READY_WITHIN_S
    )
    for process in (city.web, *city.workers):
        process.stop()
    look(city, [act for person in acting for act in person.acknowledged], settled_at, figures)
    figures.lost_answers = sum(person.lost_answers for person in acting)
    figures.refused = Counter(code for person in acting for code in person.refused)
    figures.seconds = time.monotonic() - began
    return figures


def look(city: Installation, acknowledged: list[Acknowledged], settled_at: int, figures: Figures) -> None:
    """Check every guarantee on the store and the stream as of `settled_at`; fills the figures."""
    # The workers stopped a moment ago: what came due since then is for the next start. So is what one of them could
    # not send any more before its time to stop was over; a hole further back would stay one.
    asyncio.run(_relay_as_the_next_start_would(city))
    with city.services.store.read() as connection:
        entries = truth.log_is_whole(connection)
        figures.acts = dict(truth.nothing_acknowledged_is_lost(connection, acknowledged))
        truth.receipts_are_kept(connection, acknowledged)
        figures.escalations = truth.each_step_fired_once(connection, entries, settled_at)
        figures.silent_units = truth.silent_units_went_all_the_way(connection, entries, SILENT, settled_at)
        figures.tellings = truth.tellings_follow_their_step(connection, settled_at)
        room_truth.who_was_called_was_told(connection, entries, city.services.pack)
    figures.entries = len(entries)
    truth.published_as_written(city.settings.redis_url, entries)


async def _relay_as_the_next_start_would(city: Installation) -> None:
    bus = Bus(city.settings.redis_url)
    await LogRelay(bus, city.services).relay()
    await bus.close()


def _settled_at(city: Installation, after: int) -> int | None:
    """An instant past `after` up to which whatever was due has fired, is told, and is published; None before that."""
    settled_at = city.clock.now_ms() - MINUTE_MS
    due_at = service.next_due_at(city.services)
    if settled_at < after or (due_at is not None and due_at <= settled_at):
        return None
    with city.services.store.read() as connection:
        last = event_log.last_seq(connection)
        if truth.forgotten_tellings(connection, settled_at):
            return None
    with redis.Redis.from_url(city.settings.redis_url) as client:
        newest = client.xrevrange("zs:log", count=1)
    return settled_at if newest and int(newest[0][0].split(b"-")[0]) >= last - 50 else None
