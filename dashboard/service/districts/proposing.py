"""Proposing to another region that it takes a matter over or handles it together; taking a proposal back."""

from __future__ import annotations

from dataclasses import replace

from dashboard.domain.district_proposal import DistrictProposal, ProposalKind, why_not_proposed
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.service.act import Act, new_id, perform
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.commanding import required_text
from dashboard.service.districts.requests import ProposeMove, ProposeShare, WithdrawProposal
from dashboard.service.districts.ruling import own_proposal, ruled, tell_both
from dashboard.service.districts.waiting import answer_due_at, ask_row
from dashboard.service.on_matter import perform_on_matter, row_of, touch
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import proposals


def propose_move(
    services: Services, actor: Principal, request: ProposeMove, expected_version: int | None, now: int,
    idempotency_key: str,
) -> Outcome:  # fmt: skip
    """Propose that another region takes the matter over; until it accepts, nothing changes for the sender.

    `Done.value` is {"proposal": its id, "matter": row}. Refused: not_county_level, no_such_region, same_region,
    proposal_waits, not_movable, reason_missing, changed.
    """
    return _propose(services, actor, request, "move", expected_version, now, idempotency_key)


def propose_share(
    services: Services, actor: Principal, request: ProposeShare, expected_version: int | None, now: int,
    idempotency_key: str,
) -> Outcome:  # fmt: skip
    """Propose that another region handles the matter together with this one. `Done.value` and refusals are those of
    `propose_move`, and shared_already."""
    return _propose(services, actor, request, "share", expected_version, now, idempotency_key)


def withdraw_proposal(
    services: Services, actor: Principal, request: WithdrawProposal, now: int, idempotency_key: str
) -> Outcome:
    """Take a proposal back before it is answered; `Done.value` is {"proposal", "matter"}.

    Refused: no_such_proposal, proposal_answered, not_your_proposal.
    """

    def decide(act: Act) -> Row:
        proposal, matter = own_proposal(act, request.proposal_id)
        if not proposal.is_open:
            raise Refusal("proposal_answered", no=matter.no)
        if not act.pack.divisions.is_within(proposal.from_region, actor.jurisdiction):
            raise Refusal("not_your_proposal")
        after = ruled(act, proposal, "withdrawn", request.reason.strip())
        touch(act, replace(matter, proposals=max(matter.proposals - 1, 0)), "DistrictWithdrawn")
        keep_clocks(act, matter.id, reason=request.reason.strip())
        tell_both(act, "DistrictWithdrawn", after, matter, reason=request.reason.strip())
        return {"proposal": proposal.id, "matter": row_of(act, matter.id)}

    return perform(
        services, actor, "withdraw_proposal", f"proposal:{request.proposal_id}", now, idempotency_key, request,
        decide,
    )  # fmt: skip


def _propose(
    services: Services,
    actor: Principal,
    request: ProposeMove | ProposeShare,
    kind: ProposalKind,
    expected_version: int | None,
    now: int,
    key: str,
) -> Outcome:
    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id, expected_version)
        reason = required_text(request.reason, "reason_missing")
        earlier = proposals.waiting_of(act.connection, matter.id)
        refused = why_not_proposed(
            matter, kind, request.to_region, earlier, act.pack.divisions, actor.jurisdiction
        )
        if refused is not None:
            raise Refusal(refused.code, **refused.params)
        proposal = DistrictProposal(
            id=new_id(),
            matter_id=matter.id,
            kind=kind,
            from_region=matter.region or services.city,
            to_region=request.to_region,
            reason=reason,
            made_at=now,
            made_by=actor.id,
            made_name=actor.name,
            due_at=answer_due_at(act, matter),
        )
        proposals.add(act.connection, proposal)
        touch(act, replace(matter, proposals=matter.proposals + 1), "DistrictProposed")
        keep_clocks(act, matter.id)
        tell_both(act, "DistrictProposed", proposal, matter, reason=reason)
        act.show_ask(ask_row(services, proposal, matter))
        return {"proposal": proposal.id, "matter": row_of(act, matter.id)}

    act_name = {"move": "propose_move", "share": "propose_share"}[kind]
    return perform_on_matter(services, actor, act_name, request, now, key, decide)
