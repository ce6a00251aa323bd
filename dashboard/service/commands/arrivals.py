"""到场: an arrival counts when position or a person of the command proves it; without proof it stays a claim."""

from __future__ import annotations

from dashboard.domain.arrival import Fix, Measured, measure
from dashboard.domain.command import Command, Receipt
from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal, Refused
from dashboard.service.act import Act, perform
from dashboard.service.commands.places import OFFICERS, confirmers, place_of
from dashboard.service.commands.requests import ConfirmArrival
from dashboard.service.receipts import record_step
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.settling import check_speaks_for


def confirm_arrival(
    services: Services, actor: Principal, request: ConfirmArrival, now: int, idempotency_key: str
) -> Outcome:
    """Prove a receiver's arrival by a person: one who is on site for the command, its grid worker there, or a duty
    officer on the telephone. `Done.value` is the command's row.

    Refused: not_a_witness, no_such_receiver, command_ended, receiver_recalled, already_left, ...
    """

    def decide(act: Act) -> Row:
        command = _command(act, request)
        receipt = act.work.receipts.get(command.id, request.receiver_id)
        if receipt is None:
            raise Refusal("no_such_receiver")
        if not command.is_open:
            raise Refusal("command_ended", no=command.no)
        by = _witness(act, command, receipt, request)
        after = receipt.proven(now, "officer", by, None)
        if isinstance(after, Refused):
            raise Refusal(after.code, **after.params)
        return record_step(act, command, receipt, after, "arrived", word=request.word)

    subject = f"command:{request.command_id}"
    return perform(services, actor, "confirm_arrival", subject, now, idempotency_key, request, decide)


def _command(act: Act, request: ConfirmArrival) -> Command:
    """Return the command; the matter's own grid worker finds it even when it is no receiver of it."""
    command = act.work.command(request.command_id)
    matter = act.work.matter(command.matter_id) if command is not None else None
    if command is not None and matter is not None and act.actor.worker and matter.worker == act.actor.worker:
        return command
    return act.command(request.command_id)


def _witness(act: Act, command: Command, receipt: Receipt, request: ConfirmArrival) -> str:
    """Return who vouches, in the words that the screens show; refuse one who may not."""
    actor = act.actor
    if actor.role in OFFICERS:
        return mask_name(actor.name)
    witness_id = actor.own_receiver or request.witness
    if actor.role == "gateway" and witness_id:
        check_speaks_for(act, witness_id)
    witness = act.work.receipts.get(command.id, witness_id) if witness_id else None
    if witness is not None and witness.is_on_site and witness.receiver_id != receipt.receiver_id:
        return witness.name
    matter = act.work.matter(command.matter_id)
    is_own = actor.worker is not None and matter is not None and matter.worker == actor.worker
    if is_own and receipt.receiver_id != actor.worker and _measured(act, command, request.fix).proves:
        return mask_name(actor.name)
    raise Refusal("not_a_witness", receiver=receipt.name, **confirmers(act, command, receipt))


def _measured(act: Act, command: Command, fix: Fix | None) -> Measured:
    place = place_of(act, command)
    return measure(place, None, None, fix, act.pack.arrival, act.now)
