"""What a command needs before its matter may close, and what ends with it."""

from __future__ import annotations

from dashboard.domain.matter import Matter
from dashboard.domain.refusal import Refused
from dashboard.domain.words import together
from dashboard.service.act import Act
from dashboard.service.commands.decision_clocks import undone
from dashboard.service.commands.declines import drop_rulings


def stands_against_closing(act: Act, matter: Matter) -> Refused | None:
    """Say why a matter cannot close yet: units still on site, or decisions with a deadline that are not done."""
    there = [
        one.name
        for command in act.work.commands_of([matter.id])
        if command.kind == "whistle" and command.is_open
        for one in act.work.receipts_of(command.id)
        if one.is_on_site
    ]
    if there:
        return Refused("units_on_site", {"no": matter.no, "count": len(there)} | together(there, "units"))
    missing = undone(act, matter.id)
    if missing:
        questions = "；".join(missing)
        return Refused("decisions_undone", {"no": matter.no, "questions": questions, "count": len(missing)})
    return None


def end_commands(act: Act, matter_id: str) -> None:
    """Take back what waited for a ruling; say on the board which decisions a source left behind by closing."""
    for command in act.work.commands_of([matter_id]):
        drop_rulings(act, command)
    missing = undone(act, matter_id)
    if missing:
        act.tell(
            "DecisionsLeft", matter=matter_id, tone="note", questions="；".join(missing), count=len(missing)
        )
