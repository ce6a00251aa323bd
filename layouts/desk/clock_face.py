"""A countdown as the server renders it; the page module repaints it every second from the same attributes."""

from __future__ import annotations

from dash import html

from dashboard.domain.due_state import due_state
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.clock_text import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS


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


def remaining(left_ms: int, lang: str) -> str:
    """`mm:ss`, `h:mm:ss` from an hour on, `3天04:12` from a day on; a plus in front when it has passed."""
    sign, seconds = ("+", -left_ms // SECOND_MS) if left_ms < 0 else ("", left_ms // SECOND_MS)
    if seconds * SECOND_MS >= DAY_MS:
        days, rest = divmod(seconds, DAY_MS // SECOND_MS)
        hours, rest = divmod(rest, HOUR_MS // SECOND_MS)
        clock = f"{hours:02}:{rest // (MINUTE_MS // SECOND_MS):02}"
        return sign + text("live.duration.days", lang, days=days, clock=clock)
    hours, rest = divmod(seconds, HOUR_MS // SECOND_MS)
    minutes, secs = divmod(rest, MINUTE_MS // SECOND_MS)
    return f"{sign}{hours}:{minutes:02}:{secs:02}" if hours else f"{sign}{minutes:02}:{secs:02}"
