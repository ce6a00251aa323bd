"""Moving and stopping single clocks: allowed to those who lead a shift, always with a reason, always on the board."""

from __future__ import annotations

from dataclasses import replace

from dashboard.domain import deadline as clock
from dashboard.domain.clocks import FINAL_PURPOSES, is_after_parent, with_missed
from dashboard.domain.deadline import Deadline
from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.step_fields import LATEST_AT
from dashboard.domain.words import DUE_WORDS, both
from dashboard.service.act import Act, new_id, perform
from dashboard.service.clock_keeping import end, keep_clocks, relieved_by, summarise
from dashboard.service.commanding import local_minute, required_text
from dashboard.service.requests import ExtendDeadline, StopDeadline
from dashboard.service.rows import Row, matter_row
from dashboard.service.services import Services
from dashboard.store.records import DEADLINES


def extend_deadline(
    services: Services, actor: Principal, request: ExtendDeadline, now: int, idempotency_key: str
) -> Outcome:
    """Give one clock more time; `Done.value` is the matter's row.

    Refused: no_such_deadline, reason_missing, not_later (an extension ends later than the clock), later_than_parent.
    """

    def decide(act: Act) -> Row:
        armed, matter = _find(act, request.deadline_id)
        reason = required_text(request.reason, "reason_missing")
        if not max(armed.objective_at, now) < request.until_at < LATEST_AT:
            raise Refusal("not_later")
        _extend(act, armed, matter, request.until_at)
        keep_clocks(act, matter.id, reason=reason)
        act.tell(
            "DeadlineExtended", matter=matter.id, command=armed.command_id, no=matter.no,
            receiver_id=armed.receiver_id or "",
            **both(DUE_WORDS, armed.purpose, "due_for"), until_at=request.until_at,
            until=local_minute(services, request.until_at), reason=reason, by=mask_name(actor.name),
        )  # fmt: skip
        return _row(act, matter.id)

    return perform(
        services,
        actor,
        "extend_deadline",
        f"deadline:{request.deadline_id}",
        now,
        idempotency_key,
        request,
        decide,
    )


def stop_deadline(
    services: Services, actor: Principal, request: StopDeadline, now: int, idempotency_key: str
) -> Outcome:
    """Stop the step that a clock would fire next; the step after it, or a follow-up, takes its place, so that nothing
    goes quiet. `Done.value` is the matter's row. Refused: no_such_deadline, reason_missing."""

    def decide(act: Act) -> Row:
        armed, matter = _find(act, request.deadline_id)
        reason = required_text(request.reason, "reason_missing")
        policies = services.steps_of(matter.policy_version)
        steps = policies.steps(armed.applies_to, armed.stage, armed.urgency)
        following = clock.stopped(armed, steps, services.calendar, now, new_id)
        end(act, armed, "stopped", reason)
        act.work.deadlines.put(following)
        summarise(act, matter.id)
        stopped = next((one for one in steps if one.policy_id == armed.policy_id), steps[-1])
        act.tell(
            "DeadlineStopped", matter=matter.id, command=armed.command_id, no=matter.no,
            receiver_id=armed.receiver_id or "", step=stopped.name,
            step_en=stopped.name_en, reason=reason, by=mask_name(actor.name), next_at=following.due_at,
        )  # fmt: skip
        return _row(act, matter.id)

    return perform(
        services,
        actor,
        "stop_deadline",
        f"deadline:{request.deadline_id}",
        now,
        idempotency_key,
        request,
        decide,
    )


def _find(act: Act, deadline_id: str) -> tuple[Deadline, Matter]:
    found = act.work.deadlines.load(act.connection, DEADLINES.table.c.id == deadline_id)
    if not found:
        raise Refusal("no_such_deadline")
    matter = act.open_matter(found[0].matter_id)
    if found[0].state != "armed":
        raise Refusal("deadline_ended")
    return found[0], matter


def _extend(act: Act, armed: Deadline, matter: Matter, until_at: int) -> None:
    services = act.services
    if armed.purpose in FINAL_PURPOSES:
        # Such a clock ends where the matter does: extending it moves that, and the clock follows.
        act.change(with_missed(matter, replace(matter, final_due_at=until_at), act.now))
        return
    if is_after_parent(until_at, matter, act.now):
        raise Refusal(
            "later_than_parent",
            parent_due_at=matter.final_due_at,
            until=local_minute(services, matter.final_due_at),
        )
    if armed.receiver_id is not None and armed.command_id is not None:
        act.work.command(armed.command_id)
        receipt = act.work.receipts.get(armed.command_id, armed.receiver_id)
        assert receipt is not None
        act.work.receipts.put(receipt.extended(until_at, act.now))
        return
    policies = services.steps_of(matter.policy_version)
    steps = policies.steps(armed.applies_to, armed.stage, armed.urgency)
    moved = clock.extended(armed, until_at, steps, services.calendar, act.now, new_id, relieved_by(None))
    end(act, armed, "moved")
    act.work.deadlines.put(moved)


def _row(act: Act, matter_id: str) -> Row:
    matter = act.work.matter(matter_id)
    assert matter is not None
    return matter_row(matter, act.pack)
