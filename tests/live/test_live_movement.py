"""Views of a process come, go, and begin anew with every roster."""

from __future__ import annotations

from typing import Any

import numpy as np

from dashboard.live.fleet import REPORTING, FixBatch
from dashboard.live.movement import MovementState
from dashboard.live.movement_frames import parse_delta, parse_snapshot
from dashboard.live.view import ScopeFilter, ViewClass
from data_feeds.live_fleet import FleetFold
from data_feeds.live_movement import LiveMovement
from tests.live.live_city import CITY, DIVISIONS, NOW, worker

WALL, DESK, COUNTY = ViewClass(CITY, "wall"), ViewClass(CITY, "desk"), ViewClass("371102", "desk")
NO_BUS: Any = None


class Process:
    """A fleet that is fed by hand, and the screens of its views."""

    def __init__(self) -> None:
        self.now = NOW
        self.fold = FleetFold(
            NO_BUS, (), lambda _: (119.4, 35.4), lambda: self.now, lambda: None, lambda: None
        )
        self.fold.set_roster([worker(0, "371102"), worker(1, "371102"), worker(2, "371103")])
        self.movement = LiveMovement(self.fold, lambda: self.fold.drawn(self.now))
        self.screens: dict[ViewClass, MovementState] = {}

    def open(self, view: ViewClass) -> None:
        self.movement.open(view, ScopeFilter(view.jurisdiction, CITY, DIVISIONS.is_within))

    def look(self, view: ViewClass) -> MovementState:
        frame = self.movement.snapshot_frame(view)
        self.screens[view] = MovementState.from_snapshot(parse_snapshot(frame))
        return self.screens[view]

    def move(self, slot: int, lon_e6: int) -> None:
        self.now += 100
        self.fold.fleet.apply(
            FixBatch(
                0, self.now, 0, np.array([slot], np.uint16), np.array([lon_e6], np.int32),
                np.array([35_430_000], np.int32), np.array([REPORTING], np.uint8), np.array([self.now], np.int64),
            )
        )  # fmt: skip

    def tell(self) -> set[ViewClass]:
        deltas = self.movement.deltas()
        assert deltas is not None
        for view, frame in deltas:
            self.screens[view].apply(parse_delta(frame))
        return {view for view, _ in deltas}


def begun() -> Process:
    process = Process()
    assert process.movement.deltas() is None, "the first roster is a new one"
    for view in (WALL, DESK, COUNTY):
        process.open(view)
        process.look(view)
    return process


def test_a_worker_moves_in_every_view_that_shows_him_at_its_level_of_detail() -> None:
    process = begun()
    process.move(0, 119_470_000)
    assert process.tell() == {WALL, DESK, COUNTY}
    process.move(2, 119_330_000)
    assert process.tell() == {WALL, DESK}
    assert [screen.x.tolist()[0] for screen in process.screens.values()] == [
        2_715_227,
        19_911_667,
        19_911_667,
    ]
    assert process.screens[COUNTY].slots.tolist() == [0, 1]


def test_a_view_is_written_from_its_first_snapshot_to_its_end() -> None:
    process = begun()
    county = ViewClass("371103", "desk")
    process.open(county)
    process.move(2, 119_330_000)
    assert process.tell() == {WALL, DESK}, "nobody has its snapshot yet"
    process.move(2, 119_330_600)
    assert process.look(county).x.tolist() == [19_888_333], (
        "where the desks are, which are told of the move next"
    )
    assert process.tell() == {WALL, DESK, county}
    assert process.screens[county].x.tolist() == process.screens[DESK].x.tolist()[2:]
    process.movement.close(DESK)
    process.move(0, 119_470_000)
    assert process.tell() == {WALL, COUNTY}
    for view in (WALL, COUNTY, county):
        process.movement.close(view)
    process.move(0, 119_471_000)
    assert process.movement.deltas() == ()


def test_a_level_of_detail_that_nobody_looked_at_begins_where_everybody_is_now() -> None:
    process = begun()
    process.movement.close(WALL)
    process.move(0, 119_470_000)
    process.tell()
    process.open(WALL)
    assert process.look(WALL).x.tolist()[0] == 2_715_227


def test_two_screens_that_join_between_two_deltas_share_a_snapshot_and_the_next_begins_behind_it() -> None:
    process = begun()
    first = process.movement.snapshot_frame(DESK)
    assert process.movement.snapshot_frame(DESK) is first
    process.move(0, 119_470_000)
    process.tell()
    after = process.movement.snapshot_frame(DESK)
    assert after is not first
    process.movement.drop_snapshots()
    again = process.movement.snapshot_frame(DESK)
    assert again is not after
    assert again == after


def test_with_another_roster_every_view_begins_anew_also_when_a_screen_joined_before_it_was_told() -> None:
    process = begun()
    process.move(0, 119_470_000)
    process.tell()
    process.fold.set_roster([worker(0, "371103"), worker(1, "371102")])
    assert process.look(COUNTY).slots.tolist() == [1]
    process.move(1, 119_480_000)
    assert process.movement.deltas() is None, "the others still show the old one"
    for view in (WALL, DESK, COUNTY):
        process.look(view)
    process.move(1, 119_490_000)
    process.tell()
    assert process.screens[DESK].n == 2
    assert process.screens[DESK].x.tolist()[1] == 19_915_000
