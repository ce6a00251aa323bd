"""The drawer's part on the commands of a matter: who signed in, what is to be done, how the units were rated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.desk.clock_face import countdown
from layouts.desk.clock_text import MINUTE_MS, time_of_day
from layouts.desk.drawer import heading
from layouts.desk.form_fields import begin_button

Row = Mapping[str, Any]


def command_buttons(command: Row, offered: Sequence[str], lang: str) -> html.Div:
    """The acts that change who a command is for, as small buttons under its receipts."""
    buttons = [
        begin_button(act, text(f"desk.on_command.begin_{act}", lang), {"command": command["id"]})
        for act in offered
    ]
    return html.Div(
        [html.B(command["no"]), html.Span(text(f"desk.command.{command['kind']}", lang)), *buttons],
        className="command-acts",
    )


def register(command: Row, people: Sequence[Row], may_replace: bool, lang: str) -> html.Div:
    """Who of each unit signed in when; a person may be replaced, the unit stays."""
    names = {one["id"]: one["name"] for one in people}
    units = {one["id"]: one["name"] for one in command["receivers"]}
    lines = []
    for unit_id in dict.fromkeys(one["receiver_id"] for one in people):
        here = [one for one in people if one["receiver_id"] == unit_id]
        lines.append(
            html.Div(
                [
                    html.B(units.get(unit_id, unit_id)),
                    *[_person(command, one, names, may_replace and len(here) > 1, lang) for one in here],
                ],
                className="register-line",
            )
        )
    return html.Div([heading(text("desk.on_command.register", lang), _hint("register", lang)), *lines])


def _person(command: Row, one: Row, names: Mapping[str, str], may_replace: bool, lang: str) -> Component:
    said = f"{one['name']} {one['post']}".strip()
    at = time_of_day(one["signed_at"], seconds=False)
    if one["left_at"] is not None:
        by = names.get(one["replaced_by"] or "", "")
        key = "desk.on_command.replaced" if by else "desk.on_command.left"
        return html.Span(text(key, lang, who=said, by=by), className="third")
    args = {"command": command["id"], "receiver": one["receiver_id"], "person": one["id"]}
    button = [begin_button("replace_attendee", text("desk.on_command.begin_replace", lang), args)]
    return html.Span([f"{said} {at} ", *(button if may_replace else [])], className="second")


def undone(command: Row, items: Sequence[Row], may_complete: bool, now: int, lang: str) -> html.Div:
    """What was decided with a deadline: what is left to do, by whom, until when; and what is done."""
    return html.Div(
        [
            heading(text("desk.on_command.to_do", lang), _hint("to_do", lang)),
            html.Ul([_to_do(command, one, may_complete, now, lang) for one in items], className="to-do"),
        ]
    )


def _to_do(command: Row, one: Row, may_complete: bool, now: int, lang: str) -> html.Li:
    said = text("desk.decisions.decided", lang, question=one["question"], decision=one["decision"])
    words = html.Span([said, " ", html.Span(one["owner"] or "", className="third")], title=said)
    if one["completed_at"] is not None:
        done = text(
            "desk.on_command.completed",
            lang,
            at=time_of_day(one["completed_at"], seconds=False),
            who=one["completed_by"],
        )
        return html.Li([html.I("✓", className="made"), words, html.Span(done, className="third")])
    limit_ms = max(MINUTE_MS, one["due_at"] - one["decided_at"])
    args = {"command": command["id"], "item": str(one["item"])}
    button = [begin_button("complete_decision", text("desk.on_command.begin_complete", lang), args)]
    clock = countdown(one["due_at"], limit_ms, now, lang, "left")
    return html.Li(
        [html.I(str(one["item"])), words, html.Span([clock, " ", *(button if may_complete else [])])]
    )


def ratings(command: Row, rated: Sequence[Row], lang: str) -> html.Div:
    """How the units of a whistle that is over were rated."""
    units = {one["id"]: one["name"] for one in command["receivers"]}
    lines = [
        html.Div(
            [
                html.B(units.get(one["receiver_id"], "")),
                html.Span(
                    text(
                        "desk.on_command.marks",
                        lang,
                        punctual=one["punctual"],
                        competent=one["competent"],
                        solved=one["solved"],
                    )
                ),
                html.Span(one["words"], className="third", title=one["words"]),
            ],
            className="register-line",
        )
        for one in rated
    ]
    return html.Div([heading(text("desk.on_command.ratings", lang), ""), *lines])


def _hint(name: str, lang: str) -> str:
    return text(f"desk.on_command.{name}_part_hint", lang)
