"""Are we under control? One rule over the same numbers that the leader's page shows, and what needs a leader's word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Control = Literal["steady", "strained", "pressing"]
Reason = Literal["whistle", "raised", "declined", "district", "supervision"]

STRAINED_PER_MILLE = (
    10  # of the open matters overdue (assumed; 999.1 ‰ of the city's events are closed in time)
)
PRESSING_PER_MILLE = 50  # assumed
LONG_LATE_MS = 24 * 60 * 60_000
LEADING_LEVEL = 4  # 带班领导, the last step of escalation
GRAVE: frozenset[Reason] = frozenset({"whistle", "raised"})
"""People stand at a place, or every lower step is used up; the other reasons wait for a ruling."""
LEADERS_ACT = frozenset({"commander", "leader"})
"""Who has to act at that level before it is a leader's matter; a red card at it is the unit head's own."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that waits for a leader's word: why, and the clock that runs on it (UTC ms, None without one)."""

    matter_id: str
    reason: Reason
    due_at: int | None

    def is_late(self, now: int) -> bool:
        """Say whether its clock has run out."""
        return self.due_at is not None and self.due_at <= now


def is_raised(level: int, must_act: str) -> bool:
    """Say whether the rules brought a matter up to the leaders: step 4, and one of them has to act."""
    return level >= LEADING_LEVEL and must_act in LEADERS_ACT


def control_of(
    open_count: int, overdue: int, needs: Iterable[Need], now: int
) -> tuple[Control, tuple[str, ...]]:
    """Return whether we are under control, and which of its rules said so, gravest first.

    pressing: a whistle or a raised matter is past its end ("late_need"), or five in a hundred open matters are overdue
    ("overdue_share"). strained: something waits for a leader's word ("needs"), or one in a hundred is overdue.
    steady: neither. Whoever reads the numbers beside it comes to the same answer.
    """
    waiting = list(needs)
    share = overdue * 1000 / open_count if open_count else 0.0
    pressing = []
    if any(one.is_late(now) and one.reason in GRAVE for one in waiting):
        pressing.append("late_need")
    if share >= PRESSING_PER_MILLE:
        pressing.append("overdue_share")
    if pressing:
        return "pressing", tuple(pressing)
    strained = []
    if waiting:
        strained.append("needs")
    if share >= STRAINED_PER_MILLE:
        strained.append("overdue_share")
    return ("strained", tuple(strained)) if strained else ("steady", ())


def by_urgency(due_at: int | None, is_grave: bool, now: int) -> tuple[int, bool, int]:
    """Sort key of what needs a word: clocks of this day first, then what has none, what is late for days at the end;
    among them whistles and what was raised (`is_grave`) before what waits for a ruling."""
    if due_at is None:
        return (1, not is_grave, 0)
    return (2 if due_at <= now - LONG_LATE_MS else 0, not is_grave, due_at)
