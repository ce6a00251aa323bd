"""A running installation with its fleet and walls of every county, for the benches of the live picture.

The processes are those of `make run` (screens under gunicorn, feeds, Redis) on a folder of their own; `bench_live_load`
lets the fleet report and the screens look.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dashboard import administration, service
from dashboard.service import Done
from data_feeds.http.gate import KIOSK_COOKIE
from tests.crash.installation import Installation, Process
from tools.bench_fleet import import_fleet, phones, start_feeds
from tools.bench_live_load import Measured, Way, matched_by_movement, measure


class LiveCentre:
    """The running installation."""

    def __init__(self, folder: Path, web: int) -> None:
        self.folder = folder
        self.installation = Installation(folder, 1, workers=0, web=web)
        services, now = self.installation.services, self.installation.clock.now_ms()
        workers = import_fleet(self.installation)
        self.counties = sorted({row.region for row in service.roster(services)})
        operator = administration.operator(services.city)
        self._cookies = {
            code: f"{KIOSK_COOKIE}={_done(service.open_kiosk_token(services, operator, code, code, now)).value.token}"
            for code in self.counties
        }
        region_of = {row.slot: row.region for row in service.roster(services)}
        self.devices = [
            {
                "id": one.device, "slot": one.slot, "key": one.key, "lon": one.lon, "lat": one.lat,
                "county": region_of[one.slot],
            }
            for one in phones(self.installation, workers)
        ]  # fmt: skip
        # Phones report each at a moment of its own; in roster order a county would report within a third of a second.
        random.Random(1).shuffle(self.devices)
        self._feeds: Process | None = None

    def start(self) -> None:
        """Start Redis, screens and feeds."""
        self.installation.start()
        self._feeds = start_feeds(self.installation)

    def stop(self) -> None:
        """End everything."""
        if self._feeds is not None:
            self._feeds.stop()
        self.installation.stop()

    def groups(self, screens: int) -> list[dict[str, Any]]:
        """Return walls spread evenly over the counties, for `bench_screens`."""
        counties = self.counties[:screens] if screens < len(self.counties) else self.counties
        shares = [
            screens // len(counties) + (place < screens % len(counties)) for place in range(len(counties))
        ]
        return [
            {"path": "/live?view=wall", "cookie": self._cookies[code], "count": share}
            for code, share in zip(counties, shares, strict=True)
        ]

    def measure(self, screens: int, seconds: float) -> Measured:
        """Let the whole fleet report once a second and this many screens look."""
        installation = self.installation
        pids = {
            "web": installation.web.pid or 0,
            "feeds": (self._feeds.pid if self._feeds else None) or 0,
            "redis": installation.redis.pid or 0,
        }
        way = Way(
            self.folder,
            installation.settings.feeds_port,
            installation.settings.port,
            pids,
            matched_by_movement,
            clock_ahead_ms=installation.clock.now_ms() - time.time_ns() // 1_000_000,
        )
        return measure(way, self.devices, self.groups(screens), screens, seconds)


@contextmanager
def live_centre(folder: Path, web: int = 1) -> Iterator[LiveCentre]:
    """Run an installation to the end of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    centre = LiveCentre(folder, web)
    try:
        centre.start()
        yield centre
    finally:
        centre.stop()


def _done(outcome: service.Outcome) -> Done:
    if not isinstance(outcome, Done):
        raise RuntimeError(f"refused: {outcome}")
    return outcome
