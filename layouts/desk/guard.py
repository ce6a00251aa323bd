"""事不决、人不撤: why a unit may not leave, which decision is missing, and the two ways out."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.clock_text import time_of_day
from layouts.desk.glyphs import lock


def leave_refused(matter_id: str, receiver: str, missing: Sequence[str], now: int, lang: str) -> html.Div:
    """The refusal with every question that has no decision yet, and the two acts that would open the way."""
    first = missing[0] if missing else ""
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
                            count=len(missing),
                        )
                    ),
                    html.Ul([_missing_line(question, lang) for question in missing], className="decisions"),
                ],
                className="refused",
                role="alert",
            ),
            html.P(text("desk.guard.ways", lang), className="second"),
            _way("decision", "R", text("desk.guard.decide", lang, question=first), lang),
            _way("consultation", "O", text("desk.guard.raise", lang), lang),
        ],
        **attributes({"data-matter": matter_id}),
    )


def _missing_line(question: str, lang: str) -> html.Li:
    return html.Li(
        [html.I("?"), html.Span(question, title=question), html.Span(text("desk.guard.open", lang))],
        className="open-item",
    )


def _way(act: str, key: str, label: str, lang: str) -> html.Button:
    return html.Button(
        [
            html.B(label),
            html.Span(text(f"desk.guard.{act}_hint", lang)),
            html.Kbd(key, className="push"),
        ],
        type="button",
        className="way",
        **attributes({"data-begin": act}),
    )
