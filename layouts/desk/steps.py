"""How a matter may go on: its steps as buttons, what stands against each, its cards, bounces and call-backs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dash import html
from dash.development.base_component import Component

from dashboard.domain.callback import RESULTS, SATISFACTIONS
from dashboard.domain.machine import Transition
from dashboard.domain.step_fields import FIELD_KINDS
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.clock_face import countdown
from layouts.desk.dialog import dialog, line_input, send_button
from layouts.desk.dispatch import find_field
from layouts.desk.form_fields import (
    begin_button,
    form_choice,
    form_dialog,
    form_field,
    form_list,
    form_pick,
)
from layouts.desk.forms import About, Option

PAST_FIELDS: Final = ("contacted_at",)
"""Instants that lie behind: when something was done, not when it will be."""


@dataclass(frozen=True, slots=True)
class StepButton:
    """One step: the stage it leads to, its name, and the sentence that stands against it ("" when nothing does)."""

    to: str
    act: str
    refused: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A short word about the loop, with what it means; `tone` "yellow" or "red" draws it as the card it is."""

    words: str
    title: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A reminder or supervision order: its number and words, its end, whether the unit has answered and how."""

    id: str
    no: str
    words: str
    due_at: int
    limit_ms: int
    answered: str | None


@dataclass(frozen=True, slots=True)
class LoopView:
    """Everything the drawer's part shows."""

    steps: tuple[StepButton, ...]
    marks: tuple[Mark, ...]
    written: tuple[Written, ...]
    called: str
    may_call_back: bool
    may_answer: bool


def steps_part(shown: LoopView, now: int, lang: str) -> Component | None:
    """The drawer's part; None when the matter has no step for this officer and nothing to tell."""
    if not (shown.steps or shown.marks or shown.written or shown.may_call_back):
        return None
    marks = [
        html.Span(one.words, title=one.title, className=f"loop-mark {one.tone}".strip())
        for one in shown.marks
    ]
    buttons: list[Component] = [_button(one, lang) for one in shown.steps]
    if shown.may_call_back:
        buttons.insert(
            0, begin_button("record_callback", text("desk.act.record_callback", lang), primary=True)
        )
    title = html.B(text("desk.steps.title", lang))
    return html.Div(
        [
            html.Div([title, html.Span(marks, className="loop-marks push")], className="heading"),
            *([html.P(shown.called, className="second loop-called")] if shown.called else []),
            *([html.Div(buttons, className="begin-buttons")] if buttons else []),
            *(_refusals(shown.steps)),
            *(_written(one, shown.may_answer, now, lang) for one in shown.written),
        ]
    )


def _button(one: StepButton, lang: str) -> Component:
    return begin_button(
        "step", text(f"step.{one.act}", lang), {"to": one.to}, disabled=bool(one.refused),
        title=one.refused or text(f"stage.{one.to}", lang),
    )  # fmt: skip


def _refusals(steps: Sequence[StepButton]) -> list[Component]:
    """Say aloud, once each, why a step is closed: a grey button alone explains nothing."""
    sentences = list(dict.fromkeys(one.refused for one in steps if one.refused))
    return [html.P(one, className="provenance loop-refused") for one in sentences]


def _written(one: Written, may_answer: bool, now: int, lang: str) -> Component:
    if one.answered is not None:
        end: Component = html.Span(one.answered or text("desk.steps.answered", lang), className="second")
    else:
        answer = begin_button(
            "answer_supervision", text("desk.act.answer_supervision", lang), {"supervision": one.id}
        )
        end = html.Span(
            [countdown(one.due_at, one.limit_ms, now, lang, "left"), " ", answer if may_answer else ""]
        )
    return html.Div([html.B(one.no), html.Span(one.words, title=one.words), end], className="loop-written")


@dataclass(frozen=True, slots=True)
class StepChoices:
    """What a step's form offers to choose from: units, and windows under headings as (code, label)."""

    units: Sequence[Option] = ()
    windows: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()


def step_form(row: Transition, about: About, choices: StepChoices, lang: str) -> html.Div:
    """The form of one step: exactly the fields that its row asks for, and those it allows."""
    required = [_field(name, choices, lang, required=True) for name in row.required]
    optional = [_field(name, choices, lang, required=False) for name in row.optional]
    where = html.P(
        [text(f"stage.{row.source}", lang), " → ", html.B(text(f"stage.{row.target}", lang))],
        className="second",
    )
    return dialog(
        "step",
        title=text(f"step.{row.act}", lang),
        about=about,
        body=[where, *required, *optional],
        send=send_button(text("desk.step.send", lang)),
        note=text("desk.step.note", lang),
        lang=lang,
        size="small",
    )


def _field(name: str, choices: StepChoices, lang: str, *, required: bool) -> Component:
    label, kind = text(f"field.{name}", lang), FIELD_KINDS[name]
    if kind == "flag":
        options = [(value, text(f"desk.steps.{value}", lang)) for value in ("yes", "no")]
        # Nothing is chosen for the officer where an answer is required; an optional one may be left unsaid.
        blank = [("", text("desk.steps.unsaid", lang))]
        return form_choice(name, label, blank + options, "")
    if kind == "unit":
        pick = form_pick(name, label, choices.units, single=True, required=required)
        return html.Div([find_field(lang), pick])
    if kind == "window":
        return form_list(name, label, lang, choices.windows)
    if kind == "instant":
        past = name in PAST_FIELDS
        hint = text("desk.steps.past_hint" if past else "desk.steps.date_hint", lang)
        return form_field(
            name, label, lang, kind="past" if past else "date", required=required, placeholder=hint
        )
    long = kind == "long"
    return form_field(
        name,
        label,
        lang,
        kind="long" if long else "text",
        required=required,
        max_length=2_000 if long else 80,
    )


def callback_form(about: About, lang: str) -> html.Div:
    """The form of one call-back: was it answered, is it solved, how satisfied, in which words."""
    said = [(value, text(f"desk.steps.{value}", lang)) for value in ("yes", "no")]
    return form_dialog(
        "record_callback",
        about,
        [
            form_choice(
                "result", text("desk.steps.result", lang), [(one, text(f"callback.{one}", lang)) for one in RESULTS],
                RESULTS[0],
            ),
            form_choice(
                "resolved", text("field.resolved", lang), [("", text("desk.steps.unsaid", lang)), *said], ""
            ),
            form_choice(
                "satisfaction", text("field.satisfaction", lang),
                [(one, text(f"callback.{one}", lang)) for one in SATISFACTIONS], "unasked",
            ),
            form_field("words", text("desk.steps.words", lang), lang, kind="long", required=False),
        ],
        lang,
    )  # fmt: skip


def answer_form(about: About, no: str, asked: str, lang: str) -> html.Div:
    """The form in which a unit's answer by phone is written down."""
    return form_dialog(
        "answer_supervision",
        about,
        [
            html.P([html.B(no), " ", asked], className="second"),
            form_field("text", text("desk.steps.answer", lang), lang, kind="long"),
        ],
        lang,
    )


def _find_place(lang: str) -> Component:
    """A search over the townships and villages of the officer's own jurisdiction."""
    label = html.Span(text("desk.dispute.where", lang), className="field-label")
    place = line_input("desk-field-find", text("desk.dispute.find", lang))
    return html.Div([label, place], className="field find", **attributes({"data-find": "1"}))


def dispute_form(
    categories: Sequence[tuple[str, str]], channels: Sequence[str], places: Sequence[Option], lang: str
) -> html.Div:
    """The form of the guide desk: what it is about, who the parties are, and whether mediation comes first."""
    pair = html.Div(
        [
            form_field("applicant", text("desk.dispute.applicant", lang), lang, max_length=40),
            form_field("phone", text("desk.dispute.phone", lang), lang, required=False, max_length=40),
            form_field("opponent", text("desk.dispute.opponent", lang), lang, max_length=80),
            form_field(
                "people", text("desk.dispute.people", lang), lang, kind="number", required=False, max_length=6
            ),
            form_field(
                "amount", text("desk.dispute.amount", lang), lang, kind="number", required=False, max_length=9
            ),
            form_field("place", text("desk.dispute.place", lang), lang, required=False, max_length=80),
        ],
        className="field-pair",
    )
    yes_no = [
        ("yes", text("desk.dispute.eligible_yes", lang)),
        ("no", text("desk.dispute.eligible_no", lang)),
    ]
    channel_options = [(one, text(f"desk.source.{one}", lang)) for one in channels]
    urgencies = [(one, text(f"desk.urgency.{one}", lang)) for one in ("1", "2", "3", "4")]
    return form_dialog(
        "register_dispute",
        text("desk.dispute.about", lang),
        [
            form_field("title", text("desk.dispute.title", lang), lang, max_length=60),
            form_choice("category", text("desk.dispute.category", lang), categories, categories[0][0]),
            pair,
            form_field("words", text("desk.dispute.words", lang), lang, kind="long"),
            form_choice("eligible", text("desk.dispute.eligible", lang), yes_no, "yes"),
            form_choice("urgency", text("desk.dispute.urgency", lang), urgencies, "3"),
            form_choice("channel", text("desk.dispute.channel", lang), channel_options, channels[0]),
            _find_place(lang),
            form_pick("division", "", places, single=True, required=False),
        ],
        lang,
        size="wide",
    )  # fmt: skip
