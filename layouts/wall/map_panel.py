"""Where it happens: the city, its urban core enlarged, workers, matters and whistles."""

from __future__ import annotations

from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.map import Bounds, base_map, schematic_note
from layouts.wall.city import WallCity
from layouts.wall.panel import slot

CITY_MAP_ID: Final = "wall-map-city"
INSET_MAP_ID: Final = "wall-map-inset"

_FRESH: Final[dict[str, Any]] = {"data-freshness": "fresh"}


def view(lang: str, city: WallCity) -> Component:
    """Return both maps with the slots above them for symbols, legends and scale bars.

    The city stands alone: the clipped edges of its neighbours would be lines that mean nothing, and coarse lakes read
    as holes at five metres.
    """
    return html.Section(
        id="wall-map",
        className="wall-map",
        children=[
            _still_map(CITY_MAP_ID, city.bounds, city),
            slot("map-city-overlay", "wall-map-overlay"),
            slot("whistle-legend", "wall-whistle-legend"),
            slot("worker-legend", "wall-worker-legend"),
            html.Div(
                className="wall-map-foot",
                children=[
                    html.Span(f"{schematic_note(lang)} · {text('wall.map.on_duty_only', lang)}"),
                    slot("map-as-of"),
                ],
            ),
            html.Div(
                className="wall-inset",
                children=[
                    _still_map(INSET_MAP_ID, city.inset, city),
                    slot("map-inset-overlay", "wall-map-overlay"),
                ],
            ),
            html.Div(className="wall-hatch"),
        ],
        **_FRESH,
    )


def _still_map(map_id: str, bounds: Bounds, city: WallCity) -> Component:
    return base_map(map_id, bounds=bounds, sources=city.map_sources, operable=False, has_surroundings=False)
