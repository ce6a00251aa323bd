"""The desk's top bar: who is on, how fresh the picture is, the clock."""

from __future__ import annotations

from dash import html

from dashboard.domain.principal import Principal
from dashboard.domain.rights import may
from layouts.catalogue import text
from layouts.desk.shift import posts_line
from layouts.desk.tellings import told_button
from layouts.desk.walls import walls_button


def top_bar(principal: Principal, *, lang: str, jurisdiction_name: str, demonstration: bool) -> html.Header:
    """Brand, screens, who acts where, freshness, switches and the city's clock.

    The page module fills `desk-fresh`, `desk-late-feeds` and `desk-clock` from the live picture.
    """
    return html.Header(
        [
            html.Span(text("desk.brand", lang), className="brand"),
            html.Nav(
                [
                    html.A(
                        [text("desk.nav.desk", lang), html.Sup("", id="desk-nav-overdue")],
                        href="#",
                        className="on",
                    ),
                    *(
                        [html.A(text("desk.nav.hotline", lang), href="/hotline")]
                        if may(principal, "see_hotline")
                        else []
                    ),
                    html.A(text("desk.nav.wall", lang), href="/wall", target="_blank"),
                ]
            ),
            html.Span(
                [
                    html.Span(text(f"desk.role.{principal.role}", lang), className="provenance"),
                    html.B(principal.name),
                    html.Span(jurisdiction_name),
                ],
                className="who",
            ),
            posts_line(),
            fresh_mark(),
            html.Span("", id="desk-late-feeds", className="fresh late"),
            html.Span(className="push"),
            told_button(lang),
            walls_button(principal, lang),
            *([demonstration_tag(lang)] if demonstration else []),
            _switch("desk-theme", text("desk.switch.theme", lang)),
            _switch("desk-language", text("desk.switch.language", lang)),
            html.A(text("sign_in.own", lang), href="/sign-in/password", className="switch"),
            html.Form(
                html.Button(text("desk.sign_out", lang), type="submit", className="switch"),
                action="/sign-out",
                method="POST",
            ),
            html.Span("", id="desk-clock", className="clock-face top-clock"),
        ],
        className="desk-top",
    )


def fresh_mark() -> html.Span:
    """How old the newest frame is, or that none comes; filled by the page module."""
    return html.Span([html.I(), html.Span("", id="desk-fresh")], className="fresh", id="desk-fresh-mark")


def demonstration_tag(lang: str) -> html.Span:
    """The mark of demonstration data, which no screen is without."""
    return html.Span(
        [html.Em(className="demonstration-stripe"), html.B(text("desk.demonstration", lang))],
        className="demonstration-tag",
    )


def _switch(element_id: str, label: str) -> html.Button:
    return html.Button(label, id=element_id, type="button", className="switch")


def connection_bar() -> html.Div:
    """Shown by the page module while the server is not heard: writing is off, clocks go on locally."""
    return html.Div(id="desk-connection", className="connection-bar", hidden=True, role="status")
