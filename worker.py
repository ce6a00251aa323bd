"""Composition root of the worker: deadlines, the log's way to Redis, intake from the feeds, the hotline picture,
the analysis (computed by a process of its own).

Several workers may run; killing one at any instruction loses and repeats nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dashboard import log_lines
from dashboard.administration import open_services
from dashboard.allocator import keep_few_heaps, put_start_aside
from dashboard.citypack import load_pack
from dashboard.clock import Clock, open_clock
from dashboard.service import Services, fire_due
from dashboard.service.retention import forget_old
from dashboard.settings import Settings
from dashboard.store.secret_file import open_secrets
from dashboard.store.store import StoreBusy
from data_feeds import briefs_keeper, hotline_publisher
from data_feeds.analysis_publisher import AnalysisFigures, AnalysisPublisher
from data_feeds.bus import Bus, BusDown
from data_feeds.bus_names import NUDGE_WORKER, WORKER
from data_feeds.intake import run_intake
from data_feeds.log_relay import LogRelay
from data_feeds.metrics_page import open_metrics_page
from data_feeds.nudge import NewsTeller
from data_feeds.task_ending import end_tasks
from data_feeds.telling.deliver import Delivery, gateways_of
from data_feeds.worker_metrics import WorkerMetrics
from layouts.catalogue import text

logger = logging.getLogger("worker")

# Nudges make both quick; the polls are for a nudge that was lost and cost one indexed read each.
DEADLINE_POLL_S = 0.5
RELAY_POLL_S = 0.5
RETRY_S = 0.5
SIGN_OF_LIFE_S = 2.0
RETENTION_S = 3600.0


Job = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What one worker is made of."""

    services: Services
    clock: Clock
    bus: Bus
    relay: LogRelay


def lag_ms(parts: Parts) -> int:
    """Return how old the oldest entry is that the relay knows of and has not sent, ms; 0 when there is none."""
    waiting_at = parts.relay.oldest_waiting_at
    return 0 if waiting_at is None else max(parts.clock.now_ms() - waiting_at, 0)


class Worker:
    """Runs the worker's loops until asked to stop; each loop outlives outages of the store and of Redis."""

    def __init__(
        self, parts: Parts, feed_jobs: Sequence[tuple[str, Job]], analysis: AnalysisFigures | None = None
    ) -> None:
        self._parts = parts
        self.metrics = WorkerMetrics(
            lambda: parts.bus.state == "up", partial(lag_ms, parts), analysis or AnalysisFigures()
        )
        self._feed_jobs = feed_jobs
        self._due = asyncio.Event()
        self._committed = asyncio.Event()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ask all loops to end after what they are doing."""
        self._stopping.set()
        self._due.set()
        self._committed.set()

    async def run(self) -> None:
        """Run until `stop`; what is committed by then is on its way to Redis."""
        background = [
            asyncio.create_task(self._listen(), name="nudges"),
            asyncio.create_task(self._show_life(), name="sign of life"),
            asyncio.create_task(self._forget_old(), name="retention"),
            *(asyncio.create_task(job(), name=name) for name, job in self._feed_jobs),
        ]
        for task in background:
            task.add_done_callback(self._stop_with)
        await asyncio.gather(self._fire(), self._relay())
        await end_tasks(background)
        with contextlib.suppress(BusDown, StoreBusy):
            await self._parts.relay.relay()

    def _stop_with(self, task: asyncio.Task[None]) -> None:
        """A loop that ends by itself is a fault: end the process, so that its supervisor starts it anew."""
        if not task.cancelled() and not self._stopping.is_set():
            logger.error("%s ended: %r", task.get_name(), task.exception())
            self.stop()

    async def _fire(self) -> None:
        services, clock = self._parts.services, self._parts.clock
        while not self._stopping.is_set():
            self._due.clear()
            try:
                with self.metrics.fire_seconds.time():
                    fired = await asyncio.to_thread(fire_due, services, clock.now_ms())
            except StoreBusy as error:
                logger.warning("the database is busy, deadlines wait: %s", error)
                self.metrics.waited("deadlines")
                await _wait(self._stopping, RETRY_S)
                continue
            if fired.count:
                logger.info("%s escalations", fired.count)
                self.metrics.escalations.inc(fired.count)
                self._committed.set()
            sleep_s = DEADLINE_POLL_S
            if fired.next_due_at is not None:
                sleep_s = min(clock.real_seconds_until(fired.next_due_at), DEADLINE_POLL_S)
            await _wait(self._due, sleep_s)

    async def _relay(self) -> None:
        relay = self._parts.relay
        while not self._stopping.is_set():
            self._committed.clear()
            try:
                await relay.relay()
            except BusDown:
                relay.forget_place()
                self.metrics.waited("relay")
                await _wait(self._stopping, RETRY_S)
                continue
            except StoreBusy as error:
                logger.warning("the database is busy, the log waits: %s", error)
                self.metrics.waited("relay")
                await _wait(self._stopping, RETRY_S)
                continue
            await _wait(self._committed, RELAY_POLL_S)

    async def _listen(self) -> None:
        async for _ in self._parts.bus.subscribe([NUDGE_WORKER]):
            self._due.set()
            self._committed.set()

    async def _show_life(self) -> None:
        name = f"{os.uname().nodename}:{os.getpid()}"
        while True:
            now = self._parts.clock.now_ms()
            said = json.dumps({"at": now, "relay_lag_ms": lag_ms(self._parts)})
            with contextlib.suppress(BusDown):
                await self._parts.bus.put_field(WORKER, name, said.encode())
            await asyncio.sleep(SIGN_OF_LIFE_S)

    async def _forget_old(self) -> None:
        while True:
            await asyncio.sleep(RETENTION_S)
            try:
                await asyncio.to_thread(forget_old, self._parts.services, self._parts.clock.now_ms())
            except (StoreBusy, OSError) as error:
                logger.warning("what is past its retention stays for another hour: %s", error)
                self.metrics.waited("retention")


def feed_jobs(parts: Parts) -> list[tuple[str, Job]]:
    """Return what the feeds need a worker for: taking readings in, and the hotline picture."""
    return [
        ("intake", partial(run_intake, parts.bus, parts.services, parts.clock)),
        ("briefs", partial(briefs_keeper.run, parts.services, parts.clock, text)),
        ("hotline picture", partial(hotline_publisher.run, parts.bus, parts.services, parts.clock)),
    ]


async def _wait(event: asyncio.Event, seconds: float) -> bool:
    """Wait for the event at most so long; says whether it came."""
    try:
        # Not `wait_for`: before Python 3.12 that loses a cancellation which comes in the instant of the event.
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


async def serve(settings: Settings) -> None:
    """Open the parts and run until SIGTERM or SIGINT."""
    bus = Bus(settings.redis_url)
    services = open_services(settings, load_pack(settings.city_pack))
    services.store.on_news = news = NewsTeller(bus)
    news.bind(asyncio.get_running_loop())
    parts = Parts(services, open_clock(settings), bus, LogRelay(bus, services))
    gateways = gateways_of(settings, open_secrets(settings.secret_file), demonstration=settings.demonstration)
    delivery = Delivery(services, parts.clock, gateways)
    analysis = AnalysisPublisher(bus, parts.clock)
    jobs = [*feed_jobs(parts), ("tellings", delivery.run), ("analysis", analysis.run)]
    worker = Worker(parts, jobs, analysis.figures)
    open_metrics_page(worker.metrics.registry, settings, settings.worker_metrics_port)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    put_start_aside()
    await worker.run()
    await bus.close()
    services.store.close()


def main(environ: Mapping[str, str]) -> None:
    """Run one worker with the settings of the environment."""
    settings = Settings.from_environment(environ)
    log_lines.set_up("worker", settings.log_level, settings.log_format)
    keep_few_heaps()
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main(os.environ)
