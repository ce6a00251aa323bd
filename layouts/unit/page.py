"""`/unit`: what waits for one unit, by clock, and what its liaison can do about it. Built by assets/unit/page.mjs."""

from __future__ import annotations

from dashboard.domain.principal import Principal
from layouts.catalogue import text
from layouts.hand.shell import UNRELEASED, HandFiles, HandPage, hand_document


def unit_page(
    principal: Principal, *, unit_name: str, demonstration: bool, files: HandFiles = UNRELEASED
) -> str:
    """Return the document of a liaison's page; `unit_name` is the unit's full name."""
    lang = principal.language
    return hand_document(
        HandPage(
            name="unit",
            title=text("unit.title", lang, unit=unit_name),
            language=lang,
            person=principal.id,
            heading=unit_name,
            demonstration=demonstration,
            facts={"unit": principal.unit, "name": principal.name},
            files=files,
        )
    )
