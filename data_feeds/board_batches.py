"""Whole batches onto the position board: the rules of `PositionBoard.take`, each step for all fixes at once.

What one fix does to its device depends on nobody else's, so the first fix of every device is taken together, then the
second of each, and so on. What is rare, and a device that sent many, goes by `take` one by one; in effect both
ways are the same, which a test holds against random batches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dashboard.live.fleet import OUT_OF_GRID, REPORTING, SOS, STOPPED, TASKED, VAGUE
from data_feeds.decoders.packed_positions import NOT_SAID, FixColumns
from data_feeds.position_board import (
    COARSE_M,
    JITTER_M,
    LATE_AFTER_MS,
    METRES_PER_DEGREE,
    SOS_LASTS_MS,
    SPEED_LIMIT_MPS,
    STANDING_MPS,
    PositionBoard,
)

# A round of numpy costs about as much as fifty fixes one by one: fewer devices than this are not worth one.
FEW: Final = 64
OUTCOMES: Final = (
    "accepted", "late", "duplicate", "out_of_order", "coarse", "impossible_speed", "quarantined"
)  # fmt: skip
_LATE, _DUPLICATE, _OUT_OF_ORDER, _COARSE, _TOO_FAST = 1, 2, 3, 4, 5
_Ints = npt.NDArray[np.int64]
_Mask = npt.NDArray[np.bool_]
_Codes = npt.NDArray[np.uint8]


def take_columns(
    board: PositionBoard, slots: _Ints, fixes: FixColumns, devices: Sequence[str], now: int
) -> Counter[str]:
    """Take in checked fixes (WGS-84), those of one device in their order; returns how many had which outcome.

    Args:
        slots: roster slot of each.
        devices: the table that `fixes.device` points into.
        now: UTC ms.
    """
    outcomes: Counter[str] = Counter()
    left = np.arange(slots.size)
    if board.held:  # a few, one by one
        is_held = np.isin(slots, np.array(sorted(board.held), np.int64))
        for place in left[is_held].tolist():
            item = fixes.item(place, devices[fixes.device[place]])
            outcomes[board.take(int(slots[place]), item, now)] += 1
        left = left[~is_held]
    while left.size >= FEW:
        is_first = _is_first(board, slots[left], left)
        places = left if is_first.all() else left[is_first]
        if places.size < FEW:
            break
        # A copy of each column is what a round of some costs more than one of all.
        chosen = fixes if places.size == len(fixes) else fixes.chosen(places)
        codes = _take_round(board, slots[places], chosen, now)
        for place in np.flatnonzero(codes == _TOO_FAST).tolist():
            # Whether a second fix agrees with a doubted one is asked one by one. A call for help that was heard with
            # it above is heard again, which changes nothing.
            item = chosen.item(place, devices[chosen.device[place]])
            codes[place] = OUTCOMES.index(board.take(int(slots[places[place]]), item, now))
        for code, number in enumerate(np.bincount(codes, minlength=len(OUTCOMES)).tolist()):
            outcomes[OUTCOMES[code]] += number
        left = left[~is_first]
    for place in left.tolist():
        item = fixes.item(place, devices[fixes.device[place]])
        outcomes[board.take(int(slots[place]), item, now)] += 1
    return outcomes


def _is_first(board: PositionBoard, slots: _Ints, places: _Ints) -> _Mask:
    """Say which of these fixes is the first of its device."""
    first = board.columns.first
    first[slots[::-1]] = places[::-1]  # of those to one slot the last that is written stays
    is_first: _Mask = first[slots] == places
    return is_first


def _take_round(board: PositionBoard, slots: _Ints, fixes: FixColumns, now: int) -> _Codes:
    """Take one fix of each of these slots; a fix that is too fast is not taken but left to the caller."""
    columns = board.columns
    _hear_help(board, slots, fixes, now)
    at, last_at, before = fixes.at, columns.fix_at[slots], columns.state[slots]
    was_reporting = before & REPORTING != 0
    on_duty = np.where(fixes.duty == NOT_SAID, was_reporting | (last_at == 0), fixes.duty == 1)
    is_news = at > last_at
    is_coarse = is_news & on_duty & (fixes.accuracy_m > COARSE_M)
    is_believed = is_news & on_duty & ~is_coarse

    x = (fixes.lon - columns.lon[slots]) * board.metres_per_degree_lon
    y = (fixes.lat - columns.lat[slots]) * METRES_PER_DEGREE
    metres = np.sqrt(x * x + y * y)
    seconds = (at - last_at) / 1000
    is_too_fast = is_believed & was_reporting & (metres > SPEED_LIMIT_MPS * seconds + JITTER_M)
    is_taken = is_believed & ~is_too_fast

    codes: _Codes = np.zeros(slots.size, np.uint8)
    codes[is_taken & (at < now - LATE_AFTER_MS)] = _LATE
    codes[at == last_at] = _DUPLICATE
    codes[at < last_at] = _OUT_OF_ORDER
    codes[is_coarse] = _COARSE
    codes[is_too_fast] = _TOO_FAST

    with np.errstate(
        divide="ignore", invalid="ignore"
    ):  # two fixes of one instant: not news, and not looked at
        moved_mps = np.where(was_reporting, metres / seconds, 0.0)
    speed_mps = np.where(np.isnan(fixes.speed_mps), moved_mps, fixes.speed_mps)
    has_task = np.where(fixes.task == NOT_SAID, before & TASKED != 0, fixes.task == 1)
    state = before & np.uint8(OUT_OF_GRID) | np.uint8(REPORTING)
    state |= _bits(TASKED, has_task)
    state |= _bits(STOPPED, speed_mps < STANDING_MPS)
    state |= _bits(SOS, at < columns.sos_until[slots])
    state |= _bits(VAGUE, ~(fixes.accuracy_m <= board.exact_m))

    _write(board, slots, is_taken, at, fixes.lon, fixes.lat, state)
    is_off = is_news & ~on_duty
    if is_off.any():
        off = slots[is_off]
        home_lon, home_lat = columns.home_lon[slots], columns.home_lat[slots]
        _write(board, slots, is_off, at, home_lon, home_lat, np.full(slots.size, STOPPED, np.uint8))
        columns.sos_until[off] = 0
    return codes


def _hear_help(board: PositionBoard, slots: _Ints, fixes: FixColumns, now: int) -> None:
    """`PositionBoard.hear_help` for those who say anything about help."""
    is_said = fixes.alarm != NOT_SAID
    if not is_said.any():
        return
    columns, at = board.columns, fixes.at
    is_wanted, known_at = fixes.alarm == 1, columns.alarm_at[slots]
    is_heard = is_said & ((at > known_at) | (is_wanted & (at == known_at)))
    heard = slots[is_heard]
    columns.alarm_at[heard] = at[is_heard]
    columns.sos_until[heard] = np.where(is_wanted[is_heard], now + SOS_LASTS_MS, 0)
    is_shown = is_heard & (columns.state[slots] & REPORTING != 0)
    shown = slots[is_shown]
    columns.state[shown] = columns.state[shown] & np.uint8(0xFF & ~SOS) | _bits(SOS, is_wanted[is_shown])
    columns.is_changed[shown] = 1


def _write(
    board: PositionBoard, slots: _Ints, which: _Mask, at: Any, lon: Any, lat: Any, state: _Codes
) -> None:
    columns, chosen = board.columns, slots
    if not which.all():
        chosen, at, lon, lat, state = slots[which], at[which], lon[which], lat[which], state[which]
    columns.fix_at[chosen], columns.lon[chosen], columns.lat[chosen] = at, lon, lat
    columns.state[chosen] = state
    columns.is_changed[chosen] = 1
    if board.doubted:
        for slot in board.doubted.keys() & set(chosen.tolist()):
            del board.doubted[slot]


def _bits(bit: int, which: _Mask) -> _Codes:
    return which.astype(np.uint8) * np.uint8(bit)
