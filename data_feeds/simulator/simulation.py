"""The simulated city at work: workers, platforms and receivers, each through its own public door."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dashboard.citypack import CityPack
from dashboard.clock import Clock
from dashboard.domain.workdays import DAY_MS
from data_feeds.simulator.control import serve
from data_feeds.simulator.diary import Diary
from data_feeds.simulator.feed_door import FeedDoor, Lane
from data_feeds.simulator.grid_case import GridCase
from data_feeds.simulator.grid_platform import GridPlatform
from data_feeds.simulator.heartbeats import Heartbeats
from data_feeds.simulator.hotline import Hotline
from data_feeds.simulator.life import Life
from data_feeds.simulator.morning import MORNING
from data_feeds.simulator.parameters import Parameters
from data_feeds.simulator.phones import Fix
from data_feeds.simulator.roster import RosterRow
from data_feeds.simulator.scenarios import SCENARIOS, Effects, Scenario, WhistleWish
from data_feeds.simulator.started import Started, read_started, write_started
from data_feeds.simulator.stories import Storyteller
from data_feeds.simulator.workforce import Workforce

_LOG = logging.getLogger(__name__)

TICK_S = 1.0
POSITIONS_PLATFORM, HOTLINE_PLATFORM, GRID_PLATFORM = "grid", "hotline", "grid"
OSMAND_AT_ONCE = 8
ALL_SCENARIOS: dict[str, Scenario] = {**SCENARIOS, MORNING.name: MORNING}


class Simulation:
    """Runs until cancelled.

    Args:
        started_file: where started scenarios are kept.
        control: unix socket on which scenarios are started.
    """

    def __init__(
        self,
        pack: CityPack,
        parameters: Parameters,
        roster: Sequence[RosterRow],
        clock: Clock,
        door: FeedDoor,
        started_file: Path,
        control: Path,
    ) -> None:
        self._pack = pack
        self._parameters = parameters
        self._clock = clock
        self._door = door
        self._started_file = started_file
        self._control = control
        self.workforce = Workforce(pack, parameters, roster)
        self._calls = Lane(door, "/v1/calls", "events", HOTLINE_PLATFORM)
        self._orders = Lane(door, "/v1/orders", "orders", HOTLINE_PLATFORM)
        self._events = Lane(door, "/v1/events", "events", GRID_PLATFORM)
        self._order_diary = Diary(self._orders.put, parameters.orders.closed_days * DAY_MS)
        self._event_diary = Diary(self._events.put)
        self._grid = GridPlatform(pack, parameters, self.workforce.place_in, roster)
        self.wishes: list[tuple[WhistleWish, int]] = []
        self.cases: list[GridCase] = []
        self._started: list[Started] = read_started(started_file)
        now = clock.now_ms()
        if not self._started:
            self._started = [Started(MORNING.name, now)]
            write_started(started_file, self._started)
        effects = [(one, self._effects(one)) for one in self._started if one.name in ALL_SCENARIOS]
        surges = [surge for _, effect in effects for surge in effect.surges]
        self._hotline = Hotline(pack, parameters, self.workforce.place_in, surges)
        self._pending = effects
        self._heartbeats = Heartbeats(
            pack.platforms,
            {
                "hotline": lambda now: self._hotline.calls_today,
                "grid": self._grid.count_today,
                "command": lambda now: len(self._started),
            },
            parameters,
            pack.calendar,
        )
        self._has_reported_day = False

    async def run(self) -> None:
        """Feed the product until cancelled; a door that is shut is knocked at again."""
        await self._wait_for_door()
        tasks = (
            self._run_fleet(),
            self._run_platforms(),
            self._run_heartbeats(),
            self._calls.run(),
            self._orders.run(),
            self._events.run(),
            self._send_history(),
            serve(self._control, self.handle),
        )
        await asyncio.gather(*tasks)

    def start_scenario(self, name: str, now: int) -> bool:
        """Start a scenario by name; False when there is none of that name."""
        if name not in SCENARIOS:
            return False
        started = Started(name, now)
        self._started.append(started)
        write_started(self._started_file, self._started)
        effects = self._effects(started)
        for surge in effects.surges:
            self._hotline.add_surge(surge, now)
        self._admit(started, effects, now)
        _LOG.info("scenario %s started", name)
        return True

    def handle(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer one control request: {"scenario": name}."""
        name = request.get("scenario")
        now = self._clock.now_ms()
        if not isinstance(name, str) or not self.start_scenario(name, now):
            return {"error": "no such scenario", "scenarios": sorted(SCENARIOS)}
        return {"started": name, "at": now}

    # -- beginning -------------------------------------------------------------------------------------------

    async def _wait_for_door(self) -> None:
        """Wait until the feeds are up and know the roster."""
        while not await self._door.is_open():  # noqa: ASYNC110 - another process opens it
            await asyncio.sleep(0.5)
        _LOG.info("the feeds are open")

    async def _send_history(self) -> None:
        """Tell the orders and events of the days before, once; drawing them takes some seconds of a thread."""
        now = self._clock.now_ms()
        for started, effects in self._pending:
            self._admit(started, effects, now)
        self._pending = []
        events = await asyncio.to_thread(lambda: list(self._grid.history(now)))
        self.workforce.busy_with(events)
        open_events = self._event_diary.take(events, self._clock.now_ms())
        orders = await asyncio.to_thread(lambda: list(self._hotline.history(now)))
        open_orders = self._order_diary.take(orders, self._clock.now_ms())
        _LOG.info("backlog: %d open orders and %d open events of the days before", open_orders, open_events)

    def _effects(self, started: Started) -> Effects:
        teller = Storyteller(self._pack, self._parameters.seed, started.name, started.started_at)
        return ALL_SCENARIOS[started.name].tell(self._pack, teller, started.started_at)

    def _admit(self, started: Started, effects: Effects, now: int) -> None:
        self._order_diary.take(effects.orders, now)
        self._take_events(effects.events, now)
        self.wishes += [(wish, started.started_at + wish.after_ms) for wish in effects.whistles]
        self.cases += effects.cases

    # -- loops -----------------------------------------------------------------------------------------------

    async def _run_fleet(self) -> None:
        loop = asyncio.get_running_loop()
        single_lane = asyncio.Semaphore(OSMAND_AT_ONCE)
        next_s = loop.time()
        running: set[asyncio.Task[None]] = set()
        while True:
            now = self._clock.now_ms()
            batch, single = self.workforce.tick(now)
            if batch and not await self._door.send_fixes(batch, POSITIONS_PLATFORM):
                self.workforce.phones.take_back(batch, now)
            for fix in single:
                task = asyncio.create_task(self._send_single(fix, single_lane))
                running.add(task)
                task.add_done_callback(running.discard)
            next_s = max(next_s + TICK_S, loop.time())
            await asyncio.sleep(next_s - loop.time())

    async def _send_single(self, fix: Fix, lane: asyncio.Semaphore) -> None:
        async with lane:
            if not await self._door.send_osmand(fix):
                self.workforce.phones.take_back([fix], self._clock.now_ms())

    async def _run_platforms(self) -> None:
        while True:
            now = self._clock.now_ms()
            reports, lives = self._hotline.advance(now)
            self._tell_calls(reports)
            self._order_diary.take(lives, now)
            self._take_events(self._grid.new_day(now), now)
            self._order_diary.advance(now)
            self._event_diary.advance(now)
            await asyncio.sleep(TICK_S)

    def _tell_calls(self, reports: list[dict[str, Any]]) -> None:
        """Tell the switch's reports; of the day before the start only each seat's last state matters."""
        if not self._has_reported_day:
            self._has_reported_day = True
            last = {report["agent"]: report["call_id"] for report in reports if report["kind"] == "agent"}
            kept = set(last.values())
            reports = [one for one in reports if one["kind"] != "agent" or one["call_id"] in kept]
        self._calls.put(reports)

    def _take_events(self, lives: Sequence[Life], now: int) -> None:
        if lives:
            self.workforce.busy_with(lives)
            self._event_diary.take(lives, now)

    async def _run_heartbeats(self) -> None:
        while True:
            beats = self._heartbeats.due(self._clock.now_ms())
            sent = await asyncio.gather(
                *(self._door.post("/v1/heartbeat", str(beat["platform"]), beat) for beat in beats)
            )
            for beat, is_sent in zip(beats, sent, strict=True):
                if not is_sent:
                    self._heartbeats.take_back(str(beat["platform"]))
            await asyncio.sleep(TICK_S)
