"""The answer clocks of reminders and supervision orders: each runs until the unit has answered."""

from __future__ import annotations

from dashboard.domain.clocks import OWNER, Wanted, not_after_parent
from dashboard.domain.matter import Matter
from dashboard.service.act import Act
from dashboard.store import loop_rows

PURPOSES = {"urge": "urge", "order": "supervision"}
LIMIT_STAGES = {"urge": "urge", "order": "answer"}


def supervision_clocks(act: Act, matter: Matter) -> list[Wanted]:
    """Return one clock for everything in writing that waits for the unit's answer; never past the matter's own end."""
    if matter.supervised_at is None or not matter.is_open:
        return []
    return [
        Wanted(
            chain=f"supervision:{row.id}",
            purpose=PURPOSES[row.level],
            applies_to="supervision",
            stage=LIMIT_STAGES[row.level],
            anchor_at=row.issued_at,
            objective_at=answer_due_at(act, matter, row.level, row.issued_at),
            owner=OWNER[PURPOSES[row.level]],
        )
        for row in loop_rows.open_supervisions(act.connection, matter.id)
    ]


def answer_due_at(act: Act, matter: Matter, level: str, issued_at: int) -> int:
    """Return when the unit's answer is due."""
    policies, calendar = act.services.policies, act.services.calendar
    limit = policies.limit_or_net("supervision", LIMIT_STAGES[level], matter.urgency, matter.category)
    return not_after_parent(limit.due_at(issued_at, calendar), matter, issued_at)
