"""What the JSON interface reads from the live picture of its own process, and from the kept malformed input."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from dashboard.domain.arrival import Fix
from dashboard.domain.principal import Principal
from data_feeds.bus import Bus, BusDown
from data_feeds.bus_names import FEED_MALFORMED
from data_feeds.live_socket import LiveHub


class LiveApi:
    """The hub as the JSON interface sees it."""

    def __init__(self, hub: LiveHub) -> None:
        self._hub = hub

    def fleet_summary(self, principal: Principal, now: int) -> dict[str, Any]:
        """Counts of workers by state inside the principal's jurisdiction."""
        return self._hub.fleet.summary(now, self._hub.members(principal.jurisdiction))

    def fix_of(self, worker_id: str) -> Fix | None:
        """Where the fleet last saw a worker, None when it never did or nobody of that id is on the roster."""
        return self._hub.fix_of(worker_id)

    def duty_of(self, worker_id: str, now: int) -> dict[str, Any]:
        """On or off duty as the fleet sees it: {"state", "fix_at"}."""
        return asdict(self._hub.duty_of(worker_id, now))

    def health(self) -> dict[str, Any]:
        """Platforms, feeds and this process."""
        return self._hub.health()

    async def walls(self) -> dict[str, dict[str, Any]]:
        """What each wall says that it shows, by wall (`WallBook.read`)."""
        return await self._hub.walls.read()

    async def presence(self, principal: Principal) -> list[dict[str, Any]]:
        """What other desks have open (`DeskBook.read`); nothing is known while Redis is away."""
        try:
            return await self._hub.desks.read(principal)
        except BusDown:
            return []

    def rates(self, jurisdiction: str) -> dict[str, Any]:
        """The last rates of the regions that a jurisdiction sees, empty before the first."""
        return self._hub.rates(jurisdiction)

    def analysis(self, jurisdiction: str) -> dict[str, Any]:
        """The last analysis that a jurisdiction sees, empty before the first."""
        return self._hub.analysis(jurisdiction)

    def results(self, jurisdiction: str) -> dict[str, Any]:
        """The hotline's results of the month that a jurisdiction sees, empty before the first."""
        return self._hub.results(jurisdiction)

    async def rung(self, names: Collection[str], after: int, timeout_s: float, person: str) -> bool:
        """Return True when one of the bells has rung after a place in the log, False after `timeout_s` without."""
        return await self._hub.bells.rung(names, after, timeout_s, person)

    def touched(self, names: Collection[str], after: int) -> tuple[int, frozenset[str] | None]:
        """Return how far in the log this process is, and the matters for which the bells rang after a place in it."""
        return self._hub.picture.seq, self._hub.bells.touched(names, after)


class MalformedInputs:
    """The newest inputs that no decoder could read, as the feeds kept them (masked, cut)."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def recent(self, count: int) -> list[dict[str, Any]]:
        """Up to `count` inputs, newest first."""
        entries = await self._bus.read_last(FEED_MALFORMED, count=count)
        return [
            {name: value.decode("utf-8", "replace") for name, value in entry.fields.items()}
            for entry in entries
        ]
