"""What a tick's movement costs a web process before anything is sent: the fleet drawn and every view's frame built.

200 screens at 10 Hz share 1 to 72 view classes: walls of the city and its regions, then desks of the city, its regions
and its townships. Beside it what the same costs with a writer for each class, and what merely cutting the frames out of
one buffer costs, which nothing that hands out bytes can go below. Part of `make bench`; alone:
`python -m tools.bench_views`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from dashboard.citypack import CityPack, load_pack
from dashboard.live.fleet import REPORTING, TASKED, FixBatch
from dashboard.live.movement_writer import MovementWriter
from dashboard.live.view import ScopeFilter, ViewClass
from dashboard.settings import PROJECT_ROOT
from data_feeds.live_fleet import QUANTUM, FleetFold
from data_feeds.live_movement import LiveMovement
from tools.bench_motion import motion
from tools.bench_rows import Row, tell

CLASSES = (1, 9, 16, 40, 72)
SCREENS, TICKS_A_SECOND = 200, 10
SECONDS, WARM_UP_S = 25, 5  # habits are learnt after two
BAR_US = 3  # quality.md: view building, a screen
NOW = 1_795_401_600_000
WEST_E6, SOUTH_E6 = 119_000_000, 35_000_000


class RosterRow(NamedTuple):
    """A worker as the fleet needs it."""

    slot: int
    worker_id: str
    name: str
    grid: str
    township: str
    region: str
    assessed: bool


class Figures(NamedTuple):
    """Processor time and bytes of the ticks: `of_ticks_s` each, `frames` as they were built."""

    of_ticks_s: Sequence[float]
    frames: Sequence[Sequence[bytes]]

    @property
    def us_a_screen(self) -> float:
        """The median tick for one screen: a tick that was interrupted begins again with cold caches."""
        return float(np.median(self.of_ticks_s)) / SCREENS * 1e6

    @property
    def mean_us_a_screen(self) -> float:
        """The mean of all ticks for one screen."""
        return float(np.mean(self.of_ticks_s)) / SCREENS * 1e6


class City:
    """Rizhao's roster in motion: every phone reports once a second, each at a moment of its own."""

    def __init__(self) -> None:
        self.pack = load_pack(PROJECT_ROOT / "citypacks" / "rizhao")
        self.roster = _roster(self.pack)
        self.moved = motion(SECONDS, len(self.roster))
        self._turn = np.random.default_rng(371_100).integers(0, TICKS_A_SECOND, len(self.roster))

    def views(self) -> list[ViewClass]:
        """Return every class there is: 8 walls and 64 desks."""
        divisions = self.pack.divisions
        upper = [divisions.city.code, *(region.code for region in divisions.at_level("region"))]
        townships = [township.code for township in divisions.at_level("township")]
        return [
            *(ViewClass(code, "wall") for code in upper),
            *(ViewClass(code, "desk") for code in (*upper, *townships)),
        ]

    def scopes(self, view: ViewClass) -> ScopeFilter:
        """Return the filter of a view."""
        return ScopeFilter(view.jurisdiction, self.pack.divisions.city.code, self.pack.divisions.is_within)

    def fixes(self, tick: int) -> FixBatch:
        """Return what the phones report in a tick."""
        second, slots = tick // TICKS_A_SECOND, np.flatnonzero(self._turn == tick % TICKS_A_SECOND)
        x, y, state = (column[second][slots] for column in (self.moved.x, self.moved.y, self.moved.state))
        at = NOW + tick * 1_000 // TICKS_A_SECOND
        return FixBatch(
            tick, at, 0, slots.astype(np.uint16), (WEST_E6 + x * 6).astype(np.int32),
            (SOUTH_E6 + y * 5).astype(np.int32), np.where(state & 1, REPORTING | TASKED, REPORTING).astype(np.uint8),
            np.full(slots.size, at, np.int64),
        )  # fmt: skip

    def play(self, begin: Callable[[FleetFold], Callable[[], Sequence[bytes]]]) -> Figures:
        """Play all ticks; `begin` is called when everybody has reported once and says how a tick's frames are built."""
        fold = FleetFold(_NO_BUS, (), lambda _: (0.0, 0.0), lambda: NOW, lambda: None, lambda: None)
        fold.set_roster(self.roster)
        build: Callable[[], Sequence[bytes]] | None = None
        costs, frames = [], []
        for tick in range(SECONDS * TICKS_A_SECOND):
            batch = self.fixes(tick)
            fold.fleet.apply(batch)
            fold.last_tick_at = batch.tick_at
            if tick == TICKS_A_SECOND:
                build = begin(fold)
            if build is None:
                continue
            began = time.thread_time()
            built = build()
            took = time.thread_time() - began
            if tick >= WARM_UP_S * TICKS_A_SECOND:
                costs.append(took)
                frames.append(built)
        return Figures(costs, frames)


_NO_BUS: Any = None  # the fleet is fed here, past Redis


def main() -> int:
    """Print the table; 1 when a bar is over."""
    city = City()
    is_kept = True
    print(
        f"{len(city.roster):,} workers, {SCREENS} screens, {TICKS_A_SECOND} frames a second; processor time"
    )
    for number in CLASSES:
        views = city.views()[:number]
        ours = city.play(lambda fold, views=views: _one_pass(city, fold, views))  # type: ignore[misc]
        each = city.play(lambda fold, views=views: _writer_each(city, fold, views))  # type: ignore[misc]
        if ours.frames != each.frames:
            raise SystemExit("a class got other bytes than it gets alone")
        floor_us = _cutting_us(ours.frames)
        size = float(np.mean([sum(map(len, built)) for built in ours.frames]))
        words = "class" if number == 1 else "classes"
        frames = float(np.mean([len(built) for built in ours.frames]))
        note = f"mean {ours.mean_us_a_screen:.2f}; {size:,.0f} bytes of {frames:.0f} frames a tick"
        is_kept &= tell(
            Row(f"view building, {number} {words}, a screen", ours.us_a_screen, "us", BAR_US, note=note)
        )
        tell(
            Row(
                "the same with a writer for each class", each.us_a_screen, "us",
                times=each.us_a_screen / ours.us_a_screen, of="ours",
            )
        )  # fmt: skip
        tell(Row("cutting these frames out of one buffer, no more (the floor)", floor_us, "us"))
    return 0 if is_kept else 1


def _one_pass(city: City, fold: FleetFold, views: Sequence[ViewClass]) -> Callable[[], Sequence[bytes]]:
    """Build as the product does."""
    movement = LiveMovement(fold, lambda: fold.drawn(fold.last_tick_at))
    movement.deltas()  # the roster is new
    for view in views:
        movement.open(view, city.scopes(view))
        movement.snapshot_frame(view)

    def build() -> Sequence[bytes]:
        return [frame for _, frame in movement.deltas() or ()]

    return build


def _writer_each(city: City, fold: FleetFold, views: Sequence[ViewClass]) -> Callable[[], Sequence[bytes]]:
    """Build for each class by itself, from one drawn fleet."""

    writers = []
    for view in views:
        quantum = QUANTUM[view.surface]
        writer = MovementWriter((quantum,), fold.drawn(fold.last_tick_at).places(quantum))
        writer.open(view, quantum, np.flatnonzero(fold.members(city.scopes(view).sees)))
        writers.append((quantum, writer))

    def build() -> Sequence[bytes]:
        drawn = fold.drawn(fold.last_tick_at)
        places = {quantum: drawn.places(quantum) for quantum in {quantum for quantum, _ in writers}}
        return [frame for quantum, writer in writers for _, frame in writer.advance(places[quantum])]

    return build


def _cutting_us(ticks: Sequence[Sequence[bytes]]) -> float:
    """Return what it takes, for one screen, to cut each tick's frames out of one buffer that holds them all."""
    spent_s = 0.0
    for frames in ticks:
        whole = b"".join(frames)
        bounds = np.cumsum([0, *map(len, frames)]).tolist()
        began = time.thread_time()
        _ = [whole[begin:end] for begin, end in pairwise(bounds)]
        spent_s += time.thread_time() - began
    return spent_s / len(ticks) / SCREENS * 1e6


def _roster(pack: CityPack) -> list[RosterRow]:
    rows = []
    for slot, grid in enumerate(pack.divisions.at_level("grid")):
        township, region = pack.divisions.township_of(grid.code), pack.divisions.region_of(grid.code)
        rows.append(RosterRow(slot, f"w{slot}", "", grid.code, township or "", region or "", True))
    return rows


if __name__ == "__main__":
    sys.exit(main())
