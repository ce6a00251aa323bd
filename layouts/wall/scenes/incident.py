"""The incident: how long is left, who is on site, who will be late, what is undecided."""

from __future__ import annotations

from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.map import schematic_note
from layouts.wall.city import WallCity
from layouts.wall.panel import slot

_FRESH: Final[dict[str, Any]] = {"data-freshness": "fresh", "data-placed": "true"}
_NO_MATTER: Final[dict[str, Any]] = {"data-matter": ""}


def view(lang: str, city: WallCity) -> list[Component]:
    """Return the panels of the incident; its map is made by the scene itself when it is first shown."""
    del city
    quarters = (
        ("decided", [html.H2(text("wall.incident.decided", lang)), slot("incident-decided-count", "count")]),
        (
            "open",
            [
                html.H2(text("wall.incident.open", lang)),
                slot("incident-open-count", "count"),
                html.Span(text("wall.incident.open_note", lang), className="wall-note"),
            ],
        ),
        ("facts", [html.H2(text("wall.incident.calls_title", lang))]),
        ("workers", [html.H2(text("wall.incident.workers_title", lang))]),
    )
    return [
        html.Div(
            id="wall-incident",
            className="wall-incident",
            children=[
                slot("incident-clock", "incident-clock"),
                slot("incident-units", "incident-units"),
                slot("incident-title", "incident-title"),
                _map(lang),
                html.Section(
                    className="incident-log",
                    children=[
                        html.Div(
                            className="wall-heading",
                            children=[
                                html.H2(text("wall.incident.happened", lang)),
                                html.Span(text("wall.incident.newest", lang), className="wall-note"),
                                slot("incident-lasted", "wall-as-of"),
                            ],
                        ),
                        slot("incident-lines", "incident-lines"),
                    ],
                ),
                *(
                    html.Section(
                        className=f"incident-quarter incident-{name}",
                        children=[html.Div(heading, className="wall-heading"), slot(f"incident-{name}")],
                    )
                    for name, heading in quarters
                ),
                *(
                    html.I(className=f"wall-rule wall-rule-{place}")
                    for place in ("left", "right", "bottom", "half")
                ),
            ],
            **_NO_MATTER,
        )
    ]


def _map(lang: str) -> Component:
    return html.Section(
        id="wall-incident-map",
        className="incident-map",
        children=[
            html.Div(id="wall-incident-map-base", className="base-map"),
            slot("incident-map-overlay", "wall-map-overlay"),
            html.Div(className="wall-hatch"),
            html.Div(
                className="incident-map-foot",
                children=[
                    html.Span(text("wall.incident.legend", lang)),
                    html.Span(schematic_note(lang), className="quiet"),
                    slot("incident-positions", "quiet"),
                ],
            ),
        ],
        **_FRESH,
    )
