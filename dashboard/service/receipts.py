"""What receivers answer: delivered, read, accepted, on their way, on site, done, or an objection."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from dashboard.domain.arrival import measure, said_between
from dashboard.domain.command import Command, Receipt
from dashboard.domain.durations import both_elapsed
from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal, Refused
from dashboard.domain.sentences import sentence
from dashboard.domain.words import CLAIM_WORDS, RECEIPT_WORDS, both
from dashboard.service.act import Act, perform
from dashboard.service.commanding import MAX_TEXT
from dashboard.service.commands.declines import ask_for_ruling, drop_ruling
from dashboard.service.commands.places import OFFICERS, confirmers, place_of
from dashboard.service.commands.register import sign_in_people
from dashboard.service.field.result_photos import check_answer
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

    An arrival without proof is kept as a claim: the value then has `claim` with the metres (None: no position), the
    radius that counts and who may vouch.

    Refused: no_such_command, no_such_receiver, not_your_receipt, command_ended, reason_missing, photos_missing,
    worker_done_reason, ...
    """

    def decide(act: Act) -> Row:
        command = act.command(request.command_id)
        receipt = act.work.receipts.get(command.id, request.receiver_id)
        if receipt is None:
            raise Refusal("no_such_receiver")
        check_speaks_for(act, request.receiver_id)
        if not command.is_open:
            raise Refusal("command_ended", no=command.no)
        if command.kind == "whistle" and request.stage == "done":
            raise Refusal("whistle_has_no_done", no=command.no)
        reason = (request.reason or "").strip()[:MAX_TEXT]
        if request.stage == "done" and not receipt.has_reached("done"):
            check_answer(act, command, receipt, request.photos, reason)
        is_arrival = request.stage == "arrived" and not receipt.has_reached("arrived")
        after = (
            _arrival(act, command, receipt, request)
            if is_arrival
            else receipt.answered(request.stage, now, reason)
        )
        if isinstance(after, Refused):
            raise Refusal(after.code, **after.params)
        said_instead = request.stage == "done" and receipt.kind == "worker" and actor.role in OFFICERS
        word = reason if said_instead else ""
        row = record_step(act, command, receipt, after, request.stage, request, word)
        return row | _claim(act, command, request.receiver_id) if is_arrival else row

    return perform(
        services, actor, "answer", f"command:{request.command_id}", now, idempotency_key, request, decide
    )


def record_step(
    act: Act,
    command: Command,
    before: Receipt,
    after: Receipt | None,
    stage: str,
    request: Answer | None = None,
    word: str = "",
) -> Row:
    """Write one step of a receiver with all that follows from it; returns the command's row.

    Args:
        after: the receipt after the step, None when the step itself was known.
        stage: what was said; an unproven "arrived" is told as a claim.
        request: further details, None when somebody vouched.
    """
    is_new = after is not None and (after.stage, after.claimed_at) != (before.stage, before.claimed_at)
    detailed = _with_details(act, command, before, after or before, stage, request)
    people = request.register if request is not None else ()
    if detailed == before and not people:
        return current_row(act, command.id)
    act.work.receipts.put(detailed)
    if request is not None and people:
        sign_in_people(act, command, detailed, people, request)
    if is_new:
        for reached in _moves(before, detailed, stage):
            _move_matter(act, command, detailed, reached)
        drop_ruling(act, command, before, detailed)
    settled = settle(act, command)
    if is_new:
        _tell(act, settled, detailed, stage, word)
    else:
        act.tell(
            "ReceiverMoved",
            matter=command.matter_id,
            command=command.id,
            no=command.no,
            receiver=detailed.name,
            receiver_id=detailed.receiver_id,
        )
    if stage == "declined" and is_new:
        ask_for_ruling(act, settled, detailed)
    if command.state == "running" and settled.state == "conferring":
        act.tell(
            "AllArrived", matter=command.matter_id, command=command.id, no=command.no, title=command.title
        )
    return current_row(act, command.id)


def _arrival(act: Act, command: Command, receipt: Receipt, request: Answer) -> Receipt | Refused | None:
    said = None if request.lon is None or request.lat is None else (request.lon, request.lat)
    measured = measure(
        place_of(act, command), said, request.accuracy_m, request.fix, act.pack.arrival, act.now
    )
    if measured.proves:
        return receipt.proven(act.now, "position", "", measured.metres)
    if act.actor.role in OFFICERS:
        return receipt.proven(act.now, "officer", mask_name(act.actor.name), measured.metres)
    return receipt.claimed(act.now, measured.metres, measured.fault)


def _claim(act: Act, command: Command, receiver_id: str) -> Row:
    receipt = act.work.receipts.get(command.id, receiver_id)
    if receipt is None or receipt.arrived_at is not None:
        return {}
    within_m = act.pack.arrival.within_m
    said = {
        "receiver": receiver_id,
        "metres": receipt.arrival_m,
        "fault": receipt.claim_fault,
        "within_m": within_m,
    }
    return {"claim": said | confirmers(act, command, receipt)}


def _with_details(
    act: Act, command: Command, before: Receipt, receipt: Receipt, stage: str, request: Answer | None
) -> Receipt:
    said_at = None
    if request is not None:
        said_at = said_between(request.said_at, command.issued_at, act.now)
        receipt = replace(
            receipt,
            eta_at=request.eta_at if request.eta_at is not None else receipt.eta_at,
            people=request.people if request.people is not None else receipt.people,
            lon=request.lon if request.lon is not None else receipt.lon,
            lat=request.lat if request.lat is not None else receipt.lat,
            result=(request.result or "").strip()[:MAX_TEXT] or receipt.result,
        )
    if receipt.stage != before.stage:
        receipt = replace(receipt, said_at=said_at)
    if _is_late(receipt):
        receipt = receipt.marked_late()
    # The device's own time never erases a lateness: it is shown beside it.
    ends = stage in ("arrived", "done") and said_at is not None
    in_time = (
        ends
        and receipt.missed_due_at is not None
        and said_at is not None
        and said_at <= receipt.missed_due_at
    )
    return replace(receipt, said_in_time=receipt.said_in_time or in_time)


def _is_late(receipt: Receipt) -> bool:
    """Say whether the receiver came, or finished, after its time."""
    finished_at = receipt.arrived_at if receipt.arrived_at is not None else receipt.done_at
    return finished_at is not None and finished_at > receipt.due_at


def _moves(before: Receipt, after: Receipt, stage: str) -> tuple[str, ...]:
    """Return the answers that move the matter: whoever is beyond accepting has signed it too."""
    signs = after.has_reached("accepted") and not before.has_reached("accepted") and stage != "accepted"
    said = () if stage == "arrived" and after.arrived_at is None else (stage,)
    return ("accepted", *said) if signs else said


def _move_matter(act: Act, command: Command, receipt: Receipt, stage: str) -> None:
    matter = act.work.matter(command.matter_id)
    if matter is None or not matter.is_open or receipt.role != "lead" or command.kind != "dispatch":
        return
    target = _LEAD_MOVES.get((matter.kind, matter.stage, stage))
    if target is None:
        return
    if target == "DISPOSED":
        if not receipt.result:
            return  # without what was done there is nothing to check: the stage waits for it
        fields = {"handling": receipt.result}
        matter = replace(matter, result=json.dumps(fields, ensure_ascii=False))
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


def _tell(act: Act, command: Command, receipt: Receipt, stage: str, word: str) -> None:
    named: dict[str, Any] = {
        "matter": command.matter_id,
        "command": command.id,
        "no": command.no,
        "receiver": receipt.name,
        "receiver_id": receipt.receiver_id,
    }
    if stage == "arrived" and receipt.arrived_at is None:
        zh, en = CLAIM_WORDS[receipt.claim_fault]
        act.tell(
            "ArrivalClaimed", **named, tone="note", metres=receipt.arrival_m, fault=receipt.claim_fault,
            distance=zh.format(metres=receipt.arrival_m), distance_en=en.format(metres=receipt.arrival_m),
            within_m=act.pack.arrival.within_m, **confirmers(act, command, receipt),
        )  # fmt: skip
        return
    late_ms = max(act.now - receipt.due_at, 0) if stage in ("arrived", "done") else 0
    act.tell(
        "ReceiptDeclined" if stage == "declined" else "ReceiptRecorded",
        **named,
        tone="risk" if late_ms else "note" if stage == "declined" else "",
        stage=stage,
        **_stage_words(receipt, stage, word),
        took_ms=act.now - command.issued_at,
        **both_elapsed(act.now - command.issued_at, "took"),
        late_ms=late_ms,
        reason=receipt.declined_reason or "",
    )


def _stage_words(receipt: Receipt, stage: str, word: str) -> dict[str, str]:
    """Name the step, and for an arrival how it was proven."""
    named = both(RECEIPT_WORDS, stage, "stage_name")
    if stage == "done" and word:
        zh, en = sentence("done_by_hand", word=word)
        named = {"stage_name": named["stage_name"] + zh, "stage_name_en": named["stage_name_en"] + en}
    if stage != "arrived":
        return named
    if receipt.arrival_proof == "position":
        zh, en = sentence("proven", metres=receipt.arrival_m)
    else:
        said = word.strip()[:MAX_TEXT]
        zh, en = sentence("vouched_saying" if said else "vouched", by=receipt.arrival_by, word=said)
    return {"stage_name": named["stage_name"] + zh, "stage_name_en": named["stage_name_en"] + en}
