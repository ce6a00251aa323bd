"""Reading how a matter stands between regions: its proposals, and what this actor may do with them."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.domain.district_proposal import DistrictProposal, why_not_proposed
from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refusal, Refused
from dashboard.domain.rights import may, no_right
from dashboard.service.act import Act
from dashboard.service.districts.reading import readable_matter
from dashboard.service.districts.waiting import region_name
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import proposals


@dataclass(frozen=True, slots=True)
class DistrictPicture:
    """How a matter stands between regions, for one actor.

    `proposals`: newest first, each with `may`, the list of what the actor may do with it (accept, decline, withdraw,
    override_accept, override_decline). `shares`: [{"region", "name", "may_end"}]. `targets`: regions to which a move
    or a share can be proposed, [{"region", "name", "kinds"}].
    """

    read_only: bool
    proposals: list[Row]
    shares: list[Row]
    targets: list[Row]


def matter_proposals(
    services: Services, actor: Principal, matter_id: str, now: int
) -> DistrictPicture | Refused:
    """Return how a matter stands between regions; that is the counties' business, and no unit's.

    Refused: no_right, no_such_matter.
    """
    refused = no_right(actor, "see" if actor.own_receiver is None else "propose_move")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        try:
            matter, read_only = readable_matter(act, matter_id)
        except Refusal as refusal:
            return refusal.refused
        found = proposals.of_matter(connection, matter_id)
    rows = [_row(services, actor, one, matter, place == 0) for place, one in enumerate(found)]
    return DistrictPicture(
        read_only,
        rows,
        [_share(services, actor, matter, one) for one in matter.shared_with],
        _targets(services, actor, matter, [one for one in found if one.is_open]),
    )


def _row(services: Services, actor: Principal, one: DistrictProposal, matter: Matter, newest: bool) -> Row:
    return {
        "id": one.id,
        "kind": one.kind,
        "from_region": one.from_region,
        "from_name": region_name(services, one.from_region),
        "to_region": one.to_region,
        "to_name": region_name(services, one.to_region),
        "reason": one.reason,
        "made_at": one.made_at,
        "made_by": mask_name(one.made_name),
        "due_at": one.due_at,
        "state": one.state,
        "late": one.escalated_at is not None,
        "ruled_at": one.ruled_at,
        "ruled_by": mask_name(one.ruled_name),
        "ruled_reason": one.ruled_reason,
        "overridden": one.overridden,
        "may": _may(services, actor, one, newest) if matter.is_open else [],
    }


def _may(services: Services, actor: Principal, one: DistrictProposal, newest: bool) -> list[str]:
    found = []
    if one.is_open and actor.jurisdiction == one.to_region and may(actor, "answer_proposal"):
        found += ["accept", "decline"]
    if (
        one.is_open
        and services.pack.divisions.is_within(one.from_region, actor.jurisdiction)
        and may(actor, "withdraw_proposal")
    ):
        found.append("withdraw")
    if actor.jurisdiction == services.city and may(actor, "override_proposal"):
        if one.state == "proposed" or (one.state == "declined" and newest):
            found.append("override_accept")
        if one.state == "proposed" or (one.state == "accepted" and newest):
            found.append("override_decline")
    return found


def _share(services: Services, actor: Principal, matter: Matter, region: str) -> Row:
    sides = (region, matter.region or services.city)
    return {
        "region": region,
        "name": region_name(services, region),
        "may_end": actor.jurisdiction in sides and may(actor, "end_share"),
    }


def _targets(
    services: Services, actor: Principal, matter: Matter, waiting: list[DistrictProposal]
) -> list[Row]:
    if not may(actor, "propose_move") or not matter.is_open:
        return []
    divisions, found = services.pack.divisions, []
    for region in divisions.regions:
        kinds = [
            kind
            for kind in ("move", "share")
            if why_not_proposed(matter, kind, region.code, waiting, divisions, actor.jurisdiction) is None
        ]
        if kinds:
            found.append({"region": region.code, "name": region.name, "kinds": kinds})
    return found
