"""What the administrators' callbacks answer with: outcomes, the preview, versions, and how delivery stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.desk.clock_text import date_and_time, time_of_day

Row = Mapping[str, Any]
STATES = ("waiting", "sent", "received", "failed", "by_hand", "lapsed")


def done(sentence: str) -> html.P:
    """What an act did."""
    return html.P(sentence, className="done")


def refused(sentence: str) -> html.P:
    """Why an act was not done."""
    return html.P(sentence, className="refused")


def secret_once(name: str, secret: str, lang: str) -> html.P:
    """A new webhook's secret: shown here once and never again."""
    return html.P([text("admin.webhook.opened", lang, name=name), " ", html.Code(secret)], className="done")


def preview(found: Mapping[str, Any], lang: str) -> Component:
    """How many open matters would stand at another step, and which."""
    moves: Sequence[Row] = found["moves"]
    headline = text(
        "admin.preview.headline",
        lang,
        changed=found["changed"],
        open=found["open"],
        clocks=len(moves) + found["further"],
    )
    if not moves:
        return html.Div(html.P(headline, className="done"))
    return html.Div(
        [
            html.P([html.B(headline), " ", html.Span(text("admin.preview.keeps", lang), className="second")]),
            _table(
                ("no", "stage", "clock", "version", "now", "would_be", "next"),
                "admin.preview",
                [_moved(one, lang) for one in moves],
                lang,
            ),
            html.P(text("admin.preview.further", lang, count=found["further"])) if found["further"] else None,
        ],
        className="admin-preview",
    )


def versions(rows: Sequence[Row], lang: str) -> Component:
    """Who published which version, when, and why."""
    return _table(
        ("version", "made_at", "by", "origin", "steps", "why"),
        "admin.versions",
        [
            (
                str(one["version"]),
                date_and_time(int(one["made_at"])),
                str(one["made_by"]) or "–",
                text(f"admin.origin.{one['origin']}", lang),
                str(one["steps"]),
                str(one["why"]),
            )
            for one in rows
        ],
        lang,
    )


def delivery(found: Mapping[str, Any], lang: str) -> Component:
    """Counts by means and state, and what was given up: by what means and why, never what a matter is about."""
    counts: Mapping[str, Mapping[str, int]] = found["counts"]
    table = html.Table(
        [
            html.Thead(
                html.Tr([html.Th(""), *(html.Th(text(f"admin.state.{one}", lang)) for one in STATES)])
            ),
            html.Tbody(
                [
                    html.Tr(
                        [
                            html.Th(text(f"means.{means}", lang)),
                            *(html.Td(str(states.get(one, 0))) for one in STATES),
                        ]
                    )
                    for means, states in sorted(counts.items())
                ]
            ),
        ]
    )
    failed: Sequence[Row] = found["failed"]
    if not failed:
        return html.Div([table, html.P(text("admin.delivery.none", lang))])
    lines = [
        (
            date_and_time(int(one["ended_at"])),
            _in(one, "means_name", lang),
            f"{one['recipient_name']} · {_in(one, 'role_name', lang)}",
            _in(one, "fault_name", lang),
            " ".join(time_of_day(int(attempt["begun_at"])) for attempt in one["tries"]) or "–",
        )
        for one in failed
    ]
    return html.Div([table, _table(("at", "means", "who", "fault", "tries"), "admin.failed", lines, lang)])


def _moved(one: Row, lang: str) -> tuple[str, ...]:
    return (
        str(one["no"]),
        _in(one, "stage", lang),
        _in(one, "due_for", lang),
        str(one["policy_version"]),
        _standing(one["now"], lang),
        _standing(one["would_be"], lang),
        date_and_time(int(one["would_be"]["next_at"])) if one["would_be"]["next_at"] else "–",
    )


def _standing(one: Row, lang: str) -> str:
    if not one["step"]:
        return text("admin.preview.no_step", lang)
    return text("admin.preview.step", lang, step=one["step"], name=_in(one, "name", lang))


def _table(names: Sequence[str], prefix: str, rows: Sequence[Sequence[str]], lang: str) -> html.Table:
    head = html.Thead(html.Tr([html.Th(text(f"{prefix}.{name}", lang)) for name in names]))
    return html.Table([head, html.Tbody([html.Tr([html.Td(cell) for cell in row]) for row in rows])])


def _in(one: Row, name: str, lang: str) -> str:
    return str(one[f"{name}_en"] if lang == "en" else one[name])
