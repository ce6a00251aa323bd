"""Pauses: which states may stop a clock, what a pause moves, and that nothing else ever does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.domain.matter import Matter
from dashboard.domain.workdays import WorkingCalendar

PAUSING_STAGES = ("SUPPLEMENT", "EXTENSION_APPLIED", "SUSPENDED")
"""The only states in which a clock may stand still."""


@dataclass(frozen=True, slots=True)
class Pause:
    """One pause of a matter: in which stage, who began it and why, from when to when (UTC ms).

    `final_due_at` is the matter's end when it began. `counted` is None while it lasts; an extension that was refused
    paused nothing.
    """

    matter_id: str
    n: int
    stage: str
    began_at: int
    began_by: str
    began_name: str
    reason: str
    final_due_at: int | None
    ended_at: int | None = None
    ended_by: str | None = None
    counted: bool | None = None


def pausing_stage(matter: Matter) -> str | None:
    """Return the stage if it pauses a clock of this kind of matter, else None; a closed matter pauses nothing."""
    return matter.stage if matter.is_open and matter.stage in matter.machine.pauses else None


def counts(pause: Pause, final_due_at: int | None) -> bool:
    """Say whether a pause that ends now was one: an extension only when it was granted, that is the end moved."""
    if pause.stage != "EXTENSION_APPLIED":
        return True
    return final_due_at is not None and (pause.final_due_at is None or final_due_at > pause.final_due_at)


def shifted(due_at: int, began_at: int, ended_at: int, is_working: bool, calendar: WorkingCalendar) -> int:
    """Return an end after a pause: what was left of the limit, in its own kind of time, is left again.

    What was overdue when the pause began stays overdue by as much: a pause forgives nothing.
    """
    if due_at <= began_at:
        return due_at
    if not is_working:
        return due_at + ended_at - began_at
    return calendar.add_working_ms(ended_at, calendar.working_ms_between(began_at, due_at))


def with_pauses(due_at: int, pauses: Iterable[Pause], is_working: bool, calendar: WorkingCalendar) -> int:
    """Return an end counted anew, moved by every suspension there was; an extension set a date and is not added."""
    for pause in sorted(pauses, key=lambda one: one.n):
        if pause.stage == "SUSPENDED" and pause.counted and pause.ended_at is not None:
            due_at = shifted(due_at, pause.began_at, pause.ended_at, is_working, calendar)
    return due_at
