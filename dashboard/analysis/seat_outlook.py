"""Seats short now and at the next change of shift, from the last quarter of an hour and the forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.analysis.expected import BIN_MS, Floats
from dashboard.analysis.impatience import HallState, hall_state, seats_with_patience

LATELY_MS: Final = 15 * 60_000
AHEAD_MS: Final = 30 * 60_000  # a shift that begins is judged by its busiest half hour
SHIFT_MS: Final = 8 * 3_600_000


@dataclass(frozen=True, slots=True)
class Hall:
    """The hall's terms: milliseconds a call keeps a seat, mean patience, answer target, and its share (0-1)."""

    keeps_ms: float
    patience_ms: float
    target_ms: float
    share: float


@dataclass(frozen=True, slots=True)
class ShiftBegin:
    """From `at` (UTC ms) so many seats answer."""

    at: int
    seats: int


@dataclass(frozen=True, slots=True)
class SeatNeed:
    """Seats needed and short from `at` on, for so many calls an hour, and what callers meet with the seats there."""

    at: int
    calls_per_hour: float
    needed: int
    seats: int
    short: int
    meets: HallState


def seat_outlook(
    arrived: Sequence[int],
    forecast: Floats,
    midnight_at: int,
    answering: int,
    plan: Sequence[ShiftBegin],
    hall: Hall,
    now: int,
) -> tuple[SeatNeed, SeatNeed | None]:
    """Return the need now, and at the next change of shift (None where none is planned).

    Now: the greater of the calls of the last quarter of an hour and those forecast for the next. At the change: the
    busiest half hour of the eight hours that follow, as far as the forecast goes.

    Args:
        arrived: UTC ms of calls that came, at least those of the last quarter of an hour.
        forecast: calls expected in each five minutes from `midnight_at` on: today's as they stand now (`follow_day`),
            then tomorrow's, since the evening's next change is at midnight or after it.
        midnight_at: local midnight that began the day.
        answering: seats that answer now.
        plan: changes of shift.
    """
    came = sum(now - LATELY_MS < at <= now for at in arrived) / LATELY_MS
    coming = _rate(forecast, midnight_at, now, now + LATELY_MS)
    here = _need(max(came, coming), answering, hall, now)
    known_to = midnight_at + len(forecast) * BIN_MS
    later = sorted((one for one in plan if now < one.at < known_to), key=lambda one: one.at)
    if not later:
        return here, None
    change = later[0]
    follows = later[1].at if len(later) > 1 else change.at + SHIFT_MS
    end = min(known_to, follows)
    starts = range(change.at, max(change.at + 1, end - AHEAD_MS + 1), BIN_MS)
    busiest = max(_rate(forecast, midnight_at, at, min(end, at + AHEAD_MS)) for at in starts)
    return here, _need(busiest, change.seats, hall, change.at)


def _need(calls_per_ms: float, seats: int, hall: Hall, at: int) -> SeatNeed:
    load = calls_per_ms * hall.keeps_ms
    needed = seats_with_patience(load, hall.keeps_ms, hall.patience_ms, hall.target_ms, hall.share)
    meets = hall_state(load, seats, hall.keeps_ms, hall.patience_ms, hall.target_ms)
    return SeatNeed(at, calls_per_ms * 3_600_000, needed, seats, max(0, needed - seats), meets)


def _rate(forecast: Floats, midnight_at: int, start_at: int, end_at: int) -> float:
    """Calls a millisecond expected in a period; bins that it cuts count by the part inside."""
    calls = covered = 0.0
    first = max(0, (start_at - midnight_at) // BIN_MS)
    for number in range(first, min(len(forecast), -(-(end_at - midnight_at) // BIN_MS))):
        bin_at = midnight_at + number * BIN_MS
        inside = min(end_at, bin_at + BIN_MS) - max(start_at, bin_at)
        if inside > 0:
            calls += float(forecast[number]) * inside / BIN_MS
            covered += inside
    return calls / covered if covered else 0.0
