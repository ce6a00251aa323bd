"""What became of an act, in words: done, done in part, or refused and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html

from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.clock_text import time_of_day


@dataclass(frozen=True, slots=True)
class ReceiverOutcome:
    """How one receiver fared: its name and the catalogue key of what happened to its copy."""

    name: str
    key: str


def done(
    key: str,
    sentence: str,
    *,
    at: int,
    lang: str,
    receivers: Sequence[ReceiverOutcome] = (),
    detail: str = "",
) -> html.Div:
    """The act is committed; receivers are listed one by one, because one may fail while others do not."""
    lines = [html.Li([html.Span(one.name), html.Span(text(one.key, lang))]) for one in receivers]
    return html.Div(
        [
            html.H4([html.Span(sentence), html.Span(time_of_day(at), className="provenance push")]),
            html.Ul(lines) if lines else html.Div(detail, className="second"),
        ],
        className="outcome",
        **attributes({"data-outcome": "done", "data-key": key}),
    )


def refused(key: str, sentence: str, *, guard: bool = False) -> html.Div:
    """The server did not act, and says why. `guard` means that the drawer explains it at length."""
    return html.Div(
        [html.H4(sentence)],
        className="outcome",
        **attributes({"data-outcome": "refused", "data-key": key, **({"data-guard": "1"} if guard else {})}),
    )
