"""黄牌 and 红牌: issued by the clock that reached them, once each, to the unit that had the matter then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert

from dashboard.domain.clocks import FINAL_PURPOSES
from dashboard.domain.words import CARD_WORDS, both
from dashboard.service.act import Act
from dashboard.service.machines.supervising import issue_order
from dashboard.store import tables

if TYPE_CHECKING:
    from dashboard.service.fired import Firing

CARD_PURPOSES = (*FINAL_PURPOSES, "redo")
"""What a unit owes as a whole; a late signature or a late arrival is told and shown, but is no formal card."""


def issue_card(act: Act, firing: Firing) -> None:
    """Write the card of a step that fires for the first time; a redo that is overdue is supervised in writing too."""
    deadline, step, matter = firing.deadline, firing.step, firing.matter
    if deadline.phase != "step" or step.card not in CARD_WORDS or deadline.purpose not in CARD_PURPOSES:
        return
    if not matter.unit or deadline.command_id is not None:
        return
    act.connection.execute(
        insert(tables.cards),
        {
            "deadline_id": deadline.id, "matter_id": matter.id, "unit": matter.unit, "card": step.card,
            "purpose": deadline.purpose, "policy_id": step.policy_id, "due_at": deadline.due_at, "issued_at": act.now,
        },
    )  # fmt: skip
    unit = act.pack.units.get(matter.unit).short if matter.unit in act.pack.units else matter.unit
    act.tell(
        "CardIssued", matter=matter.id, tone="alarm" if step.card == "red" else "risk", no=matter.no,
        title=matter.title, unit=unit, unit_id=matter.unit, card=step.card, **both(CARD_WORDS, step.card, "card_name"),
    )  # fmt: skip
    if deadline.purpose == "redo" and step.card == "red":
        issue_order(act, matter, "redo_overdue", step.name)
