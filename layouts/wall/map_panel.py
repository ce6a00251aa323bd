"""Where it happens: the city, its urban core enlarged, workers, matters and whistles."""

from __future__ import annotations

from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.map import base_map, schematic_note
from layouts.wall.city import WallCity
from layouts.wall.panel import slot

CITY_MAP_ID: Final = "wall-map-city"
INSET_MAP_ID: Final = "wall-map-inset"

_FRESH: Final[dict[str, Any]] = {"data-freshness": "fresh"}


def view(lang: str, city: WallCity) -> Component:
    """Return both maps with the slots above them for symbols, legends and scale bars."""
    return html.Section(
        id="wall-map",
        className="wall-map",
        children=[
            base_map(CITY_MAP_ID, bounds=city.bounds, sources=city.map_sources, operable=False),
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
                    base_map(INSET_MAP_ID, bounds=city.inset, sources=city.map_sources, operable=False),
                    slot("map-inset-overlay", "wall-map-overlay"),
                ],
            ),
            html.Div(className="wall-hatch"),
        ],
        **_FRESH,
    )
