"""Erlang A against its chain solved by another way, Erlang C where nobody gives up, and a played hall."""

from __future__ import annotations

import heapq
from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy.linalg import expm

from dashboard.analysis.impatience import (
    PATIENCE_MS,
    hall_state,
    mean_patience_ms,
    seats_with_patience,
    waits_longer,
)
from dashboard.analysis.staffing import mean_wait_ms, seats_needed, share_in_time

MINUTE = 60_000


HALLS = [
    # load in Erlangs, seats, a call keeps a seat, patience, target (ms): easy, full and far too full halls
    (48.0, 50, MINUTE, 2 * MINUTE, 15_000),
    (16.25, 15, 330_000, 90_000, 15_000),
    (16.25, 21, 330_000, 90_000, 15_000),
    (60.0, 20, 200_000, 45_000, 20_000),
    (0.4, 1, 180_000, 30_000, 10_000),
]


def solved(load: float, seats: int, keeps: float, patience: float, target: float) -> tuple[float, ...]:
    """What the formulas say, by another way: the chain's balance in 50 digits, the wait by a matrix exponential.

    Returns (in time, given up, mean wait in ms, waiting, waits longer than the target).
    """
    with localcontext() as context:
        context.prec = 50
        arrive, end, leave = Decimal(load) / Decimal(keeps), 1 / Decimal(keeps), 1 / Decimal(patience)
        chances = [Decimal(1)]
        while len(chances) < seats + 2 or chances[-1] > Decimal("1e-30") * max(chances):
            number = len(chances)
            chances.append(chances[-1] * arrive / (min(number, seats) * end + max(0, number - seats) * leave))
        whole = sum(chances)
        chances = [one / whole for one in chances]
        waiting = sum((number - seats) * one for number, one in enumerate(chances) if number > seats)
        given_up, mean_wait = float(leave * waiting / arrive), float(waiting / arrive)
    # Who meets `ahead` in the queue leaves it when one seat came free for each ahead and one more, or by himself; the
    # states are how many are ahead, then served, then given up.
    longest = len(chances) - seats
    moves = np.zeros((longest + 2, longest + 2))
    for ahead in range(longest):
        frees = seats / keeps + ahead / patience
        moves[ahead, ahead - 1 if ahead else longest] += frees
        moves[ahead, longest + 1] += 1 / patience
        moves[ahead, ahead] -= frees + 1 / patience
    after = expm(moves * target)
    met = np.array([float(one) for one in chances[seats:]])
    in_time = float(sum(chances[:seats])) + float(met @ after[:longest, longest])
    still = float(met @ after[:longest, :longest].sum(axis=1))
    return (in_time, given_up, mean_wait, float(waiting), still)


@pytest.mark.parametrize("hall", HALLS)
def test_the_formulas_meet_the_chain_solved_by_another_way(
    hall: tuple[float, int, float, float, float],
) -> None:
    found = hall_state(*hall)
    in_time, abandoned, mean_wait, waiting, still = solved(*hall)
    assert found.in_time == pytest.approx(in_time, abs=1e-8)
    assert found.abandoned == pytest.approx(abandoned, abs=1e-10)
    assert found.mean_wait_ms == pytest.approx(mean_wait, rel=1e-8)
    assert found.waiting == pytest.approx(waiting, rel=1e-8)
    assert found.busy == pytest.approx(hall[0] * (1 - abandoned) / hall[1], rel=1e-8)
    assert waits_longer(*hall[:4], hall[4]) == pytest.approx(still, abs=1e-8)


@pytest.mark.parametrize("seats", [17, 19, 21, 25])
def test_endless_patience_is_erlang_c(seats: int) -> None:
    load, keeps = 16.25, 330_000
    found = hall_state(load, seats, keeps, 1e7 * keeps, 15_000)
    assert found.in_time == pytest.approx(share_in_time(load, seats, keeps, 15_000), abs=1e-4)
    assert found.mean_wait_ms == pytest.approx(mean_wait_ms(load, seats, keeps), rel=1e-3)


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
