"""The history of the policy: who published which version, when and why, and how many matters still go by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from layouts.admin.parts import ask_button, table
from layouts.catalogue import text
from layouts.desk.clock_text import date_and_time

Row = Mapping[str, Any]
LISTED: Final = 40


def versions(rows: Sequence[Row], lang: str) -> Component:
    """Every version, the newest first; each can be looked at."""
    shown, further = rows[:LISTED], len(rows) - LISTED
    names = ("version", "made_at", "by", "origin", "steps", "open_matters", "why", "look")
    newest = max((one["version"] for one in rows), default=0)
    lines = [_version(one, newest, lang) for one in shown]
    listed = table(names, "admin.versions", lines, lang, numbers=("steps", "open_matters"))
    if further <= 0:
        return listed
    return html.Div([listed, html.P(text("admin.versions.further", lang, count=further), className="third")])


def _version(one: Row, newest: int, lang: str) -> html.Tr:
    number = int(one["version"])
    is_newest = html.Span(text("admin.versions.newest", lang), className="tag") if number == newest else None
    used = int(one["open_matters"])
    return html.Tr(
        [
            html.Th([text("admin.versions.number", lang, version=number), " ", is_newest], scope="row"),
            html.Td(date_and_time(int(one["made_at"]))),
            html.Td(str(one["made_by"]) or "–"),
            html.Td(text(f"admin.origin.{one['origin']}", lang)),
            html.Td(str(one["steps"]), className="number"),
            html.Td(text("admin.versions.used", lang, count=used) if used else "–", className="number"),
            html.Td(str(one["why"]) or "–", className="wide"),
            html.Td(ask_button(text("admin.versions.look", lang), "look", str(number), "small")),
        ]
    )


def looked_at(version: int, may_edit: bool, lang: str) -> Component:
    """Stands above the chains while an older version is on screen."""
    return html.Div(
        [
            html.B(text("admin.versions.shown", lang, version=version)),
            html.Span(text("admin.versions.read_only", lang), className="second"),
            ask_button(text("admin.versions.back", lang), "back", "", "small"),
            ask_button(text("admin.versions.take", lang), "take", str(version), "small")
            if may_edit
            else None,
        ],
        className="looked-at",
    )
