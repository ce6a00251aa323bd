"""What an officer does to a matter itself: acknowledge, urge, supervise, regrade, hand on, note."""

from __future__ import annotations

from dataclasses import replace

from dashboard.domain.clocks import with_missed
from dashboard.domain.deadline import acknowledged
from dashboard.domain.guards import MOST_RETURNS
from dashboard.domain.machine import LEADERS
from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.words import STAGE_WORDS, URGENCY_WORDS, both
from dashboard.service.act import Act, new_id
from dashboard.service.clock_keeping import end, keep_clocks, summarise
from dashboard.service.commanding import required_text
from dashboard.service.dispatch import DISPATCHED_STAGE
from dashboard.service.machines.children import bound_children
from dashboard.service.machines.counted_end import counted_end
from dashboard.service.machines.ruling import ASKED
from dashboard.service.machines.supervising import issue, issue_order
from dashboard.service.on_matter import perform_on_matter, row_of, touch
from dashboard.service.placing import scope_of
from dashboard.service.requests import (
    Acknowledge,
    Note,
    SetUrgency,
    Supervise,
    Transfer,
    Urge,
)
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.shifts.alarm import answer_alarm

NOT_TRANSFERABLE = frozenset(
    {
        "EXTENSION_APPLIED", "SUSPENDED", "REPLIED", "TO_CALLBACK", "DISPOSED", "CHECKING", "ARBITRATION",
        "LITIGATION", "AGREED", "CONFIRMING", "FOLLOW_UP",
    }
)  # fmt: skip
"""Stages that another unit cannot take over: somebody rules, the work is done, or it is in other hands."""


def acknowledge(
    services: Services, actor: Principal, request: Acknowledge, now: int, idempotency_key: str
) -> Outcome:
    """Say that the alarm was seen: pending repeats stop, the next step (or a follow-up) is armed.

    `Done.value` is the matter's row. Refused: nothing_to_acknowledge.
    """

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id)
        if matter.acknowledged or (matter.level == 0 and matter.urgency != 1):
            raise Refusal("nothing_to_acknowledge", no=matter.no)
        for armed in act.work.clocks_of(matter.id):
            if armed.level == 0:
                continue
            policies = services.steps_of(matter.policy_version)
            steps = policies.steps(armed.applies_to, armed.stage, armed.urgency)
            following = acknowledged(armed, steps, services.calendar, now, new_id)
            if following is not None:
                end(act, armed, "acknowledged")
                act.work.deadlines.put(following)
        act.change(replace(matter, acknowledged=True, touched_at=now))
        answer_alarm(act, matter.id)
        summarise(act, matter.id)
        act.tell("MatterAcknowledged", matter=matter.id, no=matter.no, by=mask_name(actor.name))
        return row_of(act, matter.id)

    return perform_on_matter(services, actor, "acknowledge", request, now, idempotency_key, decide)


def urge(services: Services, actor: Principal, request: Urge, now: int, idempotency_key: str) -> Outcome:
    """催办: the unit's answer gets a clock of its own; `Done.value` is the matter's row.

    Refused: no_unit (nobody has the matter yet).
    """

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id)
        unit = _unit_name(act, matter)
        text = request.text.strip()[:500]
        urge_no = issue(act, matter, "urge", "officer", text)
        act.tell(
            "MatterUrged",
            matter=matter.id,
            no=matter.no,
            unit=unit,
            unit_id=matter.unit,
            text=text,
            urge_no=urge_no,
        )
        return row_of(act, matter.id)

    return perform_on_matter(services, actor, "urge", request, now, idempotency_key, decide)


def supervise(
    services: Services, actor: Principal, request: Supervise, now: int, idempotency_key: str
) -> Outcome:
    """督办: an order in writing whose answer has a clock; `Done.value` is the matter's row.

    Refused: no_unit, reason_missing.
    """

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id)
        text = required_text(request.text, "reason_missing")
        _unit_name(act, matter)
        issue_order(act, matter, "officer", text)
        return row_of(act, matter.id)

    return perform_on_matter(services, actor, "supervise", request, now, idempotency_key, decide)


def set_urgency(
    services: Services, actor: Principal, request: SetUrgency, expected_version: int | None, now: int,
    idempotency_key: str,
) -> Outcome:  # fmt: skip
    """Regrade a matter; its clocks follow from the same start. `Done.value` is its row.

    Refused: no_such_urgency, same_urgency, reason_missing, changed.
    """

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id, expected_version)
        if request.urgency not in (1, 2, 3, 4):
            raise Refusal("no_such_urgency")
        if request.urgency == matter.urgency:
            raise Refusal("same_urgency", no=matter.no)
        reason = required_text(request.reason, "reason_missing")
        graded = replace(matter, urgency=request.urgency)
        if matter.final_due_at is not None:
            graded = with_missed(matter, replace(graded, final_due_at=counted_end(act, matter, graded)), now)
        touch(act, graded, "UrgencySet")
        bound_children(act, matter, graded)
        keep_clocks(act, matter.id, reason=reason)
        tone = "risk" if request.urgency == 1 else ""
        act.tell(
            "UrgencySet", matter=matter.id, tone=tone, no=matter.no, urgency=request.urgency,
            **both(URGENCY_WORDS, str(request.urgency), "urgency_name"), before=matter.urgency, reason=reason,
        )  # fmt: skip
        return row_of(act, matter.id)

    return perform_on_matter(services, actor, "set_urgency", request, now, idempotency_key, decide)


def transfer(
    services: Services, actor: Principal, request: Transfer, expected_version: int | None, now: int,
    idempotency_key: str,
) -> Outcome:  # fmt: skip
    """Give a matter to another unit, which has to sign anew; the handling clock goes on. `Done.value` is its row.

    Refused: no_such_unit, same_unit, receiver_outside, reason_missing, not_transferable, changed.
    """

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id, expected_version)
        reason = required_text(request.reason, "reason_missing")
        if request.unit not in act.pack.units:
            raise Refusal("no_such_unit", unit=request.unit)
        unit = act.pack.units.get(request.unit)
        if unit.id == matter.unit:
            raise Refusal("same_unit", unit=unit.short)
        if not act.in_jurisdiction((unit.region,)):
            raise Refusal("receiver_outside", receiver=unit.short)
        if matter.whistle is not None or matter.stage in NOT_TRANSFERABLE:
            raise Refusal("not_transferable", no=matter.no, **both(STAGE_WORDS, matter.stage, "stage_name"))
        if matter.stage in ASKED and matter.returned >= MOST_RETURNS and actor.role not in LEADERS:
            raise Refusal("leader_must_rule", no=matter.no, count=matter.returned)
        before = (
            act.pack.units.get(matter.unit).short if matter.unit and matter.unit in act.pack.units else ""
        )
        handed = replace(
            matter,
            unit=unit.id,
            stage=DISPATCHED_STAGE[matter.kind],
            stage_at=now,
            dispatched_at=matter.dispatched_at or now,
            # What another unit replied is not this one's reply: it may still say that the matter is not its own.
            replied_at=None,
            acknowledged=False,
            scope=_scope_with_unit(act, matter, unit.region),
        )
        if handed.final_due_at is None:
            handed = replace(handed, final_due_at=counted_end(act, matter, handed))
        touch(act, handed, "MatterTransferred")
        keep_clocks(act, matter.id, reason=reason)
        act.tell(
            "MatterTransferred", matter=matter.id, no=matter.no, unit=unit.short, unit_id=unit.id, before=before,
            reason=reason,
        )  # fmt: skip
        return row_of(act, matter.id)

    return perform_on_matter(services, actor, "transfer", request, now, idempotency_key, decide)


def note(services: Services, actor: Principal, request: Note, now: int, idempotency_key: str) -> Outcome:
    """Write a line into the matter's history; `Done.value` is the matter's row. Refused: text_missing."""

    def decide(act: Act) -> Row:
        matter = act.matter(request.matter_id)
        text = required_text(request.text, "text_missing")
        act.tell("NoteWritten", matter=matter.id, no=matter.no, text=text, by=mask_name(actor.name))
        return row_of(act, matter.id)

    return perform_on_matter(services, actor, "note", request, now, idempotency_key, decide)


def _scope_with_unit(act: Act, matter: Matter, region: str) -> tuple[str, ...]:
    if region == act.services.city or any(act.pack.divisions.is_within(one, region) for one in matter.scope):
        return matter.scope
    return (*matter.scope, *scope_of(act.pack, region))


def _unit_name(act: Act, matter: Matter) -> str:
    if not matter.unit or matter.unit not in act.pack.units:
        raise Refusal("no_unit", no=matter.no)
    return act.pack.units.get(matter.unit).short
