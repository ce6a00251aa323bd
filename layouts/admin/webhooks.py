"""Addresses of other systems that a step can be posted to: which there are, whether they answer, entering one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from layouts.admin import ids
from layouts.admin.parts import ask_button, button, empty, headline, labelled, pick, sure, table, waiting
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.clock_text import date_and_time

Row = Mapping[str, Any]


def webhooks_section(places: Sequence[tuple[str, str]], lang: str) -> html.Section:
    """The section; `places` are (division code, name) that an address can be for."""
    return html.Section(
        [
            headline(text("admin.webhook.title", lang)),
            html.P(text("admin.webhook.explained", lang), className="second"),
            html.Div(id=ids.WEBHOOK_OUTCOME, className="admin-outcome"),
            html.Div(waiting(lang), id=ids.WEBHOOK_SHOWN),
            html.H2(text("admin.webhook.enter", lang)),
            html.Div(
                [
                    labelled(
                        text("admin.webhook.name", lang),
                        dcc.Input(id=ids.WEBHOOK_NAME, type="text", maxLength=60, value=""),
                    ),
                    labelled(
                        text("admin.webhook.url", lang),
                        dcc.Input(id=ids.WEBHOOK_URL, type="text", maxLength=500, value="", className="wide"),
                    ),
                    labelled(
                        text("admin.webhook.jurisdiction", lang),
                        pick(ids.WEBHOOK_PLACE, places, places[0][0] if places else None, lang),
                    ),
                    button(ids.WEBHOOK_OPEN, text("admin.webhook.open", lang), "primary"),
                ],
                className="fields",
            ),
            dcc.Store(id=ids.WEBHOOK_ASKED),
        ],
        **attributes({"data-section": "webhooks"}),
    )  # fmt: skip


def webhook_table(rows: Sequence[Row], places: Mapping[str, str], lang: str) -> Component:
    """Every address, the open ones first."""
    if not rows:
        return empty(text("admin.webhook.none", lang), text("admin.webhook.none_means", lang))
    names = ("name", "url", "jurisdiction", "made_at", "answers", "act")
    return table(names, "admin.webhook", [_row(one, places, lang) for one in rows], lang)


def _row(one: Row, places: Mapping[str, str], lang: str) -> html.Tr:
    closed_at = one["closed_at"]
    act: Component = (
        html.Span(text("admin.webhook.closed_at", lang, at=date_and_time(int(closed_at))), className="third")
        if closed_at
        else sure(
            text("admin.webhook.close", lang),
            text("admin.webhook.close_means", lang),
            ask_button(text("admin.webhook.close_now", lang), "close", one["id"], "small", ids.WEBHOOK_ASKED),
        )
    )
    return html.Tr(
        [
            html.Th(one["name"], scope="row"),
            html.Td(one["url"], className="address"),
            html.Td(places.get(one["jurisdiction"], one["jurisdiction"])),
            html.Td(date_and_time(int(one["made_at"]))),
            html.Td(_answers(one, lang)),
            html.Td(act),
        ],
        className="over" if closed_at else "",
    )


def _answers(one: Row, lang: str) -> list[Component]:
    """Whether the address answers: the last time it did, and what is in trouble since when."""
    last = one["received_at"]
    said: list[Component] = [
        html.Span(
            text("admin.webhook.answered", lang, at=date_and_time(int(last)))
            if last
            else text("admin.webhook.never", lang)
        )
    ]
    if one["troubled"] and not one["closed_at"]:
        since = date_and_time(int(one["troubled_at"]))
        said.append(html.B(text("admin.webhook.troubled", lang, count=one["troubled"], since=since)))
    return said


def secret_once(name: str, secret: str, lang: str) -> html.Div:
    """A new webhook's secret: shown here once and never again."""
    return html.Div(
        [text("admin.webhook.opened", lang, name=name), " ", html.Code(secret)],
        className="done",
        role="status",
    )
