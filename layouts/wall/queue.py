"""The hotline's queue at this moment: waiting, seats, answered in time, channels."""

from __future__ import annotations

from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.wall.panel import panel, slot


def view(lang: str) -> Component:
    """Return the queue panel; a seat is one square, filled by what its agent is doing."""
    return panel(
        "queue",
        text("wall.queue.title", lang),
        [
            slot("queue-figures", "wall-figures"),
            slot("seats", "wall-seats"),
            slot("seat-counts", "wall-seat-counts"),
            slot("connected", "wall-bullet"),
            slot("channels", "wall-channels"),
        ],
    )
