"""What the whistle was blown to decide: open, settled with who and until when, and done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.desk.clock_face import countdown
from layouts.desk.clock_text import MINUTE_MS, time_of_day
from layouts.desk.drawer import heading
from layouts.desk.form_fields import begin_button

Row = Mapping[str, Any]


def decisions(
    whistle: Row | None, items: Sequence[Row], now: int, lang: str, *, may_complete: bool = False
) -> Component:
    """The agenda of the matter's newest whistle; nothing at all when no whistle was blown.

    With `may_complete` a decision with a deadline has the button that says that it is done.
    """
    if whistle is None:
        return html.Div()
    made = sum(1 for item in items if item["decided_at"] is not None)
    state = "locked" if whistle["state"] in ("running", "conferring") else "unlocked"
    return html.Div(
        [
            heading(
                text("desk.decisions.title", lang),
                text("desk.decisions.count", lang, made=made, open=len(items) - made),
                text(f"desk.decisions.{state}", lang),
            ),
            html.Ul([_line(whistle, item, may_complete, now, lang) for item in items], className="decisions"),
        ]
    )


def _line(whistle: Row, item: Row, may_complete: bool, now: int, lang: str) -> html.Li:
    if item["decided_at"] is None:
        return html.Li(
            [
                html.I(str(item["item"])),
                html.Span(item["question"], title=item["question"]),
                html.Span(text("desk.decisions.open", lang), className="second"),
            ]
        )
    decided = text("desk.decisions.decided", lang, question=item["question"], decision=item["decision"])
    return html.Li(
        [
            html.I("✓" if item.get("completed_at") else str(item["item"]), className="made"),
            html.Span([decided, " ", html.Span(item["owner"] or "", className="third")], title=decided),
            _until(whistle, item, may_complete, now, lang),
        ]
    )


def _until(whistle: Row, item: Row, may_complete: bool, now: int, lang: str) -> Component:
    if item.get("completed_at"):
        at = time_of_day(item["completed_at"], seconds=False)
        done = text("desk.on_command.completed", lang, at=at, who=item["completed_by"])
        return html.Span(done, className="third")
    if item["due_at"] is None:
        return html.Span(time_of_day(item["decided_at"], seconds=False), className="second")
    limit_ms = max(MINUTE_MS, item["due_at"] - item["decided_at"])
    args = {"command": whistle["id"], "item": str(item["item"])}
    button = [begin_button("complete_decision", text("desk.on_command.begin_complete", lang), args)]
    clock = countdown(item["due_at"], limit_ms, now, lang, "left")
    return html.Span([text("desk.decisions.left", lang), " ", clock, *(button if may_complete else [])])
