"""Keeps a process's fleet current from the feeds' frames on the bus."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dashboard.domain.arrival import Fix
from dashboard.live.drawn_fleet import DrawnFleet, draw
from dashboard.live.fleet import LOST_AFTER_MS, REPORTING, TASKED, BoolArray, Fleet, Int32Array
from dashboard.live.fleet_frames import (
    FleetFrameError,
    publisher_of,
    roster_mark,
    unpack_fixes,
    unpack_snapshot,
)
from dashboard.live.movement_frames import COARSE, FINE, Quantum
from dashboard.live.view import Surface
from data_feeds import bus_names as names
from data_feeds.bus import Bus, BusDown, BusState
from data_feeds.live_beat import Beat
from data_feeds.live_hearing import Hearing
from data_feeds.live_source import RosterRow

# A tick further ahead of our clock is garbage, or a machine whose clock nobody set: its age could not be told.
TICK_AHEAD_MS: Final = 10 * 60_000
QUANTUM: Final[Mapping[Surface, Quantum]] = {"wall": COARSE, "desk": FINE}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Duty:
    """A worker as the fleet sees it: on_duty, on_task, lost, off_duty or unknown, and when it last reported."""

    state: str
    fix_at: int | None


class FleetFold:
    """Owns the `Fleet`, built from the roster, and follows the feeds' frames.

    `on_movement()` is called in the event loop when screens should get a new frame, `on_other_roster()` when the feeds
    speak of another roster than ours: their slots are other people, so that nothing of it is taken in.

    Args:
        bus: where the frames come from.
        regions: whose frames; each region has a channel of its own.
        place_of: grid code -> (lon, lat) of its post, where an off-duty worker is drawn.
        clock_ms: the product's clock.
        on_movement, on_other_roster: see above.
    """

    def __init__(
        self,
        bus: Bus,
        regions: Sequence[str],
        place_of: Callable[[str], tuple[float, float]],
        clock_ms: Callable[[], int],
        on_movement: Callable[[], None],
        on_other_roster: Callable[[], None],
    ) -> None:
        self.fleet = Fleet(0)
        self.roster: Sequence[RosterRow] = ()
        self._slots: Mapping[str, int] = {}
        self.mark = roster_mark(())
        self.revision = 0  # of the roster; streams of an older one are of no use
        self.frames = 0
        self.fixes = 0
        self.malformed = 0
        self.other_roster = 0
        self.last_tick_at = 0
        self._bus = bus
        self._channels = [names.fleet_channel(region) for region in regions]
        self._place_of = place_of
        self._clock_ms = clock_ms
        self._on_movement = on_movement
        self._on_other_roster = on_other_roster
        self._post_lon_e6: Int32Array = np.zeros(0, np.int32)
        self._post_lat_e6: Int32Array = np.zeros(0, np.int32)
        self._beat = Beat()
        self._flush: asyncio.Handle | None = None
        self._up = asyncio.Event()
        self.hearing = Hearing(clock_ms)

    def set_roster(self, roster: Sequence[RosterRow]) -> None:
        """Build the fleet anew for a roster, keeping what is known of the workers that are still on it."""
        rows = sorted(roster, key=lambda row: row.slot)
        size = rows[-1].slot + 1 if rows else 0
        regions = tuple(sorted({row.region for row in rows}))
        region_index = np.zeros(size, np.uint8)
        assessed = np.zeros(size, np.bool_)
        posts = np.zeros((size, 2), np.int32)
        for row in rows:
            region_index[row.slot] = regions.index(row.region)
            assessed[row.slot] = row.assessed
            lon, lat = self._place_of(row.grid)
            posts[row.slot] = round(lon * 1e6), round(lat * 1e6)
        fleet = Fleet(size, region_index, regions, assessed)
        stays = [(row.slot, self._slots[row.worker_id]) for row in rows if row.worker_id in self._slots]
        now, before = [slot for slot, _ in stays], [slot for _, slot in stays]
        for column in ("lon_e6", "lat_e6", "state", "is_vague", "is_unbelieved", "fix_at"):
            getattr(fleet, column)[now] = getattr(self.fleet, column)[before]
        self.fleet = fleet
        self.roster = rows
        self._slots = {row.worker_id: row.slot for row in rows}
        self.mark = roster_mark((row.slot, row.worker_id) for row in rows)
        self._post_lon_e6, self._post_lat_e6 = posts[:, 0].copy(), posts[:, 1].copy()
        self.revision += 1

    def fix_of(self, worker_id: str) -> Fix | None:
        """Return a worker's last position, None when it never reported, is off duty, is kept apart or is not on the
        roster."""
        slot = self._slots.get(worker_id)
        if slot is None or self.fleet.fix_at[slot] == 0 or not self.fleet.state[slot] & REPORTING:
            return None  # off duty the place is the own grid's centre, where nobody has been seen
        if self.fleet.is_unbelieved[slot]:
            return None
        lon, lat = float(self.fleet.lon_e6[slot]) / 1e6, float(self.fleet.lat_e6[slot]) / 1e6
        return Fix(lon, lat, int(self.fleet.fix_at[slot]), bool(self.fleet.is_vague[slot]))

    def duty_of(self, worker_id: str, now: int) -> Duty:
        """Return how the fleet sees a worker at `now`."""
        slot = self._slots.get(worker_id)
        if slot is None or self.fleet.fix_at[slot] == 0:
            return Duty("unknown", None)
        state, fix_at = int(self.fleet.state[slot]), int(self.fleet.fix_at[slot])
        if not state & REPORTING:
            return Duty("off_duty", fix_at)
        if now - fix_at > LOST_AFTER_MS or self.fleet.is_unbelieved[slot]:
            return Duty("lost", fix_at)
        return Duty("on_task" if state & TASKED else "on_duty", fix_at)

    def members(self, sees: Callable[[tuple[str, ...]], bool]) -> BoolArray:
        """Return the mask of the slots whose grid (or else township or region) a jurisdiction sees."""
        mask = np.zeros(self.fleet.n, np.bool_)
        for row in self.roster:
            mask[row.slot] = sees((row.grid, row.township, row.region))
        return mask

    async def follow(self) -> None:
        """Take frames in as they come, until cancelled."""
        async for message in self._bus.subscribe(self._channels, on_state=self._bus_state):
            try:
                batch = unpack_fixes(message.data)
                self._check_instant(batch.tick_at)
            except FleetFrameError as error:
                self.malformed += 1
                logger.warning("%s: %s", message.channel, error)
                continue
            if not self._is_ours(batch.roster):
                continue
            self.frames += 1
            self.fixes += len(batch)
            self.last_tick_at = max(self.last_tick_at, batch.tick_at)
            self._beat.hear((publisher_of(batch.seq), message.channel))
            self._flush_when_due(is_wanted=self.fleet.apply(batch).size > 0)

    async def catch_up(self) -> None:
        """Read the kept snapshot after every (re)connection, until cancelled."""
        while True:
            await self._up.wait()
            self._up.clear()
            await self.take_snapshot()

    async def take_snapshot(self) -> None:
        """Take in the fleet as the feeds last kept it; does nothing while Redis is away."""
        try:
            kept = await self._bus.get(names.FLEET_SNAPSHOT)
            if kept is None:
                return
            snapshot = unpack_snapshot(kept)
            self._check_instant(snapshot.taken_at)
            if not self._is_ours(snapshot.roster):
                return
            self.last_tick_at = max(self.last_tick_at, snapshot.taken_at)
            self._flush_when_due(is_wanted=self.fleet.apply_snapshot(snapshot).size > 0)
        except FleetFrameError as error:
            self.malformed += 1
            logger.warning("%s: %s", names.FLEET_SNAPSHOT, error)
        except BusDown:
            return  # the next connection reads it again

    def _check_instant(self, at: int) -> None:
        if at > self._clock_ms() + TICK_AHEAD_MS:
            raise FleetFrameError(16, "a tick of the far future")

    def _is_ours(self, mark: int) -> bool:
        if mark == self.mark:
            return True
        self.other_roster += 1
        self._on_other_roster()
        return False

    def _bus_state(self, state: BusState) -> None:
        self.hearing.say(state)
        if state == "up":
            self._up.set()

    def _flush_when_due(self, *, is_wanted: bool) -> None:
        loop = asyncio.get_running_loop()
        if is_wanted:
            self._beat.want(loop.time())
        due_s = self._beat.due_s(loop.time())
        if due_s is None:
            return
        if self._flush is not None:
            self._flush.cancel()
        self._flush = loop.call_at(due_s, self._flush_now)

    def _flush_now(self) -> None:
        self._flush = None
        self._beat.sent(asyncio.get_running_loop().time())
        self._on_movement()

    def drawn(self, now: int) -> DrawnFleet:
        """Return the fleet as screens may see it at `now`: nobody off duty has a live position."""
        return draw(self.fleet, self._post_lon_e6, self._post_lat_e6, now)
