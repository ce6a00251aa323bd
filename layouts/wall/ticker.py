"""The last things that happened. It does not crawl: a new line appears on top."""

from __future__ import annotations

from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.wall.panel import panel, slot


def view(lang: str) -> Component:
    """Return the ticker."""
    return panel(
        "ticker", text("wall.ticker.title", lang), [slot("ticker-rows", "wall-ticker-rows")], dated=False
    )
