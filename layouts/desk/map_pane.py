"""The map pane: the shared base map with the desk's layer switches above it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final

from dash import html

from dashboard.domain.map_base import MapBase
from layouts import ids
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.map import Bounds, MapSources, base_map, schematic_note

LAYERS: Final = ("workers", "matters", "whistles", "recommended", "hot_spots", "gaps", "cameras")
OFF_AT_FIRST: Final = frozenset({"gaps", "cameras"})


def map_pane(
    lang: str, *, bounds: Bounds, sources: MapSources, base: MapBase | None = None, is_window: bool = False
) -> html.Section:
    """The city with live workers, matters, whistles and recommended receivers; follows the chosen matter.

    The page's module writes the path of places, their figures and the field that finds into `map-places`. `is_window`
    True where it is all of a window, which is closed instead of opened.
    """
    return html.Section(
        [
            base_map(ids.DESK_MAP, bounds=bounds, sources=sources, operable=True, class_name="desk-map"),
            html.Div(id="map-places", className="map-places"),
            html.Div(
                [
                    html.P("", id="map-note", className="map-said", role="status", hidden=True),
                    _layers(lang, base),
                    html.Div(
                        [
                            html.Span(schematic_note(lang)),
                            html.Span("", id="desk-map-as-of", className="map-as-of"),
                            html.Span(base.attribution if base else "", className="map-source"),
                            html.Button(
                                [html.Span("", id="desk-follow-text"), html.Kbd("F")],
                                id="desk-follow",
                                type="button",
                                className="follow push",
                            ),
                            _second_screen(text(f"desk_map.window.{'back' if is_window else 'out'}", lang)),
                        ],
                        className="map-foot",
                    ),
                ],
                id="map-controls",
                className="map-controls",
            ),
        ],
        id="desk-map-pane",
        className="pane map-pane",
        **attributes(
            {"data-bounds": json.dumps([bounds.west, bounds.south, bounds.east, bounds.north])}
            | ({"data-base": json.dumps(asdict(base))} if base else {})
        ),
    )


def map_away(lang: str) -> html.P:
    """What stands in the pane's place while the map is in a window of its own."""
    return html.P(
        [html.Span(text("desk_map.window.away", lang)), _second_screen(text("desk_map.window.back", lang))],
        id="desk-map-away",
        className="map-away",
        role="status",
        hidden=True,
    )


def _layers(lang: str, base: MapBase | None) -> html.Div:
    """The switches in one row; where they have no room, the page's module folds them into a list behind a button."""
    return html.Div(
        [
            html.Button(
                "",
                id="map-layers",
                type="button",
                className="layer",
                hidden=True,
                **attributes({"aria-expanded": "false", "aria-controls": "map-layer-switches"}),
            ),
            html.Div(
                [_layer_switch(name, lang) for name in (*LAYERS, *(["base"] if base else []))],
                id="map-layer-switches",
                className="layer-switches",
            ),
            html.Button(
                text("desk_map.measure", lang),
                id="map-measure",
                type="button",
                className="layer tool",
                **attributes({"aria-pressed": "false"}),
            ),
        ],
        className="layers",
    )


def _second_screen(label: str) -> html.Button:
    return html.Button(
        [html.Span(label), html.Kbd("X")],
        type="button",
        title=label,
        className="follow",
        **attributes({"data-second-screen": "1", "aria-label": label}),
    )


def _layer_switch(name: str, lang: str) -> html.Button:
    is_on = name not in OFF_AT_FIRST
    return html.Button(
        text(f"desk.layer.{name}", lang),
        type="button",
        className="layer on" if is_on else "layer",
        **attributes({"data-layer": name, "aria-pressed": "true" if is_on else "false"}),
    )
