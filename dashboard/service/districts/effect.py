"""What an accepted proposal does to the matter, and how the city puts it back."""

from __future__ import annotations

import json
from dataclasses import replace

from dashboard.citypack.units import Unit
from dashboard.domain.district_proposal import DistrictProposal, moved_matter, why_not_moved
from dashboard.domain.matter import Matter
from dashboard.domain.refusal import Refusal
from dashboard.service.act import Act
from dashboard.service.districts.ordered import recall_receivers
from dashboard.service.placing import place, scope_of

PLACING = ("region", "township", "village", "grid", "moved_to")


def take_effect(
    act: Act, matter: Matter, proposal: DistrictProposal, reason: str
) -> tuple[Matter, DistrictProposal]:
    """Return the matter as it stands once the proposal is accepted, and the proposal with what it was before."""
    if proposal.kind == "share":
        # A merge may have shared it meanwhile: agreed to, the share is the region's own from now on.
        together = dict.fromkeys((*matter.shared_with, proposal.to_region))
        shared = replace(matter, shared_with=tuple(together))
        return replace(shared, scope=scope_now(act, shared)), proposal
    before = {name: getattr(matter, name) for name in PLACING}
    proposal = replace(proposal, before=json.dumps(before))
    return _moved(act, matter, proposal.to_region, reason), proposal


def put_back(act: Act, matter: Matter, proposal: DistrictProposal, reason: str) -> Matter:
    """Return the matter as it was before an accepted proposal; its clocks have gone on all the time."""
    if proposal.kind == "share":
        return without_share(act, matter, proposal.to_region, reason)
    back = _moved(act, matter, proposal.from_region, reason)
    before = json.loads(proposal.before)
    back = replace(back, **{name: before.get(name) for name in PLACING})
    return replace(back, scope=scope_now(act, back))


def without_share(act: Act, matter: Matter, region: str, reason: str) -> Matter:
    """Return the matter no longer shared with a region; orders to that region's receivers are taken back."""
    divisions = act.pack.divisions
    recall_receivers(
        act, matter.id, lambda one: one.region is not None and divisions.is_within(one.region, region), reason
    )
    alone = replace(matter, shared_with=tuple(one for one in matter.shared_with if one != region))
    return replace(alone, scope=scope_now(act, alone))


def with_shares(act: Act, matter: Matter) -> tuple[str, ...]:
    """Return the matter's scope widened by the regions it is shared with."""
    scope = list(matter.scope)
    for region in matter.shared_with:
        if not any(act.pack.divisions.is_within(one, region) for one in scope):
            scope.append(region)
    return tuple(scope)


def scope_now(act: Act, matter: Matter) -> tuple[str, ...]:
    """Return where the matter is seen: its own divisions, its unit's region, shares, who is still ordered to it."""
    finest = matter.grid or matter.village or matter.township or matter.region
    unit = _unit(act, matter)
    ordered = tuple(
        receipt.region
        for command in act.work.commands_of([matter.id])
        if command.is_open
        for receipt in act.work.receipts_of(command.id)
        if not receipt.is_out
    )
    regions = (unit.region if unit else None, *matter.shared_with, *ordered)
    return scope_of(act.pack, finest, regions)


def _moved(act: Act, matter: Matter, to_region: str, reason: str) -> Matter:
    refused = why_not_moved(matter)
    if refused is not None:
        raise Refusal(refused.code, **refused.params)
    divisions, city = act.pack.divisions, act.services.city
    unit = _unit(act, matter)
    keeps_unit = unit is not None and (unit.region == city or divisions.is_within(unit.region, to_region))
    recall_receivers(
        act,
        matter.id,
        lambda one: one.region not in (None, city) and not divisions.is_within(str(one.region), to_region),
        reason,
    )
    moved = moved_matter(matter, to_region, keeps_unit=keeps_unit, now=act.now)
    if matter.lon is not None and matter.lat is not None:
        found = place(act.pack, matter.lon, matter.lat)
        if found.finest and divisions.is_within(found.finest, to_region):
            moved = replace(moved, township=found.township, village=found.village, grid=found.grid)
    return replace(moved, scope=scope_now(act, moved))


def _unit(act: Act, matter: Matter) -> Unit | None:
    return act.pack.units.get(matter.unit) if matter.unit and matter.unit in act.pack.units else None
