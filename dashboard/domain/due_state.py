"""How a clock stands: in time, at risk, overdue. The same rule runs in the browser (`assets/live/countdown.mjs`)."""

from __future__ import annotations

from typing import Literal

DueState = Literal["ok", "risk", "overdue"]

MINUTE_MS = 60_000
SHORT_LIMIT_MS = 30 * MINUTE_MS
DAY_LIMIT_MS = 24 * 60 * MINUTE_MS
LAST_WORKING_DAY_MS = 8 * 60 * MINUTE_MS


def risk_window_ms(limit_ms: int) -> int:
    """Return how long before the end a clock is at risk.

    The last third of a limit up to 30 minutes, the last fifth up to a day, the last working day (8 h) beyond.
    """
    if limit_ms <= SHORT_LIMIT_MS:
        return limit_ms // 3
    if limit_ms <= DAY_LIMIT_MS:
        return limit_ms // 5
    return LAST_WORKING_DAY_MS


def due_state(due_at: int | None, limit_ms: int, now: int) -> DueState:
    """Say how a clock stands that ends at `due_at` and had `limit_ms` in all; no clock is in time."""
    if due_at is None:
        return "ok"
    if due_at < now:
        return "overdue"
    return "risk" if due_at - now <= risk_window_ms(limit_ms) else "ok"
