"""Taking back the orders to receivers of a region that no longer takes part in a matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dashboard.domain.command import Receipt
from dashboard.domain.words import together
from dashboard.service.act import Act

MAX_REASON = 500


def recall_receivers(act: Act, matter_id: str, leaves: Callable[[Receipt], bool], reason: str) -> None:
    """Recall the receivers that leave from every running dispatch of a matter; their gateways are told.

    A whistle stays as it is: 事不决、人不撤.
    """
    for command in act.work.commands_of([matter_id]):
        if command.kind != "dispatch" or not command.is_open:
            continue
        receipts = act.work.receipts_of(command.id)
        going = [one for one in receipts if leaves(one) and not one.is_out and not one.has_reached("done")]
        if not going:
            continue
        for one in going:
            act.work.receipts.put(one.taken_back(act.now, reason[:MAX_REASON]))
        ids = {one.receiver_id for one in going}
        staying = [one for one in receipts if one.receiver_id not in ids and not one.is_out]
        state = command.state
        if all(one.has_reached("done") for one in staying):
            state = "done" if staying else "recalled"
        changed = state != command.state
        act.work.commands.put(
            replace(
                command,
                state=state,
                state_at=act.now if changed else command.state_at,
                version=command.version + 1,
            )
        )
        act.tell(
            "OrdersTakenBack",
            matter=matter_id,
            command=command.id,
            no=command.no,
            **together((one.name for one in going), "receivers"),
            reason=reason,
        )
        act.address(command.id, tuple(ids))
