"""What becomes of a proposal: the other side's answer, the city's override, the end of a share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboard.domain.district_proposal import DistrictProposal
from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.words import PROPOSAL_WORDS, both
from dashboard.service.act import Act, perform
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.commanding import required_text
from dashboard.service.districts.effect import put_back, take_effect, without_share
from dashboard.service.districts.requests import AnswerProposal, EndShare, OverrideProposal
from dashboard.service.districts.waiting import region_name
from dashboard.service.on_matter import perform_on_matter, row_of, touch
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import proposals


def answer_proposal(
    services: Services, actor: Principal, request: AnswerProposal, now: int, idempotency_key: str
) -> Outcome:
    """Accept or decline what another region proposes; `Done.value` is {"proposal", "state", "matter"}.

    An accepted move takes the matter over at once, its clock going on. Refused: no_such_proposal, proposal_answered,
    not_your_answer (only the other side answers), reason_missing (declining needs one), not_movable.
    """

    def decide(act: Act) -> Row:
        proposal, matter = own_proposal(act, request.proposal_id)
        if not proposal.is_open:
            raise Refusal("proposal_answered", no=matter.no)
        if not _speaks_for(act, proposal.to_region):
            raise Refusal("not_your_answer", region=region_name(services, proposal.to_region))
        reason = request.reason.strip()
        if not request.accept:
            reason = required_text(request.reason, "reason_missing")
        return _rule(act, proposal, matter, request.accept, reason)

    return perform(
        services, actor, "answer_proposal", f"proposal:{request.proposal_id}", now, idempotency_key, request, decide
    )  # fmt: skip


def override_proposal(
    services: Services, actor: Principal, request: OverrideProposal, now: int, idempotency_key: str
) -> Outcome:
    """Rule for the city, whatever a region said or has not said yet; `Done.value` is that of `answer_proposal`.

    A declined or waiting proposal can be put through, a waiting or accepted one refused: an accepted move goes back.
    Only the matter's newest proposal can be ruled on. Refused: no_such_proposal, not_city_level, reason_missing,
    proposal_answered (it already stands so, was withdrawn, or a newer one exists), not_movable, matter_closed.
    """

    def decide(act: Act) -> Row:
        proposal, matter = own_proposal(act, request.proposal_id)
        if actor.jurisdiction != services.city:
            raise Refusal("not_city_level")
        reason = required_text(request.reason, "reason_missing")
        if not matter.is_open:
            raise Refusal("matter_closed", no=matter.no)
        newest = proposals.of_matter(act.connection, matter.id)[0]
        stands = "accepted" if request.accept else "declined"
        if proposal.state in (stands, "withdrawn", "ended") or (
            not proposal.is_open and newest.id != proposal.id
        ):
            raise Refusal("proposal_answered", no=matter.no)
        return _rule(act, replace(proposal, overridden=True), matter, request.accept, reason)

    return perform(
        services, actor, "override_proposal", f"proposal:{request.proposal_id}", now, idempotency_key, request,
        decide,
    )  # fmt: skip


def end_share(
    services: Services, actor: Principal, request: EndShare, now: int, idempotency_key: str
) -> Outcome:
    """Stop handling a matter together with a region; either side may. `Done.value` is the matter's row.

    Refused: not_shared, not_county_level, reason_missing.
    """

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id)
        reason = required_text(request.reason, "reason_missing")
        if request.region not in matter.shared_with:
            raise Refusal("not_shared", no=matter.no)
        if not _speaks_for(act, request.region) and not _speaks_for(act, matter.region or services.city):
            raise Refusal("not_county_level")
        touch(act, without_share(act, matter, request.region, reason), "DistrictShareEnded")
        for one in proposals.of_matter(act.connection, matter.id):
            if (one.kind, one.to_region, one.state) == ("share", request.region, "accepted"):
                proposals.change(act.connection, replace(one, state="ended"))
        keep_clocks(act, matter.id, reason=reason)
        act.tell(
            "DistrictShareEnded", matter=matter.id, no=matter.no, title=matter.title, reason=reason,
            region=region_name(services, request.region), by=mask_name(actor.name),
        )  # fmt: skip
        act.also_for((request.region,))
        return row_of(act, matter.id)

    return perform_on_matter(services, actor, "end_share", request, now, idempotency_key, decide)


def own_proposal(act: Act, proposal_id: str) -> tuple[DistrictProposal, Matter]:
    """Return a proposal that concerns the actor's jurisdiction, with its matter; else there is none."""
    proposal = proposals.find(act.connection, proposal_id)
    if proposal is None or not act.in_jurisdiction((proposal.from_region, proposal.to_region)):
        raise Refusal("no_such_proposal")
    matter = act.work.matter(proposal.matter_id)
    if matter is None:
        raise Refusal("no_such_proposal")
    return proposal, matter


def ruled(act: Act, proposal: DistrictProposal, state: str, reason: str) -> DistrictProposal:
    """Keep what became of a proposal, and take its ask off the screens."""
    after = replace(
        proposal,
        state=state,
        ruled_at=act.now,
        ruled_by=act.actor.id,
        ruled_name=act.actor.name,
        ruled_reason=reason,
    )
    proposals.change(act.connection, after)
    act.drop_ask(f"district:{proposal.id}")
    return after


def tell_both(act: Act, kind: str, proposal: DistrictProposal, matter: Matter, **params: Any) -> None:
    """Tell both sides, whoever of them sees the matter afterwards."""
    tone = "risk" if kind in ("DistrictDeclined", "DistrictOverridden") else ""
    act.tell(
        kind, matter=matter.id, tone=tone, no=matter.no, title=matter.title,
        **{"from": region_name(act.services, proposal.from_region)},
        to=region_name(act.services, proposal.to_region),
        **both(PROPOSAL_WORDS, proposal.kind, "what"), by=mask_name(act.actor.name), **params,
    )  # fmt: skip
    act.also_for((proposal.from_region, proposal.to_region))


def _rule(act: Act, proposal: DistrictProposal, matter: Matter, accept: bool, reason: str) -> Row:
    waited = proposal.is_open
    was_accepted = proposal.state == "accepted"
    after = matter
    if accept:
        after, proposal = take_effect(act, matter, proposal, reason or proposal.reason)
    elif was_accepted:
        after = put_back(act, matter, proposal, reason)
    state = "accepted" if accept else "ended" if was_accepted else "declined"
    proposal = ruled(act, proposal, state, reason)
    kind = (
        "DistrictOverridden" if proposal.overridden else "DistrictAccepted" if accept else "DistrictDeclined"
    )
    if waited:
        after = replace(after, proposals=max(after.proposals - 1, 0))
    if proposal.kind == "move" and after.moved_to != matter.moved_to:
        after = _end_others(act, after, proposal.id)
    touch(act, after, kind)
    keep_clocks(act, matter.id, reason=reason)
    outcome = both(PROPOSAL_WORDS, state, "outcome")
    tell_both(act, kind, proposal, matter, reason=reason, **outcome)
    return {"proposal": proposal.id, "state": state, "matter": row_of(act, matter.id)}


def _end_others(act: Act, matter: Matter, proposal_id: str) -> Matter:
    """End what else waits on a matter that changed hands: its sender speaks for it no longer."""
    for one in proposals.waiting_of(act.connection, matter.id):
        if one.id != proposal_id:
            ruled(act, one, "ended", "")
    return replace(matter, proposals=0)


def _speaks_for(act: Act, region: str) -> bool:
    """Say whether the actor leads exactly that region; a city officer overrides instead, and says why."""
    return act.actor.jurisdiction == region
