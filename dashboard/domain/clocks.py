"""Which clocks a matter, a receiver or a whistle has to have; where each starts and ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.domain.command import Command, Receipt
from dashboard.domain.matter import MACHINES, Matter
from dashboard.domain.policy import Policies
from dashboard.domain.workdays import WorkingCalendar

WHISTLE_LIMIT = ("whistle", "arrive")
# Used only where the pack has no on-site row for the urgency: one working day (assumed).
DEFAULT_COMMAND_MS = 8 * 60 * 60_000

STAGE_PURPOSES = {kind: machine.clocks for kind, machine in MACHINES.items()}
"""Kind -> stage -> what must happen while the matter is there; data of the machines. Pausing states have only their
own clock."""

FINAL_PURPOSES = ("feedback", "handling", "settle")
"""The clocks that end where the matter as a whole does; no child's deadline passes them."""

HANDLING_BY_LEVEL = {1: "self_handling", 2: "township", 3: "county", 4: "feedback"}

OWNER = {
    "accept": "duty_officer",
    "supplement": "duty_officer",
    "dispatch": "duty_officer",
    "sign": "unit_liaison",
    "on_site": "unit_liaison",
    "feedback": "unit_liaison",
    "handling": "unit_liaison",
    "return_ruling": "duty_officer",
    "extension_ruling": "duty_officer",
    "review": "duty_officer",
    "callback": "duty_officer",
    "redo": "unit_liaison",
    "suspended_review": "duty_leader",
    "register": "duty_officer",
    "interview": "unit_liaison",
    "settle": "unit_liaison",
    "mediate": "unit_liaison",
    "choose": "unit_liaison",
    "arbitrate": "unit_liaison",
    "file": "unit_liaison",
    "agreement": "unit_liaison",
    "confirm": "unit_liaison",
    "urge": "unit_liaison",
    "supervision": "unit_liaison",
    "verify": "grid_chief",
    "triage": "duty_officer",
    "check": "grid_chief",
    "decide": "decider",
    "finish": "receiver",
    "decision": "decider",
    "booking": "duty_officer",
    "decline_ruling": "duty_officer",
    "district_answer": "duty_officer",
}
"""Who has to act while a clock runs and nothing has escalated yet."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A clock that should be running: what for, from when, until when, by which rows."""

    chain: str
    purpose: str
    applies_to: str
    stage: str
    anchor_at: int
    objective_at: int
    owner: str
    command_id: str | None = None
    receiver_id: str | None = None


def final_due_at(matter: Matter, policies: Policies, calendar: WorkingCalendar) -> int | None:
    """Return the end that no child's deadline may pass: the handling limit counted from dispatch.

    None before an order is dispatched: until then its only clock is the dispatch desk's. A dispute's too runs from
    when it is sorted to a window.
    """
    anchor_at = matter.dispatched_at or (matter.opened_at if matter.kind == "event" else None)
    if anchor_at is None:
        return None
    stage = _final_stage(matter, policies)
    return policies.limit_or_net(matter.kind, stage, matter.urgency, matter.category).due_at(
        anchor_at, calendar
    )


def wanted_for_matter(matter: Matter, policies: Policies, calendar: WorkingCalendar) -> tuple[Wanted, ...]:
    """Return the clocks of the matter's own stage; none when it is closed."""
    if not matter.is_open:
        return ()
    wanted = []
    for purpose in STAGE_PURPOSES[matter.kind][matter.stage]:
        stage = purpose if purpose != "handling" else _handling_stage(matter, policies)
        limit = policies.limit(matter.kind, stage, matter.urgency, matter.category)
        if limit is None and purpose == "on_site":
            continue
        limit = limit or policies.limit_or_net(matter.kind, stage, matter.urgency, matter.category)
        anchor_at = _anchor_at(matter, purpose)
        # The handling clock ends where the matter as a whole does, extensions and the source's own date included.
        is_final = purpose in FINAL_PURPOSES and matter.final_due_at is not None
        objective_at = matter.final_due_at if is_final else limit.due_at(anchor_at, calendar)
        assert objective_at is not None
        if purpose == "suspended_review" and matter.suspended_until is not None:
            # What was promised for a date is looked at on that date, if the monthly review is not sooner.
            objective_at = min(objective_at, max(matter.suspended_until, anchor_at))
        if purpose == "mediate":
            objective_at = not_after_parent(objective_at, matter, anchor_at)
        wanted.append(
            Wanted(
                f"matter:{matter.id}:{purpose}",
                purpose,
                matter.kind,
                stage,
                anchor_at,
                objective_at,
                OWNER[purpose],
            )
        )
    return tuple(wanted)


def wanted_for_command(
    command: Command, receipts: Sequence[Receipt], policies: Policies, urgency: int
) -> tuple[Wanted, ...]:
    """Return the clocks of a command: one per receiver still on its way, one for a whistle that must be decided."""
    wanted: list[Wanted] = []
    if command.state in ("running", "conferring"):
        goal = "arrived" if command.kind == "whistle" else "done"
        wanted.extend(
            Wanted(
                chain=f"receiver:{command.id}:{one.receiver_id}",
                purpose="on_site" if command.kind == "whistle" else "finish",
                applies_to=f"{command.kind}_receiver",
                stage="",
                anchor_at=one.added_at or command.issued_at,
                objective_at=one.due_at,
                owner="unit_liaison" if command.kind == "whistle" else "receiver",
                command_id=command.id,
                receiver_id=one.receiver_id,
            )
            for one in receipts
            # An objection does not stop its clock until somebody has ruled on it.
            if not one.has_reached(goal) and one.recalled_at is None and one.decline_ruling != "released"
        )
    if command.state == "conferring":
        step = policies.steps("whistle", "", urgency)[0]
        wanted.append(
            Wanted(
                chain=f"whistle:{command.id}",
                purpose="decide",
                applies_to="whistle",
                stage="",
                anchor_at=command.state_at,
                objective_at=command.state_at + max(step.after_ms, 1),
                owner="decider",
                command_id=command.id,
            )
        )
    if command.state == "consultation" and command.consultation_at is not None:
        wanted.append(
            Wanted(
                chain=f"consultation:{command.id}",
                purpose="decide",
                applies_to="consultation",
                stage="",
                anchor_at=command.state_at,
                objective_at=command.consultation_at,
                owner="decider",
                command_id=command.id,
            )
        )
    return tuple(wanted)


def default_due_at(matter: Matter, kind: str, now: int, policies: Policies, calendar: WorkingCalendar) -> int:
    """Return when a receiver of a new command is due if the officer sets nothing; never after the matter's own end."""
    if kind == "whistle":
        limit = policies.limit_or_net(*WHISTLE_LIMIT, matter.urgency)
        return limit.due_at(now, calendar)
    found = policies.limit(matter.kind, "on_site", matter.urgency, matter.category)
    due_at = found.due_at(now, calendar) if found else now + DEFAULT_COMMAND_MS
    return not_after_parent(due_at, matter, now)


def not_after_parent(due_at: int, matter: Matter, now: int) -> int:
    """Return `due_at`, or the matter's own end when that is earlier and still ahead.

    Once the matter itself is overdue its end cannot bound anything; ordering must still be possible.
    """
    if matter.final_due_at is not None and matter.final_due_at > now:
        return min(due_at, matter.final_due_at)
    return due_at


def is_after_parent(due_at: int, matter: Matter, now: int) -> bool:
    """Say whether a child's deadline would pass its matter's own end."""
    return not_after_parent(due_at, matter, now) != due_at


def with_missed(before: Matter, after: Matter, now: int) -> Matter:
    """Return `after` with the end that `before` had missed, if it was given a later one: a lateness stays recorded.

    Only what the unit still owed was missed. While an application for more time waits, the clock is held and nothing
    is missed yet; in 挂账 what was overdue stays so.
    """
    end_at, later_at = before.final_due_at, after.final_due_at
    if before.missed_due_at is not None or end_at is None or later_at is None or not end_at <= now < later_at:
        return after
    owed = before.stage == "SUSPENDED" or any(
        one in FINAL_PURPOSES for one in STAGE_PURPOSES[before.kind].get(before.stage, ())
    )
    return replace(after, missed_due_at=end_at) if owed else after


def _final_stage(matter: Matter, policies: Policies) -> str:
    if matter.kind == "event":
        return _handling_stage(matter, policies)
    return "settle" if matter.kind == "dispute" else "feedback"


def _handling_stage(matter: Matter, policies: Policies) -> str:
    # A category with a limit of its own (exposed rubbish: one working day) goes before the level's general one.
    if policies.limit("event", "feedback", matter.urgency, matter.category) and _has_category_row(
        matter, policies
    ):
        return "feedback"
    return HANDLING_BY_LEVEL.get(matter.grid_level or 1, "feedback")


def _has_category_row(matter: Matter, policies: Policies) -> bool:
    found = policies.limit("event", "feedback", matter.urgency, matter.category)
    return found is not None and found.category is not None


def _anchor_at(matter: Matter, purpose: str) -> int:
    """Return where a clock starts: dispatch for what the unit owes (a bounce does not reset it), else stage entry."""
    if purpose in FINAL_PURPOSES:
        return matter.dispatched_at or matter.opened_at
    if purpose in ("dispatch", "accept") and not matter.returned:
        # Before dispatch the only pause is the wait for missing facts.
        return matter.opened_at + matter.paused_ms
    if purpose == "register" and not matter.returned:
        return matter.opened_at
    if purpose == "verify":
        return matter.opened_at
    if purpose == "review":
        return matter.replied_at or matter.stage_at
    return matter.stage_at
