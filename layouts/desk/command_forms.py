"""The forms on a command that is out: its receivers, proofs of arrival, the register, decisions, ratings."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.desk.dispatch import find_field
from layouts.desk.form_fields import FieldKind, form_choice, form_dialog, form_field, form_pick
from layouts.desk.forms import About, Option

Choices = Sequence[tuple[str, str]]
"""Alternatives as (value, label)."""
MARKS = ("5", "4", "3", "2", "1")


def arrival_form(about: About, receiver: str, distance: str, lang: str) -> html.Div:
    """Vouch for one receiver: who it is, how far its own position was, and what was said."""
    return form_dialog("confirm_arrival", about, [_sentence(receiver, distance), _line("word", lang)], lang)


def add_form(about: About, units: Sequence[Option], lang: str) -> html.Div:
    """Order more units: tick them, say what they shall do and by when."""
    pick = form_pick("receivers", _label("receivers", lang), units, single=False)
    pair = [_line("objective", lang, required=False), _line("due", lang, kind="time", required=False)]
    return form_dialog("add_receivers", about, [find_field(lang), pick, _pair(pair)], lang, size="wide")


def reassign_form(
    about: About, receivers: Choices, chosen: str, units: Sequence[Option], lang: str
) -> html.Div:
    """Give one receiver's part to another unit."""
    body = [
        form_choice("receiver", _label("from", lang), receivers, chosen),
        find_field(lang),
        form_pick("to", _label("to", lang), units, single=True),
        _line("reason", lang),
    ]
    return form_dialog("reassign", about, body, lang)


def recall_form(about: About, receivers: Choices, chosen: str, lang: str) -> html.Div:
    """Take one receiver back."""
    body = [form_choice("receiver", _label("from", lang), receivers, chosen), _line("reason", lang)]
    return form_dialog("recall_receiver", about, body, lang)


def recall_all_form(about: About, receivers: Sequence[str], lang: str) -> html.Div:
    """Take the whole command back; says from whom."""
    who = html.P(text("desk.join.names", lang).join(receivers), className="second")
    return form_dialog("recall_command", about, [who, _line("reason", lang)], lang)


def done_form(about: About, workers: Choices, chosen: str, lang: str) -> html.Div:
    """Record a grid worker's result instead of the worker: what was done, and why the worker shows no photo."""
    body = [
        form_choice("receiver", _label("worker", lang), workers, chosen),
        _line("result", lang, kind="long"),
        _line("reason", lang),
    ]
    return form_dialog("record_done", about, body, lang)


def ruling_form(about: About, receiver: str, reason: str, may_release: bool, lang: str) -> html.Div:
    """Rule on an objection: let the receiver off, or insist; what else may be done is said beside it."""
    rulings = ("released", "insisted") if may_release else ("insisted",)
    options = [(one, text(f"desk.rule_decline.{one}", lang)) for one in rulings]
    body = [
        _sentence(receiver, reason),
        form_choice("ruling", _label("ruling", lang), options, rulings[0]),
        _line("reason", lang),
    ]
    return form_dialog("rule_decline", about, body, lang)


def register_form(about: About, receivers: Choices, chosen: str, lang: str) -> html.Div:
    """Sign people in as the officer on site says them on the telephone: one a line."""
    body = [
        form_choice("receiver", _label("unit", lang), receivers, chosen),
        _line("people", lang, kind="long"),
    ]
    return form_dialog("sign_register", about, body, lang)


def replace_form(about: About, people: Choices, leaving: str, lang: str) -> html.Div:
    """换人不撤单位: who goes, and which signed-in colleague takes over."""
    others = [one for one in people if one[0] != leaving]
    body = [
        form_choice("leaving", _label("leaving", lang), people, leaving),
        form_choice("taking_over", _label("taking_over", lang), people, others[0][0] if others else leaving),
        _line("reason", lang, required=False),
    ]
    return form_dialog("replace_attendee", about, body, lang)


def completion_form(about: About, decided: str, owner: str, lang: str) -> html.Div:
    """Say that what was decided has been done."""
    return form_dialog("complete_decision", about, [_sentence(decided, owner), _line("result", lang)], lang)


def rating_form(about: About, units: Choices, lang: str) -> html.Div:
    """Rate one unit that came: punctual, competent, solved."""
    marks = [(mark, mark) for mark in MARKS]
    body: list[Component] = [form_choice("receiver", _label("unit", lang), units, units[0][0])]
    body += [
        form_choice(name, _label(name, lang), marks, "5") for name in ("punctual", "competent", "solved")
    ]
    return form_dialog("rate_unit", about, [*body, _line("words", lang, required=False)], lang)


def _sentence(first: str, second: str) -> html.P:
    return html.P([html.B(first), " ", second], className="second")


def _pair(fields: list[html.Label]) -> html.Div:
    return html.Div(fields, className="field-pair")


def _label(name: str, lang: str) -> str:
    return text(f"desk.on_command.{name}", lang)


def _line(name: str, lang: str, *, kind: FieldKind = "text", required: bool = True) -> html.Label:
    placeholder = text(f"desk.on_command.{name}_hint", lang)
    return form_field(
        name,
        _label(name, lang),
        lang,
        kind=kind,
        required=required,
        placeholder=placeholder,
    )
