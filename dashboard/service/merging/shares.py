"""What a merge shares with other regions, and what of it ends when a matter is taken out again."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.service.act import Act
from dashboard.service.districts.effect import without_share
from dashboard.service.districts.waiting import region_name
from dashboard.service.merging.carrying import carried_by
from dashboard.store import proposals


def regions_to_share(carrier: Matter, added: Iterable[Matter]) -> tuple[str, ...]:
    """Return the regions that a carrier is not shared with yet and has to be, to answer for the matters added."""
    found = dict.fromkeys(region for one in added for region in _regions_of(one))
    return tuple(one for one in found if one not in (carrier.region, *carrier.shared_with))


def without_needless_shares(act: Act, matter: Matter, reason: str) -> tuple[Matter, tuple[str, ...]]:
    """Return a matter without the shares that only merges had made and nothing it carries needs any more, and which
    regions those were. What a region agreed to is its own and stays."""
    agreed = {
        one.to_region
        for one in proposals.of_matter(act.connection, matter.id)
        if (one.kind, one.state) == ("share", "accepted")
    }
    kept = agreed | {region for one in carried_by(act, matter) for region in _regions_of(one)}
    ended = tuple(one for one in matter.shared_with if one not in kept)
    for region in ended:
        matter = without_share(act, matter, region, reason)
    return matter, ended


def tell_shares_ended(act: Act, matter: Matter, regions: Iterable[str], reason: str) -> None:
    """Say on both sides that a matter is no longer handled together."""
    for region in regions:
        act.tell(
            "DistrictShareEnded", matter=matter.id, no=matter.no, title=matter.title, reason=reason,
            region=region_name(act.services, region), by=mask_name(act.actor.name),
        )  # fmt: skip
        act.also_for((region,))


def _regions_of(matter: Matter) -> tuple[str, ...]:
    """Return who takes part in a matter: where it lies, and whom it is shared with by consent."""
    return tuple(one for one in (matter.region, *matter.shared_with) if one is not None)
