"""A whole installation under a whole city's load, process by process: Redis or a cluster, feeds, workers, web, screens,
people who act. What `tools.bench_scale` and `tools.soak` measure on."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
from sqlalchemy import Connection, func, select

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.live.picture import Picture
from dashboard.live.view import ScopeFilter, view_snapshot
from dashboard.service import Done
from dashboard.settings import PROJECT_ROOT
from dashboard.store import event_log, tables
from dashboard.store.secret_file import ensure_secret
from data_feeds import bus_names
from data_feeds.bus import Bus
from data_feeds.simulator.parameters import parameters
from data_feeds.simulator.roster import make_roster
from tests.crash.cast import UNITS
from tests.crash.installation import Installation, Process
from tests.crash.people import Gateway, Person
from tests.free_port import free_port
from tests.throwaway_redis_cluster import ThrowawayCluster
from tools.bench_city import fill
from tools.scale_load import Load
from tools.scale_people import DayOfficer
from tools.scale_screens import joined

PASSWORD: Final = "measured-all-day"  # of an installation that lives for minutes in a temporary folder
MATTERS: Final = 500  # open besides those that come and go
MATTERS_OF_AN_OFFICER: Final = 12
OFFICERS_AT_ONE: Final = 4
ACT_PAUSE_S: Final = 4.0  # at most, between two acts of one of them
CAUGHT_UP_S: Final = 30.0
READY_WITHIN_S: Final = 120.0


@dataclass
class ScaleCity:
    """One running installation; `webs`, `workers` and `feeds` are its processes, `parts` all of them by name."""

    base: Installation
    cluster: ThrowawayCluster | None
    webs: list[Process]
    feeds: list[Process]
    web_addresses: list[str]
    feed_addresses: list[str]
    load: Load
    visitors: list[tuple[str, tuple[str, str]]]
    people: list[Person]
    screens: list[asyncio.subprocess.Process] = field(default_factory=list)
    loading: asyncio.Task[None] | None = field(default=None)

    @property
    def parts(self) -> dict[str, int]:
        """Return name -> process id of everything that is measured, as it runs now."""
        found: dict[str, int | None] = {process.name: process.pid for process in self.processes}
        if self.cluster is None:
            found["redis"] = self.base.redis.pid
        else:
            found |= {f"redis{number}": node.pid for number, node in enumerate(self.cluster.masters, 1)}
        return {name: pid for name, pid in found.items() if pid is not None}

    @property
    def processes(self) -> list[Process]:
        """Every process of the product."""
        return [*self.feeds, *self.base.workers, *self.webs]

    async def open_screens(
        self, screens: int, *, timing: int = 10, stay_s: tuple[float, float] | None = None
    ) -> None:
        """Open screens, spread over the web processes; `timing` of them time the probes.

        Those are in a process of their own: behind 190 others' frames they would read theirs late.
        """
        order = {"addresses": self.web_addresses, "visitors": self.visitors, "stay_s": stay_s}
        regions = [one.code for one in self.base.services.pack.divisions.regions]
        bus = {"url": self.base.settings.redis_url, "regions": regions}
        for first, number, on_bus in ((0, timing, bus), (timing, screens - timing, None)):
            if number == 0:
                continue
            opened = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tools.scale_screens", cwd=PROJECT_ROOT, limit=1 << 28,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            self.screens.append(opened)
            await _say(opened, {**order, "first": first, "screens": number, "bus": on_bus})

    async def ask_screens(self, do: str, **order: Any) -> dict[str, Any]:
        """Ask the screens how they stand."""
        for opened in self.screens:
            await _say(opened, {"do": do, **order})
        answers = []
        for opened in self.screens:
            assert opened.stdout is not None
            answers.append(json.loads(await opened.stdout.readline()))
        return joined(answers)

    def begin(self) -> None:
        """Let the load and the people loose."""
        self.loading = asyncio.create_task(self.load.run())
        for person in self.people:
            person.start()

    async def end_load(self) -> None:
        """End load and people; returns when everybody has the answer that they wait for."""
        self.load.stop()
        if self.loading is not None:
            await self.loading
        for person in self.people:
            person.end.set()
        for person in self.people:
            await asyncio.to_thread(person.join, CAUGHT_UP_S)
            if person.failure is not None:
                raise person.failure

    async def compare_screens(self) -> dict[str, Any]:
        """Hold every screen against a fresh state of its view, made from the store; a clock that fires meanwhile
        makes it try again."""
        services = self.base.services
        for _ in range(5):
            whole = await asyncio.to_thread(service.snapshot, services)
            picture = Picture()
            picture.load(whole.epoch, whole.seq, whole.matters, whole.commands, whole.log, whole.asks)
            divisions = services.pack.divisions
            views = [
                {
                    "jurisdiction": one,
                    "snapshot": view_snapshot(picture, ScopeFilter(one, services.city, divisions.is_within)),
                }
                for one in sorted({jurisdiction for jurisdiction, _ in self.visitors})
            ]
            found = await self.ask_screens("same", views=views)
            if self.last_seq() == whole.seq:
                break
        return found

    def last_seq(self) -> int:
        """Return the number of the log's last entry."""
        with self.base.services.store.read() as connection:
            return event_log.last_seq(connection)

    def log_faults(self) -> list[str]:
        """Return what is wrong with the log: a number left out, a stream that ends elsewhere."""
        with self.base.services.store.read() as connection:
            column = tables.log.c.seq
            first, last, count = connection.execute(
                select(func.min(column), func.max(column), func.count())
            ).one()
        return [] if last - first + 1 == count else [f"log: {count} entries between {first} and {last}"]

    def counted(self, connection: Connection) -> dict[str, int]:
        """Return what the store has of the load."""
        matters = (
            select(func.count()).select_from(tables.matters).where(tables.matters.c.external_id.like("S%"))
        )
        closed = matters.where(tables.matters.c.closed_at.is_not(None))
        calls = select(func.count()).select_from(tables.calls).where(tables.calls.c.call_id.like("s%"))
        return {
            "opened": int(connection.execute(matters).scalar_one()),
            "closed": int(connection.execute(closed).scalar_one()),
            "calls": int(connection.execute(calls).scalar_one()),
        }

    async def counters(self) -> dict[str, int]:
        """Return what the feeds counted."""
        bus = Bus(self.base.settings.redis_url)
        try:
            return {name: int(value) for name, value in (await bus.fields(bus_names.FEED_COUNTERS)).items()}
        finally:
            await bus.close()

    async def faults_of_counts(self) -> list[str]:
        """Return every count that is not what was sent; waits until the streams are taken in."""
        sent, found, wanted = self.load.sent, {}, {}
        for _ in range(int(CAUGHT_UP_S * 2)):
            counters = await self.counters()
            with self.base.services.store.read() as connection:
                found = self.counted(connection) | {"fixes": counters.get("positions.accepted", 0)}
            wanted = {"opened": sent.opened, "closed": sent.closed, "calls": sent.calls, "fixes": sent.fixes}
            if found == wanted:
                break
            await asyncio.sleep(0.5)
        return [
            f"{name}: sent {wanted[name]}, arrived {found[name]}"
            for name in wanted
            if wanted[name] != found[name]
        ]

    def answering(self) -> int:
        """Return how many of the web processes answer."""
        return sum(_status(f"{address}/healthz") == 200 for address in self.web_addresses)


async def _say(screens: asyncio.subprocess.Process, order: dict[str, Any]) -> None:
    assert screens.stdin is not None
    screens.stdin.write(json.dumps(order).encode() + b"\n")
    await screens.stdin.drain()


@asynccontextmanager
async def scale_city(
    folder: Path, *, web: int, workers: int = 2, feeds: int = 1, cluster: ThrowawayCluster | None = None
) -> AsyncIterator[ScaleCity]:
    """Start an installation, each web process on a port of its own, and stop it again; nothing is loaded yet."""
    base = Installation(folder, 1, workers=workers, redis_url=cluster.url if cluster else None)
    services = base.services
    roster = make_roster(services.pack, parameters())
    rows = []
    for one in roster:
        chain = {each.level: each.code for each in services.pack.divisions.chain(one.grid)}
        rows.append(
            service.RosterWorker(
                one.slot, one.worker_id, one.name, one.grid, chain["township"],
                services.pack.divisions.region_of(one.grid) or "", one.assessed, one.skills, one.device_id,
                one.key_generation,
            )
        )  # fmt: skip
    keeper = Principal("scale", "scale", "system", "sysadmin", services.city)
    _done(service.import_roster(services, keeper, rows, base.clock.now_ms()))
    fill(services, base.clock.now_ms(), MATTERS)
    python, environ = sys.executable, base.environ
    web_ports, feed_ports = [free_port() for _ in range(web)], [free_port() for _ in range(feeds)]
    gunicorn = [python, "-m", "gunicorn", "-c", "gunicorn.conf.py", "web:server"]
    webs = [
        Process(f"web{n}", gunicorn, {**environ, "PORT": str(port)}, folder / f"web{n}.log")
        for n, port in enumerate(web_ports, 1)
    ]
    feed_processes = [
        Process(
            f"feeds{n}",
            [python, "feeds.py"],
            {**environ, "ZHONGSHU_FEEDS_PORT": str(port)},
            folder / f"feeds{n}.log",
        )
        for n, port in enumerate(feed_ports, 1)
    ]
    addresses = [f"http://127.0.0.1:{port}" for port in web_ports]
    feed_addresses = [f"http://127.0.0.1:{port}" for port in feed_ports]
    load = Load(
        feed_addresses, ensure_secret(base.settings.secret_file), services.pack, roster, base.clock.now_ms
    )
    city = ScaleCity(base, cluster, webs, feed_processes, addresses, feed_addresses, load, [], [])
    if cluster is None:
        base.redis.start()
    try:
        for process in city.processes:
            process.start()
        await _until(
            lambda: all(_status(f"{one}/healthz") == 200 for one in feed_addresses), "the feeds answer"
        )
        await _until(lambda: city.answering() == web, "the screens answer")
        city.visitors = [*_walls(city), *await asyncio.to_thread(_desks, city)]
        city.people = _people(city)
        yield city
    finally:
        for opened in city.screens:
            if opened.returncode is None:
                opened.kill()
                await opened.wait()
        for process in reversed(city.processes):
            await asyncio.to_thread(process.stop)
        if cluster is None:
            base.redis.stop()
        services.store.close()


def _walls(city: ScaleCity) -> list[tuple[str, tuple[str, str]]]:
    services, visitors = city.base.services, []
    actor = Principal("scale", "scale", "system", "system", services.city)
    for code in (services.city, *(one.code for one in services.pack.divisions.regions)):
        opened = _done(service.open_kiosk_token(services, actor, code, code, city.base.clock.now_ms()))
        visitors.append((code, ("authorization", f"Bearer {opened.token}")))
    return visitors


def _desks(city: ScaleCity) -> list[tuple[str, tuple[str, str]]]:
    services, visitors = city.base.services, []
    for code in (services.city, *(one.code for one in services.pack.divisions.regions)):
        name = _account(city, f"desk-{code.lower()}", code)
        with httpx.Client(
            base_url=city.web_addresses[0], headers={"origin": city.web_addresses[0]}
        ) as client:
            client.post("/sign-in", data={"name": name, "password": PASSWORD})
            cookie = "; ".join(f"{key}={value}" for key, value in client.cookies.items())
        if not cookie:
            raise SystemExit(f"nobody can sign in: {city.base.last_words()}")
        visitors.append((code, ("cookie", cookie)))
    return visitors


def _people(city: ScaleCity) -> list[Person]:
    """Officers at each web process who order, whistle, decide and recall, and a gateway that answers."""
    services = city.base.services
    units = [unit for unit in UNITS if unit in services.pack.units]
    officers = OFFICERS_AT_ONE * len(city.webs)
    with services.store.read() as connection:
        column = tables.matters.c
        free = select(column.id).where(column.unit.is_(None), column.closed_at.is_(None))
        ids = list(connection.execute(free.limit(MATTERS_OF_AN_OFFICER * officers)).scalars())
    people: list[Person] = []
    for number in range(officers):
        own = ids[number * MATTERS_OF_AN_OFFICER : (number + 1) * MATTERS_OF_AN_OFFICER]
        name = _account(city, f"officer-{number}", services.city)
        address = city.web_addresses[number % len(city.web_addresses)]
        people.append(
            DayOfficer(
                address,
                number,
                name_=name,
                password=PASSWORD,
                matters=own,
                units=units,
                pause_s=ACT_PAUSE_S,
                open_matters=city.load.open_matters,
                number=number,
                officers=officers,
            )
        )
    actor = Principal("scale", "scale", "system", "system", services.city)
    now = city.base.clock.now_ms()
    key = _done(service.open_gateway_key(services, actor, "scale", services.city, tuple(units), now)).token
    people.append(Gateway(city.web_addresses[-1], 90, key=key, units=frozenset(units), pause_s=ACT_PAUSE_S))
    return people


def _account(city: ScaleCity, name: str, jurisdiction: str) -> str:
    services = city.base.services
    actor = Principal("scale", "scale", "system", "system", services.city)
    account = service.NewAccount(name, name, "duty_officer", jurisdiction)
    now = city.base.clock.now_ms()
    _done(service.create_account(services, actor, account, PASSWORD, now, must_change=False))
    return name


def _done(outcome: Any) -> Any:
    if not isinstance(outcome, Done):
        raise SystemExit(str(outcome))
    return outcome.value


def _status(address: str) -> int:
    try:
        return httpx.get(address, timeout=2.0, trust_env=False).status_code
    except httpx.HTTPError:
        return 0


async def _until(holds: Callable[[], bool], what: str) -> None:
    give_up_at = time.monotonic() + READY_WITHIN_S
    while not await asyncio.to_thread(holds):
        if time.monotonic() > give_up_at:
            raise SystemExit(f"not within {READY_WITHIN_S:g} s: {what}")
        await asyncio.sleep(0.2)
