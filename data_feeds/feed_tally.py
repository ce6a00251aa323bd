"""Counts and refusals of the feeds, gathered in memory and written to Redis once a second."""

from __future__ import annotations

from collections import Counter, deque
from typing import Final

import msgspec

from data_feeds.bus import Bus, BusDown
from data_feeds.bus_names import (
    APART_KEPT,
    FEED_APART,
    FEED_COUNTERS,
    FEED_HEARTBEATS,
    FEED_MALFORMED,
    MALFORMED_KEPT,
)
from data_feeds.decoders.positions import FixItem
from data_feeds.malformed import malformed_entry

_WAITING_LIMIT: Final = 2_000  # refusals held while Redis is away; beyond it the oldest are dropped, counted


class PlatformPulse(msgspec.Struct):
    """When a platform was last heard, and what it last said it counted today (None: it never did)."""

    last_at: int
    count_today: int | None = None


class FeedTally:
    """What happened on the feeds since the last flush, and when each platform was last heard."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._counts: Counter[str] = Counter()
        self._unsaved: Counter[str] = Counter()
        self._ever: Counter[str] = Counter()
        self._refused: deque[dict[str, bytes]] = deque()
        self._apart: deque[dict[str, bytes]] = deque(maxlen=_WAITING_LIMIT)
        self._pulses: dict[str, PlatformPulse] = {}
        self._unsaved_pulses: set[str] = set()

    def count(self, source: str, outcome: str, number: int = 1) -> None:
        """Count `number` items of a feed under an outcome."""
        if number:
            self._counts[f"{source}.{outcome}"] += number

    def refuse(
        self,
        source: str,
        offset: int,
        reason: str,
        *,
        at: int,
        sender: str,
        payload: bytes,
        outcome: str = "malformed",
    ) -> None:
        """Count one refused item under an outcome and keep it, masked."""
        self.count(source, outcome)
        if len(self._refused) >= _WAITING_LIMIT:
            self._refused.popleft()
            self.count(source, "malformed_not_kept")
        self._refused.append(malformed_entry(source, offset, reason, at=at, sender=sender, payload=payload))

    def keep_apart(self, source: str, fix: FixItem, now: int) -> None:
        """Keep a fix of a device that is kept apart; of what waits for Redis the oldest goes first."""
        self._apart.append(
            {
                "source": source.encode(), "device": fix.id.encode(), "at": b"%d" % fix.at,
                "lon": b"%.6f" % fix.lon, "lat": b"%.6f" % fix.lat, "heard_at": b"%d" % now,
            }
        )  # fmt: skip

    def hear(self, platform: str, at: int, count_today: int | None = None) -> None:
        """Note that a platform was heard; a count replaces the one before."""
        pulse = self._pulses.setdefault(platform, PlatformPulse(at))
        pulse.last_at = max(pulse.last_at, at)
        if count_today is not None:
            pulse.count_today = count_today
        self._unsaved_pulses.add(platform)

    async def load(self) -> None:
        """Take up the platforms' pulses from before a restart."""
        for platform, body in (await self._bus.fields(FEED_HEARTBEATS)).items():
            if platform not in self._pulses:
                self._pulses[platform] = msgspec.json.decode(body, type=PlatformPulse)

    def since_start(self) -> dict[str, int]:
        """Return "feed.outcome" -> how many this process counted, as of the last flush; from any thread."""
        return dict(self._ever)

    async def flush(self) -> None:
        """Write everything gathered; what could not be written stays for the next time.

        Raises:
            BusDown: Redis is away.
        """
        counts, self._counts = self._counts, Counter()
        self._ever.update(counts)
        self._unsaved.update(counts)
        if self._unsaved:
            await self._bus.increment(FEED_COUNTERS, self._unsaved)
            self._unsaved = Counter()
        for platform in sorted(self._unsaved_pulses):
            await self._bus.put_field(FEED_HEARTBEATS, platform, msgspec.json.encode(self._pulses[platform]))
            self._unsaved_pulses.discard(platform)
        while self._refused:
            some = [self._refused[place] for place in range(min(200, len(self._refused)))]
            await self._bus.add_many([(FEED_MALFORMED, fields) for fields in some], keep=MALFORMED_KEPT)
            for _ in some:
                self._refused.popleft()
        while self._apart:
            some = [self._apart.popleft() for _ in range(min(200, len(self._apart)))]
            try:
                await self._bus.add_many([(FEED_APART, fields) for fields in some], keep=APART_KEPT)
            except BusDown:
                self._apart.extendleft(reversed(some))
                raise
