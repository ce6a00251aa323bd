"""The special desks (专席) of the call hall: who waits for each, and who sits there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.analysis.call_day import CallDay
from dashboard.domain.readings import SPECIAL_DESKS

OFF = "off"
IDLE = "idle"


def desk_rows(day: CallDay, seats: Sequence[tuple[str, str]], now: int) -> list[dict[str, Any]] | None:
    """Return a row for each special desk, in their fixed order; None while no call and no seat ever told of one.

    Args:
        day: the calls.
        seats: (desk, state) of every seat, "" for the desk of a seat that serves none.
        now: UTC ms.

    Returns:
        `code`; `waiting` calls, None where no channel tells who waits; `oldest_at` UTC ms, None when nobody does;
        `seats` that somebody sits on, `idle` ones among them.
    """
    if not day.has_desks() and not any(desk for desk, _ in seats):
        return None
    waiting = day.waiting_by_desk(now)
    rows = []
    for code in SPECIAL_DESKS:
        states = [state for desk, state in seats if desk == code]
        arrivals = [] if waiting is None else waiting.get(code, [])
        rows.append(
            {
                "code": code,
                "waiting": None if waiting is None else len(arrivals),
                "oldest_at": arrivals[0] if arrivals else None,
                "seats": sum(state != OFF for state in states),
                "idle": states.count(IDLE),
            }
        )
    return rows
