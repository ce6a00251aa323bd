"""Publishes the hotline picture, the three rates and the feeds' health; one worker at a time does it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable
from typing import Any, Final

import msgspec

from dashboard.analysis.hotline_picture import SourceState
from dashboard.clock import Clock
from dashboard.service import Services
from dashboard.service.commands.statistics import whistle_record
from dashboard.store.store import StoreBusy
from data_feeds.bus import Bus, BusDown
from data_feeds.bus_names import (
    FEED_COUNTERS,
    FEED_HEARTBEATS,
    FEED_STREAMS,
    FEED_WIRES,
    HEALTH,
    HOTLINE,
    HOTLINE_BOARD,
    HOTLINE_LEASE,
    HOTLINE_RESULTS,
    RATES,
    WORKER,
)
from data_feeds.feed_health import FeedHealth, read_pulses, source_state
from data_feeds.feed_tally import PlatformPulse
from data_feeds.hotline_day import HotlineDay
from data_feeds.hotline_results import HotlineResults
from data_feeds.lease import Lease
from data_feeds.picture_faults import PictureFaults

_LOG = logging.getLogger(__name__)

LEASE_MS: Final = 10_000
PACE_S: Final = 1.0  # the hotline picture travels at most this often
ORDERS_EVERY: Final = 5  # paces between two reads of today's orders
BOARD_EVERY: Final = 5
HEALTH_EVERY: Final = 2
RATES_EVERY: Final = 60
RESULTS_EVERY: Final = 10
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
        self._results: HotlineResults | None = None
        self._health = FeedHealth()
        self._faults = PictureFaults()
        self._pulses: dict[str, PlatformPulse] = {}
        self._said: dict[str, dict[str, Any]] = {}
        self._said_turn: dict[str, int] = {}

    async def leave(self) -> None:
        """Let another worker publish at once."""
        await self._lease.release()

    async def turn(self) -> None:
        """One pace: whatever is due of the three, if this worker holds the lease."""
        if not await self._lease.hold():
            self._day = self._results = None
            return
        number, self._turn = self._turn, self._turn + 1
        if number % HEALTH_EVERY == 0 and not await self._or_left_out(HEALTH, self._publish_health()):
            await self._say_old(HEALTH, {"faults": self._faults.said()})
        if not await self._or_left_out(HOTLINE, self._publish_hotline(number)):
            await self._say_old(HOTLINE, {"fault": self._faults.said()[HOTLINE]})
        if number % BOARD_EVERY == 0:
            await self._or_left_out(HOTLINE_BOARD, self._publish_board(number))
        if number % RESULTS_EVERY == 0:
            await self._or_left_out(HOTLINE_RESULTS, self._publish_results(number))
        if number % RATES_EVERY == 0:
            await self._or_left_out(RATES, self._publish_rates())

    async def _or_left_out(self, name: str, publishing: Awaitable[None]) -> bool:
        """Leave a picture out whose making fails, and count it; False where it did.

        This process has the deadlines too, which must not end with it.
        """
        try:
            await publishing
        except (BusDown, StoreBusy):
            raise
        except Exception:
            _LOG.exception("%s could not be made and is left out this time", name)
            self._faults.count(name, self._clock.now_ms())
            return False
        self._faults.over(name)
        return True

    async def _say_old(self, name: str, more: dict[str, Any]) -> None:
        """Publish the picture that was kept, as old as it is, with what is to be said of the fault."""
        kept = _read(await self._bus.get(name))
        if kept:  # before the first picture there is nothing on any screen that could be taken for fresh
            await self._bus.put_and_publish(name, msgspec.json.encode(kept | more))
        self._said.pop(name, None)  # the next whole one is news whatever it says

    async def _publish_hotline(self, number: int) -> None:
        now = self._clock.now_ms()
        await self._say(HOTLINE, number, await asyncio.to_thread(self._hotline, number, now))

    async def _publish_board(self, number: int) -> None:
        now = self._clock.now_ms()
        await self._say(HOTLINE_BOARD, number, await asyncio.to_thread(self._board, now))

    async def _publish_results(self, number: int) -> None:
        now = self._clock.now_ms()
        await self._say(HOTLINE_RESULTS, number, await asyncio.to_thread(self._results_of, now))

    async def _say(self, name: str, number: int, picture: dict[str, Any]) -> None:
        """Publish a picture that changed, and an unchanged one from time to time."""
        unchanged = {**picture, "at": 0} == {**self._said.get(name, {}), "at": 0}
        if unchanged and number - self._said_turn.get(name, 0) < AT_LEAST_EVERY:
            return
        await self._bus.put_and_publish(name, msgspec.json.encode(picture))
        self._said[name], self._said_turn[name] = picture, number

    def _hotline(self, number: int, now: int) -> dict[str, Any]:
        day = self._day
        if day is None or not day.holds(now):
            day = self._day = HotlineDay(self._services, now)
        # Ten real seconds of delay on the way to the store are more on a clock that runs fast.
        day.read_calls(now, margin_ms=round(10_000 * self._clock.rate))
        if number % ORDERS_EVERY == 0:
            day.read_orders(now)
        return day.picture(*self._source(day, now), now)

    def _board(self, now: int) -> dict[str, Any]:
        day = self._day
        if day is None or not day.holds(now):  # midnight between two pictures
            day = self._day = HotlineDay(self._services, now)
            day.read_calls(now)
            day.read_orders(now)
        return day.board(*self._source(day, now), now)

    def _source(self, day: HotlineDay, now: int) -> tuple[SourceState, int]:
        """How fresh the hotline platform is, and of when its last sign."""
        pulse = self._pulses.get(HOTLINE_PLATFORM)
        as_of = max(day.calls.last_at, pulse.last_at if pulse else 0)
        intervals = {platform.id: platform.interval_ms for platform in self._services.pack.platforms}
        interval_ms = intervals.get(HOTLINE_PLATFORM, HOTLINE_INTERVAL_MS)
        # On a demonstration's fast clock a look of the worker, a real second, is soon longer than an interval.
        return source_state(as_of, round(interval_ms * max(1.0, self._clock.rate)), now), as_of

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
        picture["faults"] = self._faults.said()
        await self._bus.put_and_publish(HEALTH, msgspec.json.encode(picture))

    async def _publish_rates(self) -> None:
        picture = await asyncio.to_thread(self._rates, self._clock.now_ms())
        await self._bus.put_and_publish(RATES, msgspec.json.encode(picture))

    def _kept_results(self, now: int) -> HotlineResults:
        results = self._results
        if results is None or not results.holds(now):
            results = self._results = HotlineResults(self._services, now)
        results.read(now, self._clock.rate)
        return results

    def _results_of(self, now: int) -> dict[str, Any]:
        return self._kept_results(now).picture(now)

    def _rates(self, now: int) -> dict[str, Any]:
        pack = self._services.pack
        picture = self._kept_results(now).rates(now)
        day_at = pack.calendar.midnight_at(pack.calendar.local_date(now))
        record = whistle_record(self._services, [one.code for one in pack.divisions.regions], day_at, now)
        for row in picture["regions"]:
            row["whistles"] = record[row["region"]]
        return picture


def _read(kept: bytes | None) -> dict[str, Any]:
    """Return what was published last; nothing where Redis holds something else under that name."""
    try:
        return msgspec.json.decode(kept, type=dict[str, Any]) if kept else {}
    except msgspec.DecodeError:
        return {}
