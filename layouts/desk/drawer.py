"""The drawer: everything about the chosen matter, in the order in which an officer asks."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.domain.principal import Principal
from layouts import ids
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.keys import act_buttons
from layouts.drawn import drawn_place


def drawer(principal: Principal, lang: str) -> html.Section:
    """The drawer's frame; each part is filled by its own callback."""
    return html.Section(
        [
            html.Div(
                [
                    html.P("", id="desk-presence", className="presence", role="status", hidden=True),
                    drawn_place(ids.DESK_DRAWER_HEAD, nothing_chosen(lang)),
                    drawn_place(ids.DESK_GUARD),
                    drawn_place(ids.DESK_DRAWER_RECEIPTS),
                    drawn_place(ids.DESK_DRAWER_RECOMMENDED),
                    drawn_place(ids.DESK_DRAWER_DECISIONS),
                    drawn_place(ids.DESK_DRAWER_FEATURES),
                    drawn_place(ids.DESK_DRAWER_TIMELINE),
                ],
                className="drawer-parts",
            ),
            act_buttons(principal, lang),
        ],
        id="desk-drawer",
        className="pane drawer",
        tabIndex="-1",
    )


def part_of(matter_id: str, content: Component | Sequence[Component]) -> html.Div:
    """A part with the matter that it shows, by which the page knows a part that is still of the matter before."""
    return html.Div(content, **attributes({"data-of": matter_id}))


def nothing_chosen(lang: str) -> html.Div:
    """What the drawer says before a matter is chosen."""
    return html.Div(
        [html.B(text("desk.drawer.none", lang)), html.Span(text("desk.drawer.none_hint", lang))],
        className="empty",
    )


def heading(title: str, hint: str = "", right: Component | str = "") -> html.Div:
    """A part's heading: what it is, how to read it, and what stands at its right edge."""
    return html.Div(
        [html.B(title), html.Span(hint, className="provenance"), html.Span(right, className="push")],
        className="heading",
    )


def cannot_show(sentence: str) -> html.Div:
    """What a part says when the server did not give it."""
    return html.Div(html.Span(sentence), className="empty")
