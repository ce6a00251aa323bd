"""吹哨报到: call units, record what is decided, raise to a consultation; nobody leaves before."""

from __future__ import annotations

from dataclasses import replace

from dashboard.domain import whistle as rules
from dashboard.domain.command import Command, Decision
from dashboard.domain.masking import mask_text
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.words import STAGE_WORDS, both, together
from dashboard.service.act import Act, new_id, perform
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.commanding import (
    MAX_TEXT,
    local_minute,
    put_command,
    receipts_for,
    required_text,
    scope_with,
)
from dashboard.service.commands.decisions import check_before_end, check_decision
from dashboard.service.commands.register import people_leave
from dashboard.service.machines.counted_end import counted_end
from dashboard.service.requests import (
    RaiseToConsultation,
    RaiseWhistle,
    ReceiverOrder,
    RecordDecision,
    RequestLeave,
)
from dashboard.service.rooms.opening import open_for_consultation
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.settling import WHISTLED_STAGE, check_speaks_for, current_row, settle
from dashboard.store.numbers import command_number

UNDECIDED = ("running", "conferring", "consultation")
MAX_AGENDA = 20
MAX_MESSAGE = 45  # characters that a voice reads in ten seconds and a text message holds (the desk's mock)


def raise_whistle(
    services: Services,
    actor: Principal,
    request: RaiseWhistle,
    expected_version: int | None,
    now: int,
    idempotency_key: str,
) -> Outcome:
    """Call units to a place; each unit's clock starts now. `Done.value` is the whistle's screen row.

    Refused: no_agenda (a whistle says what must be decided), whistle_running, not_whistled_from, receiver_outside, ...
    """

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id, expected_version)
        running = act.work.command(matter.whistle) if matter.whistle else None
        if running is not None and running.state in UNDECIDED:
            raise Refusal("whistle_running", no=running.no)
        agenda = tuple(required_text(one, "no_agenda") for one in request.agenda)
        if not agenda or len(agenda) > MAX_AGENDA:
            raise Refusal("no_agenda")
        command_id = new_id()
        orders = tuple(_order(unit, matter) for unit in request.units)
        receipts = receipts_for(act, matter, command_id, "whistle", orders)
        due_at = receipts[0].due_at
        command = Command(
            id=command_id,
            no=command_number(act.connection, "whistle", services.calendar.local_date(now)),
            kind="whistle",
            matter_id=matter.id,
            title=matter.title,
            objective="；".join(agenda),
            place=request.place or matter.place,
            region=matter.region,
            township=matter.township,
            lon=request.lon if request.lon is not None else matter.lon,
            lat=request.lat if request.lat is not None else matter.lat,
            decider=request.decider,
            message=_message(request, matter),
            reception=request.reception.strip()[:MAX_TEXT],
            fallback=request.fallback.strip()[:MAX_TEXT],
            issued_at=now,
            issued_by=actor.id,
            issued_name=actor.name,
            due_at=due_at,
            limit_ms=due_at - now,
            state="running",
            state_at=now,
            scope=scope_with(act, matter, receipts),
            version=1,
        )
        act.change(_whistled(act, matter, command))
        put_command(act, command, receipts)
        for item, question in enumerate(agenda, start=1):
            act.work.decisions.put(Decision(command_id, item, question))
        keep_clocks(act, matter.id)
        act.tell(
            "WhistleRaised", matter=matter.id, command=command_id, no=command.no, matter_no=matter.no,
            title=matter.title, place=command.place, **together((one.name for one in receipts), "units"),
            count=len(receipts), due_at=due_at,
        )  # fmt: skip
        act.address(command_id, tuple(one.receiver_id for one in receipts))
        return current_row(act, command_id)

    return perform(
        services, actor, "raise_whistle", f"matter:{request.matter_id}", now, idempotency_key, request, decide
    )


def request_leave(
    services: Services, actor: Principal, request: RequestLeave, now: int, idempotency_key: str
) -> Outcome:
    """Let a unit leave a whistle, or say which decision is missing (`whistle_undecided`); a refusal is logged too.

    `Done.value` is the whistle's row.
    """

    def decide(act: Act) -> Row:
        command = act.command(request.command_id)
        receipt = act.work.receipts.get(command.id, request.receiver_id)
        if receipt is None or command.kind != "whistle":
            raise Refusal("no_such_receiver")
        check_speaks_for(act, request.receiver_id)
        refused = rules.may_leave(command, receipt, act.work.decisions_of(command.id))
        if refused is not None:
            raise Refusal(refused.code, **refused.params)
        act.work.receipts.put(replace(receipt, left_at=now))
        people_leave(act, command.id, receipt.receiver_id)
        settle(act, command)
        act.tell(
            "UnitLeft", matter=command.matter_id, command=command.id, no=command.no, receiver=receipt.name,
            receiver_id=receipt.receiver_id,
        )  # fmt: skip
        return current_row(act, command.id)

    outcome = perform(
        services,
        actor,
        "request_leave",
        f"command:{request.command_id}",
        now,
        idempotency_key,
        request,
        decide,
    )
    if getattr(outcome, "code", "") == "whistle_undecided":
        _log_refused_leave(services, actor, request, now)
    return outcome


def record_decision(
    services: Services, actor: Principal, request: RecordDecision, now: int, idempotency_key: str
) -> Outcome:
    """Record what was decided on an agenda item; the last one resolves the whistle (事决). `Done.value` is its row.

    Refused: no_such_item, already_decided (by whom, when), decision_missing, owner_missing.
    """

    def decide(act: Act) -> Row:
        command = act.command(request.command_id)
        item = act.work.decisions.get(command.id, request.item)
        if item is None:
            raise Refusal("no_such_item", item=request.item)
        if not item.is_open:
            raise Refusal("already_decided", item=item.item, question=item.question, at=item.decided_at)
        if not command.is_open:
            raise Refusal("command_ended", no=command.no)
        matter = act.work.matter(command.matter_id)
        assert matter is not None
        check_decision(act, matter, request)
        decided = replace(
            item,
            decision=required_text(request.decision, "decision_missing"),
            owner=required_text(request.owner, "owner_missing"),
            due_at=request.due_at,
            reviewer=request.reviewer,
            owner_unit=request.owner_unit,
            decided_at=now,
            recorded_by=actor.name,
        )
        act.work.decisions.put(decided)
        after = settle(act, command)
        act.tell(
            "DecisionRecorded", matter=command.matter_id, command=command.id, no=command.no, item=item.item,
            question=item.question, decision=decided.decision, owner=decided.owner,
        )  # fmt: skip
        if after.state in ("resolved", "done") and command.state in UNDECIDED:
            act.tell(
                "WhistleResolved",
                matter=command.matter_id,
                command=command.id,
                no=command.no,
                title=command.title,
            )
        return current_row(act, command.id)

    return perform(
        services,
        actor,
        "record_decision",
        f"command:{request.command_id}",
        now,
        idempotency_key,
        request,
        decide,
    )


def raise_to_consultation(
    services: Services, actor: Principal, request: RaiseToConsultation, now: int, idempotency_key: str
) -> Outcome:
    """Raise an undecided whistle to a consultation with a named host and a next time; units may then leave.

    `Done.value` is the whistle's row. Refused: host_missing, next_in_the_past, later_than_parent,
    whistle_not_undecided.
    """

    def decide(act: Act) -> Row:
        command = act.command(request.command_id)
        if command.kind != "whistle" or command.state not in UNDECIDED:
            raise Refusal("whistle_not_undecided", no=command.no)
        host = required_text(request.host, "host_missing")
        if request.next_at <= now:
            raise Refusal("next_in_the_past")
        check_before_end(act, command.matter_id, request.next_at)
        raised = replace(
            command,
            state="consultation",
            state_at=now,
            consultation_host=host,
            consultation_at=request.next_at,
        )
        act.work.commands.put(raised)
        settle(act, raised)
        act.tell(
            "ConsultationOpened", matter=command.matter_id, command=command.id, no=command.no, host=host,
            next_at=request.next_at,
            next=local_minute(services, request.next_at), reason=request.reason,
        )  # fmt: skip
        open_for_consultation(act, raised)
        return current_row(act, command.id)

    return perform(
        services,
        actor,
        "raise_to_consultation",
        f"command:{request.command_id}",
        now,
        idempotency_key,
        request,
        decide,
    )


def _message(request: RaiseWhistle, matter: Matter) -> str:
    """Return what is read out and sent, short and without anybody's personal data."""
    message = request.message.strip()
    if len(message) > MAX_MESSAGE:
        raise Refusal("text_too_long", limit=MAX_MESSAGE)
    if mask_text(message) != message:
        raise Refusal("message_names_citizen", no=matter.no)
    return message


def _order(unit: str | ReceiverOrder, matter: Matter) -> ReceiverOrder:
    if isinstance(unit, str):
        return ReceiverOrder("unit", unit, "lead" if unit == matter.unit else "assist")
    if unit.kind != "unit":
        raise Refusal("whistle_calls_units")
    return unit


def _whistled(act: Act, matter: Matter, command: Command) -> Matter:
    stage = WHISTLED_STAGE[matter.kind]
    if matter.stage != stage and matter.machine.find(matter.stage, stage) is None:
        raise Refusal("not_whistled_from", **both(STAGE_WORDS, matter.stage, "stage_name"))
    changed = replace(
        matter,
        whistle=command.id,
        stage=stage,
        stage_at=act.now,
        scope=command.scope,
        # A matter that was never dispatched is, with the whistle, in the units' hands: its clock starts.
        dispatched_at=matter.dispatched_at or act.now,
        acknowledged=False,
        version=matter.version + 1,
        touched_at=act.now,
        touched_by=act.actor.name,
        touched_kind="WhistleRaised",
    )
    if changed.final_due_at is None:
        changed = replace(changed, final_due_at=counted_end(act, matter, changed))
    return changed


def _log_refused_leave(services: Services, actor: Principal, request: RequestLeave, now: int) -> None:
    """Show on the board that a unit wanted to leave: everybody on site is waiting for the same decision."""
    with services.store.write() as connection:
        act = Act(services, connection, actor, now)
        receipt = None
        command = act.work.command(request.command_id)
        if command is not None:
            receipt = act.work.receipts.get(command.id, request.receiver_id)
        if command is None or receipt is None:
            return
        act.work.receipts.put(replace(receipt, leave_refused=receipt.leave_refused + 1))
        missing = [one.question for one in act.work.decisions_of(command.id) if one.is_open]
        act.tell(
            "LeaveRefused", matter=command.matter_id, command=command.id, tone="note", no=command.no,
            receiver=receipt.name, receiver_id=receipt.receiver_id, missing="；".join(missing), count=len(missing),
        )  # fmt: skip
        act.commit()
    services.after_commit()
