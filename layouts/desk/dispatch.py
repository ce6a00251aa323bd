"""The dispatch dialog: tick receivers, say what is wanted and by when, send with Enter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import sentence, text
from layouts.desk.attributes import attributes
from layouts.desk.dialog import choice, dialog, field, line_input, numbered_step, send_button
from layouts.desk.found import Found, found_rows
from layouts.desk.glyphs import code
from layouts.desk.recommended import Suggestion, Suggestions, distance_text, hands_text, minutes_text
from layouts.desk.routing import Help, routing_help

LIMIT_CHOICES_MIN = (15, 30, 60, 120)


def dispatch_dialog(
    *, about: Sequence[Component | str], objective: str, suggestions: Suggestions, clock: Component, lang: str,
    minutes: int | None = None, routing: Help | None = None,
) -> html.Div:  # fmt: skip
    """The dialog for one matter. The service sets the limit when none is chosen (`minutes`)."""
    return dialog(
        "dispatch",
        title=text("desk.act.dispatch", lang),
        about=about,
        clock=clock,
        body=[
            numbered_step("1", text("desk.dispatch.who", lang), text("desk.dispatch.who_hint", lang)),
            find_field(lang),
            _table(suggestions, lang),
            html.Div("", className="picked"),
            html.Div(
                className="receiver-lines",
                hidden=True,
                **attributes(
                    {
                        "data-receiver-lines": "1",
                        "data-objective-hint": text("desk.dispatch.own_objective", lang),
                        "data-due-hint": text("desk.dispatch.own_due", lang),
                    }
                ),
            ),
            *[html.P(sentence(one), className="shortfall") for one in suggestions.shortfall],
            *_left_out(suggestions, lang),
            *([] if routing is None else [routing_help(routing, lang)]),
            html.Div(
                [
                    field(
                        "objective",
                        text("desk.dispatch.objective", lang),
                        line_input("desk-field-objective", value=objective),
                    ),
                    html.Div(
                        [
                            html.Span(text("desk.dispatch.limit", lang), className="field-label"),
                            choice(
                                "minutes", _limits(minutes, lang), "" if minutes is None else str(minutes)
                            ),
                        ],
                        className="field",
                    ),
                ],
                className="dialog-columns",
            ),
            field(
                "override",
                text("desk.dispatch.override", lang),
                line_input("desk-field-override"),
                text("desk.dispatch.override_hint", lang),
            ),
        ],
        send=send_button(text("desk.dispatch.send", lang)),
        note=text("desk.dispatch.note", lang),
        lang=lang,
    )


def _limits(wanted: int | None, lang: str) -> list[tuple[str, str]]:
    known = sorted({*LIMIT_CHOICES_MIN, *([] if wanted is None else [wanted])})
    offered = [(str(minutes), text("desk.minutes", lang, minutes=minutes)) for minutes in known]
    return [("", text("desk.dispatch.limit_by_policy", lang)), *offered]


def _left_out(suggestions: Suggestions, lang: str) -> list[Component]:
    if not suggestions.left_out:
        return []
    who = text("desk.join.clauses", lang).join(suggestions.left_out)
    return [html.P(text("desk.recommended.left_out", lang, who=who), className="left-out")]


def _table(suggestions: Suggestions, lang: str) -> html.Div:
    columns = ("", "who", "role", "distance", "eta", "hands", "jurisdiction", "why")
    widths = ("30px", "250px", "76px", "80px", "64px", "54px", "110px", "")
    return html.Div(
        html.Table(
            [
                html.Colgroup([html.Col(style={"width": width} if width else {}) for width in widths]),
                html.Thead(
                    html.Tr(
                        [html.Th(text(f"desk.recommended.{name}", lang) if name else "") for name in columns]
                    )
                ),
                html.Tbody([_row(one, lang) for one in suggestions.candidates if not one.further]),
            ],
            className="units",
            **found_rows([_found(one) for one in suggestions.candidates if one.further], len(columns)),
        ),
        className="units-scroll",
    )


def _found(one: Suggestion) -> Found:
    said = (distance_text(one.distance_m), minutes_text(one.minutes), one.reasons)
    return Found(
        one.id, one.kind, one.name, one.search, " · ".join(part for part in said if part), one.minutes
    )


def _row(one: Suggestion, lang: str) -> html.Tr:
    lead, assist = text("desk.role_of.lead", lang), text("desk.role_of.assist", lang)
    return html.Tr(
        [
            html.Td(html.Span(className="tick")),
            html.Td(
                [
                    code(one.code, "person" if one.kind == "worker" else ""),
                    html.Span(one.name, className="unit-name"),
                ],
                title=one.name,
            ),
            html.Td(
                html.Button(
                    lead if one.role == "lead" else assist,
                    type="button",
                    className="role-switch",
                    **attributes({"data-lead": lead, "data-assist": assist}),
                )
            ),
            html.Td(distance_text(one.distance_m)),
            html.Td(html.B(minutes_text(one.minutes))),
            html.Td(hands_text(one.hands)),
            html.Td(one.jurisdiction or "–", title=one.jurisdiction),
            html.Td(one.reasons, className="why", title=one.reasons),
        ],
        **receiver_attributes(one),
        **attributes({"aria-selected": "true" if one.chosen else "false"}),
    )


def find_field(lang: str) -> Component:
    """A search over every unit of the city, by name or alias; what it finds joins the rows above."""
    return html.Div(
        line_input("desk-field-find", text("desk.recommended.find", lang)),
        className="field find",
        **attributes({"data-find": "1"}),
    )


def receiver_attributes(one: Suggestion) -> dict[str, Any]:
    """What the page module reads from a row: who it is, in which role, how soon, with how much in hand."""
    return {
        "data-receiver": one.id,
        "data-kind": one.kind,
        "data-role": one.role,
        "data-name": one.name,
        "data-hands": "0" if one.hands is None else str(one.hands),
        "data-search": one.search.lower(),
        "data-minutes": "" if one.minutes is None else str(one.minutes),
    }
