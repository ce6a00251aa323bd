"""`/hotline`: is this normal, why not, where, and are the seats enough. Built by assets/hotline/page.mjs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.domain.principal import Principal
from dashboard.domain.rights import may
from layouts.catalogue import text
from layouts.hand.shell import COMMON_WORDS, UNRELEASED, HandFiles, HandPage, hand_document


@dataclass(frozen=True, slots=True)
class HotlineGround:
    """What the page has to know of the city beforehand; none of it is anybody's data.

    `place` names the jurisdiction, `is_city` says that it is the whole city; `regions` and `townships` are those inside
    it, as {"code", "name"} and {"code", "name", "region"}; `units` names the units, `categories` the hotline's topics.
    """

    place: str
    is_city: bool
    regions: Sequence[Mapping[str, Any]]
    townships: Sequence[Mapping[str, Any]]
    units: Mapping[str, str]
    categories: Mapping[str, str]


def hotline_page(
    principal: Principal, ground: HotlineGround, *, demonstration: bool, files: HandFiles = UNRELEASED
) -> str:
    """Return the document of the hotline's page."""
    language = principal.language
    return hand_document(
        HandPage(
            "hotline",
            text("hotline.title", language, place=ground.place),
            language,
            person=principal.id,
            heading=text("hotline.heading", language, place=ground.place),
            demonstration=demonstration,
            facts={
                "place": ground.place,
                "jurisdiction": principal.jurisdiction,
                "is_city": ground.is_city,
                "regions": list(ground.regions),
                "townships": list(ground.townships),
                "units": dict(ground.units),
                "categories": dict(ground.categories),
                "home": "/leader" if principal.role == "leader" else "/desk/",
                "may_merge": may(principal, "merge"),
            },
            words=(*COMMON_WORDS, "wall", "export_to"),
            files=files,
        )
    )
