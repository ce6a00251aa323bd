"""What receivers answer: delivered, read, accepted, on their way, on site, done, or an objection."""

from __future__ import annotations

from dataclasses import replace

from dashboard.domain.command import Command, Receipt
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal, Refused
from dashboard.domain.words import RECEIPT_WORDS, both
from dashboard.service.act import Act, perform
from dashboard.service.commanding import MAX_TEXT, minutes
from dashboard.service.requests import Answer
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.settling import check_speaks_for, current_row, settle

# A lead's answer also moves the matter it was given: (kind, stage it stands in, answer) -> next stage.
_LEAD_MOVES = {
    ("order", "TO_SIGN", "accepted"): "HANDLING",
    ("event", "ASSIGNED", "accepted"): "ACCEPTED",
    ("event", "ASSIGNED", "arrived"): "ON_SITE",
    ("event", "ACCEPTED", "arrived"): "ON_SITE",
    ("event", "ON_SITE", "done"): "DISPOSED",
    ("event", "DISPOSING", "done"): "DISPOSED",
}


def answer(services: Services, actor: Principal, request: Answer, now: int, idempotency_key: str) -> Outcome:
    """Record a receiver's answer; `Done.value` is the command's row, unchanged when the answer says nothing new.

    Refused: no_such_command, no_such_receiver, not_your_receipt, command_ended, reason_missing, ...
    """

    def decide(act: Act) -> Row:
        command = act.command(request.command_id)
        receipt = act.work.receipts.get(command.id, request.receiver_id)
        if receipt is None:
            raise Refusal("no_such_receiver")
        check_speaks_for(act, request.receiver_id)
        if command.state in ("done", "recalled"):
            raise Refusal("command_ended", no=command.no)
        after = receipt.answered(request.stage, now, (request.reason or "").strip()[:MAX_TEXT])
        if isinstance(after, Refused):
            raise Refusal(after.code, **after.params)
        said_more = request.eta_at is not None or request.lon is not None or request.people is not None
        if after is None and not said_more:
            return current_row(act, command.id)
        is_new = after is not None
        after = _with_details(after or receipt, request)
        act.work.receipts.put(after)
        if is_new:
            _move_matter(act, command, after, request.stage)
        settled = settle(act, command)
        if is_new:
            _tell(act, settled, after, request)
        else:
            act.tell(
                "ReceiverMoved",
                matter=command.matter_id,
                command=command.id,
                no=command.no,
                receiver=after.name,
            )
        if command.state == "running" and settled.state == "conferring":
            act.tell(
                "AllArrived", matter=command.matter_id, command=command.id, no=command.no, title=command.title
            )
        return current_row(act, command.id)

    return perform(
        services, actor, "answer", f"command:{request.command_id}", now, idempotency_key, request, decide
    )


def _with_details(receipt: Receipt, request: Answer) -> Receipt:
    return replace(
        receipt,
        eta_at=request.eta_at if request.eta_at is not None else receipt.eta_at,
        people=request.people if request.people is not None else receipt.people,
        lon=request.lon if request.lon is not None else receipt.lon,
        lat=request.lat if request.lat is not None else receipt.lat,
        late=receipt.late or _is_late(receipt),
    )


def _is_late(receipt: Receipt) -> bool:
    """Say whether the receiver came, or finished, after its time."""
    finished_at = receipt.arrived_at if receipt.arrived_at is not None else receipt.done_at
    return finished_at is not None and finished_at > receipt.due_at


def _move_matter(act: Act, command: Command, receipt: Receipt, stage: str) -> None:
    matter = act.work.matter(command.matter_id)
    if matter is None or not matter.is_open or receipt.role != "lead" or command.kind != "dispatch":
        return
    target = _LEAD_MOVES.get((matter.kind, matter.stage, stage))
    if target is None:
        return
    act.change(_moved(act, matter, target))


def _moved(act: Act, matter: Matter, target: str) -> Matter:
    signed = matter.signed_at or (act.now if target in ("HANDLING", "ACCEPTED", "ON_SITE") else None)
    return replace(
        matter,
        stage=target,
        stage_at=act.now,
        signed_at=signed,
        replied_at=act.now if target == "DISPOSED" else matter.replied_at,
        acknowledged=False,
        version=matter.version + 1,
        touched_at=act.now,
        touched_by=act.actor.name,
        touched_kind="ReceiptRecorded",
    )


def _tell(act: Act, command: Command, receipt: Receipt, request: Answer) -> None:
    late_ms = max(act.now - receipt.due_at, 0) if request.stage in ("arrived", "done") else 0
    act.tell(
        "ReceiptDeclined" if request.stage == "declined" else "ReceiptRecorded",
        matter=command.matter_id,
        command=command.id,
        tone="risk" if request.stage == "declined" or late_ms else "",
        no=command.no,
        receiver=receipt.name,
        receiver_id=receipt.receiver_id,
        stage=request.stage,
        **both(RECEIPT_WORDS, request.stage, "stage_name"),
        took_ms=act.now - command.issued_at,
        took=minutes(act.now - command.issued_at),
        late_ms=late_ms,
        reason=receipt.declined_reason or "",
    )
