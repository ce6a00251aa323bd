"""The grid worker's page: everything it needs without a network stands in its own document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.domain.principal import Principal
from layouts.catalogue import text
from layouts.hand.shell import UNRELEASED, HandFiles, HandPage, hand_document


@dataclass(frozen=True, slots=True)
class FieldGround:
    """What a worker's phone has to know of the city beforehand.

    `grid` is the worker's own, `grids` the outlines around it as {"code", "name", "ring"}, `kinds` the event
    categories as {"code", "name", "name_en", "leaves"}, `arrival_m` how near counts as on site, `hotline` a telephone
    number that is answered at any hour, `result_photos` how many pictures a result needs.
    """

    grid: str
    grid_name: str
    grids: Sequence[Mapping[str, Any]]
    kinds: Sequence[Mapping[str, Any]]
    arrival_m: int
    hotline: str
    result_photos: int


def field_page(
    principal: Principal, ground: FieldGround, *, demonstration: bool, files: HandFiles = UNRELEASED
) -> str:
    """HTML of `/field` for one worker."""
    language = principal.language
    return hand_document(
        HandPage(
            "field",
            text("field.title", language),
            language,
            person=principal.id,
            heading=ground.grid_name,
            demonstration=demonstration,
            is_installable=True,
            facts={
                "name": principal.name,
                "grid": ground.grid,
                "grids": list(ground.grids),
                "kinds": list(ground.kinds),
                "arrival_m": ground.arrival_m,
                "hotline": ground.hotline,
                "result_photos": ground.result_photos,
            },
            files=files,
        )
    )
