"""What waits for somebody's ruling, in the duty pane: shown while there is something, filled from the live picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dash import html

from layouts.catalogue import text

# What came in without a reason has a sentence that leaves none out; assets/desk/asks.mjs has the same.
_WITHOUT_REASON: Final = {"return": "ask.return_unsaid", "extension": "ask.extension_unsaid"}


def ask_text(kind: str, params: Mapping[str, Any], no: str, title: str, lang: str) -> str:
    """The sentence of an ask."""
    key = f"ask.{kind}" if params.get("reason") else _WITHOUT_REASON.get(kind, f"ask.{kind}")
    return text(key, lang, **{**params, "no": no, "title": title})


def asks_panel(lang: str) -> html.Div:
    """The list of asks, soonest first; the page module fills it and hides it while nothing waits."""
    return html.Div(
        [
            html.Div(
                [
                    html.B(text("desk.asks.title", lang)),
                    html.Span("", id="desk-asks-count", className="provenance"),
                ],
                className="heading",
            ),
            html.Ol(id="desk-asks", className="asks"),
        ],
        id="desk-asks-panel",
        hidden=True,
    )
