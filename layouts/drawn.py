"""A component tree as one value, which the page draws whole.

Dash keeps a wrapper for every component of its own, and after drawing, each new wrapper lets the store tell every
wrapper on the page. A drawer of 440 elements cost 1.5 s of script that way, most of it in telling. What is only read,
never an input of a callback, is therefore sent as the value of one attribute; `assets/desk/drawn.mjs` gives it to the
same React without the wrappers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from layouts.desk.attributes import attributes

DRAWN: Final = "data-drawn"
"""The attribute that carries the tree: the property of a callback's output."""


def drawn(content: Component | Sequence[Component] | None) -> str:
    """Return `content` as the attribute's value; nothing at all is the empty string."""
    if content is None:
        return ""
    return json.dumps(content, default=_plain, ensure_ascii=False, separators=(",", ":"))


def drawn_place(element_id: str, content: Component | None = None, class_name: str = "") -> html.Div:
    """The element whose content the page draws, and what it shows at first."""
    return html.Div(id=element_id, className=class_name, **attributes({DRAWN: drawn(content)}))


def _plain(value: Any) -> Any:
    if isinstance(value, Component):
        return value.to_plotly_json()  # type: ignore[no-untyped-call]
    raise TypeError(f"{type(value).__name__} is no part of a component tree")
