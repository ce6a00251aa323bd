"""`/leader`: are we under control, what is overdue, what needs my word. Built by assets/leader/page.mjs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from layouts.catalogue import text
from layouts.hand.shell import UNRELEASED, HandFiles, HandPage, hand_document

WORDS = ("live", "hand", "domain", "export_to", "brief_text")
"""Catalogues that the page's modules read beside its own. The log's and the refusals' sentences come from the server
in words: their catalogues would be a twelfth of the first view."""

STYLES = ("brief_text",)


@dataclass(frozen=True, slots=True)
class LeaderGround:
    """What the page has to know of the city beforehand; none of it is anybody's data.

    `place` names the jurisdiction, `is_city` says that it is the whole city. `units` are those that a word reaches, as
    {"id", "name"}; `outlines` the regions of the map as {"code", "name", "at": [lon, lat], "rings"}; `platforms` the
    city's platforms as {"id", "short"}.
    """

    place: str
    is_city: bool
    units: Sequence[Mapping[str, Any]]
    outlines: Sequence[Mapping[str, Any]]
    platforms: Sequence[Mapping[str, Any]]


def leader_page(
    principal: Principal, ground: LeaderGround, *, demonstration: bool, files: HandFiles = UNRELEASED
) -> str:
    """Return the document of a leader's page."""
    language = principal.language
    return hand_document(
        HandPage(
            "leader",
            text("leader.title", language, place=ground.place),
            language,
            person=principal.id,
            heading=text("leader.heading", language, place=ground.place),
            demonstration=demonstration,
            is_installable=True,
            words=WORDS,
            styles=STYLES,
            facts={
                "name": mask_name(principal.name),
                "place": ground.place,
                "is_city": ground.is_city,
                "units": list(ground.units),
                "outlines": list(ground.outlines),
                "platforms": list(ground.platforms),
            },
            files=files,
        )
    )
