"""The grid: the city's map large, with the workers on it; everything beside it is painted."""

from __future__ import annotations

from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.map import base_map, schematic_note
from layouts.wall.city import WallCity
from layouts.wall.panel import slot

GRID_MAP_ID: Final = "wall-grid-map"


def view(lang: str, city: WallCity) -> list[Component]:
    """Return the map with its overlay and its line of notes, and the place of the panels."""
    fresh: dict[str, Any] = {"data-freshness": "fresh"}
    return [
        html.Section(
            id="wall-grid-place",
            className="scene-grid-map",
            children=[
                base_map(
                    GRID_MAP_ID,
                    bounds=city.bounds,
                    sources=city.map_sources,
                    operable=False,
                    has_surroundings=False,
                ),
                slot("grid-overlay", "wall-map-overlay"),
                slot("grid-keys", "scene-map-keys"),
                html.Div(
                    className="scene-map-foot",
                    children=[
                        html.Span(f"{schematic_note(lang)} · {text('wall.map.on_duty_only', lang)}"),
                        slot("grid-as-of"),
                    ],
                ),
                html.Div(className="wall-hatch"),
            ],
            **fresh,
        ),
        slot("grid-panels"),
    ]
