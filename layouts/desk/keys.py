"""The desk's keys: one table for the buttons, the footer, the help sheet and the page module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from dash import html

from dashboard.domain.principal import Principal
from dashboard.domain.rights import may
from layouts.catalogue import sentence, text
from layouts.desk.attributes import attributes

Reach = Literal["room", "outside"]
"""`room` stays in the centre; `outside` reaches other people, so it needs Enter or a hold."""


@dataclass(frozen=True, slots=True)
class ActKey:
    """One act and the letter that starts it."""

    act: str
    key: str
    reach: Reach
    right: str
    primary: bool = False
    has_button: bool = True


ACT_KEYS: Final[tuple[ActKey, ...]] = (
    ActKey("dispatch", "D", "outside", "dispatch", primary=True),
    ActKey("whistle", "W", "outside", "raise_whistle"),
    ActKey("transfer", "T", "outside", "transfer"),
    ActKey("supervise", "S", "outside", "supervise"),
    ActKey("urge", "U", "outside", "urge"),
    ActKey("acknowledge", "A", "room", "acknowledge"),
    ActKey("reveal", "C", "room", "reveal_citizen", has_button=False),  # stands beside the citizen
    ActKey("decision", "R", "room", "record_decision"),
    ActKey("consultation", "O", "outside", "raise_to_consultation"),
    ActKey("note", "E", "room", "note"),
    ActKey("leave", "L", "outside", "request_leave"),
)

FORM_KEYS: Final[tuple[ActKey, ...]] = (
    ActKey("register_dispute", "N", "room", "register_dispute"),
    ActKey("merge", "M", "room", "merge"),
    ActKey("handover", "H", "room", "take_post"),
    ActKey("walls", "P", "room", "drive_wall"),
)
"""Letters of forms that features add: `FORM_LETTERS` of assets/desk/keyboard.mjs, help text `desk.help.<act>`."""

FOOTER_KEYS: Final[tuple[tuple[str, ...], ...]] = (
    ("J", "K", "desk.key.move"),
    ("⏎", "desk.key.open"),
    ("Space", "desk.key.tick"),
    ("/", "desk.key.bar"),
    ("1–7", "desk.key.filter"),
    ("V", "desk.key.views"),
    ("G", "M T D", "desk.key.go"),
    ("F", "desk.key.follow"),
    ("X", "desk.key.second_screen"),
    ("A", "desk.act.acknowledge"),
    ("Z", "desk.key.undo"),
    ("Esc", "desk.key.leave"),
    ("?", "desk.key.all"),
)


SAID_ELSEWHERE: Final = frozenset(
    {"desk.key.views", "desk.key.follow", "desk.key.second_screen", "desk.key.leave"}
)
"""Keys that the footer leaves out: their caps stand on the control itself, or on every dialog."""


def kbd(key: str) -> html.Kbd:
    """One key cap."""
    return html.Kbd(key)


def keys_of(principal: Principal) -> tuple[ActKey, ...]:
    """The acts that the officer's role may do; a key that does not work is not shown."""
    return tuple(entry for entry in ACT_KEYS if may(principal, entry.right))


def act_buttons(principal: Principal, lang: str) -> html.Div:
    """The act buttons under the drawer; the page module enables them by the state of the chosen matter."""
    return html.Div(
        [_act_button(entry, lang) for entry in keys_of(principal) if entry.has_button], className="acts"
    )


def _act_button(entry: ActKey, lang: str) -> html.Button:
    return html.Button(
        [html.Span(text(f"desk.act.{entry.act}", lang)), kbd(entry.key)],
        className="button primary" if entry.primary else "button",
        type="button",
        disabled=True,
        **attributes({"data-act": entry.act, "data-key": entry.key.lower()}),
    )


def footer(principal: Principal, lang: str) -> html.Footer:
    """The line of keys at the bottom of the desk."""
    hints = [
        html.Span([*(kbd(cap) for cap in caps), html.Span(text(label, lang))])
        for *caps, label in FOOTER_KEYS
        if label not in SAID_ELSEWHERE and (label != "desk.act.acknowledge" or may(principal, "acknowledge"))
    ]
    return html.Footer(
        [
            *hints,
            html.B("", id="desk-undo-said", role="status"),
            html.Span(text("desk.key.rule", lang), className="provenance push"),
        ],
        className="desk-foot",
    )


def help_sheet(principal: Principal, lang: str) -> html.Div:
    """All keys, shown by `?`; hidden until then."""
    rows = [
        *(([entry.key], f"desk.help.{entry.act}") for entry in keys_of(principal)),
        *(([entry.key], f"desk.help.{entry.act}") for entry in FORM_KEYS if may(principal, entry.right)),
        *((list(caps), label) for *caps, label in FOOTER_KEYS if label != "desk.act.acknowledge"),
    ]
    return html.Div(
        [
            html.H2(text("desk.key.all", lang), id="desk-help-title"),
            html.Dl(
                [
                    part
                    for caps, label in rows
                    for part in (html.Dt([kbd(cap) for cap in caps]), html.Dd(sentence(text(label, lang))))
                ]
            ),
            html.P(text("desk.key.rule", lang), className="provenance"),
        ],
        id="desk-help",
        className="help-sheet",
        hidden=True,
        role="dialog",
        **attributes({"aria-labelledby": "desk-help-title"}),
    )
