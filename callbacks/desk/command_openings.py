"""Opens the forms on a command: finds the command and the receiver that the button names, offers what can be chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from callbacks.desk.advice import further_units
from callbacks.desk.feature import Opened
from callbacks.desk.matter_view import decisions_of
from dashboard import service
from dashboard.domain.command import RECALL_WHISTLE_MS
from dashboard.domain.refusal import Refused
from layouts.catalogue import text
from layouts.desk import command_forms as forms
from layouts.desk.forms import Option, no_form
from layouts.desk.receipts import claim_fault
from layouts.desk.recommended import distance_text, minutes_text

Row = Mapping[str, Any]
NEAREST_SHOWN = 8  # units shown before anybody looks for one


def arrival(opened: Opened) -> Component:
    """Vouch for the receiver that the button names."""
    command, receiver = _command(opened), _receiver(opened)
    if command is None or receiver is None:
        return _gone(opened)
    if receiver["claimed_at"] is None:
        said = text("desk.on_command.not_claimed", opened.lang)
    else:
        why = text(f"claim.{claim_fault(receiver)}", opened.lang, metres=receiver["proof_m"])
        said = text("desk.on_command.claimed", opened.lang, why=why)
    return forms.arrival_form(_about(command), receiver["name"], said, opened.lang)


def add(opened: Opened) -> Component:
    """Order more units to the command."""
    command = _command(opened)
    return (
        _gone(opened)
        if command is None
        else forms.add_form(_about(command), _units(opened, command), opened.lang)
    )


def reassign(opened: Opened) -> Component:
    """Give a receiver's part to another unit."""
    command = _command(opened)
    if command is None or not still_ordered(command):
        return _gone(opened)
    choices, chosen = _choices(still_ordered(command), opened)
    return forms.reassign_form(_about(command), choices, chosen, _units(opened, command), opened.lang)


def recall(opened: Opened) -> Component:
    """Take one receiver back."""
    command = _command(opened)
    if command is None or not still_ordered(command):
        return _gone(opened)
    choices, chosen = _choices(still_ordered(command), opened)
    return forms.recall_form(_about(command), choices, chosen, opened.lang)


def recall_all(opened: Opened) -> Component:
    """Take the whole command back."""
    command = _command(opened)
    if command is None or not may_be_recalled(command, opened.now):
        return _gone(opened)
    names = [one["name"] for one in command["receivers"] if one["recalled_at"] is None]
    return forms.recall_all_form(_about(command), names, opened.lang)


def done_for_worker(opened: Opened) -> Component:
    """Record a grid worker's result instead of the worker."""
    command = _command(opened)
    if command is None or not workers_at_it(command):
        return _gone(opened)
    choices, chosen = _choices(workers_at_it(command), opened)
    return forms.done_form(_about(command), choices, chosen, opened.lang)


def ruling(opened: Opened) -> Component:
    """Rule on the objection of the receiver that the button or the ask names."""
    command, receiver = _command(opened), _receiver(opened)
    if command is None or receiver is None or receiver["declined_at"] is None:
        return _gone(opened)
    reason = text("desk.receipts.declined", opened.lang, reason=receiver["declined_reason"] or "–")
    return forms.ruling_form(_about(command), receiver["name"], reason, True, opened.lang)


def register(opened: Opened) -> Component:
    """Sign people of a unit in."""
    command = _command(opened)
    there = [] if command is None else [one for one in command["receivers"] if _is_there(one)]
    if command is None or not there:
        return _gone(opened)
    choices, chosen = _choices(there, opened)
    return forms.register_form(_about(command), choices, chosen, opened.lang)


def replace(opened: Opened) -> Component:
    """Let a signed-in person go whose colleague takes over."""
    command = _command(opened)
    on_site = service.matter_register(opened.services, opened.actor, opened.matter.row["id"], opened.now)
    if command is None or isinstance(on_site, Refused):
        return _gone(opened)
    people = [
        (one["id"], f"{one['name']} {one['post']}".strip())
        for one in on_site.register
        if one["receiver_id"] == opened.args.get("receiver") and one["left_at"] is None
    ]
    if len(people) < 2:
        return no_form(text("desk.on_command.nobody_takes_over", opened.lang), opened.lang)
    return forms.replace_form(_about(command), people, opened.args.get("person", people[0][0]), opened.lang)


def completion(opened: Opened) -> Component:
    """Say that a decision has been done."""
    command = _command(opened)
    items = [] if command is None else decisions_of(opened.matter, command)
    item = next((one for one in items if str(one["item"]) == opened.args.get("item")), None)
    if command is None or item is None:
        return _gone(opened)
    said = text(
        "desk.decisions.decided", opened.lang, question=item["question"], decision=item["decision"] or ""
    )
    return forms.completion_form(_about(command), said, item["owner"] or "", opened.lang)


def rating(opened: Opened) -> Component:
    """Rate the units of a whistle that is over."""
    command = _command(opened)
    on_site = service.matter_register(opened.services, opened.actor, opened.matter.row["id"], opened.now)
    if command is None or isinstance(on_site, Refused) or not unrated(command, on_site.ratings):
        return _gone(opened)
    units = [(one["id"], one["name"]) for one in unrated(command, on_site.ratings)]
    return forms.rating_form(_about(command), units, opened.lang)


def still_ordered(command: Row) -> list[Row]:
    """Receivers whose part can still be taken from them."""
    return [
        one
        for one in command["receivers"]
        if one["recalled_at"] is None
        and one["done_at"] is None
        and one["decline_ruling"] != "released"
        and not (command["kind"] == "whistle" and one["arrived_at"] is not None)
    ]


def may_be_recalled(command: Row, now: int) -> bool:
    """Whether a command can still be taken back as a whole: a whistle in its first minute, before anybody came."""
    if command["kind"] != "whistle":
        return bool(command["state"] == "running")
    came = any(one["arrived_at"] is not None for one in command["receivers"])
    return command["state"] == "running" and not came and now - command["issued_at"] <= RECALL_WHISTLE_MS


def workers_at_it(command: Row) -> list[Row]:
    """Grid workers whose order is neither done nor taken back."""
    return [one for one in still_ordered(command) if one["kind"] == "worker" and one["declined_at"] is None]


def unrated(command: Row, rated: Sequence[Row]) -> list[Row]:
    """Units that came and were not rated yet."""
    known = {one["receiver_id"] for one in rated if one["command_id"] == command["id"]}
    return [one for one in command["receivers"] if one["arrived_at"] is not None and one["id"] not in known]


def _is_there(one: Row) -> bool:
    said = one["arrived_at"] is not None or one["claimed_at"] is not None
    return said and one["left_at"] is None and one["recalled_at"] is None


def _command(opened: Opened) -> Row | None:
    wanted = opened.args.get("command", "")
    return next((one for one in opened.matter.commands if one["id"] == wanted), None)


def _receiver(opened: Opened) -> Row | None:
    command, wanted = _command(opened), opened.args.get("receiver", "")
    return (
        None if command is None else next((one for one in command["receivers"] if one["id"] == wanted), None)
    )


def _choices(receivers: Sequence[Row], opened: Opened) -> tuple[list[tuple[str, str]], str]:
    choices = [(one["id"], one["name"]) for one in receivers]
    wanted = opened.args.get("receiver", "")
    return choices, wanted if any(one[0] == wanted for one in choices) else choices[0][0]


def _units(opened: Opened, command: Row) -> list[Option]:
    """Every other unit that the officer may order, nearest first; the nearest are shown before one is looked for."""
    pack, row = opened.services.pack, opened.matter.row
    place = None if command["lon"] is None else (command["lon"], command["lat"])
    sides = [opened.actor.jurisdiction, *row["shared_with"]]
    inside = [
        unit for unit in pack.units if any(pack.divisions.is_within(unit.region, side) for side in sides)
    ]
    named = frozenset(one["id"] for one in command["receivers"])
    found = sorted(
        further_units(inside, place, named, opened.lang),
        key=lambda one: (one.distance_m is None, one.distance_m or 0.0, one.id),
    )
    return [
        Option(
            one.id,
            one.name,
            f"{distance_text(one.distance_m)} · {minutes_text(one.minutes)}",
            search=one.search,
            further=place_in_line >= NEAREST_SHOWN,
        )
        for place_in_line, one in enumerate(found)
    ]


def _about(command: Row) -> list[Component | str]:
    return [html.B(command["no"]), f"  {command['title']}"]


def _gone(opened: Opened) -> Component:
    return no_form(text("desk.on_command.gone", opened.lang), opened.lang)
