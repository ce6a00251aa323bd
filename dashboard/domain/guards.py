"""The rules that stand against a step although the table has it: each by its name, with the refusal it gives."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from dashboard.domain.callback import TRIES, TRY_DAYS, CallBack, last_answer, proof
from dashboard.domain.machine import LEADERS, Transition, fields_missing, is_blank
from dashboard.domain.matter import Matter
from dashboard.domain.policy import Policies
from dashboard.domain.refusal import Refused
from dashboard.domain.words import together
from dashboard.domain.workdays import WorkingCalendar

MOST_RETURNS = 2  # by practice: after two bounces the ruling can only force


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards of one step judge by.

    Args:
        matter, row, fields: where the matter stands, the step, and what was filled in.
        actor, role: who takes the step.
        calls: the call-backs since the last reply.
        earlier_answers: how many answered call-backs there were before it: more than none means it was redone.
        uncalled: numbers of merged matters whose citizens were not called back.
        unanswered: numbers of supervision orders that wait for the unit.
        applications: how many applications for more time the matter has had that count: those sent back do not.
        applicant, applied_until_at: who applied for the extension that waits, and until when.
    """

    matter: Matter
    row: Transition
    fields: Mapping[str, Any]
    actor: str
    role: str
    now: int
    policies: Policies
    calendar: WorkingCalendar
    calls: tuple[CallBack, ...] = ()
    earlier_answers: int = 0
    uncalled: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    applications: int = 0
    applicant: str = ""
    applied_until_at: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def limit_at(self, stage: str, start_at: int) -> int | None:
        """Return when a limit of the city that starts at `start_at` is used up, None when there is no such row."""
        matter = self.matter
        limit = self.policies.limit(matter.kind, stage, matter.urgency, matter.category)
        return None if limit is None else limit.due_at(start_at, self.calendar)


Guard = Callable[[Facts], Refused | None]


def return_until_at(matter: Matter, policies: Policies, calendar: WorkingCalendar) -> int | None:
    """Return until when the unit may say "not ours": counted from its own dispatch. None: the city has no limit."""
    limit = policies.limit(matter.kind, "return", matter.urgency, matter.category)
    return None if limit is None else limit.due_at(matter.stage_at, calendar)


def _minute(at: int, facts: Facts) -> str:
    """Return an instant as an officer reads it inside a sentence: 11-23 11:02, city time."""
    return datetime.fromtimestamp((at + facts.calendar.offset_ms) / 1000, UTC).strftime("%m-%d %H:%M")


def _returns_left(facts: Facts) -> Refused | None:
    if facts.matter.returned < MOST_RETURNS:
        return None
    return Refused("returns_used_up", {"no": facts.matter.no, "count": facts.matter.returned})


def _return_in_time(facts: Facts) -> Refused | None:
    if facts.matter.replied_at is not None:
        return Refused("return_after_reply", {"no": facts.matter.no})
    until_at = return_until_at(facts.matter, facts.policies, facts.calendar)
    if until_at is None or facts.now <= until_at:
        return None
    return Refused("return_too_late", {"no": facts.matter.no, "until": _minute(until_at, facts)})


def _return_may_be_upheld(facts: Facts) -> Refused | None:
    if facts.matter.returned < MOST_RETURNS:
        return None
    return Refused("only_forced", {"no": facts.matter.no, "count": facts.matter.returned})


def _forced_by_leader(facts: Facts) -> Refused | None:
    if facts.matter.returned < MOST_RETURNS or facts.role in LEADERS:
        return None
    return Refused("leader_must_rule", {"no": facts.matter.no, "count": facts.matter.returned})


def _extension_unused(facts: Facts) -> Refused | None:
    """One application a matter, whatever became of it: one that was refused is not filed until somebody grants it."""
    if facts.matter.extensions:
        return Refused("extension_used", {"no": facts.matter.no})
    return Refused("extension_applied_before", {"no": facts.matter.no}) if facts.applications else None


def _before_the_end(facts: Facts) -> Refused | None:
    end_at = facts.matter.final_due_at
    if end_at is None or facts.now < end_at:
        return None
    return Refused("extension_too_late", {"no": facts.matter.no, "until": _minute(end_at, facts)})


def _fits(facts: Facts, until_at: object) -> Refused | None:
    if is_blank(until_at):
        return None
    end_at = facts.matter.final_due_at if facts.matter.final_due_at is not None else facts.now
    if not isinstance(until_at, int) or until_at <= max(end_at, facts.now):
        return Refused("extension_not_later", {"no": facts.matter.no})
    longest_at = facts.limit_at("extension", end_at)
    if longest_at is not None and until_at > longest_at:
        return Refused("extension_too_long", {"no": facts.matter.no, "until": _minute(longest_at, facts)})
    return None


def _extension_fits(facts: Facts) -> Refused | None:
    return _fits(facts, facts.fields.get("until_at"))


def _granted_fits(facts: Facts) -> Refused | None:
    if not facts.fields.get("granted"):
        return None
    if facts.fields.get("sent_back"):
        return Refused("granted_and_sent_back", {"no": facts.matter.no})
    until_at = facts.fields.get("until_at", facts.applied_until_at)
    return (
        _fits(facts, until_at) if not is_blank(until_at) else fields_missing(["until_at"], facts.row.target)
    )


def _other_than_applicant(facts: Facts) -> Refused | None:
    if not facts.applicant or facts.applicant != facts.actor:
        return None
    return Refused("ruled_by_applicant", {"no": facts.matter.no})


def _target_ahead(facts: Facts) -> Refused | None:
    target_at = facts.fields.get("target_at")
    if is_blank(target_at) or (isinstance(target_at, int) and target_at > facts.now):
        return None
    return Refused("target_in_the_past", {"no": facts.matter.no})


def _unresolved_explained(facts: Facts) -> Refused | None:
    if facts.fields.get("resolved") is not False or not is_blank(facts.fields.get("unresolved_reason")):
        return None
    return fields_missing(["unresolved_reason"], facts.row.target)


def _called_back(facts: Facts) -> Refused | None:
    if proof(facts.calls):
        return None
    days = len({one.day for one in facts.calls})
    tried = {"tries": len(facts.calls), "days": days, "tries_needed": TRIES, "days_needed": TRY_DAYS}
    return Refused("not_called_back", {"no": facts.matter.no, **tried})


def _dissatisfied_once_is_redone(facts: Facts) -> Refused | None:
    """The first dissatisfied answer sends the matter back, unless the officer explains why nothing more can be done."""
    answer = last_answer(facts.calls)
    if answer is None or not answer.is_dissatisfied or facts.earlier_answers:
        return None
    return (
        None
        if not is_blank(facts.fields.get("explanation"))
        else Refused("redo_first", {"no": facts.matter.no})
    )


def _merged_called_back(facts: Facts) -> Refused | None:
    if not facts.uncalled:
        return None
    shown = together(facts.uncalled[:5], "nos")
    return Refused("merged_not_called_back", {"no": facts.matter.no, "count": len(facts.uncalled)} | shown)


def _supervision_answered(facts: Facts) -> Refused | None:
    if not facts.unanswered:
        return None
    return Refused("supervision_unanswered", {"no": facts.matter.no} | together(facts.unanswered, "nos"))


def _mediation_tried(facts: Facts) -> Refused | None:
    if not facts.details.get("mediation_eligible") or facts.details.get("mediations"):
        return None
    return Refused("mediation_first", {"no": facts.matter.no})


def _confirmation_in_time(facts: Facts) -> Refused | None:
    until_at = facts.limit_at("agreement", facts.matter.stage_at)
    if until_at is None or facts.now <= until_at:
        return None
    return Refused("confirmation_too_late", {"no": facts.matter.no, "until": _minute(until_at, facts)})


GUARDS: Final[dict[str, Guard]] = {
    "returns_left": _returns_left,
    "return_in_time": _return_in_time,
    "return_may_be_upheld": _return_may_be_upheld,
    "forced_by_leader": _forced_by_leader,
    "extension_unused": _extension_unused,
    "before_the_end": _before_the_end,
    "extension_fits": _extension_fits,
    "granted_fits": _granted_fits,
    "other_than_applicant": _other_than_applicant,
    "target_ahead": _target_ahead,
    "unresolved_explained": _unresolved_explained,
    "called_back": _called_back,
    "dissatisfied_once_is_redone": _dissatisfied_once_is_redone,
    "merged_called_back": _merged_called_back,
    "supervision_answered": _supervision_answered,
    "mediation_tried": _mediation_tried,
    "confirmation_in_time": _confirmation_in_time,
}
"""Every guard by the name that the tables use."""


def stands_against(facts: Facts) -> Refused | None:
    """Return the first refusal of the step's guards, None when all of them hold."""
    return next((found for name in facts.row.guards if (found := GUARDS[name](facts)) is not None), None)


def details_of(matter: Matter) -> dict[str, Any]:
    """Return what only this kind of matter has."""
    found = json.loads(matter.details or "{}")
    return found if isinstance(found, dict) else {}
