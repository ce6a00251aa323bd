"""What has happened to the matter, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import category

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import CatalogueError, sentence, text
from layouts.desk.attributes import attributes
from layouts.desk.clock_text import DAY_MS, date_and_time, time_of_day
from layouts.desk.drawer import heading


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One entry of the matter's log; its words are the catalogue's `log.<kind>` filled with `params`."""

    at: int
    kind: str
    params: Mapping[str, Any]
    by: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """The matter whose history is shown: what its own lines need not say again."""

    no: str = ""
    title: str = ""
    matter_id: str = ""


def timeline(lines: Sequence[HistoryLine], now: int, lang: str, subject: Subject | None = None) -> Component:
    """The matter's history, newest first, with who did it."""
    about = subject or Subject()
    ordered = sorted(lines, key=lambda line: line.at, reverse=True)
    return html.Div(
        [
            heading(
                text("desk.timeline.title", lang),
                text("desk.timeline.count", lang, count=len(ordered)),
                _replay_link(about.matter_id, lang) if about.matter_id else "",
            ),
            html.Ol([_line(line, about, now, lang) for line in ordered], className="timeline"),
        ]
    )


def _replay_link(matter_id: str, lang: str) -> html.A:
    """The way to the same history as it was on map and boards (`/replay`)."""
    label = text("desk.timeline.replay", lang)
    return html.A(
        label, href=f"/replay/{matter_id}", target="_blank", rel="noopener", className="button small"
    )


def _line(line: HistoryLine, subject: Subject, now: int, lang: str) -> html.Li:
    what = without_subject(history_text(line, lang), subject)
    at = time_of_day(line.at) if now - line.at < DAY_MS else date_and_time(line.at)
    return html.Li(
        [
            html.Span(at, className="at"),
            html.Span(what, className="what"),
            html.Span(line.by or text("desk.timeline.system", lang), className="by", title=line.by),
        ],
        **attributes({"data-tone": line.tone, "data-kind": line.kind}),
    )


def without_subject(words: str, subject: Subject) -> str:
    """Return a line without the number and the title that stand above it in the drawer's head."""
    rest = words
    for known in (subject.no, subject.title):
        after = rest.removeprefix(known)
        if known and after != rest and not after[:1].isalnum():
            rest = _without_beginning(after) or rest
    return sentence(rest)


def _without_beginning(words: str) -> str:
    """Drop the spaces, colons and commas that stood between a line's subject and its words."""
    begins = next(
        (at for at, one in enumerate(words) if not one.isspace() and category(one) != "Po"), len(words)
    )
    return words[begins:]


def history_text(line: HistoryLine, lang: str) -> str:
    """The line's words; an entry whose words are missing shows its kind rather than nothing."""
    params = {name: _localised(value, lang) for name, value in line.params.items()}
    try:
        return text(f"log.{line.kind}", lang, **params)
    except CatalogueError:
        return line.kind


def _localised(value: Any, lang: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(lang, "")
    return text("desk.join.names", lang).join(str(one) for one in value) if isinstance(value, list) else value
