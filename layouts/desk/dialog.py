"""The frame in which every dialog of the desk opens, and the pieces they share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.catalogue import sentence, text
from layouts.desk.attributes import attributes
from layouts.drawn import drawn_place

ACTS: Final = (
    "dispatch",
    "whistle",
    "transfer",
    "supervise",
    "urge",
    "acknowledge",
    "decision",
    "consultation",
    "note",
    "leave",
    "reveal",
    "form",
)
"""Every act that the desk can ask for; each has its own request store, callback and outcome.

`form` stands for every act of `callbacks.desk.features`: they share one store and name themselves inside it.
"""


def dialog_frame() -> html.Div:
    """The dialog and the places where outcomes are told; the veil leaves the queue's first column bare."""
    return html.Div(
        [
            html.Div(className="veil", id="desk-veil", hidden=True),
            html.Div(
                [drawn_place(ids.DESK_DIALOG_BODY, class_name="dialog-body")],
                id=ids.DESK_DIALOG,
                className="dialog",
                role="dialog",
                hidden=True,
                tabIndex="-1",
                **attributes({"aria-labelledby": ids.DESK_DIALOG_TITLE}),
            ),
            html.Div(
                [html.Div(id=ids.act_outcome(act), className="outcome-slot") for act in ACTS],
                id="desk-outcomes",
                className="outcomes",
                role="status",
            ),
        ]
    )


def stores() -> list[Component]:
    """The stores through which the page module speaks to the callbacks."""
    names = [
        ids.DESK_SELECTED,
        ids.DESK_RECOMMEND_FOR,
        ids.DESK_DIALOG_FOR,
        ids.DESK_LINE,
        ids.DESK_VIEWS_ASKED,
        ids.DESK_ADVICE,
        *(ids.act_request(a) for a in ACTS),
    ]
    return [dcc.Store(id=name, storage_type="memory") for name in names]


def dialog(
    act: str,
    *,
    title: str,
    about: Sequence[Component | str] | str,
    body: list[Component],
    send: Component,
    note: str,
    lang: str,
    clock: Component | None = None,
    size: str = "wide",
) -> html.Div:
    """One dialog: heading, what it asks, and a foot with the sending control, Esc, and what sending means."""
    return html.Div(
        [
            html.Div(
                [
                    html.H2(sentence(title), id=ids.DESK_DIALOG_TITLE),
                    html.Span(about, className="about"),
                    html.Div(clock or "", className="push"),
                ],
                className="dialog-head",
            ),
            html.Div(body, className="dialog-fields"),
            html.P("", className="dialog-refusal", role="alert", hidden=True),
            html.Div(
                [
                    send,
                    html.Button(
                        [text("desk.dialog.close", lang), html.Kbd("Esc")],
                        type="button",
                        className="button tall",
                        **attributes({"data-close": "1"}),
                    ),
                    html.Span(note, className="provenance push"),
                ],
                className="dialog-foot",
            ),
        ],
        className=f"dialog-content {act}",
        **attributes({"data-dialog": act, "data-size": size}),
    )


def numbered_step(number: str, title: str, hint: str) -> html.Div:
    """The heading of one part of a dialog that is filled in step by step."""
    return html.Div(
        [html.Span(number), html.Span(title), html.Span(hint, className="provenance")], className="step"
    )


def send_button(label: str, key: str = "⏎") -> html.Button:
    """The primary control of a dialog that sends on Enter."""
    return html.Button(
        [html.B(label), html.Kbd(key)],
        type="button",
        className="button primary tall",
        **attributes({"data-send": "1"}),
    )


def hold_button(label: str, hint: str) -> html.Button:
    """The primary control of a dialog that sends only after being held for one second."""
    return html.Button(
        [html.Span(className="hold-progress"), html.B(label), html.Span(hint, className="hold-seconds")],
        type="button",
        className="button primary tall hold",
        **attributes({"data-hold": "1"}),
    )


def field(name: str, label: str, control: Component, hint: str = "") -> html.Label:
    """A labelled control whose value the page module sends under `name`."""
    return html.Label(
        [html.Span([sentence(label), html.Em(hint)], className="field-label"), control],
        className="field",
        **attributes({"data-field": name}),
    )


def line_input(element_id: str, placeholder: str = "", value: str = "", max_length: int = 120) -> html.Div:
    """The place of a one-line text control with the id `element_id`; the page module puts a plain input there.

    Not `dcc.Input`: it sets its value back from React's state, and at typing speed that loses characters.
    """
    return html.Div(
        className="line-input",
        **attributes(
            {
                "data-input": element_id,
                "data-placeholder": placeholder,
                "data-value": value,
                "data-max": str(max_length),
            }
        ),
    )


def choice(name: str, options: list[tuple[str, str]], chosen: str) -> html.Div:
    """A row of alternatives, one of which is on; the page module switches them with a click or arrows."""
    buttons: list[Any] = [
        html.Button(
            sentence(label),
            type="button",
            className="segment on" if value == chosen else "segment",
            **attributes({"data-value": value}),
        )
        for value, label in options
    ]
    return html.Div(buttons, className="choice", **attributes({"data-choice": name}))
