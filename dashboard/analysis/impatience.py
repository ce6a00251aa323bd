"""Seats that a call hall needs when callers give up: Erlang A (the Palm queue, M/M/n+M).

Calls come by chance, keep a seat for an exponential time and hang up after an exponential patience. C. Palm 1957;
treated by O. Garnett, A. Mandelbaum, M. Reiman, "Designing a Call Center with Impatient Customers", M&SOM 4(3),
2002. The tests check it against the chain solved by another way and against a played hall, not against their
tables. Where nobody gives up it is Erlang C (staffing.py), which wants too many seats when the hall is full: those
who hang up make room.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, lgamma, log
from typing import Final

from dashboard.analysis.staffing import SEATS_LIMIT

_NEGLIGIBLE: Final = 1e-13  # states of the queue that are rarer are left out
PATIENCE_MS: Final = 90_000.0  # mean patience before the city has its own: the simulator's parameter, assumed
PATIENCE_COUNTS_AS: Final = 20.0  # ... which counts as much as so many callers who gave up


@dataclass(frozen=True, slots=True)
class HallState:
    """A hall in its steady state; shares 0-1.

    `in_time`: of all calls those answered within the target. `abandoned`: those given up. `mean_wait_ms`: of all
    calls, given up ones too. `waiting`: callers in the queue on average. `busy`: of a seat's time.
    """

    in_time: float
    abandoned: float
    mean_wait_ms: float
    waiting: float
    busy: float


def hall_state(
    load_erlangs: float, seats: int, keeps_ms: float, patience_ms: float, target_ms: float
) -> HallState:
    """Return what callers and agents meet.

    Args:
        load_erlangs: calls a millisecond times `keeps_ms`.
        seats: agents who answer.
        keeps_ms: mean time that a call keeps a seat, wrap-up included.
        patience_ms: mean time after which a caller hangs up.
        target_ms: the answer target.

    Raises:
        ValueError: a time is not above zero, or a number is below.
    """
    if keeps_ms <= 0 or patience_ms <= 0 or load_erlangs < 0 or seats < 0 or target_ms < 0:
        raise ValueError("times are above zero, and load, seats and target not below")
    if load_erlangs == 0:
        return HallState(1.0, 0.0, 0.0, 0.0, 0.0)
    queue, at_once = _chances(load_erlangs, seats, keeps_ms / patience_ms)
    per_keep = keeps_ms / patience_ms  # hang-ups of one waiting caller in the time that a call keeps a seat
    waiting = sum(number * chance for number, chance in enumerate(queue))
    abandoned = min(1.0, per_keep * waiting / load_erlangs)
    served = at_once + _served_in_time(queue, seats / per_keep, exp(-target_ms / patience_ms))
    return HallState(
        min(1.0, served),
        abandoned,
        waiting / load_erlangs * keeps_ms,
        waiting,
        load_erlangs * (1 - abandoned) / seats if seats else 0.0,
    )


def waits_longer(
    load_erlangs: float, seats: int, keeps_ms: float, patience_ms: float, wait_ms: float
) -> float:
    """Return the share of all calls that wait longer than `wait_ms`, whether they are answered then or give up."""
    if load_erlangs <= 0:
        return 0.0
    queue, _ = _chances(load_erlangs, seats, keeps_ms / patience_ms)
    left = exp(-wait_ms / patience_ms)
    shape = seats * patience_ms / keeps_ms
    below = 1.0 if shape == 0 else left**shape  # chance that a Beta(shape, 1) variable is below `left`
    total = 0.0
    for number, chance in enumerate(queue):
        total += chance * below
        below += _beta_step(shape, number + 1, left)
    return left * min(1.0, total)


def seats_with_patience(
    load_erlangs: float, keeps_ms: float, patience_ms: float, target_ms: float, share: float
) -> int:
    """Return the fewest seats that answer at least `share` of all calls within `target_ms`."""
    if load_erlangs <= 0:
        return 0
    low, high = 0, 1
    while (
        high < SEATS_LIMIT
        and hall_state(load_erlangs, high, keeps_ms, patience_ms, target_ms).in_time < share
    ):
        low, high = high, min(SEATS_LIMIT, 2 * high)
    while high - low > 1:
        middle = (low + high) // 2
        if hall_state(load_erlangs, middle, keeps_ms, patience_ms, target_ms).in_time < share:
            low = middle
        else:
            high = middle
    return high


def mean_patience_ms(waits: Iterable[tuple[int, bool]]) -> float:
    """Estimate the mean patience: all time waited over the number who gave up, drawn towards the usual one.

    The likeliest value where patience is exponential and an answered caller's is known only to be longer
    (A. Mandelbaum, S. Zeltyn, "The Palm/Erlang-A Queue, with Applications to Call Centers", 2005, section 5).

    Args:
        waits: (milliseconds waited, whether the caller gave up) of each call whose wait is over.
    """
    waited_ms, gave_up = PATIENCE_COUNTS_AS * PATIENCE_MS, PATIENCE_COUNTS_AS
    for wait_ms, given_up in waits:
        waited_ms += max(0, wait_ms)
        gave_up += given_up
    return waited_ms / gave_up


def _chances(load: float, seats: int, per_keep: float) -> tuple[list[float], float]:
    """Chance of 0, 1, 2, ... callers waiting while every seat is taken, and that a seat is free."""
    # Chances are reckoned from the state "all seats taken, nobody waits" so that nothing overflows.
    free, term = 0.0, 1.0
    for busy in range(seats, 0, -1):
        term *= busy / load
        free += term
        if term < _NEGLIGIBLE * free and busy < load:
            break
    queue, term, number = [1.0], 1.0, 0
    total = 1.0
    while True:
        number += 1
        rate = seats + number * per_keep
        term *= load / rate
        queue.append(term)
        total += term
        if rate > load and term < _NEGLIGIBLE * total:
            break
    whole = free + total
    return [one / whole for one in queue], free / whole


def _served_in_time(queue: list[float], shape: float, left: float) -> float:
    """Share that waits, but no longer than the target, and is answered.

    A caller who meets `j` waiting needs j + 1 departures, whose rates grow by one caller's impatience each; so
    exp(-wait / patience) has the distribution Beta(shape, j + 1), and he is still there with just that chance.
    """
    below = left ** (shape + 1)  # chance that a Beta(shape + 1, 1) variable is below `left`
    total = 0.0
    for number, chance in enumerate(queue):
        stays = shape / (shape + number + 1)
        total += chance * stays * max(0.0, 1 - below)
        below += _beta_step(shape + 1, number + 1, left)
    return total


def _beta_step(shape: float, second: int, left: float) -> float:
    """What the distribution of Beta(shape, second) at `left` gains when the second parameter grows by one."""
    if left >= 1 or shape == 0:
        return 0.0
    return exp(
        shape * log(left)
        + second * log(1 - left)
        + lgamma(shape + second)
        - lgamma(shape)
        - lgamma(second + 1)
    )
