"""What a matter carries and what says the same: the drawer's part, and the forms to merge and to take apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.desk.clock_text import date_and_time, whole_minutes
from layouts.desk.form_fields import begin_button, form_choice, form_dialog, form_field, form_pick
from layouts.desk.forms import About, Option

Row = Mapping[str, Any]
SHOWN: Final = 3  # lines of each kind in the drawer; the forms have them all


def merging_part(
    carried: Sequence[Row], alike: Sequence[Row], *, may_merge: bool, lang: str
) -> Component | None:
    """The drawer's part: whom the matter answers for and who of them was called back; what is likely the same."""
    if not carried and not alike:
        return None
    return html.Div([*_carried(carried, may_merge, lang), *_alike(alike, may_merge, lang)])


def merge_form(about: About, alike: Sequence[Row], lang: str, numbers: str = "") -> html.Div:
    """The form that merges: what was proposed is ticked, others can be named by their numbers."""
    options = [
        Option(one["id"], f"{one['no']} {one['title']}", _why(one, lang), chosen=one["proposed"])
        for one in alike
    ]
    return form_dialog(
        "merge",
        about,
        [
            form_pick("matters", text("desk.merge.matters", lang), options, single=False, required=False),
            form_field(
                "numbers", text("desk.merge.numbers", lang), lang, required=False,
                placeholder=text("desk.merge.numbers_hint", lang), value=numbers,
            ),
            form_field("reason", text("desk.field.reason", lang), lang, required=False),
        ],
        lang,
        size="wide",
    )  # fmt: skip


def reject_form(about: About, alike: Sequence[Row], lang: str) -> html.Div:
    """The form that says that matters are not the same."""
    options = [Option(one["id"], f"{one['no']} {one['title']}", _why(one, lang)) for one in alike]
    return form_dialog(
        "reject_merge",
        about,
        [
            form_pick("matters", text("desk.merge.matters", lang), options, single=False),
            form_field("reason", text("desk.field.reason", lang), lang),
        ],
        lang,
        size="wide",
    )


def unmerge_form(about: About, carried: Sequence[Row], lang: str) -> html.Div:
    """The form that takes one matter out of its carrier."""
    options = [Option(one["id"], f"{one['no']} {one['title']}", _whose(one)) for one in carried]
    return form_dialog(
        "unmerge",
        about,
        [
            form_pick("matters", text("desk.merge.carried", lang), options, single=True),
            form_field("reason", text("desk.field.reason", lang), lang),
        ],
        lang,
        size="wide",
    )


def callback_form(about: About, carried: Sequence[Row], lang: str) -> html.Div:
    """The form in which one attempt to call back a merged citizen is recorded."""
    options = [
        Option(one["id"], f"{one['no']} {one['citizen']}", _called(one, lang), chosen=place == 0)
        for place, one in enumerate(carried)
    ]

    def alternatives(name: str, values: Sequence[str]) -> Component:
        named = [(value, text(f"desk.carried_callback.{name}.{value}", lang)) for value in values]
        return form_choice(name, text(f"desk.carried_callback.{name}", lang), named, values[0])

    return form_dialog(
        "carried_callback",
        about,
        [
            form_pick("matters", text("desk.merge.carried", lang), options, single=True),
            alternatives("result", ("answered", "no_answer", "wrong_number")),
            alternatives("resolved", ("unsaid", "yes", "no")),
            alternatives("satisfaction", ("unasked", "satisfied", "dissatisfied")),
            form_field("words", text("desk.carried_callback.words", lang), lang, required=False),
        ],
        lang,
        size="wide",
    )


def _carried(carried: Sequence[Row], may_merge: bool, lang: str) -> list[Component]:
    if not carried:
        return []
    called = sum(bool(one["called_back"]) for one in carried)
    buttons = (
        [
            begin_button("carried_callback", text("desk.act.carried_callback", lang)),
            begin_button("unmerge", text("desk.act.unmerge", lang)),
        ]
        if may_merge
        else []
    )
    waiting = [one for one in carried if not one["called_back"]] or list(carried)
    rest = len(carried) - min(len(waiting), SHOWN)
    return [
        _heading(
            text("desk.merge.carries", lang, count=len(carried)),
            text("desk.merge.called", lang, called=called, count=len(carried)),
            buttons,
        ),
        *(
            html.Div(
                [
                    html.Span(one["no"], className="second"),
                    html.Span(_whose(one)),
                    html.Span(_called(one, lang)),
                ],
                className="merge-line",
            )
            for one in waiting[:SHOWN]
        ),
        *([html.Div(text("desk.merge.rest", lang, count=rest), className="left-out")] if rest else []),
    ]


def _alike(alike: Sequence[Row], may_merge: bool, lang: str) -> list[Component]:
    if not alike:
        return []
    buttons = (
        [
            begin_button(
                "merge", text("desk.act.merge", lang), key="M", primary=any(one["proposed"] for one in alike)
            ),
            begin_button("reject_merge", text("desk.act.reject_merge", lang)),
        ]
        if may_merge
        else []
    )
    return [
        _heading(
            text("desk.merge.alike", lang, count=len(alike)), text("desk.merge.alike_hint", lang), buttons
        ),
        *(
            html.Div(
                [
                    html.Span(one["no"], className="second"),
                    html.Span(
                        f"{one['title']} {one['place']}".strip(), title=date_and_time(one["opened_at"])
                    ),
                    html.Span(_why(one, lang), className="why"),
                ],
                className="merge-line",
            )
            for one in alike[:SHOWN]
        ),
    ]


def _heading(title: str, hint: str, buttons: Sequence[Component]) -> html.Div:
    return html.Div(
        [html.B(title), html.Span(hint, className="provenance"), html.Span(list(buttons), className="push")],
        className="heading",
    )


def _why(one: Row, lang: str) -> str:
    return text(
        "desk.merge.why", lang, metres=one["metres"], minutes=whole_minutes(one["apart_ms"]),
        words=round(one["text"] * 100),
    )  # fmt: skip


def _whose(one: Row) -> str:
    return " ".join(part for part in (one["citizen"], one["title"]) if part)


def _called(one: Row, lang: str) -> str:
    if one["called_back"]:
        return text(f"desk.merge.proof.{one['called_back']}", lang)
    return text("desk.merge.tries" if one["tries"] else "desk.merge.not_called", lang, tries=one["tries"])
