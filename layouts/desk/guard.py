"""事不决、人不撤: why a unit may not leave, which decision is missing, and the two ways out."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from dashboard.domain.command import Decision
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.clock_text import time_of_day
from layouts.desk.glyphs import lock


def leave_refused(
    matter_id: str, receiver: str, items: Sequence[Decision], missing: Sequence[str], now: int, lang: str
) -> html.Div:
    """The refusal, item by item. `missing` are the questions that have no decision yet."""
    return html.Div(
        [
            html.Div(
                [
                    html.H3([lock(), text("desk.guard.title", lang)]),
                    html.P(
                        text(
                            "desk.guard.text",
                            lang,
                            receiver=receiver,
                            at=time_of_day(now),
                            total=max(len(items), len(missing)),
                            missing=len(missing),
                        )
                    ),
                    html.Ul(
                        [_line(item, lang) for item in items] or [_missing_line(q, lang) for q in missing],
                        className="decisions",
                    ),
                ],
                className="refused",
                role="alert",
            ),
            html.P(text("desk.guard.ways", lang), className="second"),
            _way(
                "decision", "R", text("desk.guard.decide", lang, question=missing[0] if missing else ""), lang
            ),
            _way("consultation", "O", text("desk.guard.raise", lang), lang),
        ],
        **attributes({"data-matter": matter_id}),
    )


def _line(item: Decision, lang: str) -> html.Li:
    if item.is_open:
        return _missing_line(item.question, lang, str(item.item))
    decided_at = time_of_day(item.decided_at or 0, seconds=False)
    return html.Li(
        [
            html.I(str(item.item), className="made"),
            html.Span(item.decision or item.question),
            html.Span(text("desk.guard.decided_at", lang, at=decided_at), className="third"),
        ]
    )


def _missing_line(question: str, lang: str, number: str = "–") -> html.Li:
    return html.Li(
        [html.I(number), html.Span(question), html.Span(text("desk.guard.open", lang))], className="open-item"
    )


def _way(act: str, key: str, label: str, lang: str) -> html.Button:
    return html.Button(
        [
            html.Span(label, className="way-label"),
            html.Span(text(f"desk.guard.{act}_hint", lang)),
            html.Kbd(key, className="push"),
        ],
        type="button",
        className="way",
        **attributes({"data-begin": act}),
    )
