"""How a proposal waits: its ask on the screens of both sides, its clock, what happens when nobody answers in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from dashboard.domain.clocks import OWNER, Wanted, not_after_parent
from dashboard.domain.district_proposal import LIMIT, DistrictProposal
from dashboard.domain.matter import Matter
from dashboard.domain.words import PROPOSAL_WORDS, both
from dashboard.service.act import Act
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import proposals, tables
from dashboard.store.records import MATTERS

if TYPE_CHECKING:
    from dashboard.service.fired import Firing

PURPOSE = "district_answer"


def answer_due_at(act: Act, matter: Matter) -> int:
    """Return until when the other side has to answer: the limit row's end, never after the matter's own."""
    kind, stage = LIMIT
    limit = act.services.policies.limit_or_net(kind, stage, matter.urgency, matter.category)
    return not_after_parent(limit.due_at(act.now, act.services.calendar), matter, act.now)


def proposal_clocks(act: Act, matter: Matter) -> Iterable[Wanted]:
    """Return one clock per proposal that waits for its answer; asked after every change of the matter."""
    if not matter.proposals or not matter.is_open:
        return ()
    return [
        Wanted(
            chain=one.chain,
            purpose=PURPOSE,
            applies_to=LIMIT[0],
            stage=LIMIT[1],
            anchor_at=one.made_at,
            objective_at=one.due_at,
            owner=OWNER[PURPOSE],
        )
        for one in proposals.waiting_of(act.connection, matter.id)
    ]


def mark_late(act: Act, firing: Firing) -> None:
    """Let the other side read each step of a proposal's clock, and turn its ask to the city once its limit has passed.

    Runs first of the effects: the line it speaks of is the one told last.
    """
    proposal = _of_clock(act, firing)
    if proposal is None:
        return
    act.also_for((proposal.to_region,))
    if not firing.is_late or proposal.escalated_at is not None:
        return
    late = replace(proposal, escalated_at=act.now)
    proposals.change(act.connection, late)
    act.show_ask(ask_row(act.services, late, firing.matter))


def told_at(act: Act, firing: Firing) -> str | None:
    """Return the division whose desk a step on a proposal tells: the other side's, and the city's once it is late."""
    proposal = _of_clock(act, firing)
    if proposal is None:
        return None
    return act.services.city if firing.is_late else proposal.to_region


def _of_clock(act: Act, firing: Firing) -> DistrictProposal | None:
    if firing.deadline.purpose != PURPOSE:
        return None
    found = proposals.find(act.connection, firing.deadline.chain.removeprefix("district:"))
    return found if found is not None and found.is_open else None


def ask_row(services: Services, proposal: DistrictProposal, matter: Matter) -> Row:
    """Return the ask of a proposal: both sides and the city hold it until it is answered."""
    late = "late" if proposal.escalated_at is not None else "waits"
    return {
        "id": f"district:{proposal.id}",
        "kind": "district",
        "matter_id": matter.id,
        "no": matter.no,
        "title": matter.title,
        "scope": [proposal.from_region, proposal.to_region],
        "made_at": proposal.made_at,
        "due_at": proposal.due_at,
        "params": {
            "form": "district_answer",
            "args": {"proposal": proposal.id},
            "from": region_name(services, proposal.from_region),
            "to": region_name(services, proposal.to_region),
            **both(PROPOSAL_WORDS, proposal.kind, "what"),
            **both(PROPOSAL_WORDS, late, "state"),
            "tone": "risk" if late == "late" else "",
        },
    }


def freshen_asks(act: Act, matter: Matter) -> None:
    """Show the asks of a matter again whose title its source has changed."""
    if matter.proposals and matter.is_open:
        for one in proposals.waiting_of(act.connection, matter.id):
            act.show_ask(ask_row(act.services, one, matter))


def open_proposals(services: Services, connection: Connection) -> list[Row]:
    """Return the asks of all proposals that wait."""
    waiting = proposals.waiting(connection)
    ids = [one.matter_id for one in waiting]
    found = {
        one.id: one
        for one in map(
            MATTERS.value, connection.execute(MATTERS.select().where(tables.matters.c.id.in_(ids)))
        )
    }
    return [ask_row(services, one, found[one.matter_id]) for one in waiting if one.matter_id in found]


def region_name(services: Services, code: str) -> str:
    """Return a region's name, or the city's."""
    return services.pack.divisions.get(code).name


def lapse(act: Act, matter_id: str) -> None:
    """End the proposals of a matter that is closing: there is nothing left to accept."""
    matter = act.work.matter(matter_id)
    if matter is None or not matter.proposals:
        return
    for one in proposals.waiting_of(act.connection, matter_id):
        proposals.change(act.connection, replace(one, state="ended", ruled_at=act.now))
        act.drop_ask(f"district:{one.id}")
    act.change(replace(matter, proposals=0))
