"""The board of clocks: what is overdue or due next, and who must act."""

from __future__ import annotations

from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.wall.panel import panel, slot


def view(lang: str) -> Component:
    """Return the board: nine clocks, the two most urgent ones bigger, and the overdue total below."""
    return panel(
        "board",
        text("wall.board.title", lang),
        [slot("board-rows", "wall-board-rows"), slot("board-total", "wall-board-total")],
        note=text("wall.board.note", lang),
        dated=False,
    )
