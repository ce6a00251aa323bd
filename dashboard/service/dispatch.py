"""派单: order units and workers to a matter; taking an order back."""

from __future__ import annotations

import json
from dataclasses import replace

from dashboard.domain.command import RECALL_WHISTLE_MS, Command, Receipt
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.service.act import Act, new_id, perform
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.commanding import put_command, receipts_for, required_text, scope_with
from dashboard.service.commands.declines import drop_rulings
from dashboard.service.machines.counted_end import counted_end
from dashboard.service.requests import Dispatch, Recall
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.settling import AFTER_WHISTLE
from dashboard.store.numbers import command_number

DISPATCHED_STAGE = {"order": "TO_SIGN", "event": "ASSIGNED", "dispute": "SORTED"}


def dispatch(
    services: Services,
    actor: Principal,
    request: Dispatch,
    expected_version: int | None,
    now: int,
    idempotency_key: str,
) -> Outcome:
    """Order receivers to a matter; `Done.value` is the command's screen row.

    A lead unit becomes the handling unit and the first dispatch starts the matter's own clock. Refused: no_right,
    no_such_matter, matter_closed, changed, receiver_outside, later_than_parent, override_without_reason, ...
    """

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id, expected_version)
        objective = required_text(request.objective, "objective_missing")
        _check_override(request)
        before_dispatch = _with_lead(act, matter, request)
        command_id = new_id()
        receipts = receipts_for(act, before_dispatch, command_id, "dispatch", request.receivers)
        matter = replace(
            before_dispatch,
            scope=scope_with(act, matter, receipts),
            version=matter.version + 1,
            touched_at=now,
            touched_by=actor.name,
            touched_kind="MatterDispatched",
        )
        due_at = max(one.due_at for one in receipts)
        command = Command(
            id=command_id,
            no=command_number(act.connection, "dispatch", services.calendar.local_date(now)),
            kind="dispatch",
            matter_id=matter.id,
            title=matter.title,
            objective=objective,
            place=matter.place,
            region=matter.region,
            township=matter.township,
            lon=matter.lon,
            lat=matter.lat,
            issued_at=now,
            issued_by=actor.id,
            issued_name=actor.name,
            due_at=due_at,
            limit_ms=due_at - now,
            state="running",
            state_at=now,
            scope=matter.scope,
            version=1,
            recommendation=_stored(request),
            override_reason=request.override_reason,
        )
        act.change(matter)
        put_command(act, command, receipts)
        keep_clocks(act, matter.id)
        act.tell(
            "MatterDispatched", matter=matter.id, no=matter.no, title=matter.title, unit=_names(receipts),
            unit_id=matter.unit or "",
        )  # fmt: skip
        act.tell(
            "CommandSent", matter=matter.id, command=command_id, no=command.no, matter_no=matter.no,
            receivers=_names(receipts), objective=objective,
        )  # fmt: skip
        act.address(command_id, tuple(one.receiver_id for one in receipts))
        current = act.work.command(command_id)
        assert current is not None
        return act.command_row(current)

    return perform(
        services, actor, "dispatch", f"matter:{request.matter_id}", now, idempotency_key, request, decide
    )


def recall(services: Services, actor: Principal, request: Recall, now: int, idempotency_key: str) -> Outcome:
    """Take a command back with a reason; `Done.value` is its row. A whistle only within a minute, and only before
    anyone is on site: afterwards it has to be decided. Refused: reason_missing, command_ended, too_late_to_recall."""

    def decide(act: Act) -> Row:
        command = act.command(request.command_id)
        reason = required_text(request.reason, "reason_missing")
        if not command.is_open:
            raise Refusal("command_ended", no=command.no)
        arrived = any(one.has_reached("arrived") for one in act.work.receipts_of(command.id))
        if command.kind == "whistle" and (now - command.issued_at > RECALL_WHISTLE_MS or arrived):
            raise Refusal("too_late_to_recall", no=command.no)
        matter = act.work.matter(command.matter_id)
        assert matter is not None
        act.work.commands.put(replace(command, state="recalled", state_at=now, version=command.version + 1))
        drop_rulings(act, command)
        if command.kind == "whistle" and matter.whistle == command.id:
            stage = AFTER_WHISTLE[matter.kind]
            act.change(
                replace(
                    matter, whistle=None, stage=stage, stage_at=now, version=matter.version + 1, touched_at=now,
                    touched_by=actor.name, touched_kind="CommandRecalled",
                )
            )  # fmt: skip
        keep_clocks(act, matter.id, reason=reason)
        act.tell("CommandRecalled", matter=matter.id, command=command.id, no=command.no, reason=reason)
        act.address(command.id, tuple(one.receiver_id for one in act.work.receipts_of(command.id)))
        ended = act.work.command(command.id)
        assert ended is not None
        return act.command_row(ended)

    return perform(
        services, actor, "recall", f"command:{request.command_id}", now, idempotency_key, request, decide
    )


def _with_lead(act: Act, matter: Matter, request: Dispatch) -> Matter:
    """Return the matter as the lead's: handling unit, stage, and the start of its own clock."""
    lead = next((one for one in request.receivers if one.role == "lead" and one.kind == "unit"), None)
    stage = DISPATCHED_STAGE[matter.kind]
    step = matter.machine.find(matter.stage, stage)
    if lead is None or step is None or step.act != "dispatch":
        return matter
    led = replace(
        matter,
        unit=lead.id,
        stage=stage,
        stage_at=act.now,
        dispatched_at=matter.dispatched_at or act.now,
        acknowledged=False,
    )
    return replace(led, final_due_at=matter.final_due_at or counted_end(act, matter, led))


def _check_override(request: Dispatch) -> None:
    recommended = (request.recommendation or {}).get("candidates") or ()
    if not recommended:
        return
    best = {one["id"] for one in recommended}
    chosen = {one.id for one in request.receivers}
    if not chosen & best and not (request.override_reason or "").strip():
        raise Refusal("override_without_reason")


def _stored(request: Dispatch) -> str | None:
    return None if request.recommendation is None else json.dumps(request.recommendation, ensure_ascii=False)


def _names(receipts: list[Receipt]) -> str:
    return "、".join(one.name for one in receipts)
