"""The whistle dialog: whom to call, what they must decide, who decides; held for one second to send."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.dialog import dialog, field, hold_button, line_input, numbered_step
from layouts.desk.dispatch import find_field, receiver_attributes
from layouts.desk.glyphs import arrival, code
from layouts.desk.recommended import Suggestion, Suggestions, distance_text

AGENDA_ITEMS = 4
TEXT_LIMIT = 45  # characters that are read out or sent as a message


def whistle_dialog(
    *,
    about: Sequence[Component | str],
    place: str,
    decider: str,
    suggestions: Suggestions,
    clock: Component,
    lang: str,
) -> html.Div:
    """The dialog for one matter; `suggestions` holds units only, each with its predicted arrival."""
    return dialog(
        "whistle",
        title=text("desk.act.whistle", lang),
        about=about,
        clock=clock,
        body=[
            numbered_step("1", text("desk.whistle.who", lang), text("desk.whistle.who_hint", lang)),
            find_field(lang),
            _units(suggestions, lang),
            html.Div("", className="picked"),
            *[html.P(sentence, className="shortfall") for sentence in suggestions.shortfall],
            html.Div([_agenda(place, lang), _afterwards(decider, lang)], className="dialog-columns"),
        ],
        send=hold_button(text("desk.whistle.hold", lang), text("desk.hold.seconds", lang, held="0.0")),
        note=text("desk.whistle.note", lang),
        lang=lang,
    )


def _units(suggestions: Suggestions, lang: str) -> html.Div:
    columns = ("", "unit", "role", "distance", "arrival", "hands", "why")
    widths = ("30px", "240px", "130px", "86px", "310px", "76px", "")
    return html.Div(
        html.Table(
            [
                html.Colgroup([html.Col(style={"width": width} if width else {}) for width in widths]),
                html.Thead(
                    html.Tr([html.Th(text(f"desk.whistle.{name}", lang) if name else "") for name in columns])
                ),
                html.Tbody([_row(one) for one in suggestions.candidates]),
            ],
            className="units",
        ),
        className="units-scroll",
    )


def _row(one: Suggestion) -> html.Tr:
    return html.Tr(
        [
            html.Td(html.Span(className="tick")),
            html.Td([code(one.code), html.Span(one.name, className="unit-name")], title=one.name),
            html.Td(one.role_text, className="role-of"),
            html.Td(distance_text(one.distance_m)),
            html.Td(arrival(one.minutes)),
            html.Td(html.B(str(one.whistles)) if one.whistles else "0"),
            html.Td(one.reasons, className="why", title=one.reasons),
        ],
        **receiver_attributes(one),
        **attributes({"aria-selected": "true" if one.chosen else "false"}),
    )


def _agenda(place: str, lang: str) -> html.Div:
    items = [
        field(
            f"agenda-{number}",
            str(number),
            line_input(
                f"desk-field-agenda-{number}",
                text(f"desk.whistle.agenda_{'first' if number == 1 else 'more'}", lang),
            ),
        )
        for number in range(1, AGENDA_ITEMS + 1)
    ]
    return html.Div(
        [
            numbered_step("2", text("desk.whistle.what", lang), text("desk.whistle.what_hint", lang)),
            html.Div(items, className="agenda"),
            field("place", text("desk.whistle.place", lang), line_input("desk-field-place", value=place)),
        ]
    )


def _afterwards(decider: str, lang: str) -> html.Div:
    steps = (("t0", ""), ("answer", ""), ("amber", "risk"), ("red", "alarm"), ("confer", ""), ("leave", ""))
    path = [
        html.Div(
            [
                html.B(text(f"desk.whistle.path_{name}", lang)),
                html.Span(text(f"desk.whistle.path_{name}_what", lang)),
                html.Small(text(f"desk.whistle.path_{name}_then", lang)),
            ],
            className=tone,
        )
        for name, tone in steps
    ]
    return html.Div(
        [
            numbered_step("3", text("desk.whistle.decides", lang), text("desk.whistle.decides_hint", lang)),
            field(
                "decider", text("desk.whistle.decider", lang), line_input("desk-field-decider", value=decider)
            ),
            html.Div(text("desk.whistle.path", lang), className="field-label", style={"marginTop": "14px"}),
            html.Div(path, className="path"),
        ]
    )
