"""The small dialogs: each asks for a few words and sends one act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import sentence, text
from layouts.desk.attributes import attributes
from layouts.desk.dialog import choice, dialog, field, line_input, send_button
from layouts.desk.dispatch import find_field
from layouts.desk.found import Found, found_rows

About = Sequence[Component | str]


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be picked: its id, its name, and what is worth knowing about it; `locked` stays as it is."""

    id: str
    name: str
    hint: str = ""
    chosen: bool = False
    search: str = ""
    further: bool = False
    locked: bool = False


def decision_form(
    about: About, items: Sequence[Option], units: Sequence[tuple[str, str]], lang: str, words: str = ""
) -> html.Div:
    """Record one decision: which agenda item, what was decided, who does it, until when, who checks.

    `units` are those that were called, as (id, name): the one that does it may then say itself that it is done.
    """
    pair = html.Div(
        [
            _line("decision", lang, value=words),
            _line("owner", lang),
            _line("due", lang),
            _line("verifier", lang),
        ],
        className="field-pair",
    )
    nobody = ("", text("desk.decision.no_unit", lang))
    owner = html.Div(
        [
            html.Span(text("desk.decision.owner_unit", lang), className="field-label"),
            choice("owner_unit", [nobody, *units], ""),
        ],
        className="field",
    )
    return _form("decision", about, [_pick("agenda_item", items, lang), pair, owner], lang)


def consultation_form(about: About, lang: str) -> html.Div:
    """Raise an undecided whistle to a consultation: who hosts it, and when it meets next."""
    return _form(
        "consultation",
        about,
        [html.Div([_line("host", lang), _line("next", lang)], className="field-pair")],
        lang,
    )


def transfer_form(about: About, units: Sequence[Option], lang: str, words: str = "") -> html.Div:
    """Give the matter to another unit, with a reason; its clock goes on."""
    return _form(
        "transfer",
        about,
        [find_field(lang), _pick("unit", units, lang), _line("reason", lang, value=words)],
        lang,
    )


def supervise_form(about: About, lang: str, words: str = "") -> html.Div:
    """Put formal, written pressure on the unit."""
    return _form("supervise", about, [_line("reason", lang, value=words)], lang)


def urge_form(about: About, receivers: Sequence[str], lang: str, words: str = "") -> html.Div:
    """Urge those who have not answered; shows who they are before anything is sent."""
    names = text("desk.join.names", lang).join(receivers) or text("desk.urge.nobody", lang)
    who = html.P([text("desk.urge.who", lang), " ", html.B(names)], className="second")
    return _form("urge", about, [who, _line("reason", lang, "optional", words)], lang)


def note_form(about: About, lang: str) -> html.Div:
    """Write a line into the matter's timeline."""
    return _form("note", about, [_line("note", lang)], lang)


def leave_form(about: About, on_site: Sequence[Option], lang: str) -> html.Div:
    """Ask for a unit's withdrawal; the server checks that everything is decided."""
    return _form("leave", about, [_pick("receiver", on_site, lang)], lang)


def reveal_form(about: About, duty: Sequence[tuple[str, str | None]], lang: str) -> html.Div:
    """Whom to ring up: the duty numbers of the units on the matter, (name, number or None); the citizen's full name
    and number follow a reason, which goes into the audit log."""
    lines = [
        html.P(
            text("desk.phone.number", lang, name=name, phone=phone)
            if phone
            else text("desk.phone.unlisted", lang, name=name)
        )
        for name, phone in duty
    ]
    shown = html.Div(
        [
            html.Div(text("desk.phone.duty", lang), className="field-label"),
            *(lines or [html.P(text("desk.phone.nobody", lang), className="second")]),
        ],
        className="duty-numbers",
    )
    return _form("reveal", about, [shown, _line("reason", lang)], lang)


def no_form(sentence: str, lang: str) -> html.Div:
    """Shown instead of a form when the matter can no longer be read."""
    return dialog(
        "none",
        title=text("desk.dialog.cannot", lang),
        about="",
        body=[html.P(sentence)],
        send=html.Span(),
        note="",
        lang=lang,
    )


def _form(act: str, about: About, body: list[Component], lang: str) -> html.Div:
    return dialog(
        act,
        title=text(f"desk.act.{act}", lang),
        about=about,
        body=body,
        send=send_button(text(f"desk.{act}.send", lang)),
        note=text(f"desk.{act}.note", lang),
        lang=lang,
        size="small",
    )


def _line(name: str, lang: str, hint_key: str = "required", value: str = "") -> Component:
    return field(
        name,
        text(f"desk.field.{name}", lang),
        line_input(f"desk-field-{name}", text(f"desk.field.{name}_hint", lang), value),
        text(f"desk.field.{hint_key}", lang),
    )


def _pick(name: str, options: Sequence[Option], lang: str) -> Component:
    return pick_table(name, text(f"desk.field.{name}", lang), options, single=True)


def _pick_columns() -> html.Colgroup:
    """The tick, the name, and what is worth knowing, which is the shorter of the two."""
    return html.Colgroup([html.Col(style={"width": width} if width else {}) for width in ("30px", "", "38%")])


def pick_table(name: str, label: str, options: Sequence[Option], *, single: bool) -> Component:
    """Rows of which one (`single`) or several can be ticked."""
    rows = [
        html.Tr(
            [
                html.Td(html.Span(className="tick")),
                html.Td(html.Span(one.name, className="unit-name"), title=one.name),
                html.Td(one.hint, className="why", title=one.hint),
            ],
            **attributes(
                {
                    "data-receiver": one.id,
                    "data-kind": name,
                    "data-role": "",
                    "data-name": one.name,
                    "data-search": one.search.lower(),
                    "aria-selected": "true" if one.chosen else "false",
                    **({"data-locked": "1"} if one.locked else {}),
                }
            ),
        )
        for one in options
        if not one.further
    ]
    found = [
        Found(one.id, name, one.name, one.search or one.name, one.hint) for one in options if one.further
    ]
    table = attributes({"data-single": "1"} if single else {}) | (found_rows(found, 3) if found else {})
    return html.Div(
        [
            html.Div(sentence(label), className="field-label"),
            html.Div(
                html.Table([_pick_columns(), html.Tbody(rows)], className="units", **table),
                className="units-scroll short",
                role="group",
                tabIndex="0",  # it scrolls, and none of its rows takes the focus
                **attributes({"aria-label": sentence(label)}),
            ),
        ]
    )
