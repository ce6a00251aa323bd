"""Limits and escalation steps as the rules see them: rows of the city pack, with a net under missing rows.

Nothing here knows a number of a city: how long a unit has and what happens when it is late are rows that a city
changes. The pack's own classes (`dashboard.citypack.limits`, `.policies`) fit these shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from dashboard.domain.sentences import SENTENCES
from dashboard.domain.workdays import HOUR_MS, WorkingCalendar


class Limit(Protocol):
    """How long one stage may take."""

    @property
    def category(self) -> str | None:
        """The category this row is for, None for any."""

    @property
    def is_working(self) -> bool:
        """True when the limit counts working time."""

    def due_at(self, start_at: int, calendar: WorkingCalendar) -> int:
        """Return the instant at which the limit, counted from `start_at`, is used up."""


class PolicyStep(Protocol):
    """One escalation step: when it fires, what relieves it, whom it tells and who must act then.

    `unless` names the mark that relieves it (accepted, arrived, done, ...). `raise_to_level` is 0-4: the matter's
    level becomes at least this. `repeat_ms` is None for a step that is said once.
    """

    @property
    def policy_id(self) -> str: ...
    @property
    def unless(self) -> str: ...
    @property
    def after_ms(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def tell(self) -> tuple[str, ...]: ...
    @property
    def means(self) -> tuple[str, ...]: ...
    @property
    def must_act(self) -> str: ...
    @property
    def card(self) -> str: ...
    @property
    def raise_to_level(self) -> int: ...
    @property
    def repeat_ms(self) -> int | None: ...

    def fires_at(self, start_at: int, due_at: int, calendar: WorkingCalendar) -> int:
        """Return when this step is due on a clock that runs from `start_at` to `due_at`."""


class LimitTable(Protocol):
    """All limits of a city."""

    def find(
        self, kind: str, stage: str, urgency: int | None = None, category: str | None = None
    ) -> Limit | None:
        """Return the most exact row, None when there is none."""


class StepTable(Protocol):
    """All escalation steps of a city."""

    def steps(
        self, applies_to: str, stage: str | None = None, urgency: int | None = None
    ) -> tuple[PolicyStep, ...]:
        """Return the steps for one kind of clock, in order; `stage` None takes them over all stages."""


# The safety net under a pack with a missing row: an open matter is never without a clock (domain rule 6).
# Values assumed; a pack that names the stage never meets them.
NET_LIMIT_MS = 8 * HOUR_MS
NET_REPEAT_MS = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class NetLimit:
    """The limit of a stage that the pack does not name: eight hours of working time."""

    category: str | None = None
    is_working: bool = True

    def due_at(self, start_at: int, calendar: WorkingCalendar) -> int:
        """Return the instant at which the limit is used up."""
        return calendar.add_working_ms(start_at, NET_LIMIT_MS)


@dataclass(frozen=True, slots=True)
class NetStep:
    """The step of a stage that the pack does not name: the duty officer is told when the limit is used up."""

    policy_id: str = "net"
    unless: str = ""
    after_ms: int = 0
    name: str = SENTENCES["net_step"][0]
    name_en: str = SENTENCES["net_step"][1]
    tell: tuple[str, ...] = ("duty_officer",)
    means: tuple[str, ...] = ("screen",)
    must_act: str = "duty_officer"
    card: str = "amber"
    raise_to_level: int = 1
    repeat_ms: int | None = NET_REPEAT_MS

    def fires_at(self, start_at: int, due_at: int, calendar: WorkingCalendar) -> int:
        """Return the end of the limit."""
        return due_at


class Policies:
    """All limits and steps of one city; the same question is answered from memory the second time.

    `otherwise` answers for a kind of clock that `steps` has no row for.
    """

    def __init__(self, limits: LimitTable, steps: StepTable, otherwise: StepTable | None = None) -> None:
        self._limits = limits
        self._steps = steps
        self._otherwise = otherwise
        self._found: dict[tuple[str, str, int, str], Limit | None] = {}
        self._chains: dict[tuple[str, str, int], tuple[PolicyStep, ...]] = {}

    def limit(self, kind: str, stage: str, urgency: int, category: str = "") -> Limit | None:
        """Return the limit of a stage, None when the pack has no row for it."""
        key = (kind, stage, urgency, category)
        if key not in self._found:
            self._found[key] = self._limits.find(kind, stage, urgency, category)
        return self._found[key]

    def limit_or_net(self, kind: str, stage: str, urgency: int, category: str = "") -> Limit:
        """Return the limit of a stage, or the safety net's where the pack has no row."""
        return self.limit(kind, stage, urgency, category) or NetLimit()

    def steps(self, applies_to: str, stage: str, urgency: int) -> tuple[PolicyStep, ...]:
        """Return the chain of steps for one clock, in order; never empty.

        For receivers and for a whistle as a whole the chain runs over all stages: pass "".
        """
        key = (applies_to, stage, urgency)
        if key not in self._chains:
            found = self._steps.steps(applies_to, stage or None, urgency)
            if not found and self._otherwise is not None:
                found = self._otherwise.steps(applies_to, stage or None, urgency)
            self._chains[key] = found or (NetStep(),)
        return self._chains[key]
