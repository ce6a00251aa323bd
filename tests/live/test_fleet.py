"""The fleet keeps the newest fix, counts honestly, and its frames refuse nonsense with one error."""

from __future__ import annotations

import contextlib
import random

import numpy as np
import pytest

from dashboard.live import fleet as f
from dashboard.live.fleet_frames import (
    FleetFrameError,
    pack_fixes,
    pack_snapshot,
    roster_mark,
    unpack_fixes,
    unpack_snapshot,
)

NOW = 1_800_000_000_000


def batch(rows: list[tuple[int, int, int, int, int]]) -> f.FixBatch:
    slots, lon, lat, state, at = zip(*rows, strict=True)
    return unpack_fixes(pack_fixes(1, NOW, slots, lon, lat, state, at, roster=9))


def test_packed_fixes_come_back_as_they_went() -> None:
    frame = pack_fixes(
        7, NOW, [3, 4382], [119_500_000, -1], [35_400_000, 1], [0x11, 0x07], [NOW - 5, NOW], roster=9
    )
    fixes = unpack_fixes(frame)
    assert (fixes.seq, fixes.tick_at, fixes.roster, len(fixes), len(frame)) == (7, NOW, 9, 2, 32 + 38)
    assert fixes.slots.tolist() == [3, 4382]
    assert fixes.lon_e6.tolist() == [119_500_000, -1]
    assert fixes.lat_e6.tolist() == [35_400_000, 1]
    assert fixes.state.tolist() == [0x11, 0x07]
    assert fixes.fix_at.tolist() == [NOW - 5, NOW]


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(FleetFrameError):
        pack_fixes(1, NOW, [1, 2], [1], [1, 2], [1, 2], [1, 2], roster=9)


def test_an_older_fix_never_replaces_a_newer_one() -> None:
    fleet = f.Fleet(4)
    fleet.apply(batch([(2, 10, 20, f.REPORTING, NOW)]))
    changed = fleet.apply(batch([(2, 99, 99, 0, NOW - 1), (3, 1, 2, f.REPORTING, NOW)]))
    assert changed.tolist() == [3]
    assert (fleet.lon_e6[2], fleet.state[2]) == (10, f.REPORTING)


def test_how_exactly_a_place_is_known_comes_with_it_and_never_goes_to_a_screen() -> None:
    fleet, vague = f.Fleet(3), f.REPORTING | f.VAGUE
    fleet.apply(batch([(0, 10, 20, vague, NOW), (1, 10, 20, vague, NOW), (2, 10, 20, f.REPORTING, NOW)]))
    fleet.apply(batch([(1, 11, 20, f.REPORTING, NOW + 1), (0, 11, 20, f.REPORTING, NOW - 1)]))
    assert fleet.is_vague.tolist() == [True, False, False]
    assert fleet.drawn_state(NOW).tolist() == [f.REPORTING] * 3
    joined = f.Fleet(3)
    joined.apply_snapshot(fleet.snapshot(NOW, 9))
    assert joined.is_vague.tolist() == [True, False, False]
    assert joined.drawn_state(NOW).tolist() == [f.REPORTING] * 3


def test_the_newest_of_a_doubled_slot_wins_whatever_its_place_in_the_batch() -> None:
    fleet = f.Fleet(2)
    fleet.apply(batch([(1, 10, 10, 1, NOW), (1, 5, 5, 1, NOW - 1000)]))
    assert fleet.lon_e6[1] == 10


def test_slots_beyond_the_roster_are_ignored() -> None:
    fleet = f.Fleet(2)
    assert fleet.apply(batch([(2, 1, 1, 1, NOW), (65535, 1, 1, 1, NOW)])).size == 0


def test_snapshot_restores_a_fleet_and_never_takes_it_back_in_time() -> None:
    first = f.Fleet(3)
    first.apply(batch([(0, 1, 2, 1, NOW), (2, 5, 6, 3, NOW - 10)]))
    second = f.Fleet(3)
    second.apply(batch([(2, 7, 8, 1, NOW)]))
    changed = second.apply_snapshot(unpack_snapshot(pack_snapshot(first.snapshot(NOW, 9))))
    assert changed.tolist() == [0]
    assert second.lon_e6.tolist() == [1, 0, 7]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param((1, 180_000_001, 0, 1, NOW), id="east of the world"),
        pytest.param((1, -(2**31), 0, 1, NOW), id="the least longitude"),
        pytest.param((1, 0, 90_000_001, 1, NOW), id="north of the world"),
        pytest.param((1, 0, 0, 1, NOW + f.FIX_AHEAD_MS + 1), id="far in the future"),
        pytest.param((1, 0, 0, 1, 2**63 - 1), id="the last instant"),
        pytest.param((1, 0, 0, 1, -(2**63)), id="the first instant"),
    ],
)
def test_what_cannot_be_is_not_taken_and_does_not_stand_in_the_way(
    row: tuple[int, int, int, int, int],
) -> None:
    fleet = f.Fleet(2)
    assert fleet.apply(batch([row, (0, 5, 6, 1, NOW)])).tolist() == [0]
    slot, lon, lat, state, at = row
    columns = (np.array([0, value]) for value in (lon, lat))
    lons, lats = (column.astype(np.int32) for column in columns)
    garbled = f.FleetSnapshot(NOW, 9, lons, lats, np.array([0, state], np.uint8), np.array([0, at], np.int64))
    assert fleet.apply_snapshot(garbled).size == 0
    assert fleet.apply(batch([(slot, 7, 8, 1, NOW + 1)])).tolist() == [1]


def test_a_roster_is_known_by_who_sits_where() -> None:
    mark = roster_mark([(0, "w-a"), (1, "w-b")])
    assert mark == roster_mark([(1, "w-b"), (0, "w-a")])
    others = [[(0, "w-b"), (1, "w-a")], [(0, "w-a")], [(0, "w-a"), (2, "w-b")], []]
    assert mark not in [roster_mark(other) for other in others]


def test_summary_separates_heard_lost_and_off_duty() -> None:
    fleet = f.Fleet(6, region=[0, 0, 0, 1, 1, 1], regions=("371102", "371103"), assessed=[1, 1, 1, 1, 1, 0])
    fleet.apply(
        batch(
            [
                (0, 1, 1, f.REPORTING, NOW - 1_000),
                (1, 1, 1, f.REPORTING | f.TASKED | f.STOPPED, NOW - 61_000),
                (2, 1, 1, f.REPORTING | f.TASKED, NOW - 601_000),
                (3, 1, 1, 0, NOW - 700_000),
                (4, 1, 1, f.REPORTING | f.SOS | f.STOPPED, NOW),
            ]
        )
    )
    summary = fleet.summary(NOW)
    by_region = summary.pop("by_region")
    assert summary == {
        "platform_total": 6,
        "assessed_total": 5,
        "on_duty": 4,
        "idle": 2,
        "tasked": 1,
        "lost": 1,
        "stale": 1,
        "off_duty": 2,
        "sos": 1,
        "moving": 1,
    }
    assert by_region["371102"]["on_duty"] == 3
    assert by_region["371103"]["off_duty"] == 2


def test_exactly_one_minute_is_fresh_and_exactly_ten_is_stale() -> None:
    fleet = f.Fleet(2)
    fleet.apply(batch([(0, 1, 1, 1, NOW - 60_000), (1, 1, 1, 1, NOW - 600_000)]))
    assert fleet.drawn_state(NOW).tolist() == [1, 1 | f.STALE]


def test_near_answers_on_duty_workers_by_distance() -> None:
    fleet = f.Fleet(4)
    fleet.apply(
        batch(
            [
                (0, 119_500_000, 35_400_000, 1, NOW),
                (1, 119_510_000, 35_400_000, 1, NOW),
                (2, 119_500_100, 35_400_000, 0, NOW),
                (3, 119_500_000, 35_401_000, 1, NOW),
            ]
        )
    )
    near = fleet.near(119.5, 35.4, 2)
    assert [slot for slot, _ in near] == [0, 3]
    assert near[1][1] == pytest.approx(111.3, abs=0.2)
    assert fleet.near(119.5, 35.4, 9, np.array([False, True, True, True]))[0][0] == 3


def test_mutated_frames_raise_the_documented_error_or_decode() -> None:
    rng = random.Random(7)
    good = [
        pack_fixes(1, NOW, range(9), range(9), range(9), range(9), range(9), roster=9),
        pack_snapshot(f.Fleet(9).snapshot(NOW, 9)),
    ]
    for _ in range(5_000):
        frame = bytearray(rng.choice(good))
        for _ in range(rng.randint(1, 4)):
            frame[rng.randrange(len(frame))] = rng.randrange(256)
        cut = bytes(frame[: rng.randint(0, len(frame))]) if rng.random() < 0.5 else bytes(frame)
        for unpack in (unpack_fixes, unpack_snapshot):
            with contextlib.suppress(FleetFrameError):
                unpack(cut)
