"""What a command needs before its matter may close, and what ends with it."""

from __future__ import annotations

from dashboard.domain.matter import Matter
from dashboard.domain.refusal import Refusal
from dashboard.service.act import Act
from dashboard.service.commands.declines import drop_rulings
from dashboard.service.commands.decision_clocks import undone


def check_may_close(act: Act, matter: Matter) -> None:
    """Refuse to close a matter whose units are still on site, or whose decisions with a deadline are not done."""
    there = [
        one.name
        for command in act.work.commands_of([matter.id])
        if command.kind == "whistle" and command.is_open
        for one in act.work.receipts_of(command.id)
        if one.is_on_site
    ]
    if there:
        raise Refusal("units_on_site", no=matter.no, units="、".join(there), count=len(there))
    missing = undone(act, matter.id)
    if missing:
        raise Refusal("decisions_undone", no=matter.no, questions="；".join(missing), count=len(missing))


def end_commands(act: Act, matter_id: str) -> None:
    """Take back what waited for a ruling; say on the board which decisions a source left behind by closing."""
    for command in act.work.commands_of([matter_id]):
        drop_rulings(act, command)
    missing = undone(act, matter_id)
    if missing:
        act.tell("DecisionsLeft", matter=matter_id, tone="risk", questions="；".join(missing), count=len(missing))
