"""Counts of one day's calls, kept up event by event: any order, any repeat, the same result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from dashboard.analysis.expected import BIN_MS, BINS
from dashboard.domain.readings import CallReading

DAY_MS: Final = BINS * BIN_MS
WAITING_LIMIT_MS: Final = 30 * 60_000  # a call without an end for so long lost its end on the way
SILENT_FROM: Final = 20  # calls without a single outcome: the channel does not report any
LONGEST_TALK_MS: Final = 2 * 3_600_000  # and no talk is longer


class CallDay:
    """Everything that the hotline picture needs of calls between a local midnight less a day, and now.

    Args:
        midnight_at: local midnight that begins the day, UTC ms.
    """

    def __init__(self, midnight_at: int) -> None:
        self.midnight_at = midnight_at
        self._seen: dict[tuple[str, str, str], int] = {}
        self._arrived: dict[tuple[str, str], int] = {}
        self._answered: dict[tuple[str, str], int] = {}
        self._left: dict[tuple[str, str], int] = {}  # abandoned or ended
        self._abandoned: set[tuple[str, str]] = set()
        self._talked_ms: dict[tuple[str, str], int] = {}
        self._ended_topic: dict[tuple[str, str], tuple[int, str, str]] = {}
        self._channel_of: dict[tuple[str, str], str] = {}
        self._desk_of: dict[tuple[str, str], str] = {}
        self._outcomes_of: Counter[str] = Counter()  # channel -> calls whose end of waiting was reported
        self._bins: Counter[int] = Counter()
        self._channels: Counter[str] = Counter()
        self._origins: Counter[str] = Counter()
        self.calls = self.answered = self.abandoned = 0
        self.last_at = 0

    def take(self, readings: Iterable[CallReading]) -> int:
        """Take events in; returns how many were new."""
        new = 0
        for one in readings:
            key = (one.source, one.call_id, one.kind)
            if key not in self._seen:
                self._seen[key] = one.at
                self._count(one)
                new += 1
        return new

    def taken(self, since: int, now: int) -> int:
        """Return how many events of a period were taken in, both ends included."""
        return sum(since <= at <= now for at in self._seen.values())

    def bins(self, now: int) -> list[int]:
        """Return calls per complete five minutes of the day up to now."""
        complete = min(BINS, max(0, now - self.midnight_at) // BIN_MS)
        return [self._bins[number] for number in range(complete)]

    def channels(self) -> Counter[str]:
        """Return today's calls by channel."""
        return Counter(self._channels)

    def origins(self) -> Counter[str]:
        """Return today's calls by the number that was dialled or merged into 12345."""
        return Counter(self._origins)

    def silent_channels(self) -> set[str]:
        """Return channels that count calls and never say what became of them: of those no queue is known."""
        arrived = Counter(self._channel_of.values())
        return {
            channel
            for channel, count in arrived.items()
            if count >= SILENT_FROM and not self._outcomes_of[channel]
        }

    def waiting(self, now: int) -> list[int] | None:
        """Return the arrival of each call that waits now, oldest first; None where no channel tells."""
        calls = self._waiting_calls(now)
        return None if calls is None else sorted(self._arrived[call] for call in calls)

    def waiting_by_desk(self, now: int) -> dict[str, list[int]] | None:
        """Return the same by the special desk that was asked for, "" for none; None where no channel tells."""
        calls = self._waiting_calls(now)
        if calls is None:
            return None
        found: dict[str, list[int]] = {}
        for call in calls:
            found.setdefault(self._desk_of.get(call, ""), []).append(self._arrived[call])
        return {desk: sorted(arrivals) for desk, arrivals in found.items()}

    def has_desks(self) -> bool:
        """Say whether any call told of a special desk."""
        return bool(self._desk_of)

    def _waiting_calls(self, now: int) -> list[tuple[str, str]] | None:
        silent = self.silent_channels()
        if silent and silent == set(self._channel_of.values()):
            return None
        since = now - WAITING_LIMIT_MS
        return [
            call
            for call, at in self._arrived.items()
            if since <= at <= now
            and call not in self._answered
            and call not in self._left
            and self._channel_of[call] not in silent
        ]

    def answered_within(self, limit_ms: int, since: int, now: int) -> tuple[int, int]:
        """Count the calls that arrived in the period and whose wait is over: answered within `limit_ms`, and all."""
        in_time = over = 0
        silent = self.silent_channels()
        for call, at in self._arrived.items():
            if not since <= at <= now or self._channel_of[call] in silent:
                continue
            answered_at = self._answered.get(call)
            if answered_at is not None:
                over += 1
                in_time += answered_at - at <= limit_ms
            elif call in self._left or now - at > limit_ms:
                over += 1
        return in_time, over

    def connected(self, since: int, now: int) -> tuple[int, int]:
        """Count the calls that arrived in the period: answered, and answered or given up."""
        answered = over = 0
        for call, at in self._arrived.items():
            if since <= at <= now:
                answered += call in self._answered
                over += call in self._answered or call in self._abandoned
        return answered, over

    def arrivals(self, since: int, now: int) -> int:
        """Return how many calls arrived in a period, both ends included."""
        return sum(since <= at <= now for at in self._arrived.values())

    def waits(self, since: int, now: int) -> list[tuple[int, bool]]:
        """Return (ms waited, whether the caller gave up) of the calls that arrived in a period and wait no longer."""
        found = []
        for call, at in self._arrived.items():
            left_at = self._answered.get(call, self._left.get(call))
            if since <= at <= now and left_at is not None:
                found.append((max(0, left_at - at), call not in self._answered))
        return found

    def arrived_at(self, since: int, now: int) -> list[int]:
        """Return when the calls of a period arrived, both ends included."""
        return [at for at in self._arrived.values() if since <= at <= now]

    def talk_times_ms(self) -> list[int]:
        """Return how long each call of the day was talked, answered to ended."""
        return list(self._talked_ms.values())

    def topics(self) -> list[tuple[int, str, str]]:
        """Return (at, category, order number) of the day's calls whose topic was named."""
        return list(self._ended_topic.values())

    def _count(self, one: CallReading) -> None:
        today = self.midnight_at <= one.at < self.midnight_at + DAY_MS
        call = (one.source, one.call_id)
        self.last_at = max(self.last_at, one.at)
        if one.desk and one.kind != "agent":
            self._desk_of.setdefault(call, one.desk)
        if one.kind == "arrived":
            self._arrived[call] = one.at
            self._channel_of[call] = one.channel
            if today:
                self.calls += 1
                self._bins[(one.at - self.midnight_at) // BIN_MS] += 1
                self._channels[one.channel] += 1
                self._origins[one.origin_number] += 1
        elif one.kind == "answered":
            self._answered[call] = one.at
            self._outcomes_of[one.channel] += 1
            self.answered += today
            self._note_talk(call)
        elif one.kind == "abandoned":
            self._left[call] = one.at
            self._outcomes_of[one.channel] += 1
            self._abandoned.add(call)
            self.abandoned += today
        elif one.kind == "ended":
            self._left[call] = one.at
            self._note_talk(call)
            if today and one.category:
                self._ended_topic[call] = (one.at, one.category, one.order_no)

    def _note_talk(self, call: tuple[str, str]) -> None:
        answered_at, ended_at = self._answered.get(call), self._left.get(call)
        if answered_at is not None and ended_at is not None and ended_at >= self.midnight_at:
            talk_ms = ended_at - answered_at
            if 0 <= talk_ms <= LONGEST_TALK_MS:
                self._talked_ms[call] = talk_ms
