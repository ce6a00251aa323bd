"""The frame that every panel of the wall shares: a title, the time of its data, and slots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

_FRESH: Final[dict[str, Any]] = {"data-freshness": "fresh"}


def panel(
    name: str,
    title: str,
    children: Sequence[Component],
    *,
    note: str = "",
    dated: bool = True,
) -> Component:
    """Return the panel `wall-<name>`; `wall-<name>-as-of` holds the time of its data where `dated`.

    The freshness of the panel is set on it as `data-freshness` by the page's module.
    """
    heading: list[Component] = [html.H2(title)]
    if note:
        heading.append(html.Span(note, className="wall-note"))
    heading.append(slot(f"{name}-aside", "wall-aside"))
    if dated:
        heading.append(slot(f"{name}-as-of", "wall-as-of"))
    return html.Section(
        id=f"wall-{name}",
        className=f"wall-panel wall-{name}",
        children=[
            html.Div(heading, className="wall-heading"),
            html.Div(children, className="wall-body"),
            html.Div(className="wall-hatch"),
        ],
        **_FRESH,
    )


def slot(name: str, class_name: str = "") -> Component:
    """Return the empty element `wall-<name>` that the page's module paints."""
    return html.Div(id=f"wall-{name}", className=class_name)
