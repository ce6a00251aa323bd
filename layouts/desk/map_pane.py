"""The map pane: the shared base map with the desk's layer switches above it."""

from __future__ import annotations

from typing import Final

from dash import html

from layouts import ids
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.map import Bounds, MapSources, base_map, schematic_note

LAYERS: Final = ("workers", "matters", "whistles", "recommended")


def map_pane(lang: str, *, bounds: Bounds, sources: MapSources) -> html.Section:
    """The city with live workers, matters, whistles and recommended receivers; follows the chosen matter."""
    return html.Section(
        [
            base_map(ids.DESK_MAP, bounds=bounds, sources=sources, operable=True, class_name="desk-map"),
            html.Div([_layer_switch(name, lang) for name in LAYERS], className="layers"),
            html.Div(
                [
                    html.Span(schematic_note(lang)),
                    html.Button(
                        [html.Span("", id="desk-follow-text"), html.Kbd("F")],
                        id="desk-follow",
                        type="button",
                        className="follow push",
                    ),
                ],
                className="map-foot",
            ),
        ],
        id="desk-map-pane",
        className="pane map-pane",
    )


def _layer_switch(name: str, lang: str) -> html.Button:
    return html.Button(
        text(f"desk.layer.{name}", lang),
        type="button",
        className="layer on",
        **attributes({"data-layer": name, "aria-pressed": "true"}),
    )
