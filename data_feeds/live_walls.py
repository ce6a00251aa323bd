"""Which walls are connected and what each shows, said by the walls themselves and kept in Redis for every desk.

It may be lost with Redis: each process says it again every few seconds, of the walls that it serves.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from dashboard.domain.principal import Principal
from dashboard.domain.wall import wall_id
from dashboard.store.news import WALLS_SHOWN, News
from data_feeds import bus_names as names
from data_feeds.bus import Bus, BusDown
from data_feeds.live_screens import SceneShown
from data_feeds.nudge import write_news

SAY_EVERY_S: Final = 5.0
SILENT_AFTER_MS: Final = 15_000  # a process that died says nothing: three times unheard is gone


@dataclass(slots=True)
class _Shown:
    jurisdiction: str
    shown: SceneShown | None
    since_at: int
    screens: int = 1


class WallBook:
    """The walls of one process. Only screens with a wall's token count: an officer who looks at /wall is no wall.

    `clock_ms` is the product's clock.
    """

    def __init__(self, bus: Bus, clock_ms: Callable[[], int]) -> None:
        self._bus = bus
        self._clock_ms = clock_ms
        self._here: dict[str, _Shown] = {}
        self._changed: set[str] = set()  # walls to tell of
        self._gone: dict[str, _Shown] = {}
        self._asked = asyncio.Event()

    def joined(self, principal: Principal) -> None:
        """Count a wall's screen in."""
        if principal.kind != "kiosk":
            return
        wall = _id(principal)
        here = self._here.get(wall)
        if here is None:
            self._here[wall] = _Shown(principal.jurisdiction, None, self._clock_ms())
            self._gone.pop(wall, None)
            self._tell(wall)
        else:
            here.screens += 1

    def left(self, principal: Principal) -> None:
        """Count a wall's screen out."""
        if principal.kind != "kiosk":
            return
        wall = _id(principal)
        here = self._here[wall]
        here.screens -= 1
        if here.screens == 0:
            self._gone[wall] = self._here.pop(wall)
            self._tell(wall)

    def says(self, principal: Principal, shown: SceneShown) -> None:
        """Take in what a wall says that it shows."""
        here = self._here.get(_id(principal)) if principal.kind == "kiosk" else None
        if here is None or here.shown == shown:
            return
        here.shown, here.since_at = shown, self._clock_ms()
        self._tell(_id(principal))

    async def keep(self) -> None:
        """Say to every process what is shown here: at once when it changes, and every few seconds; until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SAY_EVERY_S):
                    await self._asked.wait()
            self._asked.clear()
            with contextlib.suppress(BusDown):  # said again in a moment
                await self._say()

    async def read(self) -> dict[str, dict[str, Any]]:
        """Return what every process says, by wall: {"connected", "scene", "matter_id", "since_at", "heard_at"}.

        Raises:
            BusDown: Redis is away.
        """
        found = {}
        for wall, data in (await self._bus.fields(names.WALLS)).items():
            with contextlib.suppress(ValueError, KeyError):
                said = json.loads(data)
                is_heard = self._clock_ms() - said["heard_at"] < SILENT_AFTER_MS
                found[wall] = {**said, "connected": bool(said["connected"]) and is_heard}
        return found

    def _tell(self, wall: str) -> None:
        self._changed.add(wall)
        self._asked.set()

    async def _say(self) -> None:
        """Say what is so at this instant; whatever changes meanwhile is said the next time, which is at once."""
        told, self._changed = self._changed, set()
        gone, self._gone = self._gone, {}
        known = gone | self._here
        lines = {wall: self._line(one, is_connected=wall in self._here) for wall, one in known.items()}
        news = [News(WALLS_SHOWN, (known[wall].jurisdiction,)) for wall in told if wall in known]
        try:
            for wall, line in lines.items():
                await self._bus.put_field(names.WALLS, wall, line)
            if news:
                await self._bus.publish(names.NEWS, write_news(news))
        except BusDown:
            self._changed |= told
            self._gone = {wall: one for wall, one in gone.items() if wall not in self._here} | self._gone
            raise

    def _line(self, here: _Shown, *, is_connected: bool) -> bytes:
        shown = here.shown
        return json.dumps(
            {
                "connected": is_connected,
                "scene": shown.scene if shown else None,
                "matter_id": shown.matter_id if shown else None,
                "since_at": here.since_at,
                "heard_at": self._clock_ms(),
            },
            separators=(",", ":"),
        ).encode()


def _id(principal: Principal) -> str:
    return wall_id(principal.jurisdiction, principal.name)
