"""Changing who a command is for while it runs: more receivers, another in one's place, one taken back, an objection."""

from __future__ import annotations

from dataclasses import replace

from dashboard.domain.command import Command, Receipt
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.words import DECLINE_WORDS, both, together
from dashboard.service.act import Act, perform
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.commanding import receipts_for, required_text, scope_with
from dashboard.service.commands.declines import drop_ruling, is_waiting, restored
from dashboard.service.commands.requests import AddReceivers, Reassign, RecallReceiver, RuleDecline
from dashboard.service.requests import ReceiverOrder
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.settling import current_row, settle

# A lead's part ends before it took the matter on: where the matter goes then, by kind and the stage it stands in.
GIVEN_BACK = {("order", "TO_SIGN"): "TO_DISPATCH", ("event", "ASSIGNED"): "RETURNED"}
MOST_RETURNS = 2  # issue rule: after two returns a ruling can only force


def add_receivers(
    services: Services, actor: Principal, request: AddReceivers, now: int, idempotency_key: str
) -> Outcome:
    """Order more receivers to a command that is out; each has its own time from now. `Done.value` is the command's row.

    Refused: command_ended, whistle_decided, receiver_twice (already named), two_leads, whistle_calls_units and those of
    `dispatch`.
    """

    def decide(act: Act) -> Row:
        command, matter = _running(act, request.command_id)
        added = _add(act, command, matter, request.receivers)
        after = settle(act, act.work.command(command.id) or command)
        _tell_added(act, after, added)
        return current_row(act, command.id)

    subject = f"command:{request.command_id}"
    return perform(services, actor, "add_receivers", subject, now, idempotency_key, request, decide)


def reassign(
    services: Services, actor: Principal, request: Reassign, now: int, idempotency_key: str
) -> Outcome:
    """改派: give one receiver's part to another, who has its own time from now. `Done.value` is the command's row.

    A lead's matter goes to the new lead unit, which signs anew; the matter's own clock goes on.
    Refused: reason_missing, on_site_stays, receiver_recalled, receiver_done and those of `add_receivers`.
    """

    def decide(act: Act) -> Row:
        command, matter = _running(act, request.command_id)
        reason = required_text(request.reason, "reason_missing")
        before = _still_ordered(act, command, request.receiver_id)
        order = replace(
            request.to,
            role="lead" if before.role == "lead" else "assist",
            objective=request.to.objective or before.objective,
        )
        ended = before.taken_back(now, reason, order.id)
        act.work.receipts.put(ended)
        drop_ruling(act, command, before, ended)
        (added,) = _add(act, command, matter, (order,))
        _hand_lead_on(act, command, before, added)
        after = settle(act, act.work.command(command.id) or command)
        act.tell(
            "ReceiverReassigned", matter=matter.id, command=command.id, no=command.no, receiver=before.name,
            receiver_id=before.receiver_id, to=added.name, to_id=added.receiver_id, reason=reason,
        )  # fmt: skip
        act.address(after.id, (before.receiver_id, added.receiver_id))
        return current_row(act, command.id)

    subject = f"command:{request.command_id}"
    return perform(services, actor, "reassign", subject, now, idempotency_key, request, decide)


def recall_receiver(
    services: Services, actor: Principal, request: RecallReceiver, now: int, idempotency_key: str
) -> Outcome:
    """Take one receiver back before it is on site; `Done.value` is the command's row.

    Refused: reason_missing, on_site_stays (事不决、人不撤), receiver_done, receiver_recalled, last_receiver (the whole
    command is what has to be recalled or decided then).
    """

    def decide(act: Act) -> Row:
        command, matter = _running(act, request.command_id)
        reason = required_text(request.reason, "reason_missing")
        before = _still_ordered(act, command, request.receiver_id)
        others = [
            one
            for one in act.work.receipts_of(command.id)
            if not one.is_out and one.receiver_id != before.receiver_id
        ]
        if not others:
            raise Refusal("last_receiver", receiver=before.name, no=command.no)
        ended = before.taken_back(now, reason)
        act.work.receipts.put(ended)
        drop_ruling(act, command, before, ended)
        _give_back(act, command, before)
        after = settle(act, command)
        act.tell(
            "ReceiverRecalled", matter=matter.id, command=command.id, no=command.no, receiver=before.name,
            receiver_id=before.receiver_id, reason=reason,
        )  # fmt: skip
        act.address(after.id, (before.receiver_id,))
        return current_row(act, command.id)

    subject = f"command:{request.command_id}"
    return perform(services, actor, "recall_receiver", subject, now, idempotency_key, request, decide)


def rule_decline(
    services: Services, actor: Principal, request: RuleDecline, now: int, idempotency_key: str
) -> Outcome:
    """Rule on an objection: "released" ends the receiver's part, "insisted" keeps the order and its old clock.

    A lead that is released gives its matter back, which counts as a return; after two of them only insisting or another
    receiver is left. `Done.value` is the command's row.
    Refused: nothing_declined, reason_missing, only_insist, no_such_receiver, command_ended.
    """

    def decide(act: Act) -> Row:
        command, matter = _running(act, request.command_id)
        reason = required_text(request.reason, "reason_missing")
        before = act.work.receipts.get(command.id, request.receiver_id)
        if before is None:
            raise Refusal("no_such_receiver")
        if not is_waiting(before):
            raise Refusal("nothing_declined", receiver=before.name)
        gives_back = request.ruling == "released" and _is_lead_of(act, command, before)
        if gives_back and matter.returned >= MOST_RETURNS:
            raise Refusal("only_insist", no=matter.no, count=matter.returned)
        ruled = replace(before, decline_ruling=request.ruling, ruled_at=now, ruled_by=actor.name)
        if request.ruling == "insisted":
            ruled = restored(ruled)
        act.work.receipts.put(ruled)
        drop_ruling(act, command, before, ruled)
        if request.ruling == "released":
            _give_back(act, command, before)
        after = settle(act, command)
        act.tell(
            "DeclineRuled", matter=matter.id, command=command.id, no=command.no, receiver=before.name,
            receiver_id=before.receiver_id, ruling=request.ruling,
            **both(DECLINE_WORDS, request.ruling, "ruling_name"), reason=reason,
        )  # fmt: skip
        act.address(after.id, (before.receiver_id,))
        return current_row(act, command.id)

    subject = f"command:{request.command_id}"
    return perform(services, actor, "rule_decline", subject, now, idempotency_key, request, decide)


def _running(act: Act, command_id: str) -> tuple[Command, Matter]:
    command = act.command(command_id)
    if not command.is_open:
        raise Refusal("command_ended", no=command.no)
    if command.kind == "whistle" and command.state == "resolved":
        raise Refusal("whistle_decided", no=command.no)
    return command, act.open_matter(command.matter_id)


def _still_ordered(act: Act, command: Command, receiver_id: str) -> Receipt:
    """Return a receiver whose part can still be taken from it; an objection does not bar that."""
    receipt = act.work.receipts.get(command.id, receiver_id)
    if receipt is None:
        raise Refusal("no_such_receiver")
    if receipt.recalled_at is not None:
        raise Refusal("receiver_recalled", receiver=receipt.name)
    if command.kind == "whistle" and receipt.arrived_at is not None:
        raise Refusal("on_site_stays", receiver=receipt.name)
    if receipt.has_reached("done"):
        raise Refusal("receiver_done", receiver=receipt.name)
    return receipt


def _add(act: Act, command: Command, matter: Matter, orders: tuple[ReceiverOrder, ...]) -> list[Receipt]:
    known = act.work.receipts_of(command.id)
    if command.kind == "whistle" and any(one.kind != "unit" for one in orders):
        raise Refusal("whistle_calls_units")
    if any(order.id == one.receiver_id for order in orders for one in known):
        raise Refusal("receiver_twice")
    has_lead = any(one.role == "lead" and not one.is_out for one in known)
    if has_lead and any(order.role == "lead" for order in orders):
        raise Refusal("two_leads")
    added = [
        replace(one, added_at=act.now)
        for one in receipts_for(act, matter, command.id, command.kind, orders, len(known))
    ]
    for one in added:
        act.work.receipts.put(one)
    scope = scope_with(act, matter, added)
    if scope != matter.scope:
        act.change(replace(matter, scope=scope))
    act.work.commands.put(replace(command, scope=tuple(dict.fromkeys((*command.scope, *scope)))))
    return added


def _tell_added(act: Act, command: Command, added: list[Receipt]) -> None:
    act.tell(
        "ReceiversAdded", matter=command.matter_id, command=command.id, no=command.no,
        **together((one.name for one in added), "receivers"), count=len(added),
    )  # fmt: skip
    act.address(command.id, tuple(one.receiver_id for one in added))


def _is_lead_of(act: Act, command: Command, receipt: Receipt) -> bool:
    """Say whether the matter is in the hands of this receiver because of this dispatch."""
    matter = act.work.matter(command.matter_id)
    assert matter is not None
    return command.kind == "dispatch" and receipt.role == "lead" and matter.unit == receipt.receiver_id


def _give_back(act: Act, command: Command, receipt: Receipt) -> None:
    """Let the matter of a lead that never took it on wait for a dispatch again; its own clock goes on."""
    matter = act.work.matter(command.matter_id)
    assert matter is not None
    target = GIVEN_BACK.get((matter.kind, matter.stage))
    if target is None or not _is_lead_of(act, command, receipt):
        return
    _move(act, replace(matter, unit=None, stage=target, returned=matter.returned + 1))


def _hand_lead_on(act: Act, command: Command, before: Receipt, added: Receipt) -> None:
    """Give a lead's matter to the unit that takes its place; it signs anew."""
    matter = act.work.matter(command.matter_id)
    assert matter is not None
    if added.kind != "unit" or not _is_lead_of(act, command, before):
        return
    sign = {"order": "TO_SIGN", "event": "ASSIGNED"}.get(matter.kind, matter.stage)
    early = matter.stage in ("TO_SIGN", "HANDLING", "ASSIGNED", "ACCEPTED", "ON_SITE")
    _move(act, replace(matter, unit=added.receiver_id, stage=sign if early else matter.stage))


def _move(act: Act, matter: Matter) -> None:
    act.change(
        replace(
            matter,
            stage_at=act.now,
            acknowledged=False,
            version=matter.version + 1,
            touched_at=act.now,
            touched_by=act.actor.name,
            touched_kind="ReceiversChanged",
        )
    )
    keep_clocks(act, matter.id)
