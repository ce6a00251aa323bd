"""The auditor's section: look at the chain, walk it, take a period away as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from layouts.admin import ids
from layouts.catalogue import has_text, text
from layouts.desk.clock_text import date_and_time

EXPORTS: Final = "/api/v1/audit/exports"
COLUMNS: Final = ("n", "at", "actor", "role", "address", "act", "subject", "result", "detail")
LONGEST_DETAIL: Final = 160  # characters shown in a line; the file and the tooltip have the whole


def audit_section(lang: str) -> html.Section:
    """The fields that choose rows, the two acts, and the places that the callbacks fill."""
    return html.Section(
        [
            html.H2(text("admin.audit.title", lang)),
            html.P(text("admin.audit.explained", lang)),
            html.Div(
                [
                    _input(ids.AUDIT_FROM, "from", lang),
                    _input(ids.AUDIT_UNTIL, "until", lang),
                    _input(ids.AUDIT_ACTOR, "actor", lang),
                    _input(ids.AUDIT_ACT, "act", lang),
                    _input(ids.AUDIT_SUBJECT, "subject", lang),
                    _button(ids.AUDIT_SHOW, "show", lang, "primary"),
                    _button(ids.AUDIT_VERIFY, "verify", lang),
                ],
                className="admin-row",
            ),
            html.Div(id=ids.AUDIT_VERIFIED, className="admin-outcome", role="status"),
            html.Div(id=ids.AUDIT_SHOWN),
        ],
        className="admin-audit",
    )  # fmt: skip


def verified(rows: int, broken_at: int | None, reason: str, lang: str) -> html.P:
    """What walking the chain found."""
    if broken_at is None:
        return html.P(text("admin.audit.whole", lang, count=rows), className="done")
    return html.P(text("admin.audit.broken", lang, n=broken_at, reason=reason), className="refused")


def rows(
    found: Sequence[Mapping[str, Any]], from_at: int | None, until_at: int | None, lang: str
) -> Component:
    """The rows, newest first, and the two files of the same period."""
    head = html.Tr([html.Th(text(f"admin.audit.{name}", lang)) for name in COLUMNS])
    return html.Div(
        [
            html.Div(
                [
                    html.Span(text("admin.audit.count", lang, count=len(found))),
                    *(_download(one, from_at, until_at, lang) for one in ("jsonl", "csv")),
                ],
                className="admin-row",
            ),
            html.Table([html.Thead(head), html.Tbody([_row(one, lang) for one in found])]),
        ]
    )


def _row(one: Mapping[str, Any], lang: str) -> html.Tr:
    cells = {name: str(one[name]) for name in COLUMNS}
    cells["at"] = date_and_time(int(one["at"]))
    if has_text(f"may.{one['act']}"):
        cells["act"] = text(f"may.{one['act']}", lang)
    detail = cells["detail"]
    short = detail if len(detail) <= LONGEST_DETAIL else f"{detail[:LONGEST_DETAIL]}…"
    mark = "" if one["result"] == "done" else "not-done"
    return html.Tr(
        [
            *(html.Td(cells[name]) for name in COLUMNS[:-1]),
            html.Td(short, title=detail, className="second"),
        ],
        className=mark,
    )


def _download(form: str, from_at: int | None, until_at: int | None, lang: str) -> html.Form:
    """A form, not a link: taking rows away is an act and has to come from this page."""
    asked = {"format": form}
    if from_at is not None:
        asked["from_at"] = str(from_at)
    if until_at is not None:
        asked["until_at"] = str(until_at)
    return html.Form(
        html.Button(text(f"admin.audit.export_{form}", lang), type="submit"),
        action=f"{EXPORTS}?{urlencode(asked)}",
        method="POST",
    )


def _button(element_id: str, name: str, lang: str, classes: str = "") -> html.Button:
    return html.Button(
        text(f"admin.audit.{name}", lang), id=element_id, type="button", n_clicks=0, className=classes
    )


def _input(element_id: str, name: str, lang: str) -> dcc.Input:
    return dcc.Input(
        id=element_id,
        type="text",
        maxLength=140,
        value="",
        placeholder=text(f"admin.audit.field_{name}", lang),
    )
