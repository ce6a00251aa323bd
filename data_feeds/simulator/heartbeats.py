"""Heartbeats of the platforms, each at its interval, with what it counted today."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dashboard.citypack import Platform
from dashboard.domain.workdays import DAY_MS, HOUR_MS, WorkingCalendar
from data_feeds.simulator.parameters import Parameters
from data_feeds.simulator.seeded import stream

Count = Callable[[int], int]
"""now -> how many today."""

LATE_SPELL_MS = 30 * 60_000  # spells in which the late platform says nothing are drawn for each such stretch
OPEN_HOURS = (8.5, 17.5)  # assumed: when visitors, mediators and courts count something


class Heartbeats:
    """Says which platforms beat now. Those without their own counter count along office hours."""

    def __init__(
        self,
        platforms: Sequence[Platform],
        counters: dict[str, Count],
        parameters: Parameters,
        calendar: WorkingCalendar,
    ) -> None:
        self._platforms = platforms
        self._counters = counters
        self._parameters = parameters
        self._calendar = calendar
        self._beat_at: dict[str, int] = {}

    def due(self, now: int) -> list[dict[str, object]]:
        """Return the heartbeats that are due; at most one a platform, however much time passed."""
        beats: list[dict[str, object]] = []
        for platform in self._platforms:
            last_at = self._beat_at.get(platform.id)
            if last_at is not None and now - last_at < platform.interval_ms:
                continue
            if self._is_silent(platform.id, now) and last_at is not None:
                continue
            self._beat_at[platform.id] = now
            beats.append({"platform": platform.id, "at": now, "count_today": self._count(platform.id, now)})
        return beats

    def take_back(self, platform: str) -> None:
        """Beat again at once: this one did not arrive."""
        self._beat_at.pop(platform, None)

    def _is_silent(self, platform: str, now: int) -> bool:
        numbers = self._parameters.heartbeats
        if platform != numbers.late_platform:
            return False
        spell = stream(self._parameters.seed, "silent", now // LATE_SPELL_MS)
        return spell.random() < numbers.late_share

    def _count(self, platform: str, now: int) -> int:
        if platform in self._counters:
            return self._counters[platform](now)
        numbers = self._parameters.heartbeats
        day = self._calendar.local_date(now)
        chance = stream(self._parameters.seed, "platform", platform, day)
        whole_day = {
            "visits": chance.uniform(*numbers.visits_per_day),
            "mediation": numbers.mediation_per_day * chance.uniform(0.8, 1.2),
            "legal": numbers.legal_per_day * chance.uniform(0.8, 1.2),
            "internet": numbers.internet_per_day * chance.uniform(0.7, 1.3),
        }.get(platform, 0.0)
        hour = ((now + self._calendar.offset_ms) % DAY_MS) / HOUR_MS
        if platform == "internet":
            return int(whole_day * hour / 24)
        opens, closes = OPEN_HOURS
        return int(whole_day * min(1.0, max(0.0, (hour - opens) / (closes - opens))))
