"""The desk's feature on commands that are out: its part of the drawer and the acts on receivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from callbacks.desk import command_acts as acts
from callbacks.desk import command_openings as openings
from callbacks.desk.feature import Feature, FormAct, Opened
from callbacks.desk.matter_view import decisions_of, newest_whistle
from dashboard import service
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import may
from layouts.desk.command_part import command_buttons, ratings, register, undone

Row = Mapping[str, Any]
OPEN: Final = ("running", "conferring", "consultation")
RIGHT_OF: Final = {"record_done": "answer", "recall_command": "recall"}
"""Acts whose right has another name."""


def _part(opened: Opened) -> Component | None:
    on_site = service.matter_register(opened.services, opened.actor, opened.matter.row["id"], opened.now)
    if isinstance(on_site, Refused):
        return None
    parts: list[Component] = []
    newest = newest_whistle(opened.matter)  # its decisions stand above, with what is left of each
    for command in opened.matter.commands:
        offered = _offered(opened, command, on_site.ratings)
        if offered:
            parts.append(command_buttons(command, offered, opened.lang))
        people = [one for one in on_site.register if one["command_id"] == command["id"]]
        if people:
            may_replace = may(opened.actor, "replace_attendee") and command["state"] in (*OPEN, "resolved")
            parts.append(register(command, people, may_replace, opened.lang))
        to_do = [one for one in decisions_of(opened.matter, command) if one["due_at"] and one["decided_at"]]
        if to_do and command["state"] != "recalled" and command is not newest:
            may_complete = may(opened.actor, "complete_decision")
            parts.append(undone(command, to_do, may_complete, opened.now, opened.lang))
        rated = [one for one in on_site.ratings if one["command_id"] == command["id"]]
        if rated:
            parts.append(ratings(command, rated, opened.lang))
    return html.Div(parts) if parts else None


def _offered(opened: Opened, command: Row, rated: Sequence[Row]) -> list[str]:
    """Return the acts that make sense on a command as it stands, as far as the officer's role includes them."""
    receivers = command["receivers"]
    found: list[str] = []
    if command["state"] in OPEN:
        found += ["add_receivers"]
        if openings.still_ordered(command):
            found += ["reassign", "recall_receiver"]
        if openings.may_be_recalled(command, opened.now):
            found += ["recall_command"]
        if command["kind"] == "dispatch" and openings.workers_at_it(command):
            found += ["record_done"]
    there = any(one["arrived_at"] is not None and one["left_at"] is None for one in receivers)
    if command["kind"] == "whistle" and command["state"] in (*OPEN, "resolved") and there:
        found += ["sign_register"]
    if command["kind"] == "whistle" and command["state"] == "done" and openings.unrated(command, rated):
        found += ["rate_unit"]
    return [act for act in found if may(opened.actor, RIGHT_OF.get(act, act))]


COMMANDS: Final = Feature(
    "commands",
    part=_part,
    acts=(
        FormAct("confirm_arrival", "confirm_arrival", openings.arrival, acts.confirm_arrival),
        FormAct("add_receivers", "add_receivers", openings.add, acts.add_receivers),
        FormAct("reassign", "reassign", openings.reassign, acts.reassign),
        FormAct("recall_receiver", "recall_receiver", openings.recall, acts.recall_receiver),
        FormAct("recall_command", RIGHT_OF["recall_command"], openings.recall_all, acts.recall_command),
        FormAct("record_done", RIGHT_OF["record_done"], openings.done_for_worker, acts.record_done),
        FormAct("rule_decline", "rule_decline", openings.ruling, acts.rule_decline),
        FormAct("sign_register", "sign_register", openings.register, acts.sign_register),
        FormAct("replace_attendee", "replace_attendee", openings.replace, acts.replace_attendee),
        FormAct("complete_decision", "complete_decision", openings.completion, acts.complete_decision),
        FormAct("rate_unit", "rate_unit", openings.rating, acts.rate_unit),
    ),
)
