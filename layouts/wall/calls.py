"""Hotline calls of the day against what is expected at this minute of this kind of day."""

from __future__ import annotations

from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.wall.panel import panel, slot


def view(lang: str) -> Component:
    """Return the calls panel: the day's headline, and the volume against its expected band."""
    return panel("calls", text("wall.calls.title", lang), [slot("volume", "wall-volume")])
