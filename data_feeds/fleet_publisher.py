"""What the feeds say about the fleet: a packed frame per region and tick, the whole fleet every 5 s."""

from __future__ import annotations

import asyncio
import secrets
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.live.fleet import REPORTING, FleetSnapshot
from dashboard.live.fleet_frames import (
    FleetFrameError,
    pack_fixes,
    pack_snapshot,
    unpack_fixes,
    unpack_snapshot,
)
from data_feeds.bus import Bus, BusDown
from data_feeds.bus_names import FLEET_SNAPSHOT, fleet_channel
from data_feeds.grid_shapes import GridShapes
from data_feeds.position_board import PositionBoard

SNAPSHOT_INTERVAL_MS: Final = 5_000
_MICRO: Final = 1e6
_Slots = npt.NDArray[np.int64]


class FleetPublisher:
    """Coalesces what changed between two ticks: however often a device reported, it travels once."""

    def __init__(self, bus: Bus, board: PositionBoard, shapes: GridShapes) -> None:
        self.board = board
        self._is_new_board = False
        self._bus = bus
        self._shapes = shapes
        # Ticks are counted from a number of this process's own: its frames are told apart from those of others.
        self._first_tick = self._tick_number = secrets.randbits(62)

    def follow_roster(self, board: PositionBoard) -> None:
        """Go on with the board of a new roster, which takes over what is known of those who stay."""
        board.carry_over(self.board)
        self.board, self._is_new_board = board, True

    async def publish_tick(self, now: int) -> int:
        """Publish what changed since the last tick; returns how many devices that were.

        Raises:
            BusDown: nothing was published; the changes stay for the next tick.
        """
        if self._is_new_board:
            # Whoever sees a frame of the new roster finds the whole fleet of that roster kept already.
            self._is_new_board = False
            try:
                await self.save(now)
            except BusDown:
                self._is_new_board = True
                raise
        board = self.board
        changed = board.take_changes()
        if not changed:
            return 0
        slots = np.array(changed)
        self._mark_outside(slots)
        of_region = board.columns.region[slots]
        self._tick_number += 1
        frames = [
            (fleet_channel(board.columns.regions[number]), self._frame(slots[of_region == number], now))
            for number in np.unique(of_region).tolist()
        ]
        try:
            await self._bus.publish_many(frames)
        except BusDown:
            board.give_back(changed)
            raise
        return len(changed)

    async def save(self, now: int) -> None:
        """Keep the whole fleet under its key, for web processes that start and for our own next start.

        What another process of the feeds knows later than this one is taken over first.
        """
        await self.restore(now)
        columns = self.board.columns
        snapshot = FleetSnapshot(
            now,
            self.board.mark,
            _micro(columns.lon),
            _micro(columns.lat),
            columns.state.copy(),  # it is packed in a thread while fixes go on coming
            columns.fix_at.copy(),
        )
        frame = await asyncio.to_thread(pack_snapshot, snapshot)
        await self._bus.put(FLEET_SNAPSHOT, frame)

    def hear(self, frame: bytes) -> None:
        """Take over what another process of the feeds published; our own frames and those of another roster pass by."""
        try:
            batch = unpack_fixes(frame)
        except FleetFrameError:
            return  # of another release, which is being replaced
        if batch.roster == self.board.mark and not self._first_tick < batch.seq <= self._tick_number:
            self.board.follow(batch)

    async def restore(self, now: int) -> int:
        """Take up the fleet where the last process left it; returns how many devices have a position."""
        frame = await self._bus.get(FLEET_SNAPSHOT)
        if frame is None:
            return 0
        try:
            return self.board.restore(unpack_snapshot(frame), now)
        except FleetFrameError:
            return 0  # written by another release: the next 5 s replace it, and devices report within minutes

    def _mark_outside(self, slots: _Slots) -> None:
        board, columns = self.board, self.board.columns
        on_duty = slots[columns.state[slots] & REPORTING != 0]
        grids = [board.grid[slot] for slot in on_duty.tolist()]
        outside = self._shapes.outside(grids, columns.lon[on_duty], columns.lat[on_duty])
        board.set_out_of_grid(on_duty, outside)

    def _frame(self, slots: _Slots, now: int) -> bytes:
        columns = self.board.columns
        return pack_fixes(
            self._tick_number,
            now,
            slots,
            _micro(columns.lon[slots]),
            _micro(columns.lat[slots]),
            columns.state[slots],
            columns.fix_at[slots],
            roster=self.board.mark,
        )


def until_tick_s(now_s: float, tick_s: float) -> float:
    """Return how long it is to the next tick: every process ticks at the same multiples of the wall clock.

    Only so does a web process that hears several of them have one frame for its screens in a tick, with nobody waiting.
    A timer may fire a little early: a tick less than a tenth of its length away is the one that has just been.

    Args:
        now_s: of the clock that the machines agree on, since 1970.
    """
    wait_s = tick_s - now_s % tick_s
    return wait_s if wait_s >= tick_s / 10 else wait_s + tick_s


def _micro(degrees: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    return np.rint(degrees * _MICRO).astype(np.int32)
