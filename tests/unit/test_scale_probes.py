"""What the scale bench times: every move of a probe once, on the bus and on a screen, and probes in every batch."""

from __future__ import annotations

import numpy as np

from dashboard.live.fleet_frames import pack_fixes, unpack_fixes
from dashboard.live.movement import MovementState
from dashboard.live.movement_frames import COARSE
from tools.scale_load import BATCHES
from tools.scale_probes import PROBE_STEP_E6, PROBES, ProbeWatch, probe_lon_e6

FIRST, SECOND = PROBES[:2]


def screen(**moves: int) -> MovementState:
    """A wall that shows two probes and somebody else, the probes after so many moves."""
    state = MovementState((FIRST, FIRST + 1, SECOND), COARSE)
    show(state, **moves)
    return state


def show(state: MovementState, *, first: int, second: int) -> None:
    for index, probe, move in ((0, FIRST, first), (2, SECOND, second)):
        state.x[index] = (probe_lon_e6(probe) + PROBE_STEP_E6 * move) // COARSE.lon_e6


def test_a_move_is_seen_when_it_or_a_later_one_is_shown() -> None:
    watch, state = ProbeWatch(), screen(first=3, second=0)
    watch.begin(state)
    show(state, first=4, second=2)
    assert watch.look(state, 7.0) == [(FIRST, 4, 7.0), (SECOND, 1, 7.0), (SECOND, 2, 7.0)]
    assert watch.look(state, 8.0) == []


def test_what_a_snapshot_shows_was_not_seen_in_time() -> None:
    watch = ProbeWatch()
    watch.begin(screen(first=3, second=0))
    later = screen(first=9, second=0)
    watch.begin(later)
    assert watch.look(later, 7.0) == []


def test_a_probe_that_has_not_reported_yet_stands_somewhere_else() -> None:
    watch, state = ProbeWatch(), screen(first=-4_000, second=4_000)
    watch.begin(state)
    show(state, first=1, second=1)
    assert watch.look(state, 7.0) == []  # not 4,000 moves at once
    show(state, first=2, second=2)
    assert watch.look(state, 8.0) == [(FIRST, 2, 8.0), (SECOND, 2, 8.0)]


def test_the_bus_has_a_move_when_its_frame_passes() -> None:
    watch = ProbeWatch()
    heard = []
    for move in (1, 2):
        slots = np.array([SECOND, 7, FIRST])  # in no order
        lon_e6 = [probe_lon_e6(int(slot)) + PROBE_STEP_E6 * move for slot in slots]
        frame = pack_fixes(move, 0, slots, lon_e6, [0] * 3, [0] * 3, [0] * 3, roster=1)
        heard += [one for one in watch.hear(unpack_fixes(frame), float(move)) if one[1] > 0]
    assert sorted(heard) == [(FIRST, 1, 1.0), (FIRST, 2, 2.0), (SECOND, 1, 1.0), (SECOND, 2, 2.0)]


def test_every_batch_carries_probes() -> None:
    assert {probe % BATCHES for probe in PROBES} == set(range(BATCHES))
