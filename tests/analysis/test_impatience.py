"""Erlang A against the published example, against Erlang C where nobody gives up, and against a played hall."""

from __future__ import annotations

import heapq

import numpy as np
import pytest

from dashboard.analysis.impatience import (
    PATIENCE_MS,
    hall_state,
    mean_patience_ms,
    seats_with_patience,
    waits_longer,
)
from dashboard.analysis.staffing import mean_wait_ms, seats_needed, share_in_time

MINUTE = 60_000


def test_the_published_example_of_fifty_agents_is_met() -> None:
    # Garnett, Mandelbaum, Reiman 2002, table 1: 48 calls a minute, 1 minute of service, 2 minutes of patience:
    # 3.1 % give up, mean wait 3.7 s, nine of ten wait at most 12.5 s, three wait, agents are busy for 93 %.
    found = hall_state(48.0, 50, MINUTE, 2 * MINUTE, 15_000)
    assert found.abandoned == pytest.approx(0.031, abs=0.0005)
    assert found.mean_wait_ms == pytest.approx(3_700, abs=50)
    assert found.waiting == pytest.approx(3, abs=0.05)
    assert found.busy == pytest.approx(0.93, abs=0.005)
    assert waits_longer(48.0, 50, MINUTE, 2 * MINUTE, 12_500) == pytest.approx(0.10, abs=0.002)


def test_the_same_table_without_abandonment_is_erlang_c() -> None:
    # The table's other column: mean wait 20.8 s, nine of ten wait at most 58.1 s.
    patient = 1e9 * MINUTE
    assert hall_state(48.0, 50, MINUTE, patient, 0).mean_wait_ms == pytest.approx(20_800, abs=50)
    assert mean_wait_ms(48.0, 50, MINUTE) == pytest.approx(20_800, abs=50)
    assert share_in_time(48.0, 50, MINUTE, 58_100) == pytest.approx(0.90, abs=0.001)


@pytest.mark.parametrize("seats", [17, 19, 21, 25])
def test_endless_patience_is_erlang_c(seats: int) -> None:
    load, keeps = 16.25, 330_000
    found = hall_state(load, seats, keeps, 1e7 * keeps, 15_000)
    assert found.in_time == pytest.approx(share_in_time(load, seats, keeps, 15_000), abs=1e-4)


def test_a_played_hall_meets_the_formulas() -> None:
    load, seats, keeps, patience, target = 16.25, 15, 330_000.0, 90_000.0, 15_000.0
    rng = np.random.default_rng(5)
    calls = 120_000
    arrivals = np.cumsum(rng.exponential(keeps / load, calls))
    lasts, patient = rng.exponential(keeps, calls), rng.exponential(patience, calls)
    free_at = [0.0] * seats
    in_time = gave_up = 0
    for at, last, stays in zip(arrivals, lasts, patient, strict=True):
        wait = max(0.0, free_at[0] - at)
        if wait > stays:
            gave_up += 1
            continue
        in_time += wait <= target
        heapq.heapreplace(free_at, at + wait + last)
    found = hall_state(load, seats, keeps, patience, target)
    assert found.in_time == pytest.approx(in_time / calls, abs=0.015)
    assert found.abandoned == pytest.approx(gave_up / calls, abs=0.01)


def test_impatience_needs_fewer_seats_and_the_answer_is_the_fewest() -> None:
    load, keeps = 16.25, 330_000
    needed = seats_with_patience(load, keeps, PATIENCE_MS, 15_000, 0.8)
    assert needed <= seats_needed(load, keeps, 15_000, 0.8)
    assert hall_state(load, needed, keeps, PATIENCE_MS, 15_000).in_time >= 0.8
    assert hall_state(load, needed - 1, keeps, PATIENCE_MS, 15_000).in_time < 0.8


def test_edges_no_calls_no_seats_and_nonsense() -> None:
    assert seats_with_patience(0.0, 330_000, 90_000, 15_000, 0.8) == 0
    assert hall_state(0.0, 0, 330_000, 90_000, 15_000).in_time == 1.0
    nobody = hall_state(5.0, 0, 330_000, 90_000, 15_000)
    assert nobody.in_time == pytest.approx(0.0, abs=1e-9)
    assert nobody.abandoned == pytest.approx(1.0)
    with pytest.raises(ValueError, match="above zero"):
        hall_state(5.0, 5, 0, 90_000, 15_000)


def test_patience_is_time_waited_over_callers_who_gave_up() -> None:
    assert mean_patience_ms([]) == PATIENCE_MS
    rng = np.random.default_rng(3)
    patience = rng.exponential(40_000, 20_000)
    wait = rng.exponential(60_000, 20_000)
    waits = [(int(min(one, other)), bool(one < other)) for one, other in zip(patience, wait, strict=True)]
    assert mean_patience_ms(waits) == pytest.approx(40_000, rel=0.03)
