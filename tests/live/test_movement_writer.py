"""All views are written in one pass, and each gets the very bytes that it would get if it were the only one."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.live.drawn_fleet import DrawnPlaces
from dashboard.live.movement import MovementState
from dashboard.live.movement_frames import COARSE, FINE, Quantum, parse_delta, parse_snapshot
from dashboard.live.movement_writer import MovementWriter
from dashboard.live.view import ViewClass
from dashboard.live.view_rows import MAX_WORKERS
from tests.live.plain_encoder import PlainEncoder

NOW = 1_795_401_000_000
LEVELS = (COARSE, FINE)
WRITTEN = ("number", "tick_at", "x", "y", "state", "step_x", "step_y", "habit")


def view(name: object) -> ViewClass:
    return ViewClass(str(name), "desk")


class Walk:
    """A fleet that moves by chance, from nobody to everybody, from a quantum to far beyond a step."""

    def __init__(self, source: np.random.Generator, workers: int) -> None:
        self.source, self.workers, self.ticks = source, workers, 0
        reach = int(source.choice([1_000, 2**29]))
        self.x = source.integers(-reach, reach, workers).astype(np.int32)
        self.y = source.integers(-reach, reach, workers).astype(np.int32)
        self.pace = source.integers(-9, 10, (workers, 2))
        self.state = source.integers(0, 256, workers).astype(np.uint8)
        self.fix_at = np.full(workers, NOW, np.int64)

    def places(self, *quanta: Quantum) -> DrawnPlaces:
        """Everybody, at these levels; the fleet itself walks in fine quanta."""
        x, y = (
            [column // (7 if quantum == COARSE else 1) for quantum in quanta] for column in (self.x, self.y)
        )
        state, fix_at = ([column] * len(quanta) for column in (self.state, self.fix_at))
        return DrawnPlaces(
            *(np.concatenate(columns) for columns in (x, y, state, fix_at)), NOW + 1_000 * self.ticks
        )

    def step(self) -> None:
        source, workers = self.source, self.workers
        self.ticks += 1
        moves = source.random(workers) < source.choice([0, 0.004, 0.04, 0.4, 0.97])
        reach = int(source.choice([0, 2, 9, 140, 40_000], p=[0.2, 0.4, 0.2, 0.1, 0.1]))
        stray = source.integers(-reach, reach + 1, (workers, 2))
        self.x = np.where(moves, self.x + self.pace[:, 0] + stray[:, 0], self.x).astype(np.int32)
        self.y = np.where(moves, self.y + self.pace[:, 1] + stray[:, 1], self.y).astype(np.int32)
        restated = source.random(workers) < source.choice([0, 0.01])
        self.state = np.where(restated, source.integers(0, 256, workers), self.state).astype(np.uint8)
        heard = source.random(workers) < 0.1
        silent_ms = source.choice([0, 61_400, 80_000_000], workers)
        self.fix_at = np.where(heard, NOW + 1_000 * self.ticks - silent_ms, self.fix_at)

    def some_slots(self) -> Any:
        """Nobody, a few, a run of neighbours, any half, or everybody."""
        source, workers = self.source, self.workers
        kind = source.integers(0, 5)
        if kind == 0:
            return np.zeros(0, np.intp)
        if kind == 1 and workers:
            return np.unique(source.integers(0, workers, 3))
        if kind == 2:
            first, last = np.sort(source.integers(0, workers + 1, 2))
            return np.arange(first, last)
        return np.flatnonzero(source.random(workers) < (0.5 if kind == 3 else 1.0))


@settings(max_examples=120, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), workers=st.integers(0, 900), views=st.integers(1, 12))
def test_every_view_gets_the_bytes_that_it_would_get_alone(seed: int, workers: int, views: int) -> None:
    source = np.random.default_rng(seed)
    walk = Walk(source, workers)
    writer = MovementWriter(LEVELS, walk.places(*LEVELS))
    alone: dict[ViewClass, PlainEncoder] = {}

    def open_view(name: ViewClass) -> PlainEncoder:
        slots, quantum = walk.some_slots(), LEVELS[int(source.integers(0, 2))]
        writer.open(name, quantum, slots)
        alone[name] = PlainEncoder(slots, quantum)
        alone[name].begin(walk.places(quantum))
        return alone[name]

    for number in range(views):
        open_view(view(number))
    for tick in range(14):
        if tick == 5:  # a view is closed, and its neighbours' rows move up
            writer.close(view(0))
            del alone[view(0)]
        if tick == 6:  # one is opened on a fleet that walks: it takes the paces over, and has no habits yet
            late = open_view(view("late"))
            begun = MovementState.from_snapshot(parse_snapshot(writer.snapshot_frame(view("late"))))
            late.step_x, late.step_y = begun.step_x, begun.step_y
        walk.step()
        frames = writer.advance(walk.places(*LEVELS))
        expected = {
            name: frame for name, one in alone.items() if (frame := one.encode(walk.places(one.quantum)))
        }
        assert len(frames) == len(expected)
        assert dict(frames) == expected
    for name, one in alone.items():
        assert writer.number(name) == one.number
        assert writer.snapshot_frame(name) == one.snapshot_frame()


def test_the_walks_of_these_tests_show_every_part_of_a_frame() -> None:
    """What the comparison above is worth: it has seen each coding, each rare part, and views without a frame."""
    seen: Counter[str] = Counter()
    for seed in range(12):
        walk = Walk(np.random.default_rng(seed), 800)
        writer = MovementWriter(LEVELS, walk.places(*LEVELS))
        for number in range(6):
            writer.open(view(number), LEVELS[number % 2], walk.some_slots())
        for _ in range(14):
            walk.step()
            frames = writer.advance(walk.places(*LEVELS))
            seen["no frame"] += len(writer) - len(frames)
            for _, frame in frames:
                delta = parse_delta(frame)
                seen[f"coding {delta.set_coding}"] += 1
                seen["skip"] += 255 in delta.set_bytes and delta.set_coding != 2
                for part in ("pairs", "wide", "far", "states"):
                    seen[part] += getattr(delta, part).shape[0] > 0
    assert {name for name, times in seen.items() if times} == {
        "no frame", "coding 0", "coding 1", "coding 2", "skip", "pairs", "wide", "far", "states",
    }  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), workers=st.integers(0, 600), joins=st.integers(0, 11))
def test_a_screen_that_joins_any_view_at_any_time_sees_what_the_server_shows(
    seed: int, workers: int, joins: int
) -> None:
    walk = Walk(np.random.default_rng(seed), workers)
    writer = MovementWriter(LEVELS, walk.places(*LEVELS))
    shown = {(view(number), LEVELS[number % 2]): walk.some_slots() for number in range(4)}
    for (name, quantum), slots in shown.items():
        writer.open(name, quantum, slots)
    screens: dict[ViewClass, MovementState] = {}
    for tick in range(12):
        walk.step()
        for name, frame in writer.advance(walk.places(*LEVELS)):
            if name in screens:
                screens[name].apply(parse_delta(frame))
        if tick == joins:
            for name, _ in shown:
                screens[name] = MovementState.from_snapshot(parse_snapshot(writer.snapshot_frame(name)))
    for (name, quantum), slots in shown.items():
        screen, places = screens[name], walk.places(quantum)
        assert screen.quantum == quantum
        assert screen.slots.tolist() == slots.tolist()
        assert screen.x.tolist() == places.x[slots].tolist()
        assert screen.y.tolist() == places.y[slots].tolist()
        assert screen.state.tolist() == places.state[slots].tolist()
        end = MovementState.from_snapshot(parse_snapshot(writer.snapshot_frame(name)))
        for written in WRITTEN:
            assert np.array_equal(getattr(screen, written), getattr(end, written)), written


def test_a_view_in_which_nothing_changed_has_no_frame_and_keeps_its_number() -> None:
    still = DrawnPlaces(
        np.zeros(4, np.int32), np.zeros(4, np.int32), np.zeros(4, np.uint8), np.zeros(4, np.int64), NOW
    )
    writer = MovementWriter((FINE,), still)
    writer.open(view("left"), FINE, [0, 1])
    writer.open(view("right"), FINE, [2, 3])
    assert writer.advance(still) == []
    moved = DrawnPlaces(np.array([0, 0, 5, 0], np.int32), still.y, still.state, still.fix_at, NOW + 100)
    assert [name for name, _ in writer.advance(moved)] == [view("right")]
    assert (writer.number(view("left")), writer.number(view("right"))) == (1, 2)


def test_a_view_of_more_workers_than_the_wire_can_count_is_refused() -> None:
    many = MAX_WORKERS + 1
    zeros = np.zeros(many, np.int32)
    writer = MovementWriter(
        (FINE,), DrawnPlaces(zeros, zeros, zeros.astype(np.uint8), zeros.astype(np.int64), NOW)
    )
    with pytest.raises(ValueError, match="65,535 workers, not 65,536"):
        writer.open(view("all"), FINE, np.arange(many))
    writer.open(view("all but one"), FINE, np.arange(MAX_WORKERS))
    moved = DrawnPlaces(zeros + 1, zeros, zeros.astype(np.uint8), zeros.astype(np.int64), NOW + 100)
    ((_, frame),) = writer.advance(moved)
    assert parse_delta(frame).pairs.size == MAX_WORKERS
