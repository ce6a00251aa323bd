"""A countdown as the server renders it; the page module repaints it every second from the same attributes."""

from __future__ import annotations

from dash import html

from dashboard.domain.due_state import due_state
from dashboard.domain.durations import remaining
from layouts.desk.attributes import attributes


def countdown(due_at: int, limit_ms: int, now: int, lang: str, class_name: str = "clock-face") -> html.B:
    """The time left until `due_at` (UTC ms) of a clock that had `limit_ms` in all."""
    return html.B(
        remaining(due_at - now, lang),
        className=class_name,
        **attributes(
            {
                "data-due": str(due_at),
                "data-limit": str(limit_ms),
                "data-state": due_state(due_at, limit_ms, now),
            }
        ),
    )
