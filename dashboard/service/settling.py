"""Bringing a command, its matter and the clocks in line after something was received or decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dashboard.domain import whistle as rules
from dashboard.domain.command import Command, Receipt
from dashboard.domain.matter import Matter
from dashboard.domain.refusal import Refusal
from dashboard.service.act import Act
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.closing import end_orders
from dashboard.service.commands.declines import drop_rulings, is_waiting
from dashboard.service.receiver_view import shown_command
from dashboard.service.rows import Row
from dashboard.store import tokens

WHISTLED_STAGE = {"order": "CO_HANDLING", "event": "WHISTLED", "dispute": "WHISTLED"}
AFTER_WHISTLE = {"order": "HANDLING", "event": "DISPOSING", "dispute": "INTERVIEWED"}


def settle(act: Act, command: Command) -> Command:
    """Bring a command's state, its matter and the clocks in line with what was received and decided."""
    receipts = act.work.receipts_of(command.id)
    matter = act.work.matter(command.matter_id)
    assert matter is not None
    if command.kind == "whistle":
        state = rules.state_after(command, receipts, act.work.decisions_of(command.id))
    else:
        state = _state_of_dispatch(command, receipts)
    changed = state != command.state
    after = replace(
        command, state=state, state_at=act.now if changed else command.state_at, version=command.version + 1
    )
    act.work.commands.put(after)
    if not after.is_open:
        drop_rulings(act, after)
    if command.kind == "whistle" and matter.whistle == command.id and changed:
        _release_matter(act, matter, after)
    keep_clocks(act, command.matter_id)
    latest = act.work.command(command.id)
    assert latest is not None
    return latest


def _state_of_dispatch(command: Command, receipts: Sequence[Receipt]) -> str:
    """Return done when everybody who is still ordered is; recalled when nobody is ordered any more and none did it."""
    if not command.is_open or any(not one.is_out and not one.has_reached("done") for one in receipts):
        return command.state
    if any(one.has_reached("done") for one in receipts):
        return "done"
    return command.state if any(is_waiting(one) for one in receipts) else "recalled"


def check_speaks_for(act: Act, receiver_id: str) -> None:
    """Refuse when a person speaks for another unit or worker, or a gateway for a receiver it does not carry."""
    own = act.actor.own_receiver
    if own is not None and own != receiver_id:
        raise Refusal("not_your_receipt")
    if act.actor.role == "gateway":
        carried = tokens.receivers_of(act.connection, act.actor.id)
        if carried and receiver_id not in carried:
            raise Refusal("not_your_receipt")


def current_row(act: Act, command_id: str) -> Row:
    """Return a command as it stands now and the actor may see it."""
    command = act.work.command(command_id)
    assert command is not None
    return shown_command(act, command)


def _release_matter(act: Act, matter: Matter, command: Command) -> None:
    """Give the matter back once the whistle is decided, and forget the whistle when everybody has left."""
    if command.state not in ("resolved", "done"):
        return
    was_whistled = matter.stage == WHISTLED_STAGE[matter.kind]
    stage = AFTER_WHISTLE[matter.kind] if was_whistled else matter.stage
    # The source may have moved on while units were called; it is followed now (事不决、人不撤). It ends the matter only
    # when everybody has left: units on site must not lose the matter that brought them there.
    source_ends = matter.source_status in matter.machine.terminal
    may_follow = command.state == "done" if source_ends else was_whistled
    if (
        may_follow
        and matter.source_status != matter.stage
        and matter.machine.follows_source(stage, matter.source_status)
    ):
        stage = matter.source_status
    ended = stage in matter.machine.terminal
    act.change(
        replace(
            matter,
            stage=stage,
            stage_at=act.now if stage != matter.stage else matter.stage_at,
            closed_at=act.now if ended else matter.closed_at,
            whistle=None if command.state == "done" else matter.whistle,
            version=matter.version + 1,
            touched_at=act.now,
            touched_by=act.actor.name,
            touched_kind="WhistleResolved",
        )
    )
    if ended:
        end_orders(act, matter.id)
        act.tell(
            "MatterClosed",
            matter=matter.id,
            no=matter.no,
            title=matter.title,
            place=matter.place,
            stage=stage,
        )
