"""How the platforms and feeds are, from what they left on Redis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from dashboard.analysis.hotline_picture import SourceState
from dashboard.citypack import Platform
from data_feeds.feed_tally import PlatformPulse

LATE_AFTER_INTERVALS: Final = 2
DOWN_AFTER_INTERVALS: Final = 10
WORKER_SILENT_MS: Final = 30_000  # a worker that said nothing for so long does not count any more
FEEDS_SILENT_MS: Final = 30_000
WIRE_FORGOTTEN_MS: Final = 24 * 3_600_000
_FEEDS: Final = ("positions", "calls", "orders", "events", "heartbeat")
_ALWAYS: Final = ("accepted", "malformed", "unauthorised")


class WorkerSign(msgspec.Struct):
    """What a worker says of itself."""

    at: int
    relay_lag_ms: int


class WireState(msgspec.Struct):
    """Whether a wire beside HTTP was up, as the feeds said it last."""

    at: int
    state: Literal["up", "down"]


def read_wires(fields: Mapping[str, bytes], now: int) -> dict[str, str]:
    """Decode `zs:feed:wires` into wire -> `up` or `down`: feeds that say nothing any more hold nothing open.

    A wire that nobody spoke of for a day was switched off.
    """
    states = {wire: msgspec.json.decode(body, type=WireState) for wire, body in fields.items()}
    return {
        wire: told.state if now - told.at <= FEEDS_SILENT_MS else "down"
        for wire, told in sorted(states.items())
        if now - told.at <= WIRE_FORGOTTEN_MS
    }


def read_pulses(fields: Mapping[str, bytes]) -> dict[str, PlatformPulse]:
    """Decode `zs:feed:heartbeats`."""
    return {name: msgspec.json.decode(body, type=PlatformPulse) for name, body in fields.items()}


def source_state(last_at: int, interval_ms: int, now: int) -> SourceState:
    """Say how fresh a source is: late after twice its interval, down after ten times."""
    age_ms = now - last_at
    if age_ms > DOWN_AFTER_INTERVALS * interval_ms:
        return "down"
    return "late" if age_ms > LATE_AFTER_INTERVALS * interval_ms else "fresh"


class FeedHealth:
    """Turns running counters into rates between two looks."""

    def __init__(self) -> None:
        self._before: dict[str, int] = {}
        self._before_s: float | None = None

    def picture(
        self,
        platforms: Sequence[Platform],
        pulses: Mapping[str, PlatformPulse],
        counters: Mapping[str, bytes],
        waiting: Mapping[str, int],
        workers: Mapping[str, bytes],
        now: int,
        real_s: float,
        wires: Mapping[str, bytes] | None = None,
    ) -> dict[str, Any]:
        """Return the object that docs/feeds.md describes under `zs:health`.

        Args:
            waiting: feed -> entries in its stream that are not in the store yet.
            real_s: a monotonic clock in real seconds, for rates.
            wires: `zs:feed:wires`.
        """
        counts = {name: int(value) for name, value in counters.items()}
        signs = [msgspec.json.decode(body, type=WorkerSign) for body in workers.values()]
        alive = [sign for sign in signs if now - sign.at <= WORKER_SILENT_MS]
        found = {
            "at": now,
            "platforms": [_platform(platform, pulses.get(platform.id)) for platform in platforms],
            "feeds": {feed: self._feed(feed, counts, waiting.get(feed), real_s) for feed in _feeds(counts)},
            "wires": read_wires(wires or {}, now),
            # Two workers relay the same log: the one that is ahead decides how late screens are.
            "relay_lag_ms": min((sign.relay_lag_ms for sign in alive), default=None),
            "worker_at": max((sign.at for sign in signs), default=None),
        }
        self._before, self._before_s = counts, real_s
        return found

    def _feed(
        self, feed: str, counts: Mapping[str, int], waiting: int | None, real_s: float
    ) -> dict[str, Any]:
        prefix = f"{feed}."
        totals = dict.fromkeys(_ALWAYS, 0)
        totals |= {
            name.removeprefix(prefix): count for name, count in counts.items() if name.startswith(prefix)
        }
        taken = totals["accepted"] + totals.get("late", 0)
        before = self._before.get(f"{feed}.accepted", 0) + self._before.get(f"{feed}.late", 0)
        elapsed_s = real_s - self._before_s if self._before_s is not None else 0.0
        # A smaller counter than before means that Redis lost its data: no rate can be told from that.
        per_s = round(max(0, taken - before) / elapsed_s, 1) if elapsed_s > 0 else None
        return {"per_s": per_s, **totals, **({} if waiting is None else {"waiting": waiting})}


def _feeds(counts: Mapping[str, int]) -> list[str]:
    """Those that are always there, and every other wire that ever counted anything."""
    return [*_FEEDS, *sorted({name.partition(".")[0] for name in counts} - {*_FEEDS})]


def _platform(platform: Platform, pulse: PlatformPulse | None) -> dict[str, Any]:
    return {
        "id": platform.id,
        "short": platform.short,
        "interval_ms": platform.interval_ms,
        "last_at": None if pulse is None else pulse.last_at,
        "count_today": None if pulse is None else pulse.count_today,
    }
