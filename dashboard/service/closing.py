"""What ends with a matter: the orders that were still out for it."""

from __future__ import annotations

from dataclasses import replace

from dashboard.service.act import Act
from dashboard.service.ended import ENDINGS


def end_orders(act: Act, matter_id: str) -> None:
    """Take back the dispatches still running for a matter that is closing, and tell their receivers.

    A whistle stays: its units leave one by one, and an undecided one keeps its matter from closing.
    """
    for command in act.work.commands_of([matter_id]):
        if command.kind != "dispatch" or not command.is_open:
            continue
        act.work.commands.put(
            replace(command, state="recalled", state_at=act.now, version=command.version + 1)
        )
        act.tell("CommandEnded", matter=matter_id, command=command.id, no=command.no)
        act.address(command.id, tuple(one.receiver_id for one in act.work.receipts_of(command.id)))
    for ending in ENDINGS:
        ending(act, matter_id)
