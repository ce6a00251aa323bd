"""The overview: what is late or next, whether the hotline copes, and where."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.wall import board, calls, map_panel, queue, strip, ticker, topics
from layouts.wall.city import WallCity


def view(lang: str, city: WallCity) -> list[Component]:
    """Return the panels of the overview and the lines between them."""
    return [
        calls.view(lang),
        queue.view(lang),
        topics.view(lang),
        map_panel.view(lang, city),
        board.view(lang),
        strip.view(lang),
        ticker.view(lang),
        *(html.I(className=f"wall-rule wall-rule-{place}") for place in ("left", "right", "bottom")),
    ]
