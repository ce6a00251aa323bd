"""From the event log to Redis: every entry once, in order, whatever dies in between.

The log's own number is the stream's id, and a relay appends only where the stream ends as it believes, so any number of
relays may run.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Final

from dashboard.service import Services
from dashboard.store import event_log
from dashboard.store.event_log import Entry
from data_feeds.bus import Bus
from data_feeds.bus_names import LOG, LOG_EPOCH

logger = logging.getLogger(__name__)

BATCH = 200  # entries per round trip; about 300 KB
KEPT = 20_000  # entries on the stream; a screen that was away longer takes a snapshot


# Each script is one step of Redis: between looking and writing no other relay comes in. Without that, two that start
# together could each empty the stream of a former database, the second one after the first had filled it again.
_ENDS_AT: Final = """
local function ends_at()
  local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
  if #last == 0 then return 0 end
  return tonumber(string.match(last[1][1], '%d+'))
end
"""
# Another database's numbers would make Redis refuse ours.
_ENTER: Final = f"""{_ENDS_AT}
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.call('SET', KEYS[2], ARGV[1])
end
return ends_at()
"""
_START_ANEW: Final = f"""{_ENDS_AT}
if ends_at() == tonumber(ARGV[1]) then redis.call('DEL', KEYS[1]) end
return 1
"""
_APPEND: Final = f"""{_ENDS_AT}
if redis.call('GET', KEYS[2]) ~= ARGV[1] or ends_at() ~= tonumber(ARGV[2]) then return 0 end
for i = 4, #ARGV, 2 do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], ARGV[i] .. '-0', 'b', ARGV[i + 1])
  redis.call(PUBLISH, KEYS[1], ARGV[i + 1])
end
return 1
"""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the relay stands."""

    epoch: str
    ends_at: int
    """The last sequence on the stream; 0 for an empty one."""
    read_to: int
    """The last sequence that need not be read any more; ahead of `ends_at` where the stream would not keep it."""


class LogRelay:
    """Publishes what is committed.

    Args:
        bus: Redis; while it is away `relay` raises BusDown, and nothing is lost: the log keeps everything.
        services: for the store and the epoch.
    """

    def __init__(self, bus: Bus, services: Services) -> None:
        self._bus = bus
        self._services = services
        self._place: _Place | None = None
        self.oldest_waiting_at: int | None = None

    def forget_place(self) -> None:
        """Ask Redis again where the stream ends: after an outage it may be another Redis, or an empty one."""
        self._place = None

    async def relay(self) -> int:
        """Publish everything committed so far; returns how many entries went out.

        Raises:
            BusDown: Redis is away; call again.
            StoreBusy: the database is away; call again.
        """
        sent = 0
        while True:
            place = self._place or await self._enter()
            entries = await asyncio.to_thread(self._read, place.read_to)
            if not entries:
                self._place = place
                self.oldest_waiting_at = None
                return sent
            self.oldest_waiting_at = entries[0].at
            if not await self._append(place, entries):
                self.forget_place()  # another relay was ahead of this one
                continue
            self._place = _Place(place.epoch, entries[-1].seq, entries[-1].seq)
            sent += len(entries)

    async def _append(self, place: _Place, entries: list[Entry]) -> bool:
        """Put the entries on the stream and tell who listens, all or none; False where the stream ends elsewhere.

        What a listener misses is on the stream: screens look there whenever a number is missing.
        """
        numbered = [part for one in entries for part in (str(one.seq), _encode(one))]
        return bool(
            await self._bus.evaluate(
                _APPEND, (LOG, LOG_EPOCH), place.epoch, str(place.ends_at), str(KEPT), *numbered
            )
        )

    async def _enter(self) -> _Place:
        epoch = await asyncio.to_thread(self._services.store.epoch)
        while True:
            ends_at = await self._bus.evaluate(_ENTER, (LOG, LOG_EPOCH), epoch)
            newest = await asyncio.to_thread(self._newest)
            if ends_at <= newest:
                return _Place(epoch, ends_at, max(ends_at, newest - KEPT))
            logger.warning(
                "the stream is at %s, the log at %s: the log was set back, the stream starts anew",
                ends_at,
                newest,
            )
            await self._bus.evaluate(_START_ANEW, (LOG,), str(ends_at))

    def _newest(self) -> int:
        with self._services.store.read() as connection:
            return event_log.last_seq(connection)

    def _read(self, seq: int) -> list[Entry]:
        with self._services.store.read() as connection:
            return event_log.read_after(connection, seq, BATCH)


def _encode(entry: Entry) -> bytes:
    return json.dumps(entry.as_dict(), ensure_ascii=False, separators=(",", ":")).encode()
