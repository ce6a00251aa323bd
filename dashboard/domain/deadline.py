"""A clock as a row, and its walk along the steps of its policy: arm, fire, repeat, acknowledge, extend, stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dashboard.domain.clocks import Wanted
from dashboard.domain.policy import NET_REPEAT_MS, PolicyStep
from dashboard.domain.workdays import WorkingCalendar

Relieved = Callable[[str], bool]
"""Says whether a step's `unless` has happened: "accepted", "arrived", ..."""

MAX_FOLLOW_UP_MS = 4 * 60 * 60_000
MIN_FOLLOW_UP_MS = 10 * 60_000


@dataclass(frozen=True, slots=True)
class Deadline:
    """One armed or ended clock; a chain has at most one armed row.

    Args:
        chain: what it watches; see `clocks`.
        policy_id: the step that fires at `due_at`.
        phase: "step" the first time, "repeat" when said again, "follow_up" after an acknowledgement.
        anchor_at, objective_at: where the whole clock starts and ends (`due_at` is only this step's).
        level, card, must_act: what the chain has reached so far; `must_act` is the owner before any step fired.
        extended_ms: how far an officer has moved this clock in all.
        state: armed, fired, relieved, stopped, acknowledged or moved.
    """

    id: str
    chain: str
    matter_id: str
    purpose: str
    applies_to: str
    stage: str
    urgency: int
    policy_id: str
    phase: str
    anchor_at: int
    objective_at: int
    due_at: int
    armed_at: int
    must_act: str
    owner: str
    command_id: str | None = None
    receiver_id: str | None = None
    repeat_no: int = 0
    level: int = 0
    card: str = "none"
    extended_ms: int = 0
    state: str = "armed"
    ended_at: int | None = None
    reason: str = ""

    @property
    def limit_ms(self) -> int:
        """How long the whole clock runs."""
        return max(self.objective_at - self.anchor_at, 0)


CARDS = ("none", "amber", "yellow", "red")


def arm(
    wanted: Wanted,
    matter_id: str,
    urgency: int,
    steps: Sequence[PolicyStep],
    calendar: WorkingCalendar,
    now: int,
    new_id: Callable[[], str],
    relieved: Relieved,
    *,
    skip_past: bool = True,
) -> Deadline:
    """Return the first armed row of a chain.

    With `skip_past` (a matter taken over from its source, or a clock that resumes) the steps whose time has gone are
    not fired again: the chain starts at what they had reached and waits for the next. A chain with nothing left
    repeats its last step, so that an open matter always has a clock.
    """
    blank = Deadline(
        id=new_id(),
        chain=wanted.chain,
        matter_id=matter_id,
        purpose=wanted.purpose,
        applies_to=wanted.applies_to,
        stage=wanted.stage,
        urgency=urgency,
        policy_id=steps[0].policy_id,
        phase="step",
        anchor_at=wanted.anchor_at,
        objective_at=wanted.objective_at,
        due_at=steps[0].fires_at(wanted.anchor_at, wanted.objective_at, calendar),
        armed_at=now,
        must_act=wanted.owner,
        owner=wanted.owner,
        command_id=wanted.command_id,
        receiver_id=wanted.receiver_id,
    )
    reached, last = blank, None
    for step in steps:
        due_at = step.fires_at(wanted.anchor_at, wanted.objective_at, calendar)
        if relieved(step.unless):
            continue
        if due_at > now or not skip_past:
            return replace(reached, policy_id=step.policy_id, due_at=due_at)
        reached, last = reach(reached, step), step
    if last is None:
        last = steps[-1]
    first_at = last.fires_at(wanted.anchor_at, wanted.objective_at, calendar)
    return _repeat(reached, last, first_at, now)


def reach(deadline: Deadline, step: PolicyStep) -> Deadline:
    """Return the chain after `step` took effect: levels and cards only rise, the last step names who must act."""
    card = max(deadline.card, step.card, key=CARDS.index)
    return replace(
        deadline,
        level=max(deadline.level, step.raise_to_level),
        card=card,
        must_act=step.must_act or deadline.owner,
    )


def next_after_fire(
    fired: Deadline,
    steps: Sequence[PolicyStep],
    calendar: WorkingCalendar,
    now: int,
    new_id: Callable[[], str],
    relieved: Relieved,
) -> Deadline:
    """Return the row to arm once `fired` has taken effect (`fired` already carries what it reached).

    The next step keeps its own time, even when that has gone too (it then fires in the same cycle, in due order). A
    repeat before it is said only while the next step is still ahead. Repeats missed during an outage are skipped: one
    reminder is enough.
    """
    base = replace(fired, id=new_id(), state="armed", ended_at=None, reason="", armed_at=now)
    index = next((i for i, one in enumerate(steps) if one.policy_id == fired.policy_id), len(steps) - 1)
    current = steps[index]
    for step in steps[index + 1 :]:
        if relieved(step.unless):
            continue
        due_at = step.fires_at(fired.anchor_at, fired.objective_at, calendar)
        if current.repeat_ms:
            again = _repeat(base, current, fired.due_at, now)
            if again.due_at < due_at:
                return again
        return replace(base, policy_id=step.policy_id, phase="step", repeat_no=0, due_at=due_at)
    return _repeat(base, current, fired.due_at, now)


def acknowledged(
    armed: Deadline,
    steps: Sequence[PolicyStep],
    calendar: WorkingCalendar,
    now: int,
    new_id: Callable[[], str],
) -> Deadline | None:
    """Return the row that replaces a pending repeat once an officer has seen it, None when no repeat was pending.

    The acknowledged step is not said again: the next step is armed, or, after the last one, a follow-up that asks
    whether anything has happened since.
    """
    if armed.phase == "step":
        return None
    index = next((i for i, one in enumerate(steps) if one.policy_id == armed.policy_id), len(steps) - 1)
    base = replace(armed, id=new_id(), state="armed", armed_at=now, repeat_no=0)
    for step in steps[index + 1 :]:
        due_at = step.fires_at(armed.anchor_at, armed.objective_at, calendar)
        if due_at > now:
            return replace(base, policy_id=step.policy_id, phase="step", due_at=due_at)
    wait_ms = min(max(2 * (steps[index].repeat_ms or NET_REPEAT_MS), MIN_FOLLOW_UP_MS), MAX_FOLLOW_UP_MS)
    return replace(base, phase="follow_up", due_at=now + wait_ms)


def stopped(
    armed: Deadline,
    steps: Sequence[PolicyStep],
    calendar: WorkingCalendar,
    now: int,
    new_id: Callable[[], str],
) -> Deadline:
    """Return the row that replaces a step which an officer stopped: the next step still ahead, else a follow-up."""
    waiting = replace(armed, phase="repeat")
    following = acknowledged(waiting, steps, calendar, now, new_id)
    assert following is not None
    return following


def extended(
    armed: Deadline, until_at: int, steps: Sequence[PolicyStep], calendar: WorkingCalendar, now: int,
    new_id: Callable[[], str], relieved: Relieved,
) -> Deadline:  # fmt: skip
    """Return the chain re-armed for a later end, with what it had reached set back: a granted delay is not a fault."""
    now = told_until(armed, now)
    wanted = Wanted(
        armed.chain, armed.purpose, armed.applies_to, armed.stage, armed.anchor_at, until_at, armed.owner,
        armed.command_id, armed.receiver_id,
    )  # fmt: skip
    moved = arm(wanted, armed.matter_id, armed.urgency, steps, calendar, now, new_id, relieved)
    return replace(moved, extended_ms=armed.extended_ms + until_at - armed.objective_at)


def after_progress(
    armed: Deadline, steps: Sequence[PolicyStep], calendar: WorkingCalendar, now: int, new_id: Callable[[], str],
    relieved: Relieved,
) -> Deadline | None:  # fmt: skip
    """Return the row to arm instead when the receiver's progress relieved the armed step, None when it did not.

    What a relieved step had raised is lowered again: a unit that accepts late is no longer "not answering".
    """
    now = told_until(armed, now)
    current = next((one for one in steps if one.policy_id == armed.policy_id), None)
    reached = [one for one in steps if one.raise_to_level and one.raise_to_level <= armed.level]
    still = [one for one in reached if not relieved(one.unless)]
    if current is not None and not relieved(current.unless) and still == reached:
        return None
    base = replace(armed, id=new_id(), armed_at=now, level=0, card="none", must_act=armed.owner)
    for step in steps:
        if relieved(step.unless):
            continue
        due_at = step.fires_at(armed.anchor_at, armed.objective_at, calendar)
        if due_at > now:
            return replace(base, policy_id=step.policy_id, phase="step", repeat_no=0, due_at=due_at)
        base = reach(base, step)
    return replace(base, phase="repeat", due_at=max(armed.due_at, now))


def told_until(armed: Deadline, now: int) -> int:
    """Return the instant up to which a chain's steps have been said: `now`, or later.

    An act bears the instant at which it was asked for. While it waited for its turn to write, a step may have fired
    and armed this row; by the act's own instant that step would still lie ahead, and be said a second time.
    """
    return max(now, armed.armed_at)


def _repeat(base: Deadline, step: PolicyStep, from_at: int, now: int) -> Deadline:
    every_ms = step.repeat_ms or NET_REPEAT_MS
    missed = max((now - from_at) // every_ms, 0)
    return replace(
        base,
        policy_id=step.policy_id,
        phase="repeat",
        repeat_no=base.repeat_no + 1,
        due_at=from_at + (missed + 1) * every_ms,
    )
