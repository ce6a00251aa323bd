"""Many screens in a process of its own: they fold what they are sent, find gaps, and time the probes they see.

Started by `tools.scale_city`; speaks JSON lines: the order on its standard input, answers on its standard output.
"""

from __future__ import annotations

import asyncio
import json
import random
import struct
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from dashboard.live.movement import MovementState
from dashboard.live.movement_frames import parse_delta, parse_snapshot
from dashboard.live.wire import Kind, decode_json, kind_of
from tests.live.screen_model import ScreenModel
from tools.scale_probes import ProbeWatch, Seen, hear_bus

RETRY_S: Final = (0.2, 1.0)  # a screen that lost its server comes back after a random time between these
SETTLE_S: Final = 30.0
_NUMBER: Final = struct.Struct("<I")


@lru_cache(maxsize=512)
def _read(frame: bytes) -> dict[str, Any]:
    """Screens of a view get the same bytes: they are read once."""
    return decode_json(frame)


@dataclass
class Counts:
    """What all screens together saw."""

    frames: int = 0
    bytes: int = 0
    opened: int = 0
    resumed: int = 0
    gaps: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    notices: Counter[str] = field(default_factory=Counter)
    seen_at: list[Seen] = field(default_factory=list)


class Screen:
    """One screen; `stay_s` is how long it stays before it leaves and comes back, None for ever."""

    def __init__(self, order: dict[str, Any], number: int, counts: Counts) -> None:
        self._order, self._number, self._counts = order, number, counts
        self._chance = random.Random(number)
        self.jurisdiction, self._header = order["visitors"][number % len(order["visitors"])]
        self._watch = ProbeWatch() if order["bus"] else None  # those that time look at the bus too
        self.model: ScreenModel | None = None
        self._movement: MovementState | None = None
        self._next_number: int | None = None
        self.is_up = False
        self.is_bus_up = False  # as it was told
        self.came_back_at = 0.0

    async def run(self) -> None:
        """Stay on a screen's life until cancelled."""
        place = self._number
        while True:
            addresses: list[str] = self._order["addresses"]
            try:
                await self._once(addresses[place % len(addresses)])
            except (OSError, WebSocketException, TimeoutError) as error:
                self._counts.lost[type(error).__name__] += 1
                place += 1  # as a balancer would: the next server
            self.is_up = False
            await asyncio.sleep(self._chance.uniform(*RETRY_S))

    async def _once(self, address: str) -> None:
        stay = self._order["stay_s"]
        query = "view=desk" if self._header[0] == "cookie" else "view=wall"
        if self.model is not None:
            query += f"&epoch={self.model.epoch}&seq={self.model.seq}"
        uri = f"{address.replace('http', 'ws')}/live?{query}"
        options: dict[str, Any] = {"additional_headers": [tuple(self._header)], "origin": address}
        async with connect(uri, max_size=None, compression=None, open_timeout=10, **options) as socket:
            self._counts.opened += 1
            self._next_number = None
            until = None if stay is None else asyncio.get_running_loop().time() + self._chance.uniform(*stay)
            try:
                async with asyncio.timeout_at(until):
                    async for frame in socket:
                        if isinstance(frame, bytes):
                            self._take(frame)
            except TimeoutError:
                return

    def _take(self, frame: bytes) -> None:
        counts, kind = self._counts, kind_of(frame)
        counts.frames += 1
        counts.bytes += len(frame)
        if kind is Kind.FLEET_DELTA:
            self._moved(frame)
        elif kind is Kind.FLEET_SNAPSHOT:
            self._next_number = _NUMBER.unpack_from(frame, 2)[0] + 1
            if self._watch is not None:
                self._movement = MovementState.from_snapshot(parse_snapshot(frame))
                self._watch.begin(self._movement)
        elif kind is Kind.CHANGES:
            assert self.model is not None
            changes = _read(frame)
            if changes["seq_from"] > self.model.seq + 1:
                counts.gaps["changes"] += 1
                raise ConnectionError("a hole: a screen comes back for what it missed")
            if changes["seq_to"] > self.model.seq:
                self.model.apply(changes)
        elif kind is Kind.PICTURE:
            self.model = ScreenModel(_read(frame))
        elif kind is Kind.HELLO:
            counts.resumed += _read(frame)["view"]["resumed"]
            self.is_up, self.came_back_at = True, time.time()
        elif kind is Kind.HEALTH:
            self.is_bus_up = _read(frame)["live"]["bus"] == "up"
        elif kind is Kind.NOTICE:
            counts.notices[_read(frame)["code"]] += 1

    def _moved(self, frame: bytes) -> None:
        number = _NUMBER.unpack_from(frame, 2)[0]
        if self._next_number is not None and number != self._next_number:
            self._counts.gaps["movement"] += 1
        self._next_number = number + 1
        if self._movement is not None and self._watch is not None:
            at = time.time()
            self._movement.apply(parse_delta(frame))
            self._counts.seen_at += self._watch.look(self._movement, at)


class Screens:
    """Answers the orders of whoever started this process."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order, self._counts = order, Counts()
        numbers = range(order["first"], order["first"] + order["screens"])
        self._screens = [Screen(order, number, self._counts) for number in numbers]
        self._tasks = [asyncio.create_task(screen.run()) for screen in self._screens]
        self._passed_at: list[Seen] = []
        if bus := order["bus"]:
            self._hearing = asyncio.create_task(hear_bus(bus["url"], bus["regions"], self._passed_at))

    async def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        """Do one order: how it stands, or whether every screen shows a fresh state."""
        if order["do"] == "same":
            return await self._same(order)
        if order["do"] == "stay":
            self._order["stay_s"] = None
            for task in self._tasks:  # those that wait to leave are asked to come back for good
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._tasks = [asyncio.create_task(screen.run()) for screen in self._screens]
        return self._state()

    def _state(self) -> dict[str, Any]:
        counts, seen, passed = self._counts, self._counts.seen_at, self._passed_at.copy()
        self._counts.seen_at = []
        self._passed_at.clear()
        return {
            "up": sum(screen.is_up for screen in self._screens),
            "bus_up": sum(screen.is_bus_up for screen in self._screens),
            "frames": counts.frames, "bytes": counts.bytes, "gaps": counts.gaps, "opened": counts.opened,
            "resumed": counts.resumed, "lost": counts.lost, "notices": counts.notices, "seen_at": seen,
            "passed_at": passed,
            "last_back_at": max(screen.came_back_at for screen in self._screens),
        }  # fmt: skip

    async def _same(self, order: dict[str, Any]) -> dict[str, Any]:
        fresh: dict[str, dict[str, Any]] = {view["jurisdiction"]: view["snapshot"] for view in order["views"]}
        give_up_at = time.monotonic() + SETTLE_S
        while True:
            told = [_difference(screen, fresh[screen.jurisdiction]) for screen in self._screens]
            other = [one for one in told if one]
            if not other or time.monotonic() > give_up_at:
                break
            await asyncio.sleep(0.2)
        return {"same": len(self._screens) - len(other), "told": other[:3], **self._state()}


def _difference(screen: Screen, snapshot: dict[str, Any]) -> str:
    """Say what a screen shows otherwise than a fresh state does; nothing where they are equal."""
    model, fresh = screen.model, ScreenModel(snapshot)
    if model is None or not screen.is_up:
        return "no picture"
    found = []
    if model.epoch != fresh.epoch or model.seq > fresh.seq:
        found.append(f"{model.epoch} {model.seq} for {fresh.epoch} {fresh.seq}")
    for name in ("matters", "commands", "asks"):
        mine, theirs = getattr(model, name), getattr(fresh, name)
        wrong = [key for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key)]
        if wrong:
            found.append(f"{len(wrong)} {name}, {wrong[0]}: {mine.get(wrong[0])} for {theirs.get(wrong[0])}")
    # A snapshot has the newest lines of the whole city, a screen those of its view: more, where that is a county.
    if fresh.log and model.log[-len(fresh.log) :] != fresh.log:
        found.append(f"{len(model.log)} lines, other than the newest {len(fresh.log)}")
    return "; ".join(found)


def joined(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the answers of several such processes as one."""
    whole = dict(answers[0])
    for answer in answers[1:]:
        for name, value in answer.items():
            if name == "last_back_at":
                whole[name] = max(whole[name], value)
            elif isinstance(value, dict):
                whole[name] = dict(Counter(whole[name]) + Counter(value))
            else:
                whole[name] += value
    return whole


async def main() -> None:
    """Read orders until there are none."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 28)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    screens = Screens(json.loads(await reader.readline()))
    while line := await reader.readline():
        print(json.dumps(await screens.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
