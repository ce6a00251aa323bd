"""From the feed streams into the store: orders, events and calls, in the order in which they arrived.

One worker at a time holds the lease, because an older state of an order must never be written over a newer
one by a second worker. Whoever takes the lease first finishes what the last holder took and did not
acknowledge. An entry is acknowledged after its commit; a repeat changes nothing, so nothing is lost and
nothing counts twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from dashboard import service
from dashboard.domain.readings import CallReading, GridEventReading, HotlineOrderReading
from dashboard.service import Services
from dashboard.store.store import StoreBusy
from data_feeds.bus import Bus, BusDown, Entry
from data_feeds.bus_names import (
    FEED_CALLS,
    FEED_COUNTERS,
    FEED_EVENTS,
    FEED_MALFORMED,
    FEED_ORDERS,
    FEED_STREAMS,
    INTAKE_GROUP,
    INTAKE_LEASE,
    MALFORMED_KEPT,
)
from data_feeds.clock import Clock
from data_feeds.lease import Lease
from data_feeds.malformed import malformed_entry
from data_feeds.subscription import RetryDelays

_LOG = logging.getLogger(__name__)

BATCH: Final = 100  # entries of a stream per transaction
# SQLite has one writer, and one that waits looks again every 0.1 s at the latest: a pause longer than that lets an
# officer's act in between two batches of a backlog.
BREATH_S: Final = 0.15
BLOCK_MS: Final = 1_000
LEASE_MS: Final = 10_000  # a worker that died is followed after this


@dataclass(frozen=True, slots=True)
class _Sink:
    """What a stream carries and who takes it in."""

    source: str
    reading: type
    take: Callable[[Services, Sequence[Any], int], Any]


_SINKS: Final = {
    FEED_CALLS: _Sink("calls", CallReading, service.record_calls),
    FEED_ORDERS: _Sink("orders", HotlineOrderReading, service.intake_orders),
    FEED_EVENTS: _Sink("events", GridEventReading, service.intake_grid_events),
}


async def run_intake(bus: Bus, services: Services, clock: Clock) -> None:
    """Take in whatever the streams hold, until cancelled; outages of Redis and of the store are waited out.

    Raises:
        NoSecret: the services cannot seal citizens' data: a fault of the installation, not of a reading.
    """
    intake = _Intake(bus, services, clock)
    delays = RetryDelays()
    try:
        while True:
            try:
                await intake.work()
                delays.reset()
            except BusDown:
                await bus.wait_until_up()
            except StoreBusy as error:
                delay_s = delays.next_s()
                _LOG.warning("the store is busy (%s): taking in again in %.1f s", error, delay_s)
                await asyncio.sleep(delay_s)
    finally:
        with contextlib.suppress(BusDown):
            await intake.leave()


class _Intake:
    def __init__(self, bus: Bus, services: Services, clock: Clock) -> None:
        self._bus = bus
        self._services = services
        self._clock = clock
        self._lease = Lease(bus, INTAKE_LEASE, LEASE_MS)
        self._is_clean = False  # whether everything that was taken before has been finished

    async def work(self) -> None:
        """One round: hold the lease, finish what was left, take what is new."""
        if not await self._lease.hold():
            self._is_clean = False
            await asyncio.sleep(BLOCK_MS / 1000)
            return
        if not self._is_clean:
            await self._finish_what_was_left()
            self._is_clean = True
        # Until the round is through, a failure leaves entries that are taken and not acknowledged.
        self._is_clean = False
        entries = await self._bus.read_group(
            FEED_STREAMS, INTAKE_GROUP, self._lease.holder, count=BATCH, block_ms=BLOCK_MS
        )
        for stream in FEED_STREAMS:
            await self._take([entry for entry in entries if entry.stream == stream], stream)
        self._is_clean = True

    async def leave(self) -> None:
        """Let another worker go on at once."""
        await self._lease.release()

    async def _finish_what_was_left(self) -> None:
        for stream in FEED_STREAMS:
            await self._bus.ensure_group(stream, INTAKE_GROUP)
            while left := await self._bus.claim_idle(
                stream, INTAKE_GROUP, self._lease.holder, idle_ms=0, count=BATCH
            ):
                await self._take(left, stream)
                await self._lease.hold()

    async def _take(self, entries: list[Entry], stream: str) -> None:
        if not entries:
            return
        sink = _SINKS[stream]
        good: list[tuple[Entry, Any]] = []
        for entry in entries:
            try:
                good.append((entry, msgspec.json.decode(entry.fields["b"], type=sink.reading)))
            except (KeyError, msgspec.DecodeError, UnicodeDecodeError) as error:
                await self._set_aside(entry, sink, f"not a reading: {error}")
        await self._commit(good, sink)
        if len(entries) == BATCH:
            await asyncio.sleep(BREATH_S)
        await self._bus.acknowledge(stream, INTAKE_GROUP, [entry.id for entry in entries])

    async def _commit(self, readings: list[tuple[Entry, Any]], sink: _Sink) -> None:
        """Commit together; where that fails, halve until what cannot be committed stands alone."""
        if not readings:
            return
        try:
            await asyncio.to_thread(
                sink.take, self._services, [reading for _, reading in readings], self._clock.now_ms()
            )
        except (StoreBusy, service.NoSecret):
            raise
        except Exception as error:  # whatever a reading does to the store, those behind it must come through
            if len(readings) == 1:
                _LOG.exception("a reading of %s cannot be taken in", sink.source)
                await self._set_aside(readings[0][0], sink, f"cannot be stored: {type(error).__name__}")
                return
            middle = len(readings) // 2
            await self._commit(readings[:middle], sink)
            await self._commit(readings[middle:], sink)

    async def _set_aside(self, entry: Entry, sink: _Sink, reason: str) -> None:
        fields = malformed_entry(
            sink.source,
            0,
            reason,
            at=self._clock.now_ms(),
            sender=f"stream {entry.id}",
            payload=entry.fields.get("b", b""),
        )
        await self._bus.add(FEED_MALFORMED, fields, keep=MALFORMED_KEPT)
        await self._bus.increment(FEED_COUNTERS, {f"{sink.source}.poison": 1})
