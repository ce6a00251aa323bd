"""Limits and escalation steps: rows of the city pack, and the arithmetic that turns them into instants.

Nothing here knows a number: how long a unit has and what happens when it is late are rows that a city changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from dashboard.domain.workdays import WorkingCalendar

Clock = Literal["elapsed", "working"]
LimitUnit = Literal["min", "h", "day", "workhour", "workday"]

MINUTE_MS = 60_000
UNIT_MS = {"min": MINUTE_MS, "h": 60 * MINUTE_MS, "day": 24 * 60 * MINUTE_MS, "workhour": 60 * MINUTE_MS}


@dataclass(frozen=True, slots=True)
class Limit:
    """How long one stage may take: one row of `limits.csv`. None in `urgency` or `category` means any."""

    kind: str
    stage: str
    value: float
    unit: LimitUnit
    urgency: int | None = None
    category: str | None = None
    source: str = ""

    @property
    def is_working(self) -> bool:
        """True when the limit counts working time only."""
        return self.unit in ("workhour", "workday")

    def due_at(self, anchor_at: int, calendar: WorkingCalendar) -> int:
        """Return the instant at which this limit, counted from `anchor_at`, is used up."""
        if self.unit == "workday":
            return calendar.add_workdays(anchor_at, round(self.value))
        ms = round(self.value * UNIT_MS[self.unit])
        return calendar.add_working_ms(anchor_at, ms) if self.is_working else anchor_at + ms


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """One escalation step: one row of `policies.csv`.

    Args:
        policy_id: unique name of the row.
        applies_to: order, event, dispute (a stage's clock), whistle_receiver, dispatch_receiver, whistle.
        stage: which clock of the matter it belongs to (sign, feedback, ...); for receivers only descriptive.
        urgency: 1-4, None for any.
        step: order within the chain.
        unless: the receipt stage that relieves it (accepted, arrived, done, ...).
        clock: whether `after_ms` and the share count working time.
        after_ms: added to the anchor, or to the share of the limit; negative is before.
        share_of_limit: 0.5 is half of the limit, 1 the due instant; None counts from the anchor alone.
        name, name_en: what an officer reads when it fires.
        tell, means: who is told and by what means; as many means as needed.
        must_act: who has to act from now on.
        card: none, amber, yellow or red.
        raise_to_level: 0-4; the matter's level becomes at least this.
        repeat_ms: said again this often until relieved or acknowledged; None for once.
    """

    policy_id: str
    applies_to: str
    stage: str
    step: int
    name: str
    name_en: str
    must_act: str
    urgency: int | None = None
    unless: str = ""
    clock: Clock = "elapsed"
    after_ms: int = 0
    share_of_limit: float | None = None
    tell: tuple[str, ...] = ()
    means: tuple[str, ...] = ("screen",)
    card: str = "none"
    raise_to_level: int = 0
    repeat_ms: int | None = None
    source: str = ""

    def fires_at(self, anchor_at: int, objective_at: int, calendar: WorkingCalendar) -> int:
        """Return when this step is due on a clock that runs from `anchor_at` to `objective_at`."""
        working = self.clock == "working"
        start_at = anchor_at
        if self.share_of_limit == 1:
            start_at = objective_at
        elif self.share_of_limit is not None:
            if working:
                limit_ms = calendar.working_ms_between(anchor_at, objective_at)
                start_at = calendar.add_working_ms(anchor_at, round(limit_ms * self.share_of_limit))
            else:
                start_at = anchor_at + round((objective_at - anchor_at) * self.share_of_limit)
        if not self.after_ms:
            return start_at
        return calendar.add_working_ms(start_at, self.after_ms) if working else start_at + self.after_ms


# The safety net under a pack with a missing row: an open matter is never without a clock (domain rule 6).
# Values assumed; a pack that names the stage never meets them.
NET_LIMIT_HOURS = 8
NET_REPEAT_MS = 24 * 60 * MINUTE_MS
NET_STEP = "net"


class Policies:
    """All limits and steps of one city, looked up by the most specific row."""

    def __init__(self, limits: Iterable[Limit], steps: Iterable[PolicyStep]) -> None:
        self._limits = {(one.kind, one.stage, one.urgency, one.category): one for one in limits}
        self._steps: dict[tuple[str, str, int | None], list[PolicyStep]] = {}
        self._by_id: dict[str, PolicyStep] = {}
        for step in sorted(steps, key=lambda one: one.step):
            receiver = step.applies_to.endswith("receiver") or step.applies_to == "whistle"
            key = (step.applies_to, "" if receiver else step.stage, step.urgency)
            self._steps.setdefault(key, []).append(step)
            self._by_id[step.policy_id] = step

    def limit(self, kind: str, stage: str, urgency: int, category: str = "") -> Limit | None:
        """Return the limit of a stage: category and urgency first, then category, urgency, any; None if no row.

        A category row also covers the categories below it: 0203 covers 020301.
        """
        for depth in range(len(category), 1, -2):
            for level in (urgency, None):
                found = self._limits.get((kind, stage, level, category[:depth]))
                if found:
                    return found
        return self._limits.get((kind, stage, urgency, None)) or self._limits.get((kind, stage, None, None))

    def limit_or_net(self, kind: str, stage: str, urgency: int, category: str = "") -> Limit:
        """Return the limit of a stage, or the safety net's where the pack has no row."""
        found = self.limit(kind, stage, urgency, category)
        return found or Limit(kind, stage, NET_LIMIT_HOURS, "workhour", source="safety net, assumed")

    def steps(self, applies_to: str, stage: str, urgency: int) -> tuple[PolicyStep, ...]:
        """Return the chain of steps for one clock, in order; never empty.

        For receivers and for a whistle as a whole the chain runs over all stages: pass "".
        """
        found = self._steps.get((applies_to, stage, urgency)) or self._steps.get((applies_to, stage, None))
        if found:
            return tuple(found)
        return (
            PolicyStep(
                policy_id=NET_STEP,
                applies_to=applies_to,
                stage=stage,
                step=1,
                name="时限已过：通知值班员",
                name_en="Limit passed: duty officer told",
                must_act="duty_officer",
                share_of_limit=1,
                tell=("duty_officer",),
                card="amber",
                raise_to_level=1,
                repeat_ms=NET_REPEAT_MS,
                source="safety net, assumed",
            ),
        )
