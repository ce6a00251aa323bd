"""`/room` and `/room/<matter id>`: one consultation as its participants see it. Built by assets/room/page.mjs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.domain.principal import Principal
from layouts.catalogue import text
from layouts.hand.shell import UNRELEASED, HandFiles, HandPage, hand_document


def room_page(
    principal: Principal,
    *,
    units: Sequence[Mapping[str, Any]],
    centres: Sequence[Mapping[str, Any]],
    demonstration: bool,
    files: HandFiles = UNRELEASED,
) -> str:
    """Return the document; `units` ({"id", "name", "region"}) and `centres` are those whom the asker may ask in."""
    lang = principal.language
    return hand_document(
        HandPage(
            name="room",
            title=text("room.title", lang),
            language=lang,
            person=principal.id,
            heading=text("room.title", lang),
            demonstration=demonstration,
            facts={"units": list(units), "centres": list(centres), "unit": principal.unit},
            files=files,
        )
    )
