"""Which walls are connected and what each shows, said by the walls themselves and kept in Redis for every desk.

It may be lost with Redis: each process says it again every few seconds, of the walls that it serves. A wall that goes
from one process to another is served by both for a moment, so each process has a line of its own for each wall.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboard.domain.principal import Principal
from dashboard.domain.wall import wall_id
from dashboard.store.news import WALLS_SHOWN, News
from data_feeds import bus_names as names
from data_feeds.bus import Bus, BusDown
from data_feeds.heard_lines import DROP_UNCHANGED, SAY_EVERY_S, SILENT_AFTER_S, HeardLines
from data_feeds.live_screens import SceneShown
from data_feeds.nudge import write_news

_A_MOMENT_S: Final = 0.05  # behind the instant at which a line counts as silent
_BETWEEN: Final = "@"  # the id of a wall and that of a process; neither has one


@dataclass(slots=True)
class _Shown:
    jurisdiction: str
    shown: SceneShown | None
    since_at: int
    screens: int = 1


class WallBook:
    """The walls of one process. Only screens with a wall's token count: an officer who looks at /wall is no wall.

    `clock_ms` is the product's clock, `steady_s` any steady one (s), by which a silent process is known.
    """

    def __init__(
        self, bus: Bus, clock_ms: Callable[[], int], steady_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._bus = bus
        self._clock_ms = clock_ms
        self._process = secrets.token_hex(8)
        self._beat = 0  # of what was said here, so that no two lines are the same
        self._heard = HeardLines(steady_s)
        self._here: dict[str, _Shown] = {}
        self._changed: set[str] = set()  # walls to tell of
        self._gone: dict[str, _Shown] = {}
        self._asked = asyncio.Event()
        self._silent: set[str] = set()  # fields of which the desks know that nobody says them any more
        self._look_again_s = SAY_EVERY_S

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
        """Say to every process what is shown here: at once when it changes, and every few seconds; until cancelled.

        A wall whose process fell silent is told to the desks at the moment at which it counts as gone.
        """
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._look_again_s):
                    await self._asked.wait()
            self._asked.clear()
            with contextlib.suppress(BusDown):  # said again in a moment
                await self._say()
                await self._sweep()

    async def read(self) -> dict[str, dict[str, Any]]:
        """Return what every process says, by wall: {"connected", "scene", "matter_id", "since_at", "heard_at"}.

        Raises:
            BusDown: Redis is away.
        """
        found: dict[str, dict[str, Any]] = {}
        for _, wall, said in self._told(await self._bus.fields(names.WALLS)):
            known = found.get(wall)
            if known is None or _rank(known) < _rank(said):
                found[wall] = said
        return found

    def _told(self, lines: Mapping[str, bytes]) -> list[tuple[str, str, dict[str, Any]]]:
        """(field, wall, what is said of it) of every line that can be read."""
        silent_s = self._heard.silent_s(lines)
        told = []
        for field, data in lines.items():
            with contextlib.suppress(ValueError, KeyError):
                said = json.loads(data)
                is_connected = bool(said["connected"]) and silent_s[field] < SILENT_AFTER_S
                of_it = {name: said[name] for name in ("scene", "matter_id", "since_at", "heard_at")}
                told.append((field, field.partition(_BETWEEN)[0], {"connected": is_connected, **of_it}))
        return told

    async def _sweep(self) -> None:
        """Take out what a process said before it fell silent, where another line says more of that wall; where none
        does, tell the desks that the wall is gone, since its process cannot."""
        lines = await self._bus.fields(names.WALLS)
        told = self._told(lines)
        best = {wall: field for field, wall, _ in sorted(told, key=lambda one: _rank(one[2]))}
        silent_s = self._heard.silent_s(lines)
        await self._tell_of_dead({best[wall]: lines[best[wall]] for wall in best}, silent_s)
        soonest = min(
            (SILENT_AFTER_S - one for one in silent_s.values() if one < SILENT_AFTER_S), default=SAY_EVERY_S
        )
        self._look_again_s = min(SAY_EVERY_S, soonest + _A_MOMENT_S)
        for field, wall, _ in told:
            if field != best[wall] and silent_s[field] >= SILENT_AFTER_S:
                await self._bus.evaluate(DROP_UNCHANGED, [names.WALLS], field, lines[field])

    async def _tell_of_dead(self, last: Mapping[str, bytes], silent_s: Mapping[str, float]) -> None:
        """Every process that sees it says so: a desk asks once for what is told in one moment."""
        silent = {}
        for field, data in last.items():
            said = json.loads(data)
            if silent_s[field] >= SILENT_AFTER_S and said["connected"]:
                silent[field] = said.get("jurisdiction")  # a process of an older release does not say it
        news = {place for field, place in silent.items() if field not in self._silent and place is not None}
        if news:
            await self._bus.publish(
                names.NEWS, write_news([News(WALLS_SHOWN, (one,)) for one in sorted(news)])
            )
        self._silent = set(silent)

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
                await self._bus.put_field(names.WALLS, f"{wall}{_BETWEEN}{self._process}", line)
            if news:
                await self._bus.publish(names.NEWS, write_news(news))
        except BusDown:
            self._changed |= told
            self._gone = {wall: one for wall, one in gone.items() if wall not in self._here} | self._gone
            raise

    def _line(self, here: _Shown, *, is_connected: bool) -> bytes:
        shown = here.shown
        self._beat += 1
        return json.dumps(
            {
                "connected": is_connected,
                "jurisdiction": here.jurisdiction,
                "scene": shown.scene if shown else None,
                "matter_id": shown.matter_id if shown else None,
                "since_at": here.since_at,
                "heard_at": self._clock_ms(),
                "beat": self._beat,
            },
            separators=(",", ":"),
        ).encode()


def _rank(said: Mapping[str, Any]) -> tuple[bool, int]:
    """Which of two lines of a wall says more: the connected one, then the one of the last change or the last word."""
    return bool(said["connected"]), said["since_at"] if said["connected"] else said["heard_at"]


def _id(principal: Principal) -> str:
    return wall_id(principal.jurisdiction, principal.name)
