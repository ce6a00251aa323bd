"""What the whistle was blown to decide: settled and open, with who and until when."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.domain.command import Command, Decision
from layouts.catalogue import text
from layouts.desk.clock_face import countdown
from layouts.desk.clock_text import time_of_day
from layouts.desk.drawer import heading


def decisions(whistle: Command | None, items: Sequence[Decision], now: int, lang: str) -> Component:
    """The agenda of the matter's whistle; nothing at all when no whistle was blown."""
    if whistle is None:
        return html.Div()
    made = sum(1 for item in items if not item.is_open)
    state = "unlocked" if whistle.state in ("resolved", "consultation", "done") else "locked"
    return html.Div(
        [
            heading(
                text("desk.decisions.title", lang),
                text("desk.decisions.count", lang, made=made, open=len(items) - made),
                text(f"desk.decisions.{state}", lang),
            ),
            html.Ul([decision_line(item, now, lang) for item in items], className="decisions"),
        ]
    )


def decision_line(item: Decision, now: int, lang: str) -> html.Li:
    """One agenda item: its number, what was asked or decided, and its clock."""
    if item.is_open:
        return html.Li(
            [
                html.I(str(item.item)),
                html.Span(item.question, title=item.question),
                html.Span(text("desk.decisions.open", lang), className="second"),
            ]
        )
    decided = item.decision or item.question
    return html.Li(
        [
            html.I(str(item.item), className="made"),
            html.Span([decided, " ", html.Span(item.owner or "", className="third")], title=decided),
            _until(item, now, lang),
        ]
    )


def _until(item: Decision, now: int, lang: str) -> Component:
    if item.due_at is None or item.decided_at is None:
        return html.Span(time_of_day(item.decided_at or now, seconds=False), className="second")
    limit_ms = max(60_000, item.due_at - item.decided_at)
    return html.Span([text("desk.decisions.left", lang), " ", countdown(item.due_at, limit_ms, now, "left")])
