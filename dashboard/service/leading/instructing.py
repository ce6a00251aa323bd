"""批示: a leader's word becomes an order with its receivers, clocks and receipts; the same order as any other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.service.act import Act
from dashboard.service.commanding import local_minute, required_text
from dashboard.service.dispatch import addressed, names_of, put_order
from dashboard.service.on_matter import perform_on_matter
from dashboard.service.requests import ReceiverOrder
from dashboard.service.rows import Row
from dashboard.service.services import Services

MOST_UNITS = 6  # an instruction to everybody is nobody's (assumed)


@dataclass(frozen=True, slots=True)
class Instruct:
    """What shall be done or answered about a matter, by which units, until when.

    The first unit leads when the matter is its own or nobody's yet. `in_charge`: who of each unit answers for it.
    """

    matter_id: str
    text: str
    units: tuple[str, ...]
    due_at: int
    in_charge: Literal["", "head", "deputy"] = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", tuple(self.units))


def instruct(
    services: Services, actor: Principal, request: Instruct, now: int, idempotency_key: str
) -> Outcome:
    """Give an instruction; `Done.value` is its command's screen row.

    Refused: instruction_missing, too_many_receivers, and those of `dispatch` for its units and their end.
    """

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id)
        text = required_text(request.text, "instruction_missing")
        if len(request.units) > MOST_UNITS:
            raise Refusal("too_many_receivers", limit=MOST_UNITS)
        leads = bool(request.units) and matter.unit in (None, "", request.units[0])
        orders = tuple(
            ReceiverOrder("unit", unit, "lead" if leads and place == 0 else "assist", due_at=request.due_at)
            for place, unit in enumerate(request.units)
        )
        command, receipts = put_order(act, matter, orders, objective=text, in_charge=request.in_charge)
        # The words themselves are for the receivers and the desks that follow them up; a line goes to every wall.
        act.tell(
            "MatterInstructed", matter=matter.id, command=command.id, tone="note", no=command.no, matter_no=matter.no,
            by=mask_name(actor.name), **names_of(receipts, "receivers"), until=local_minute(services, command.due_at),
        )  # fmt: skip
        return addressed(act, command, receipts)

    return perform_on_matter(services, actor, "instruct", request, now, idempotency_key, decide)
