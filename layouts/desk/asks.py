"""What waits for somebody's ruling, in the duty pane: shown while there is something, filled from the live picture."""

from __future__ import annotations

from dash import html

from layouts.catalogue import text


def asks_panel(lang: str) -> html.Div:
    """The list of asks, soonest first; the page module fills it and hides it while nothing waits."""
    return html.Div(
        [
            html.Div(
                [
                    html.B(text("desk.asks.title", lang)),
                    html.Span("", id="desk-asks-count", className="provenance"),
                ],
                className="heading",
            ),
            html.Ol(id="desk-asks", className="asks"),
        ],
        id="desk-asks-panel",
        hidden=True,
    )
