"""Small parts of every administrator's page: outcomes, tables with a head, empty and waiting places."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.clock_text import date_and_time

SEARCHED_FROM: Final = 20  # more options than one sees at once


def headline(words: str) -> html.H1:
    """A section's name; the keyboard comes here when the section is opened."""
    return html.H1(words, **attributes({"tabIndex": "-1"}))


def done(sentence: str) -> html.P:
    """What an act did."""
    return html.P(sentence, className="done", role="status")


def refused(sentence: str) -> html.P:
    """Why an act was not done."""
    return html.P(sentence, className="refused", role="alert")


def waiting(lang: str) -> html.P:
    """Stands where the first answer of the server will be."""
    return html.P(text("admin.waiting", lang), className="empty")


def empty(headline: str, sentence: str) -> html.Div:
    """Nothing to show is said, with what that means."""
    return html.Div([html.B(headline), html.Span(sentence)], className="empty")


def table(
    names: Sequence[str],
    prefix: str,
    rows: Sequence[Component],
    lang: str,
    classes: str = "",
    numbers: Collection[str] = (),
) -> html.Div:
    """A table with a head from the catalogue; it scrolls by itself where the page is narrower.

    `numbers` are the columns whose cells have the class "number".
    """
    heads = [text(f"{prefix}.{name}", lang) for name in names]
    return headed(heads, rows, classes, [name in numbers for name in names])


def headed(
    heads: Sequence[str], rows: Sequence[Component], classes: str = "", numbers: Sequence[bool] = ()
) -> html.Div:
    """A table under these heads; `numbers` says of each column whether it holds numbers."""
    marks = [*numbers, *[False] * (len(heads) - len(numbers))]
    head = html.Tr(
        [
            html.Th(one, scope="col", className="number" if is_number else "")
            for one, is_number in zip(heads, marks, strict=True)
        ]
    )
    return html.Div(
        html.Table([html.Thead(head), html.Tbody(list(rows))], className=classes),
        className="table-scroll",
        **attributes({"tabIndex": "0"}),
    )


def cells(values: Sequence[Any]) -> html.Tr:
    """A row of plain cells."""
    return html.Tr([html.Td(one) for one in values])


def button(element_id: str, label: str, classes: str = "") -> html.Button:
    """A button that a callback listens to."""
    return html.Button(label, id=element_id, type="button", n_clicks=0, className=classes)


def ask_button(label: str, ask: str, of: str = "", classes: str = "", store: str = "") -> html.Button:
    """A button that the page's module turns into an ask: it may be drawn anywhere and any number of times.

    `store` is the id of the store that the ask goes into, the policy's where none is named.
    """
    marks = {"data-ask": ask, "data-of": of} | ({"data-asked": store} if store else {})
    return html.Button(label, type="button", className=classes, **attributes(marks))


def sure(label: str, sentence: str, act: Component) -> html.Details:
    """An act that cannot be taken back: what it means is read before the button that does it is there."""
    return html.Details(
        [html.Summary(label), html.Div([html.Span(sentence), act], className="line")], className="sure"
    )


def revoking(revoked_at: int | None, key_id: str, means: str, store: str, lang: str) -> Component:
    """The act that revokes a token or a key, with what it `means`; of one that is revoked already since when."""
    if revoked_at:
        return html.Span(
            text("admin.token.revoked", lang, at=date_and_time(int(revoked_at))), className="third"
        )
    now = ask_button(text("admin.token.revoke_now", lang), "revoke", key_id, "small", store)
    return sure(text("admin.token.revoke", lang), means, now)


def labelled(label: str, field: Component, hint: str = "") -> html.Div:
    """A field under its label."""
    named = getattr(field, "id", "")
    parts: list[Any] = [html.Label(label, htmlFor=named), field]
    if hint:
        parts.append(html.Span(hint, className="third"))
    # Dash names a list of options by what is chosen in it; the group says of what.
    return html.Div(parts, className="labelled", role="group", **attributes({"aria-label": label}))


# Dash fills the count into its own place in the last one.
PICK_LABELS: Final = (
    "search", "clear_search", "clear_selection", "no_options_found", "select_all", "deselect_all", "selected_count",
)  # fmt: skip


def pick(
    element_id: str,
    options: Sequence[tuple[str, str]],
    chosen: str | list[str] | None,
    lang: str,
    *,
    placeholder: str = "",
) -> dcc.Dropdown:
    """One of several (code, word), or some where `chosen` is a list; with a `placeholder` it may also be left open.

    Long lists can be searched.
    """
    labels: Any = {
        name: text(f"admin.pick.{name}", lang, num_selected="{num_selected}") for name in PICK_LABELS
    }
    return dcc.Dropdown(
        [{"value": code, "label": label} for code, label in options],
        chosen,
        id=element_id,
        multi=isinstance(chosen, list),
        clearable=bool(placeholder),
        placeholder=placeholder,
        searchable=len(options) > SEARCHED_FROM,
        labels=labels,
        className="pick",
    )


def in_language(one: Mapping[str, Any], name: str, lang: str) -> str:
    """Return a text that stands in a row in both languages."""
    return str(one[f"{name}_en"] if lang == "en" else one[name])
