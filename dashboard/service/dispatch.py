"""派单: order units and workers to a matter; taking an order back."""

from __future__ import annotations

import json
from dataclasses import replace

from dashboard.domain.command import RECALL_WHISTLE_MS, Command, Receipt
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.words import together
from dashboard.service.act import Act, new_id, perform
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.commanding import put_command, receipts_for, required_text, scope_with
from dashboard.service.commands.declines import drop_rulings
from dashboard.service.machines.counted_end import counted_end
from dashboard.service.requests import Dispatch, Recall, ReceiverOrder
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
        command, receipts = put_order(
            act,
            matter,
            request.receivers,
            objective=objective,
            recommendation=_stored(request),
            override_reason=request.override_reason,
        )
        act.tell(
            "MatterDispatched", matter=matter.id, no=matter.no, title=matter.title, **names_of(receipts, "unit"),
            unit_id=_unit_now(act, matter),
        )  # fmt: skip
        act.tell(
            "CommandSent", matter=matter.id, command=command.id, no=command.no, matter_no=matter.no,
            **names_of(receipts, "receivers"), objective=objective,
        )  # fmt: skip
        return addressed(act, command, receipts)

    return perform(
        services, actor, "dispatch", f"matter:{request.matter_id}", now, idempotency_key, request, decide
    )


def recall(services: Services, actor: Principal, request: Recall, now: int, idempotency_key: str) -> Outcome:
    """Take a command back with a reason; `Done.value` is its row. A whistle only within a minute, and only before
    anyone is on site: afterwards it has to be decided. Refused: reason_missing, command_ended, too_late_to_recall."""

    def decide(act: Act) -> Row:
        command = act.command(request.command_id)
        return take_back(act, command, required_text(request.reason, "reason_missing"))

    return perform(
        services, actor, "recall", f"command:{request.command_id}", now, idempotency_key, request, decide
    )


def take_back(act: Act, command: Command, reason: str) -> Row:
    """End a command as recalled and return its row; refused as `recall` is."""
    if not command.is_open:
        raise Refusal("command_ended", no=command.no)
    arrived = any(one.has_reached("arrived") for one in act.work.receipts_of(command.id))
    if command.kind == "whistle" and (act.now - command.issued_at > RECALL_WHISTLE_MS or arrived):
        raise Refusal("too_late_to_recall", no=command.no)
    matter = act.work.matter(command.matter_id)
    assert matter is not None
    act.work.commands.put(replace(command, state="recalled", state_at=act.now, version=command.version + 1))
    drop_rulings(act, command)
    if command.kind == "whistle" and matter.whistle == command.id:
        stage = AFTER_WHISTLE[matter.kind]
        act.change(
            replace(
                matter, whistle=None, stage=stage, stage_at=act.now, version=matter.version + 1, touched_at=act.now,
                touched_by=act.actor.name, touched_kind="CommandRecalled",
            )
        )  # fmt: skip
    keep_clocks(act, matter.id, reason=reason)
    act.tell("CommandRecalled", matter=matter.id, command=command.id, no=command.no, reason=reason)
    act.address(command.id, tuple(one.receiver_id for one in act.work.receipts_of(command.id)))
    ended = act.work.command(command.id)
    assert ended is not None
    return act.command_row(ended)


def put_order(
    act: Act,
    matter: Matter,
    receivers: tuple[ReceiverOrder, ...],
    *,
    objective: str,
    recommendation: str | None = None,
    override_reason: str | None = None,
    in_charge: str = "",
) -> tuple[Command, list[Receipt]]:
    """Write an order to receivers with their clocks, and what it makes of its matter; nothing is told yet.

    An instruction is the same order, given by a leader; only its number is another. Refused as `receipts_for` says.
    """
    now, actor = act.now, act.actor
    led = _with_lead(act, matter, receivers)
    command_id = new_id()
    kind = "instruction" if actor.role == "leader" else "dispatch"
    receipts = receipts_for(act, led, command_id, "dispatch", receivers)
    ordered = replace(
        led,
        scope=scope_with(act, matter, receipts),
        version=matter.version + 1,
        touched_at=now,
        touched_by=actor.name,
        touched_kind="MatterInstructed" if kind == "instruction" else "MatterDispatched",
    )
    due_at = max(one.due_at for one in receipts)
    command = Command(
        id=command_id,
        no=command_number(act.connection, kind, act.services.calendar.local_date(now)),
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
        issued_role=actor.role,
        in_charge=in_charge,
        due_at=due_at,
        limit_ms=due_at - now,
        state="running",
        state_at=now,
        scope=ordered.scope,
        version=1,
        recommendation=recommendation,
        override_reason=override_reason,
    )
    act.change(ordered)
    put_command(act, command, receipts)
    keep_clocks(act, matter.id)
    return command, receipts


def addressed(act: Act, command: Command, receipts: list[Receipt]) -> Row:
    """Put a new order, told last, into its receivers' inboxes; returns its screen row."""
    act.address(command.id, tuple(one.receiver_id for one in receipts))
    current = act.work.command(command.id)
    assert current is not None
    return act.command_row(current)


def _unit_now(act: Act, matter: Matter) -> str:
    current = act.work.matter(matter.id)
    return (current.unit if current is not None else matter.unit) or ""


def _with_lead(act: Act, matter: Matter, receivers: tuple[ReceiverOrder, ...]) -> Matter:
    """Return the matter as the lead's: handling unit, stage, and the start of its own clock."""
    lead = next((one for one in receivers if one.role == "lead" and one.kind == "unit"), None)
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


def names_of(receipts: list[Receipt], name: str) -> dict[str, str]:
    """Return the receivers' names as a sentence of either language lists them, for the parameter `name`."""
    return together((one.name for one in receipts), name)
