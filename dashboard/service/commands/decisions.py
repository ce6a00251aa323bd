"""What a whistle decided is followed until it is done: an owner, a deadline, a clock."""

from __future__ import annotations

from dataclasses import replace

from dashboard.domain.clocks import is_after_parent
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.service.act import Act, perform
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.commanding import local_minute, required_text
from dashboard.service.commands.requests import CompleteDecision
from dashboard.service.requests import RecordDecision
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.settling import current_row


def complete_decision(
    services: Services, actor: Principal, request: CompleteDecision, now: int, idempotency_key: str
) -> Outcome:
    """Say that what was decided has been done; its clock ends. `Done.value` is the command's row.

    Refused: no_such_item, decision_open (nothing was decided yet), already_completed, not_your_decision, ...
    """

    def decide(act: Act) -> Row:
        command = act.command(request.command_id)
        item = act.work.decisions.get(command.id, request.item)
        if item is None:
            raise Refusal("no_such_item", item=request.item)
        if item.is_open:
            raise Refusal("decision_open", question=item.question)
        if item.completed_at is not None:
            raise Refusal("already_completed", question=item.question)
        own = actor.own_receiver
        if own is not None and item.owner_unit != own:
            raise Refusal("not_your_decision", question=item.question, owner=item.owner or "")
        result = required_text(request.result, "result_missing")
        act.work.decisions.put(replace(item, completed_at=now, completed_by=actor.name))
        keep_clocks(act, command.matter_id)
        late_ms = max(now - item.due_at, 0) if item.due_at is not None else 0
        act.tell(
            "DecisionCompleted", matter=command.matter_id, command=command.id, no=command.no, item=item.item,
            question=item.question, decision=item.decision, owner=item.owner, result=result, late_ms=late_ms,
            unit_id=item.owner_unit or "",
        )  # fmt: skip
        return current_row(act, command.id)

    subject = f"command:{request.command_id}"
    return perform(services, actor, "complete_decision", subject, now, idempotency_key, request, decide)


def check_decision(act: Act, matter: Matter, request: RecordDecision) -> None:
    """Refuse a decision whose deadline is past or after its matter's own end, or whose unit is unknown."""
    if request.owner_unit is not None and request.owner_unit not in act.pack.units:
        raise Refusal("no_such_unit", unit=request.owner_unit)
    if request.due_at is None:
        return
    if request.due_at <= act.now:
        raise Refusal("decision_in_the_past")
    check_before_end(act, matter.id, request.due_at)


def check_before_end(act: Act, matter_id: str, due_at: int) -> None:
    """Refuse what would be due after its matter's own end, as long as that lies ahead."""
    matter = act.work.matter(matter_id)
    assert matter is not None
    if is_after_parent(due_at, matter, act.now):
        raise Refusal(
            "later_than_parent",
            parent_due_at=matter.final_due_at,
            until=local_minute(act.services, matter.final_due_at),
        )
