"""People act on a whole installation while its processes are killed at random; then the truth is looked at."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

import redis

from dashboard import service
from dashboard.store import event_log
from data_feeds.bus import Bus
from data_feeds.embedded_redis import EmbeddedRedis
from data_feeds.log_relay import LogRelay
from data_feeds.telling.deliver import outbox_of
from tests.crash import kept_truth, room_truth, truth
from tests.crash.cast import SILENT, cast
from tests.crash.conferring import Guest
from tests.crash.installation import READY_WITHIN_S, Installation, Process
from tests.crash.people import Acknowledged, Person

MINUTE_MS = 60_000
LAST_STEP_MS = 40 * MINUTE_MS  # a whistle's last step
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
    calls: int = 0
    confirmed: int = 0
    further_attempts: int = 0
    files: int = 0
    handovers: int = 0
    ended_alone: int = 0
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
                f"ended alone    {self.ended_alone}, started again",
                f"acknowledged   {sum(self.acts.values())} acts ({acts}); 0 lost, 0 twice",
                f"lost answers   {self.lost_answers}, each asked for again with its key",
                f"refused        {dict(self.refused)}",
                f"escalations    {self.escalations}; 0 missing, 0 twice, 0 early",
                f"silent units   {self.silent_units} through all four steps",
                f"tellings       {tellings}; {self.further_attempts} further attempts",
                f"consultations  {self.calls} calls, each told once by each means; {self.confirmed} confirmed",
                f"files          {self.files}, bytes as they were named",
                f"post           handed over {self.handovers} times, never held twice",
                f"log            {self.entries} entries without a gap, audit whole",
            )
        )


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
        wanted = told(acting) + 1
        city.until(
            "another act went through",
            lambda: told(acting) >= wanted,  # noqa: B023
            READY_WITHIN_S,
            lambda: waiting_for(acting),
        )
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


def waiting_for(acting: list[Person]) -> str:
    """Say what each person who still acts asked for last."""
    return "; ".join(f"{type(one).__name__} {one.seed}: {one.waits_for}" for one in acting if one.is_alive())


def never_done(acting: list[Person], wanted: frozenset[str]) -> list[str]:
    """Return the kinds of acts that nobody has been told of yet; fails as `told` does."""
    told(acting)
    return sorted(wanted - {one.kind for person in acting for one in person.acknowledged})


def run(
    city: Installation, kills: int, matters_each: int, whistle_share: float, seed: int, reports: int,
    wanted: frozenset[str],
) -> Figures:  # fmt: skip
    """Let people act while everything is killed around them, until each kind of `wanted` acts was told to somebody;
    stop them, and look at the truth."""
    figures, began = Figures(), time.monotonic()
    acting = cast(city, matters_each, whistle_share, reports)
    city.start()
    for person in acting:
        person.start()
    figures.kills = kill_at_random(city, acting, kills, random.Random(seed))
    city.until("the screens answer again", city.answers, READY_WITHIN_S)
    city.until(
        "every kind of act went through",
        lambda: not never_done(acting, wanted),
        READY_WITHIN_S,
        lambda: f"Never done: {', '.join(never_done(acting, wanted))}; {waiting_for(acting)}",
    )
    for person in acting:
        person.end.set()
    city.until(
        "everybody has the answer that they wait for",
        lambda: told(acting) >= 0 and not any(person.is_alive() for person in acting),
        READY_WITHIN_S,
        lambda: waiting_for(acting),
    )
    last_act_at = city.clock.now_ms()
    settled_at = city.until(
        "all that was due is done",
        lambda: _settled_at(city, last_act_at + LAST_STEP_MS),
        READY_WITHIN_S,
        lambda: _unsettled(city, last_act_at + LAST_STEP_MS),
    )
    for process in (city.web, *city.workers):
        process.stop()
    look(city, acting, settled_at, figures)
    figures.ended_alone = sum(process.ended_alone for process in (city.web, *city.workers))
    figures.lost_answers = sum(person.lost_answers for person in acting)
    figures.refused = Counter(code for person in acting for code in person.refused)
    figures.seconds = time.monotonic() - began
    return figures


def look(city: Installation, acting: list[Person], settled_at: int, figures: Figures) -> None:
    """Check every guarantee on the store and the stream as of `settled_at`; fills the figures."""
    acknowledged: list[Acknowledged] = [act for person in acting for act in person.acknowledged]
    confirmed = {one for person in acting if isinstance(person, Guest) for one in person.confirmed}
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
        figures.calls = room_truth.who_was_called_was_told(connection, entries, city.services.pack)
        folder = city.settings.var_dir / "attachments"
        figures.files, figures.handovers = kept_truth.kept(connection, acknowledged, city.services, folder)
        kept_truth.confirmed_tellings_are_received(connection, confirmed)
        outbox = outbox_of(city.settings.var_dir)
        figures.further_attempts = kept_truth.carried_as_written(connection, outbox)
    figures.confirmed = len(confirmed)
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


def _unsettled(city: Installation, after: int) -> str:
    """Say what `_settled_at` still misses."""
    now, due_at = city.clock.now_ms(), service.next_due_at(city.services)
    with city.services.store.read() as connection:
        last, forgotten = (
            event_log.last_seq(connection),
            truth.forgotten_tellings(connection, now - MINUTE_MS),
        )
    with redis.Redis.from_url(city.settings.redis_url) as client:
        newest = client.xrevrange("zs:log", count=1)
    return (
        f"Of the accelerated clock {(after + MINUTE_MS - now) / MINUTE_MS:.0f} min are left; the next clock is "
        f"{((due_at or now) - now) / MINUTE_MS:.1f} min off; {len(forgotten)} tellings wait for ten minutes and more; "
        f"the log is at {last}, the stream at {newest[0][0] if newest else None}."
    )
