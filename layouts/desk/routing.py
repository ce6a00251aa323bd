"""Routing help in the dispatch form: up to three categories and units with how sure the analysis is of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash import html

from layouts.catalogue import text
from layouts.desk.attributes import attributes

Named = tuple[tuple[str, float | None], ...]


@dataclass(frozen=True, slots=True)
class Help:
    """(name, confidence 0-1) of categories and of units, the surest first; None: words alone speak for it."""

    categories: Named
    units: Named


def routing_help(found: Help, lang: str) -> html.P:
    """One line under the table of receivers: it is read, and nothing is ticked or sent by it."""
    is_learnt = any(sure is not None for _, sure in found.categories)
    parts: list[Any] = [
        html.B(text("desk_routing.title", lang)),
        " ",
        _line(found.categories, lang),
        *([" · ", text("desk_routing.units", lang), " ", _line(found.units, lang)] if found.units else []),
        " · ",
        html.Span(
            text("desk_routing.learnt" if is_learnt else "desk_routing.words", lang), className="third"
        ),
    ]
    return html.P(parts, className="shortfall routing-help", **attributes({"data-routing": "1"}))


def _line(named: Named, lang: str) -> str:
    said = [
        name if sure is None else text("desk_routing.one", lang, name=name, percent=round(100 * sure))
        for name, sure in named
    ]
    return text("desk.join.clauses", lang).join(said)
