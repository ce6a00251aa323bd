"""What else happens when an escalation step fires: each effect is a function that runs in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dashboard.domain.command import Command, Receipt
from dashboard.domain.deadline import Deadline
from dashboard.domain.matter import Matter
from dashboard.domain.policy import PolicyStep
from dashboard.service.act import Act
from dashboard.service.districts.waiting import mark_late
from dashboard.service.machines.cards import issue_card
from dashboard.service.shifts.alarm import alarm_effect


@dataclass(frozen=True, slots=True)
class Firing:
    """One step that fires: its clock as it was armed, and what it is about as it stands after the step's effect."""

    deadline: Deadline
    step: PolicyStep
    matter: Matter
    command: Command | None
    receipt: Receipt | None
    is_late: bool


EFFECTS: Final[tuple[Callable[[Act, Firing], None], ...]] = (
    mark_late,
    issue_card,
    alarm_effect,
)
"""In order; each writes through the act, so it is committed with the step or not at all."""
