"""`/leader`: are we under control, what is overdue, what needs my word. Built by assets/leader/page.mjs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from layouts.catalogue import text
from layouts.hand.shell import UNRELEASED, HandFiles, HandPage, hand_document

MANIFEST_PATH = "/leader/manifest.webmanifest"
_ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable-512.png", "512x512", "maskable"),
)


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
            manifest=MANIFEST_PATH,
            icon="/assets/leader/icon-apple-180.png",
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


def manifest(language: str) -> dict[str, Any]:
    """The web app manifest: how a phone shows the page among its programs."""
    return {
        "id": "/leader",
        "name": text("leader.name", language),
        "short_name": text("leader.short", language),
        "lang": "zh-CN" if language == "zh" else "en",
        "start_url": "/leader",
        "scope": "/leader",
        "display": "standalone",
        "background_color": "#EEF0EF",
        "theme_color": "#FAFBFA",
        "icons": [
            {"src": f"/assets/leader/{file}", "sizes": sizes, "type": "image/png", "purpose": purpose}
            for file, sizes, purpose in _ICONS
        ],
    }
