"""What citizens report most, against what is usual."""

from __future__ import annotations

from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.wall.panel import panel, slot


def view(lang: str) -> Component:
    """Return the topics panel: trend of two hours, count of the day, ratio to the expectation."""
    return panel(
        "topics",
        text("wall.topics.title", lang),
        [slot("topic-rows", "wall-topic-rows")],
        note=text("wall.topics.note", lang),
    )
