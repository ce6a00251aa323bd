"""Seats that a call hall needs, by Erlang C: callers wait in order and nobody gives up."""

from __future__ import annotations

from math import exp
from typing import Final

SEATS_LIMIT: Final = 2_000  # beyond any call hall; keeps a nonsensical load from searching for ever


def share_in_time(load_erlangs: float, seats: int, talk_ms: float, target_ms: float) -> float:
    """Return the share of calls answered within `target_ms`.

    Args:
        load_erlangs: calls a millisecond times milliseconds each keeps a seat.
        seats: agents who answer.
        talk_ms: mean time that a call keeps a seat, wrap-up included.
        target_ms: the answer target.
    """
    if load_erlangs <= 0:
        return 1.0
    if seats <= load_erlangs:
        return 0.0
    return 1 - _must_wait(load_erlangs, seats) * exp(-(seats - load_erlangs) * target_ms / talk_ms)


def mean_wait_ms(load_erlangs: float, seats: int, talk_ms: float) -> float:
    """Return the mean time to answer; infinite where the seats cannot carry the load."""
    if load_erlangs <= 0:
        return 0.0
    if seats <= load_erlangs:
        return float("inf")
    return _must_wait(load_erlangs, seats) * talk_ms / (seats - load_erlangs)


def seats_needed(load_erlangs: float, talk_ms: float, target_ms: float, share: float) -> int:
    """Return the fewest seats that answer at least `share` of calls within `target_ms`."""
    if load_erlangs <= 0:
        return 0
    seats = int(load_erlangs) + 1
    while seats < SEATS_LIMIT and share_in_time(load_erlangs, seats, talk_ms, target_ms) < share:
        seats += 1
    return seats


def _must_wait(load: float, seats: int) -> float:
    """Erlang C from Erlang B's recursion, which neither overflows nor loses digits."""
    blocked = 1.0
    for number in range(1, seats + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked / (1 - load / seats * (1 - blocked))
