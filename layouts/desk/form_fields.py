"""Fields of a form act: the page module sends each under its name, whatever the form is.

Every field carries `data-field` (its name), `data-required` and `data-kind`: text, long (several lines), time
(`HH:MM` or `+N` minutes, sent as an instant), date (`MM-DD HH:MM`, sent as an instant), past (the same, but the
last such minute instead of the next), number, or list (one of many, under headings).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Literal

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import sentence, text
from layouts.desk.attributes import attributes
from layouts.desk.dialog import choice, dialog, hold_button, send_button
from layouts.desk.forms import About, Option, pick_table

FieldKind = Literal["text", "long", "time", "date", "past", "number"]


def form_dialog(
    act: str, about: About, body: list[Component], lang: str, *, hold: bool = False, size: str = "small"
) -> html.Div:
    """The dialog of a form act; with `hold` it sends only after being held, because it reaches many at once."""
    label = text(f"desk.{act}.send", lang)
    return dialog(
        act,
        title=text(f"desk.act.{act}", lang),
        about=about,
        body=body,
        send=hold_button(label, text("desk.hold.seconds", lang, held="0.0")) if hold else send_button(label),
        note=text(f"desk.{act}.note", lang),
        lang=lang,
        size=size,
    )


def form_field(
    name: str,
    label: str,
    lang: str,
    *,
    kind: FieldKind = "text",
    required: bool = True,
    value: str = "",
    placeholder: str = "",
    max_length: int = 500,
) -> html.Label:
    """One written field; the page module puts the plain control there."""
    hint = text("desk.field.required" if required else "desk.field.optional", lang)
    place = html.Div(
        className="line-input",
        **attributes(
            {
                "data-input": f"desk-form-{name}",
                "data-placeholder": placeholder,
                "data-value": value,
                "data-max": str(max_length),
                "data-kind": kind,
            }
        ),
    )
    return html.Label(
        [html.Span([sentence(label), html.Em(hint)], className="field-label"), place],
        className="field",
        **attributes(
            {
                "data-field": name,
                "data-kind": kind,
                "data-required": "1" if required else "0",
                "data-label": label,
            }
        ),
    )


def form_list(
    name: str, label: str, lang: str, groups: Sequence[tuple[str, Sequence[tuple[str, str]]]]
) -> html.Label:
    """One of a long list `(value, label)`, under headings; nothing is chosen for the officer."""
    place = html.Div(
        className="line-input",
        **attributes(
            {
                "data-input": f"desk-form-{name}",
                "data-kind": "list",
                "data-placeholder": text("desk.field.choose", lang),
                "data-groups": json.dumps(groups, ensure_ascii=False),
            }
        ),
    )
    return html.Label(
        [html.Span([label, html.Em(text("desk.field.required", lang))], className="field-label"), place],
        className="field",
        **attributes({"data-field": name, "data-kind": "list", "data-required": "1", "data-label": label}),
    )


def form_choice(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str) -> html.Div:
    """A row of alternatives `(value, label)`, one of which is on."""
    return html.Div(
        [html.Span(sentence(label), className="field-label"), choice(name, list(options), chosen)],
        className="field",
    )


def form_pick(
    name: str, label: str, options: Sequence[Option], *, single: bool, required: bool = True
) -> html.Div:
    """Rows to tick, sent as `picked`; at most one such table in a form."""
    return html.Div(
        pick_table(name, label, options, single=single),
        **attributes({"data-pick": name, "data-required": "1" if required else "0", "data-label": label}),
    )


def begin_button(
    act: str, label: str, args: Mapping[str, str] | None = None, *, key: str = "", primary: bool = False,
    disabled: bool = False, title: str = "",
) -> html.Button:  # fmt: skip
    """A button that opens the form of an act; `args` come back with it (`Asked.arg`)."""
    cap = [html.Kbd(key)] if key else []
    return html.Button(
        [html.Span(sentence(label)), *cap],
        type="button",
        className="button small primary" if primary else "button small",
        disabled=disabled,
        title=title,
        **attributes(
            {"data-begin-form": act, **{f"data-arg-{name}": value for name, value in (args or {}).items()}}
        ),
    )
