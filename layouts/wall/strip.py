"""Regions side by side in a fixed order: a ranking would make units game their numbers."""

from __future__ import annotations

from dash.development.base_component import Component

from layouts.wall.panel import slot


def view(lang: str) -> Component:
    """Return the district strip; `lang` is taken for symmetry with the panels, its words come live."""
    del lang
    return slot("strip", "wall-strip")
