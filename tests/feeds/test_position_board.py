"""Which fix is believed: every rule of the board, one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.live.fleet import OUT_OF_GRID, REPORTING, SOS, STOPPED, TASKED, VAGUE
from data_feeds.decoders.positions import FixItem
from data_feeds.grid_shapes import GridShapes
from data_feeds.position_board import PositionBoard
from tests.feeds.feed_city import CENTRES, NOW, ROSTER, SHAPES

METRE_NORTH = 1 / 111_320


def board() -> PositionBoard:
    return PositionBoard(ROSTER, CENTRES, 100)


def fix(at: int = NOW, metres_north: float = 0.0, accuracy_m: float | None = 8.0, **fields) -> FixItem:
    lat = 35.4 + metres_north * METRE_NORTH
    return FixItem(id="dev-0", at=at, lon=119.5, lat=lat, accuracy_m=accuracy_m, **fields)


def test_the_first_fix_of_a_phone_is_taken_and_means_on_duty() -> None:
    one = board()
    assert one.take(0, fix(speed_mps=1.0), NOW) == "accepted"
    assert one.state[0] == REPORTING
    assert one.take_changes() == [0]
    assert one.take_changes() == []


def test_the_same_instant_is_a_duplicate_and_an_older_one_out_of_order() -> None:
    one = board()
    one.take(0, fix(), NOW)
    assert one.take(0, fix(metres_north=10), NOW) == "duplicate"
    assert one.take(0, fix(at=NOW - 1000), NOW) == "out_of_order"
    assert one.lat[0] == 35.4


def test_a_fix_from_a_dead_zone_is_late_but_news() -> None:
    one = board()
    one.take(0, fix(at=NOW - 900_000), NOW - 900_000)
    assert one.take(0, fix(at=NOW - 300_000, metres_north=50), NOW) == "late"
    assert one.fix_at[0] == NOW - 300_000


def test_one_jump_is_not_believed_and_two_that_agree_are() -> None:
    one = board()
    one.take(0, fix(), NOW)
    assert one.take(0, fix(at=NOW + 10_000, metres_north=20_000), NOW + 10_000) == "impossible_speed"
    assert one.take(0, fix(at=NOW + 20_000, metres_north=5), NOW + 20_000) == "accepted"
    assert one.take(0, fix(at=NOW + 30_000, metres_north=20_000), NOW + 30_000) == "impossible_speed"
    assert one.take(0, fix(at=NOW + 40_000, metres_north=20_010), NOW + 40_000) == "accepted"


def test_jitter_of_a_phone_that_stands_is_no_impossible_speed() -> None:
    one = board()
    one.take(0, fix(), NOW)
    assert one.take(0, fix(at=NOW + 1_000, metres_north=190), NOW + 1_000) == "accepted"


def test_a_coarse_fix_moves_nobody() -> None:
    one = board()
    one.take(0, fix(), NOW)
    assert one.take(0, fix(at=NOW + 1_000, metres_north=100, accuracy_m=1_001.0), NOW) == "coarse"
    assert one.fix_at[0] == NOW


def test_off_duty_no_place_is_kept() -> None:
    one = board()
    one.take(0, fix(metres_north=900), NOW)
    assert one.take(0, fix(at=NOW + 1_000, metres_north=950, duty=False), NOW) == "accepted"
    assert (one.lon[0], one.lat[0]) == CENTRES["g1"]
    assert not one.state[0] & REPORTING
    assert one.take(0, fix(at=NOW + 2_000, metres_north=960), NOW) == "accepted"
    assert (one.lon[0], one.lat[0]) == CENTRES["g1"], "duty is kept until the phone says otherwise"


def test_coming_on_duty_far_from_the_grid_is_no_impossible_speed() -> None:
    one = board()
    one.take(0, fix(duty=False), NOW)
    assert one.take(0, fix(at=NOW + 1_000, metres_north=30_000, duty=True), NOW) == "accepted"


def test_task_and_duty_stay_as_they_were_when_a_fix_does_not_say() -> None:
    one = board()
    one.take(0, fix(task=True, speed_mps=1.0), NOW)
    one.take(0, fix(at=NOW + 1_000, speed_mps=1.0), NOW)
    assert one.state[0] == REPORTING | TASKED
    one.take(0, fix(at=NOW + 2_000, speed_mps=1.0, task=False), NOW)
    assert one.state[0] == REPORTING


def test_standing_is_said_by_the_speed_and_else_by_the_distance() -> None:
    one = board()
    one.take(0, fix(speed_mps=0.1), NOW)
    assert one.state[0] & STOPPED
    one.take(0, fix(at=NOW + 10_000, metres_north=12), NOW)
    assert not one.state[0] & STOPPED
    one.take(0, fix(at=NOW + 20_000, metres_north=13), NOW)
    assert one.state[0] & STOPPED


def test_a_call_for_help_lasts_ten_minutes_or_until_it_is_taken_back() -> None:
    one = board()
    one.take(0, fix(alarm=True), NOW)
    one.take(0, fix(at=NOW + 599_000), NOW + 599_000)
    assert one.state[0] & SOS
    one.take(0, fix(at=NOW + 601_000), NOW + 601_000)
    assert not one.state[0] & SOS
    one.take(0, fix(at=NOW + 602_000, alarm=True), NOW + 602_000)
    one.take(0, fix(at=NOW + 603_000, alarm=False), NOW + 603_000)
    assert not one.state[0] & SOS


def test_a_fix_that_is_sent_again_neither_revives_a_call_for_help_nor_ends_a_newer_one() -> None:
    one = board()
    calling, ending = fix(alarm=True), fix(at=NOW + 1_000, alarm=False)
    one.take(0, calling, NOW)
    one.take(0, ending, NOW + 1_000)
    assert one.take(0, calling, NOW + 2_000) == "out_of_order"
    assert not one.state[0] & SOS
    one.take(0, fix(at=NOW + 3_000, alarm=True), NOW + 3_000)
    assert one.take(0, ending, NOW + 4_000) == "out_of_order"
    assert one.state[0] & SOS


def test_a_call_for_help_from_a_dead_zone_is_seen_when_it_comes() -> None:
    one = board()
    one.take(0, fix(at=NOW - 3_600_000), NOW - 3_600_000)
    assert one.take(0, fix(at=NOW - 1_800_000, alarm=True), NOW) == "late"
    assert one.take(0, fix(at=NOW), NOW) == "accepted"
    assert one.state[0] & SOS
    one.take(0, fix(at=NOW + 601_000), NOW + 601_000)
    assert not one.state[0] & SOS


def test_a_call_for_help_counts_even_where_its_place_is_not_believed() -> None:
    one = board()
    one.take(0, fix(), NOW)
    one.take_changes()
    assert one.take(0, fix(at=NOW + 1_000, metres_north=50_000, alarm=True), NOW) == "impossible_speed"
    assert one.state[0] & SOS
    assert one.take_changes() == [0]


@pytest.mark.parametrize(("metres_beyond", "is_outside"), [(-50, False), (95, False), (105, True)])
def test_out_of_grid_begins_a_hundred_metres_beyond_the_own_grid(
    metres_beyond: float, is_outside: bool
) -> None:
    edge = 35.41 + metres_beyond * METRE_NORTH
    assert GridShapes(SHAPES).outside(["g1"], [119.5], [edge]) == [is_outside]


def test_a_grid_without_a_shape_has_no_outside() -> None:
    assert GridShapes(SHAPES).outside(["nowhere", "g2"], [119.5, 119.5], [35.4, 35.4]) == [False, True]
    assert GridShapes({}).outside(["g1"], [119.5], [35.4]) == [False]


def test_out_of_grid_stays_until_the_next_tick_looks_again() -> None:
    one = board()
    one.take(0, fix(speed_mps=1.0), NOW)
    one.set_out_of_grid([0], [True])
    one.take(0, fix(at=NOW + 1_000, speed_mps=1.0), NOW)
    assert one.state[0] == REPORTING | OUT_OF_GRID
    one.set_out_of_grid([0], [False])
    assert one.state[0] == REPORTING


@pytest.mark.parametrize(
    ("accuracy_m", "is_vague"), [(100.0, False), (100.1, True), (1_000.0, True), (None, True)]
)
def test_a_place_that_cannot_prove_an_arrival_moves_the_marker_and_is_marked_vague(
    accuracy_m: float | None, is_vague: bool
) -> None:
    one = board()
    one.take(0, fix(accuracy_m=None if is_vague is False else 8.0), NOW)
    one.take(0, fix(at=NOW + 60_000, metres_north=100, accuracy_m=accuracy_m), NOW + 60_000)
    assert one.lat[0] == 35.4 + 100 * METRE_NORTH
    assert one.state[0] == REPORTING | (VAGUE if is_vague else 0), "whatever the one before was"
    one.take(0, fix(at=NOW + 61_000, accuracy_m=None, duty=False), NOW + 61_000)
    assert one.state[0] == STOPPED


def test_a_new_roster_keeps_what_was_known_of_those_who_stay() -> None:
    old = board()
    old.take(0, fix(), NOW)
    old.take(1, fix(), NOW)
    rows = [ROSTER[0], type(ROSTER[1])(1, "dev-9", "w9", "g1", "371102")]
    new = PositionBoard(rows, CENTRES, 100)
    new.carry_over(old)
    assert list(new.fix_at) == [NOW, 0]
    assert new.slot_of == {"dev-0": 0, "dev-9": 1}
    assert new.take_changes() == [0]


def test_a_worker_who_sits_in_another_slot_takes_everything_along() -> None:
    old = board()
    old.take(0, fix(alarm=True), NOW)
    old.take(1, fix(NOW + 1), NOW)
    moved = PositionBoard([replace(row, slot=1 - row.slot) for row in ROSTER[:2]], CENTRES, 100)
    moved.carry_over(old)
    assert moved.mark != old.mark
    assert list(moved.fix_at) == [NOW + 1, NOW]
    assert moved.state[1] & SOS
    moved.take(1, fix(NOW + 2), NOW + 2)
    assert moved.state[1] & SOS, "how long the call lasts came along too"
