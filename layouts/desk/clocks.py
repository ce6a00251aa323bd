"""What may be done to the clocks of a matter: the drawer's line of buttons and their forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.desk.form_fields import begin_button, form_choice, form_dialog, form_field, form_pick
from layouts.desk.forms import About, Option

ON_CLOCKS: Final = ("extend_deadline", "stop_deadline")
"""Acts that are on one of the running clocks."""
URGENCIES: Final = (1, 2, 3, 4)


def clocks_part(acts: Sequence[str], lang: str) -> html.Div:
    """One line: the clocks themselves stand in the drawer's head."""
    buttons = html.Span([begin_button(one, text(f"desk.act.{one}", lang)) for one in acts], className="push")
    return html.Div([html.B(text("desk.clocks.title", lang)), buttons], className="heading")


def extend_form(about: About, clocks: Sequence[Option], lang: str) -> html.Div:
    """Give one clock more time."""
    until = form_field(
        "until",
        text("desk.clocks.until", lang),
        lang,
        kind="date",
        placeholder=text("desk.steps.date_hint", lang),
    )
    return form_dialog(
        "extend_deadline", about, [_which(clocks, lang), until, _reason(lang)], lang, size="wide"
    )


def stop_form(about: About, clocks: Sequence[Option], lang: str) -> html.Div:
    """Stop the step that one clock would take next."""
    return form_dialog("stop_deadline", about, [_which(clocks, lang), _reason(lang)], lang, size="wide")


def urgency_form(about: About, now_is: int, lang: str) -> html.Div:
    """Grade the matter anew."""
    options = [(str(one), text(f"desk.urgency.{one}", lang)) for one in URGENCIES if one != now_is]
    said = html.P(
        text("desk.clocks.urgency_is", lang, urgency=text(f"desk.urgency.{now_is}", lang)), className="second"
    )
    choice = form_choice("urgency", text("desk.clocks.urgency", lang), options, options[0][0])
    return form_dialog("set_urgency", about, [said, choice, _reason(lang)], lang)


def _which(clocks: Sequence[Option], lang: str) -> Component:
    return form_pick("clock", text("desk.clocks.which", lang), clocks, single=True)


def _reason(lang: str) -> Component:
    return form_field("reason", text("desk.field.reason", lang), lang)
