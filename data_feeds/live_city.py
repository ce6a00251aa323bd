"""What one process knows of its city: the picture, the fleet and the boards, each kept current by its own loops."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from dashboard.domain.divisions import UnknownDivision
from dashboard.live.drawn_fleet import DrawnFleet
from dashboard.live.picture import Change
from dashboard.live.view import ScopeFilter
from dashboard.live.wire import Kind, encode_time
from dashboard.store.news import News
from dashboard.store.store import StoreBusy
from data_feeds import bus_names as names
from data_feeds.bus import Bus, BusDown
from data_feeds.live_boards import Boards
from data_feeds.live_fleet import FleetFold
from data_feeds.live_fold import PictureFold
from data_feeds.live_hearing import heard_as_one
from data_feeds.live_news import NewsFold
from data_feeds.live_source import LiveSource

if TYPE_CHECKING:
    from dashboard.citypack import CityPack
    from dashboard.clock import Clock

ROSTER_EVERY_S: Final = 5.0  # until there is a roster
ROSTER_LOOK_S: Final = 60.0  # afterwards, where neither a nudge nor a frame says that it changed
ROSTER_APART_S: Final = 2.0  # of two looks, however many frames speak of another roster

logger = logging.getLogger(__name__)
Loop = Callable[[], Awaitable[None]]


class Listener(Protocol):
    """Told in the event loop, right after something changed and before anything else can see it."""

    def picture_changed(self, changes: Sequence[Change]) -> None:
        """Log entries were folded in."""

    def picture_reloaded(self) -> None:
        """The picture was taken anew."""

    def fleet_moved(self) -> None:
        """Somebody moved, or the roster changed."""

    def board_changed(self, kind: Kind) -> None:
        """Hotline, rates or health have news."""

    def news_heard(self, news: Collection[News] | None) -> None:
        """Something changed that no entry of the log tells; None: it may be anything."""


class LiveCity:
    """The live picture of one city in one process; `loops` keep it current."""

    def __init__(
        self, bus: Bus, source: LiveSource, clock: Clock, pack: CityPack, listener: Listener
    ) -> None:
        self.picture_fold = PictureFold(
            bus, source, clock, listener.picture_changed, listener.picture_reloaded
        )
        regions = [region.code for region in pack.divisions.at_level("region")]
        self.fleet_fold = FleetFold(
            bus, regions, self._place_of, clock.now_ms, listener.fleet_moved, self._other_roster_heard
        )
        self._bus = bus
        self.boards = Boards(
            bus, clock.now_ms, self.own_health, listener.board_changed, lambda: self._roster_asked.set()
        )
        self._news = NewsFold(bus, clock.now_ms, listener.news_heard)
        self._source = source
        self._clock = clock
        self._pack = pack
        self._listener = listener
        self._roster_asked = asyncio.Event()
        self._is_other_roster = False  # the feeds spoke of another one since the last look

    def loops(self) -> Mapping[str, Loop]:
        """Return what must run for ever, by name."""
        return {
            "log": self.picture_fold.follow,
            "picture": self.picture_fold.keep_true,
            "positions": self.fleet_fold.follow,
            "fleet": self.fleet_fold.catch_up,
            "boards": self.boards.follow,
            "kept boards": self.boards.catch_up,
            "news": self._news.follow,
            "news without a bus": self._news.stand_in,
            "roster": self._keep_roster,
        }

    @property
    def city_code(self) -> str:
        """The city's division code."""
        return self._pack.divisions.city.code

    def scopes(self, jurisdiction: str) -> ScopeFilter:
        """Return the filter of what a jurisdiction sees."""
        return ScopeFilter(jurisdiction, self.city_code, self._is_within)

    def drawn(self) -> DrawnFleet:
        """Return the fleet of this instant as screens may see it."""
        return self.fleet_fold.drawn(self._clock.now_ms())

    def time_frame(self, echo: float = 0.0) -> bytes:
        """Return the time as a frame; `echo` is the mark of the screen that asked."""
        return encode_time(self._clock.now_ms(), self._clock.rate, echo, self.fleet_fold.last_tick_at)

    def own_health(self) -> dict[str, Any]:
        """Return how news reach this process now."""
        fold = self.picture_fold
        hearings = (fold.hearing, self.fleet_fold.hearing, self.boards.hearing, self._news.hearing)
        bus, bus_since = heard_as_one(hearings)
        return {
            "picture": fold.state,
            "bus": bus,
            "bus_since": bus_since,
            "store": "up" if fold.is_store_up else "down",
        }

    def stats(self) -> dict[str, Any]:
        """Return what was folded so far."""
        fold, fleet = self.picture_fold, self.fleet_fold
        return {
            **self.own_health(),
            "epoch": fold.picture.epoch,
            "seq": fold.picture.seq,
            "matters": len(fold.picture.matters),
            "commands": len(fold.picture.commands),
            "reloads": fold.reloads,
            "holes": fold.holes,
            "workers": fleet.fleet.n,
            "fleet_frames": fleet.frames,
            "fixes": fleet.fixes,
            "malformed_frames": fleet.malformed,
            "other_roster_frames": fleet.other_roster,
            "last_tick_at": fleet.last_tick_at or None,
        }

    async def _keep_roster(self) -> None:
        while True:
            self._roster_asked.clear()
            heard_other, self._is_other_roster = self._is_other_roster, False
            try:
                roster = await asyncio.to_thread(self._source.roster)
            except StoreBusy as error:
                logger.warning("the roster cannot be read now: %s", error)
            else:
                if list(roster) != list(self.fleet_fold.roster):
                    self.fleet_fold.set_roster(roster)
                    await self.fleet_fold.take_snapshot()
                    self._listener.fleet_moved()
                elif heard_other:  # then it is the feeds that do not know the newest one
                    with contextlib.suppress(BusDown):
                        await self._bus.publish(names.NUDGE_FEEDS, b"roster")
            await asyncio.sleep(ROSTER_APART_S)
            wait_s = ROSTER_LOOK_S if self.fleet_fold.roster else ROSTER_EVERY_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._roster_asked.wait()

    def _other_roster_heard(self) -> None:
        self._is_other_roster = True
        self._roster_asked.set()

    def _is_within(self, code: str, ancestor: str) -> bool:
        try:
            return self._pack.divisions.is_within(code, ancestor)
        except UnknownDivision:
            return False  # a scope that the pack does not know belongs to nobody

    def village_of(self, grid: str) -> str:
        """Return the village of a grid; one that the pack lacks stands for itself."""
        return (self._pack.divisions.village_of(grid) if grid in self._pack.divisions else None) or grid

    def _place_of(self, grid: str) -> tuple[float, float]:
        """Return where an off-duty worker of a grid is drawn; the city's middle if the pack lacks it."""
        try:
            division = self._pack.divisions.get(grid)
        except UnknownDivision:
            division = self._pack.divisions.city
        return division.lon, division.lat
