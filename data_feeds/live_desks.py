"""Which officer has which matter open, said by the desks themselves and kept in Redis for every desk.

It is a courtesy between colleagues and no lock: nothing is refused because of it. It may be lost with Redis, and what a
process said that died is taken out after three times unheard by whoever notices first, who tells the desks.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.live.picture import scope_of
from dashboard.store.news import PRESENCE, News
from data_feeds import bus_names as names
from data_feeds.bus import Bus, BusDown
from data_feeds.heard_lines import DROP_UNCHANGED, SAY_EVERY_S, SILENT_AFTER_S, HeardLines
from data_feeds.nudge import write_news

Row = Mapping[str, Any]
_SAY: Final = "return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])"  # 1 where there was no line of ours


@dataclass(frozen=True, slots=True)
class Opened:
    """An officer with a matter open since an instant (UTC ms)."""

    account: str
    name: str
    matter_id: str
    since_at: int


class DeskBook:
    """What is open at the desks of one process, and what every process says of its own.

    Args:
        bus: Redis.
        clock_ms: the product's clock.
        row_of: the screen row of an open matter by its id, None when there is none.
        sees: whether a jurisdiction may see a row's scope.
        steady_s: any steady clock (s), by which a silent process is known.
    """

    def __init__(
        self, bus: Bus, clock_ms: Callable[[], int], row_of: Callable[[str], Row | None],
        sees: Callable[[str, tuple[str, ...]], bool], steady_s: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._bus = bus
        self._clock_ms = clock_ms
        self._row_of = row_of
        self._sees = sees
        self._process = secrets.token_hex(8)
        self._beat = 0  # of what was said here, so that no two lines are the same
        self._heard = HeardLines(steady_s)
        self._open: dict[int, Opened] = {}  # by the screen's identity: one officer may sit at two desks
        self._changed: set[str] = set()
        self._asked = asyncio.Event()

    def says(self, screen: object, principal: Principal, matter_id: str | None) -> None:
        """Take in which matter a desk has open from now on; one that its officer may not see is none."""
        before = self._open.pop(id(screen), None)
        row = None if matter_id is None else self._row_of(matter_id)
        if matter_id is not None and row is not None and self._sees(principal.jurisdiction, scope_of(row)):
            is_same = before is not None and before.matter_id == matter_id
            since = before.since_at if before is not None and is_same else self._clock_ms()
            self._open[id(screen)] = Opened(principal.id, mask_name(principal.name), matter_id, since)
            if is_same:
                return
            self._tell(matter_id)
        if before is not None:
            self._tell(before.matter_id)

    def left(self, screen: object) -> None:
        """Forget a desk that went away."""
        before = self._open.pop(id(screen), None)
        if before is not None:
            self._tell(before.matter_id)

    async def keep(self) -> None:
        """Say to every process what is open here: at once when it changes, and every few seconds; until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SAY_EVERY_S):
                    await self._asked.wait()
            self._asked.clear()
            with contextlib.suppress(BusDown):  # said again in a moment
                await self.say()
                await self.lapse()

    async def read(self, principal: Principal) -> list[dict[str, Any]]:
        """Return what others have open that `principal` may see: {"matter_id", "name", "since_at"}, longest first.

        Raises:
            BusDown: Redis is away.
        """
        found: dict[tuple[str, str], dict[str, Any]] = {}
        lines = await self._bus.fields(names.PRESENCE)
        for process, silent_s in self._heard.silent_s(lines).items():
            if silent_s < SILENT_AFTER_S:
                said = json.loads(lines[process])
                found |= {(one["account"], one["matter_id"]): one for one in said["open"]}
        shown = [
            one
            for (account, _), one in found.items()
            if account != principal.id and self._may(principal, one)
        ]
        shown.sort(key=lambda one: one["since_at"])
        return [{name: one[name] for name in ("matter_id", "name", "since_at")} for one in shown]

    async def lapse(self) -> None:
        """Take out what a process said that has fallen silent, and tell the desks, which ask for nothing by the clock.

        Raises:
            BusDown: Redis is away.
        """
        lines = await self._bus.fields(names.PRESENCE)
        for process, silent_s in self._heard.silent_s(lines).items():
            if silent_s < SILENT_AFTER_S:
                continue
            if await self._bus.evaluate(DROP_UNCHANGED, [names.PRESENCE], process, lines[process]):
                await self._publish({one["matter_id"] for one in json.loads(lines[process])["open"]})

    def _may(self, principal: Principal, one: Row) -> bool:
        row = self._row_of(one["matter_id"])
        return row is not None and self._sees(principal.jurisdiction, scope_of(row))

    def _tell(self, matter_id: str) -> None:
        self._changed.add(matter_id)
        self._asked.set()

    async def say(self) -> None:
        """Say what is open here now, and tell whom it concerns that something changed.

        Raises:
            BusDown: Redis is away.
        """
        told, self._changed = self._changed, set()
        opened = [
            {"account": one.account, "name": one.name, "matter_id": one.matter_id, "since_at": one.since_at}
            for one in self._open.values()
        ]
        self._beat += 1
        line = json.dumps({"beat": self._beat, "open": opened}, ensure_ascii=False, separators=(",", ":"))
        try:
            if await self._bus.evaluate(_SAY, [names.PRESENCE], self._process, line.encode()):
                told |= {
                    one.matter_id for one in self._open.values()
                }  # others took us for dead, or Redis lost it
            await self._publish(told)
        except BusDown:
            self._changed |= told
            raise

    async def _publish(self, matter_ids: Collection[str]) -> None:
        rows = [row for one in matter_ids if (row := self._row_of(one)) is not None]
        if rows:
            await self._bus.publish(names.NEWS, write_news([News(PRESENCE, scope_of(row)) for row in rows]))
