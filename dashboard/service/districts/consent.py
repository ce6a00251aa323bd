"""Consent between counties: whose units an officer may order to a matter beside those of the own jurisdiction."""

from __future__ import annotations

from dashboard.domain.divisions import Divisions
from dashboard.domain.matter import Matter
from dashboard.service.act import Act


def has_share(divisions: Divisions, matter: Matter, region: str) -> bool:
    """Say whether `region` takes part in a matter by consent: it is shared with that region."""
    return any(divisions.is_within(region, one) for one in matter.shared_with)


def may_order(act: Act, matter: Matter, division: str) -> bool:
    """Say whether the actor may order receivers of `division` to a matter.

    Those of the own jurisdiction always. Those of another county only when the matter is shared between that county
    and the actor's: then each side may order the other's units to this matter, and to no other.
    """
    if act.in_jurisdiction((division,)):
        return True
    divisions = act.pack.divisions
    sides = [one for one in (matter.region, *matter.shared_with) if one is not None]
    if not matter.shared_with or not any(divisions.is_within(division, side) for side in sides):
        return False
    return any(act.in_jurisdiction((side,)) for side in sides)
