"""Publishes the hotline picture, the three rates and the feeds' health; one worker at a time does it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Any, Final

import msgspec

from dashboard.analysis.rates import monthly_rates
from dashboard.clock import Clock
from dashboard.service import Services
from dashboard.service.commands.statistics import whistle_record
from dashboard.service.hotline_reads import order_facts, sign_due_at
from dashboard.store.store import StoreBusy
from data_feeds.bus import Bus, BusDown
from data_feeds.bus_names import (
    FEED_COUNTERS,
    FEED_HEARTBEATS,
    FEED_STREAMS,
    FEED_WIRES,
    HEALTH,
    HOTLINE,
    HOTLINE_LEASE,
    RATES,
    WORKER,
)
from data_feeds.feed_health import FeedHealth, read_pulses, source_state
from data_feeds.feed_tally import PlatformPulse
from data_feeds.hotline_day import HotlineDay
from data_feeds.lease import Lease

_LOG = logging.getLogger(__name__)

LEASE_MS: Final = 10_000
PACE_S: Final = 1.0  # the hotline picture travels at most this often
ORDERS_EVERY: Final = 5  # paces between two reads of today's orders
HEALTH_EVERY: Final = 2
RATES_EVERY: Final = 60
AT_LEAST_EVERY: Final = 5  # a picture without change travels again, so that screens see it is alive
HOTLINE_PLATFORM: Final = "hotline"  # id in the city pack's platforms.csv
HOTLINE_INTERVAL_MS: Final = 5_000  # where the pack does not name that platform


async def run(bus: Bus, services: Services, clock: Clock) -> None:
    """Publish until cancelled; outages of Redis and of the store are waited out."""
    publisher = HotlinePublisher(bus, services, clock)
    try:
        while True:
            started_s = time.monotonic()
            try:
                await publisher.turn()
            except BusDown:
                await bus.wait_until_up()
            except StoreBusy as error:
                _LOG.warning("the store is busy, the hotline picture waits: %s", error)
            await asyncio.sleep(max(0.05, PACE_S - (time.monotonic() - started_s)))
    finally:
        with contextlib.suppress(BusDown):
            await publisher.leave()


class HotlinePublisher:
    """Holds the day's counts between two turns."""

    def __init__(self, bus: Bus, services: Services, clock: Clock) -> None:
        self._bus = bus
        self._services = services
        self._clock = clock
        self._lease = Lease(bus, HOTLINE_LEASE, LEASE_MS)
        self._turn = 0
        self._day: HotlineDay | None = None
        self._health = FeedHealth()
        self._pulses: dict[str, PlatformPulse] = {}
        self._said: dict[str, Any] = {}
        self._said_turn = 0

    async def leave(self) -> None:
        """Let another worker publish at once."""
        await self._lease.release()

    async def turn(self) -> None:
        """One pace: whatever is due of the three, if this worker holds the lease."""
        if not await self._lease.hold():
            self._day = None
            return
        number, self._turn = self._turn, self._turn + 1
        if number % HEALTH_EVERY == 0:
            await self._publish_health()
        await self._publish_hotline(number)
        if number % RATES_EVERY == 0:
            await self._publish_rates()

    async def _publish_hotline(self, number: int) -> None:
        now = self._clock.now_ms()
        picture = await asyncio.to_thread(self._hotline, number, now)
        unchanged = {**picture, "at": 0} == {**self._said, "at": 0}
        if unchanged and number - self._said_turn < AT_LEAST_EVERY:
            return
        await self._bus.put_and_publish(HOTLINE, msgspec.json.encode(picture))
        self._said, self._said_turn = picture, number

    def _hotline(self, number: int, now: int) -> dict[str, Any]:
        day = self._day
        if day is None or not day.holds(now):
            day = self._day = HotlineDay(self._services, now)
        # Ten real seconds of delay on the way to the store are more on a clock that runs fast.
        day.read_calls(now, margin_ms=round(10_000 * self._clock.rate))
        if number % ORDERS_EVERY == 0:
            day.read_orders(now)
        pulse = self._pulses.get(HOTLINE_PLATFORM)
        as_of = max(day.calls.last_at, pulse.last_at if pulse else 0)
        intervals = {platform.id: platform.interval_ms for platform in self._services.pack.platforms}
        state = source_state(as_of, intervals.get(HOTLINE_PLATFORM, HOTLINE_INTERVAL_MS), now)
        return day.picture(state, as_of, now)

    async def _publish_health(self) -> None:
        self._pulses = read_pulses(await self._bus.fields(FEED_HEARTBEATS))
        waiting = {stream.rpartition(":")[2]: await self._bus.length(stream) for stream in FEED_STREAMS}
        picture = self._health.picture(
            self._services.pack.platforms,
            self._pulses,
            await self._bus.fields(FEED_COUNTERS),
            waiting,
            await self._bus.fields(WORKER),
            self._clock.now_ms(),
            time.monotonic(),
            await self._bus.fields(FEED_WIRES),
        )
        await self._bus.put_and_publish(HEALTH, msgspec.json.encode(picture))

    async def _publish_rates(self) -> None:
        picture = await asyncio.to_thread(self._rates, self._clock.now_ms())
        await self._bus.put_and_publish(RATES, msgspec.json.encode(picture))

    def _rates(self, now: int) -> dict[str, Any]:
        pack = self._services.pack
        month = pack.calendar.local_date(now).replace(day=1)
        month_at = pack.calendar.midnight_at(month)
        orders = order_facts(self._services, month_at, now + 1)
        regions = [region.code for region in pack.divisions.regions]
        picture = monthly_rates(orders, regions, month, month_at, now, sign_due_at(self._services))
        day_at = pack.calendar.midnight_at(pack.calendar.local_date(now))
        record = whistle_record(self._services, regions, day_at, now)
        for row in picture["regions"]:
            row["whistles"] = record[row["region"]]
        return picture
