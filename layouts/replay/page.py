"""`/replay`: where the minutes of a past period went. Built by assets/replay/page.mjs; nothing can be done on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.domain.principal import Principal
from layouts.catalogue import text
from layouts.hand.shell import COMMON_WORDS, UNRELEASED, HandFiles, HandPage, hand_document


@dataclass(frozen=True, slots=True)
class ReplayGround:
    """What the page has to know of the city beforehand; none of it is anybody's data.

    `place` names the jurisdiction; `outlines` are the map's regions as {"code", "name", "at": [lon, lat], "rings"},
    `places` the townships as {"name", "at"}; `townships` is the address of their borders.
    """

    place: str
    outlines: Sequence[Mapping[str, Any]]
    places: Sequence[Mapping[str, Any]]
    townships: str


def replay_page(
    principal: Principal, ground: ReplayGround, *, demonstration: bool, files: HandFiles = UNRELEASED
) -> str:
    """Return the document of the after-action page."""
    language = principal.language
    return hand_document(
        HandPage(
            "replay",
            text("replay.title", language, place=ground.place),
            language,
            person=principal.id,
            heading=text("replay.heading", language, place=ground.place),
            demonstration=demonstration,
            facts={
                "outlines": list(ground.outlines),
                "places": list(ground.places),
                "townships": ground.townships,
            },
            words=(*COMMON_WORDS, "wall"),
            files=files,
        )
    )
