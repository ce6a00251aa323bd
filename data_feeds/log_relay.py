"""From the event log to Redis: every entry once, in order, whatever dies in between.

The log's own number is the stream's id, so Redis itself refuses a replay and any number of relays may run.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass

from dashboard.service import Services
from dashboard.store import event_log
from dashboard.store.event_log import Entry
from data_feeds.bus import Bus
from data_feeds.bus_names import LOG, LOG_EPOCH

logger = logging.getLogger(__name__)

BATCH = 200  # entries per round trip; about 300 KB
KEPT = 20_000  # entries on the stream; a screen that was away longer takes a snapshot


@dataclass(slots=True)
class _Place:
    """Where the relay stands: the last sequence on the stream, None until Redis was asked."""

    seq: int | None = None


class LogRelay:
    """Publishes what is committed.

    Args:
        bus: Redis; while it is away `relay` raises BusDown, and nothing is lost: the log keeps everything.
        services: for the store and the epoch.
    """

    def __init__(self, bus: Bus, services: Services) -> None:
        self._bus = bus
        self._services = services
        self._place = _Place()
        self.oldest_waiting_at: int | None = None

    def forget_place(self) -> None:
        """Ask Redis again where the stream ends: after an outage it may be another Redis, or an empty one."""
        self._place.seq = None

    async def relay(self) -> int:
        """Publish everything committed so far; returns how many entries went out.

        Raises:
            BusDown: Redis is away; call again.
            StoreBusy: the database is away; call again.
        """
        if self._place.seq is None:
            self._place.seq = await self._find_place()
        sent = 0
        while True:
            entries = await asyncio.to_thread(self._read, self._place.seq)
            if not entries:
                self.oldest_waiting_at = None
                return sent
            self.oldest_waiting_at = entries[0].at
            await self._send(entries)
            self._place.seq = entries[-1].seq
            sent += len(entries)

    async def _send(self, entries: list[Entry]) -> None:
        bodies = {f"{one.seq}-0": _encode(one) for one in entries}
        taken = await self._bus.add_numbered(
            LOG, [(entry_id, {"b": body}) for entry_id, body in bodies.items()], keep=KEPT
        )
        # A message lost here is on the stream: screens look there whenever a number is missing.
        await self._bus.publish_many([(LOG, bodies[entry_id]) for entry_id in taken])

    async def _find_place(self) -> int:
        epoch = await asyncio.to_thread(self._services.store.epoch)
        known = await self._bus.get(LOG_EPOCH)
        if known is None or known.decode() != epoch:
            # Another database's log: its numbers would make Redis refuse ours.
            await self._bus.forget(LOG)
            await self._bus.put(LOG_EPOCH, epoch.encode())
        last = await self._bus.read_last(LOG, count=1)
        newest = await asyncio.to_thread(self._newest)
        place = int(last[0].id.split("-")[0]) if last else 0
        if place > newest:
            logger.warning(
                "the stream is at %s, the log at %s: the log was set back, the stream starts anew",
                place,
                newest,
            )
            await self._bus.forget(LOG)
            place = 0
        return max(place, newest - KEPT)

    def _newest(self) -> int:
        with self._services.store.read() as connection:
            return event_log.last_seq(connection)

    def _read(self, seq: int) -> list[Entry]:
        with self._services.store.read() as connection:
            return event_log.read_after(connection, seq, BATCH)


def _encode(entry: Entry) -> bytes:
    return json.dumps(entry.as_dict(), ensure_ascii=False, separators=(",", ":")).encode()
