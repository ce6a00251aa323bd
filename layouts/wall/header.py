"""The strip on top: whose wall this is, the platforms that feed it, whether it is live, the time."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.wall.city import WallCity
from layouts.wall.panel import slot


def view(lang: str, demonstration: bool, city: WallCity) -> Component:
    """Return the header; its beat bar stands still when the picture is frozen."""
    ribbon = [_demonstration_ribbon(lang)] if demonstration else []
    return html.Header(
        className="wall-header",
        children=[
            html.Div(
                className="wall-identity",
                children=[
                    html.B(text("wall.brand", lang), className="wall-brand"),
                    html.Span(city.centre_name, className="wall-centre"),
                    slot("voice", "wall-voice"),
                    html.Div(
                        className="wall-scene",
                        children=[slot("scene-index", "wall-scene-index"), slot("scene-line")],
                    ),
                ],
            ),
            slot("platforms", "wall-platforms"),
            html.Div(
                className="wall-time",
                children=[
                    *ribbon,
                    slot("date", "wall-date"),
                    slot("clock", "wall-clock clock-face"),
                ],
            ),
            slot("beat", "wall-beat"),
        ],
    )


def _demonstration_ribbon(lang: str) -> Component:
    return html.Div(
        id="wall-demonstration",
        className="wall-demonstration",
        children=[html.Em(className="demonstration-hatch"), html.B(text("wall.demonstration", lang))],
    )
