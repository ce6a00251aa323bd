"""The whistle dialog: whom to call, what they must decide, who decides; held for one second to send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import sentence, text
from layouts.desk.attributes import attributes
from layouts.desk.dialog import dialog, field, hold_button, line_input, numbered_step
from layouts.desk.dispatch import find_field, receiver_attributes
from layouts.desk.found import Found, found_rows
from layouts.desk.glyphs import arrival, code
from layouts.desk.recommended import Suggestion, Suggestions, distance_text, minutes_text

AGENDA_ITEMS: Final = 4
TEXT_LIMIT: Final = 45  # characters that are read out or sent as a message


@dataclass(frozen=True, slots=True)
class WhistleUnit:
    """One unit as the dialog shows it.

    `now` says what it does at the moment, `is_busy` whether that is another whistle; `record` is how many of the last
    30 days' calls it came to in time, of how many; `hint` is what else is worth knowing.
    """

    suggestion: Suggestion
    now: str
    is_busy: bool
    record: str
    hint: str


@dataclass(frozen=True, slots=True)
class WhistlePath:
    """When what happens after the call, in minutes, as the policy's rows say."""

    answer: int
    amber: int
    red: int
    remind: int
    consult: int


@dataclass(frozen=True, slots=True)
class WhistleWords:
    """What the written fields begin with."""

    place: str
    decider: str
    fallback: str
    reception: str
    message: str


def whistle_dialog(
    *,
    about: Sequence[Component | str],
    words: WhistleWords,
    units: Sequence[WhistleUnit],
    suggestions: Suggestions,
    path: WhistlePath,
    clock: Component,
    draft_key: str,
    lang: str,
    agenda: str = "",
) -> html.Div:
    """The dialog for one matter; `draft_key` names where the browser keeps what was written and not sent.

    `agenda` is the first thing to decide, where the officer has written it already.
    """
    send = hold_button(text("desk.whistle.hold", lang), text("desk.hold.seconds", lang, held="0.0"))
    return dialog(
        "whistle",
        title=text("desk.act.whistle", lang),
        about=about,
        clock=clock,
        body=[
            numbered_step("1", text("desk.whistle.who", lang), text("desk.whistle.who_hint", lang)),
            find_field(lang),
            _units(units, lang),
            html.Div("", className="picked"),
            *[html.P(sentence(one), className="shortfall") for one in suggestions.shortfall],
            html.Div(
                [_agenda(words, agenda, lang), _afterwards(words, path, lang)], className="dialog-columns"
            ),
            _message(words.message, lang),
        ],
        send=html.Div([send, _draft_button(draft_key, lang)], className="foot-sends"),
        note=text("desk.whistle.note", lang),
        lang=lang,
    )


def _draft_button(draft_key: str, lang: str) -> html.Button:
    return html.Button(
        [html.Span(text("desk.whistle.draft", lang)), html.Kbd("^S")],
        type="button",
        className="button tall",
        **attributes(
            {
                "data-draft": draft_key,
                "data-saved": text("desk.whistle.draft_saved", lang),
                "data-restored": text("desk.whistle.draft_restored", lang),
            }
        ),
    )


def _units(units: Sequence[WhistleUnit], lang: str) -> html.Div:
    columns = ("", "unit", "role", "now", "distance", "arrival", "hands", "record", "why")
    widths = ("30px", "190px", "84px", "110px", "76px", "292px", "64px", "84px", "")
    return html.Div(
        html.Table(
            [
                html.Colgroup([html.Col(style={"width": width} if width else {}) for width in widths]),
                html.Thead(
                    html.Tr([html.Th(text(f"desk.whistle.{name}", lang) if name else "") for name in columns])
                ),
                html.Tbody([_row(one) for one in units if not one.suggestion.further]),
            ],
            className="units",
            **found_rows([_found(one) for one in units if one.suggestion.further], len(columns)),
        ),
        className="units-scroll",
    )


def _found(unit: WhistleUnit) -> Found:
    one = unit.suggestion
    said = [unit.now, distance_text(one.distance_m), minutes_text(one.minutes), unit.record, unit.hint]
    words = " · ".join(part for part in said if part not in ("", "–"))
    return Found(one.id, "unit", one.name, one.search, words, one.minutes, one.whistles)


def _row(unit: WhistleUnit) -> html.Tr:
    one = unit.suggestion
    busy = attributes({"data-state": "risk"}) if unit.is_busy else {}
    whistles: Component | str = html.B(str(one.whistles)) if one.whistles else "0"
    shown = receiver_attributes(one) | attributes(
        {"data-hands": str(one.whistles), "aria-selected": "true" if one.chosen else "false"}
    )
    return html.Tr(
        [
            html.Td(html.Span(className="tick")),
            html.Td([code(one.code), html.Span(one.name, className="unit-name")], title=one.name),
            html.Td(one.role_text, className="role-of"),
            html.Td(html.Span(unit.now, className="unit-now", **busy), title=unit.now),
            html.Td(distance_text(one.distance_m)),
            html.Td(arrival(one.minutes)),
            html.Td(html.Span(whistles, className="unit-now", **busy)),
            html.Td(unit.record, className="record"),
            html.Td(unit.hint, className="why", title=unit.hint),
        ],
        **shown,
    )


def _agenda(words: WhistleWords, first: str, lang: str) -> html.Div:
    items = [
        field(
            f"agenda-{number}",
            str(number),
            line_input(
                f"desk-field-agenda-{number}",
                text(f"desk.whistle.agenda_{'first' if number == 1 else 'more'}", lang),
                first if number == 1 else "",
            ),
        )
        for number in range(1, AGENDA_ITEMS + 1)
    ]
    pair = html.Div(
        [_written("place", words.place, lang), _written("reception", words.reception, lang)],
        className="field-pair",
    )
    return html.Div(
        [
            numbered_step("2", text("desk.whistle.what", lang), text("desk.whistle.what_hint", lang)),
            html.Div(items, className="agenda"),
            pair,
        ]
    )


def _afterwards(words: WhistleWords, path: WhistlePath, lang: str) -> html.Div:
    hint = text("desk.whistle.decides_hint", lang, remind=path.remind, consult=path.consult)
    pair = html.Div(
        [_written("decider", words.decider, lang), _written("fallback", words.fallback, lang)],
        className="field-pair",
    )
    return html.Div(
        [
            numbered_step("3", text("desk.whistle.decides", lang), hint),
            pair,
            html.Div(text("desk.whistle.path", lang), className="field-label path-label"),
            html.Div(_path(path, lang), className="path"),
        ]
    )


def _path(path: WhistlePath, lang: str) -> list[html.Div]:
    minutes = {"answer": path.answer, "amber": path.amber, "red": path.red}
    tones = {"amber": "risk", "red": "alarm"}
    steps = []
    for name in ("t0", "answer", "amber", "red", "confer", "leave"):
        known = minutes.get(name)
        when = (
            text("desk.whistle.path_minutes", lang, minutes=known)
            if known is not None
            else text(f"desk.whistle.path_{name}", lang)
        )
        steps.append(
            html.Div(
                [
                    html.B(when),
                    html.Span(text(f"desk.whistle.path_{name}_what", lang)),
                    html.Small(text(f"desk.whistle.path_{name}_then", lang)),
                ],
                className=tones.get(name, ""),
            )
        )
    return steps


def _message(message: str, lang: str) -> html.Div:
    control = line_input("desk-field-message", value=message, max_length=TEXT_LIMIT)
    label = text("desk.whistle.message", lang)
    hint = text("desk.whistle.message_hint", lang, limit=TEXT_LIMIT)
    return html.Div(
        [field("message", label, control, hint), html.Span("", className="message-count")],
        className="message-line",
        **attributes({"data-limit": str(TEXT_LIMIT)}),
    )


def _written(name: str, value: str, lang: str) -> html.Label:
    return field(name, text(f"desk.whistle.{name}", lang), line_input(f"desk-field-{name}", value=value))
