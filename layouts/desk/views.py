"""The queue's views: what narrows it, in which order it stands, and those that the officer keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from dashboard.domain.queue_view import LONGEST_NAME, ORDERS
from layouts import ids
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.keys import kbd
from layouts.drawn import drawn_place


@dataclass(frozen=True, slots=True)
class Choices:
    """Counties and first-level categories to choose from, as (code, name); units come from the queue itself."""

    regions: tuple[tuple[str, str], ...]
    categories: tuple[tuple[str, str], ...]


def views_button(lang: str) -> html.Button:
    """Opens the panel; lit while anything but the filter chips narrows or orders the queue, and says by what."""
    return html.Button(
        [html.Span(text("desk.views.title", lang)), html.B("", id="desk-views-on"), kbd("V")],
        id="desk-views-button",
        className="chip",
        type="button",
        **attributes({"aria-expanded": "false"}),
    )


def views_frame(lang: str) -> html.Div:
    """The panel under the chips, hidden until it is asked for."""
    return html.Div(
        drawn_place(ids.DESK_VIEWS, class_name="views-body"),
        id="desk-views-panel",
        className="views-panel",
        hidden=True,
        role="dialog",
        **attributes({"aria-label": text("desk.views.title", lang)}),
    )


def views_panel(views: Mapping[str, Mapping[str, str]], choices: Choices, said: str, lang: str) -> html.Div:
    """What narrows the queue, a name to keep it under, and what is kept."""
    every = text("desk.views.every", lang)
    orders = [(one, text(f"desk.views.order.{one}", lang)) for one in ORDERS]
    return html.Div(
        [
            html.Div(
                [
                    _select("region", [("", every), *choices.regions], lang),
                    _select("unit", [("", every)], lang),
                    _select("category", [("", every), *choices.categories], lang),
                    _select("order", orders, lang),
                ],
                className="views-fields",
            ),
            html.Div([_kept(name, view, lang) for name, view in views.items()], className="views-kept"),
            html.Div(
                [
                    html.Div(
                        className="views-name",
                        **attributes(
                            {"data-placeholder": text("desk.views.name", lang), "data-max": str(LONGEST_NAME)}
                        ),
                    ),
                    html.Button(
                        [html.Span(text("desk.views.keep", lang)), kbd("⏎")],
                        type="button",
                        className="button small",
                        **attributes({"data-keep": "1"}),
                    ),
                    html.Button(
                        text("desk.views.clear", lang),
                        type="button",
                        className="button small",
                        **attributes({"data-clear": "1"}),
                    ),
                ],
                className="views-keep",
            ),
            html.P(said, className="bar-block", role="alert"),
        ]
    )


def _select(name: str, options: Sequence[tuple[str, str]], lang: str) -> html.Label:
    shown: list[Component] = [html.Option(label, value=value) for value, label in options]
    return html.Label(
        [html.Span(text(f"desk.views.{name}", lang)), html.Select(shown, **attributes({"data-narrow": name}))]
    )


def _kept(name: str, view: Mapping[str, str], lang: str) -> html.Span:
    return html.Span(
        [
            html.Button(
                name,
                type="button",
                className="view-apply",
                **attributes({"data-view": json.dumps(dict(view)), "data-name": name}),
            ),
            html.Button(
                "✕",
                type="button",
                className="view-drop",
                **attributes({"data-drop": name, "aria-label": text("desk.views.drop", lang, name=name)}),
            ),
        ],
        className="view-kept",
    )
