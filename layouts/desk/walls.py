"""The walls' controller on the desk: a button in the top bar and a panel that assets/desk/walls.mjs fills."""

from __future__ import annotations

from dash import html

from dashboard.domain.principal import Principal
from dashboard.domain.rights import may
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.keys import kbd


def walls_button(principal: Principal, lang: str) -> html.Button:
    """Opens the controller; P does the same. Hidden from whoever may not drive a wall."""
    return html.Button(
        [html.Span(text("desk.walls.button", lang)), kbd("P")],
        id="desk-walls-open",
        type="button",
        className="switch",
        hidden=not may(principal, "drive_wall"),
    )


def walls_panel(principal: Principal, lang: str) -> html.Section:
    """The controller, hidden until it is opened; it leaves the queue's clocks bare."""
    return html.Section(
        [
            html.Div(
                [
                    html.H2(text("desk.walls.title", lang)),
                    html.Span("", id="desk-walls-matter", className="provenance"),
                    html.Button(
                        [html.Span(text("desk.walls.close", lang)), kbd("Esc")],
                        id="desk-walls-close",
                        type="button",
                        className="button small push",
                    ),
                ],
                className="heading",
            ),
            html.Div(
                id="desk-walls-list",
                role="radiogroup",
                **attributes({"aria-label": text("desk.walls.title", lang)}),
            ),
            html.Div(id="desk-walls-acts"),
            html.P("", id="desk-walls-refusal", className="walls-refusal", role="alert", hidden=True),
        ],
        id="desk-walls",
        className="walls-panel",
        hidden=True,
        role="dialog",
        **attributes(
            {
                "aria-label": text("desk.walls.title", lang),
                "data-may": "1" if may(principal, "drive_wall") else "0",
            }
        ),
    )
