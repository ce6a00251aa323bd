"""A whole running installation for the benches: Redis, worker, screens, thousands of open matters, two people."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import redis

from dashboard import administration, service
from dashboard.service import Done
from data_feeds.bus_names import LOG, NUDGE_WORKER
from tests.crash.installation import Installation
from tools.bench_city import MATTERS, fill
from tools.bench_report import tree_s

PASSWORD = "measured-all-day"  # of an installation that lives for some minutes in a temporary folder
OFFICER, LIAISON = "officer", "liaison"


@dataclass
class Heard:
    """When the bus carried what, by the wall clock of this machine, ms."""

    nudges: list[float] = field(default_factory=list)
    entries: list[tuple[float, dict[str, object]]] = field(default_factory=list)

    def listen(self, url: str) -> None:
        """Follow the bus in a thread of its own until it ends."""
        client = redis.Redis.from_url(url, socket_timeout=None)
        threading.Thread(target=self._follow, args=(client,), daemon=True).start()

    def nudge_after(self, at: float) -> float:
        """Return when the first act after an instant was committed: each nudges the worker right after it."""
        return next(one for one in self.nudges if one >= at)

    def told_after(self, at: float, matter: str) -> float:
        """Return when the first entry about a matter after an instant was on the bus."""
        return next(heard for heard, entry in self.entries if heard >= at and entry["matter_id"] == matter)

    def _follow(self, client: redis.Redis) -> None:
        follower = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        try:
            follower.subscribe(NUDGE_WORKER, LOG)
            for message in follower.listen():
                at = time.time() * 1_000
                if message["channel"] == LOG.encode():
                    self.entries.append((at, json.loads(message["data"])))
                else:
                    self.nudges.append(at)
        except (redis.RedisError, OSError, ValueError):
            return  # the centre was stopped


@dataclass(frozen=True)
class BenchCentre:
    """One running centre; `unit` is whom the liaison answers for."""

    installation: Installation
    unit: str
    unit_name: str
    heard: Heard

    @property
    def web(self) -> str:
        """The address of its screens."""
        return self.installation.address

    def cpu_s(self) -> dict[str, float]:
        """Return the processor seconds of each part since it started."""
        parts = {"web": self.installation.web.pid, "worker": self.installation.workers[0].pid}
        return {name: tree_s(pid) for name, pid in (parts | {"redis": self.installation.redis.pid}).items()}


@contextmanager
def bench_centre(
    folder: Path,
    *,
    database: str | None = None,
    matters: int = MATTERS,
    web: int = 2,
    prepare: Callable[[Installation], None] = lambda _: None,
) -> Iterator[BenchCentre]:
    """Start a centre as `make run` does, without feeds and simulator, with an officer and a liaison.

    Args:
        prepare: what else the installation gets before its processes start.
    """
    installation = Installation(folder, 1, database, workers=1, web=web)
    services, now = installation.services, installation.clock.now_ms()
    fill(services, now, matters)
    # The second unit of the city has the thirty matters of an average one (`bench_city`).
    unit = [one for one in services.pack.units if one.region == services.city][1]
    operator = administration.operator(services.city)
    for account in (
        service.NewAccount(OFFICER, "王大明", "duty_officer", services.city),
        service.NewAccount(LIAISON, "李小红", "unit_liaison", services.city, unit.id),
    ):
        made = service.create_account(services, operator, account, PASSWORD, now, must_change=False)
        assert isinstance(made, Done), made
    prepare(installation)
    installation.start()
    heard = Heard()
    heard.listen(installation.redis.url)
    try:
        yield BenchCentre(installation, unit.id, unit.short, heard)
    finally:
        installation.stop()


def until_answered(address: str) -> None:
    """Wait until something listens at an address; raises httpx.HTTPError after a minute."""
    give_up_at = time.monotonic() + 60
    while True:
        try:
            httpx.get(address, timeout=5, trust_env=False)
            return
        except httpx.HTTPError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.2)
