"""A leader's word on the clocks of the chosen matter: more time, a step stopped, another urgency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dash.development.base_component import Component

from callbacks.desk.asked import Asked, Malformed
from callbacks.desk.feature import Feature, FormAct, Opened
from callbacks.desk.matter_view import purpose
from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome
from dashboard.domain.rights import may
from dashboard.service import Services
from layouts.catalogue import text
from layouts.desk.clock_text import date_and_time
from layouts.desk.clocks import ON_CLOCKS, clocks_part, extend_form, stop_form, urgency_form
from layouts.desk.forms import Option, no_form

Row = Mapping[str, Any]
ACTS: Final = ("set_urgency", *ON_CLOCKS)


def _part(opened: Opened) -> Component | None:
    if opened.matter.read_only or opened.matter.fields.get("closed_at") is not None:
        return None
    offered = [act for act in ACTS if may(opened.actor, act)]
    if not opened.matter.clocks:
        offered = [act for act in offered if act not in ON_CLOCKS]
    return clocks_part(offered, opened.lang) if offered else None


def _clocks(opened: Opened) -> list[Option]:
    """Every running clock, the one that tells somebody next first: for whom and what, until when, what it does then."""
    names = {one["id"]: one["name"] for command in opened.matter.commands for one in command["receivers"]}
    return [_option(one, names.get(one["receiver_id"], ""), opened.lang) for one in opened.matter.clocks]


def _option(clock: Row, who: str, lang: str) -> Option:
    step = clock["next_step_en" if lang == "en" else "next_step"]
    ends = date_and_time(clock["due_at"]) if clock["due_at"] is not None else "–"
    hint = text("desk.clocks.hint", lang, ends=ends, next=date_and_time(clock["next_at"]), step=step)
    return Option(clock["id"], f"{who} {purpose(clock['due_for'], lang)}".strip(), hint)


def _extend_form(opened: Opened) -> Component:
    clocks = _clocks(opened)
    return extend_form(opened.about, clocks, opened.lang) if clocks else _gone(opened)


def _extend(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    until_at = wanted.instant("until")
    if until_at is None:
        raise Malformed("until")
    request = service.ExtendDeadline(_chosen(wanted), until_at, wanted.text("reason"))
    return service.extend_deadline(services, actor, request, now, wanted.key)


def _stop_form(opened: Opened) -> Component:
    clocks = _clocks(opened)
    return stop_form(opened.about, clocks, opened.lang) if clocks else _gone(opened)


def _stop(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    request = service.StopDeadline(_chosen(wanted), wanted.text("reason"))
    return service.stop_deadline(services, actor, request, now, wanted.key)


def _urgency_form(opened: Opened) -> Component:
    return urgency_form(opened.about, opened.matter.row["urgency"], opened.lang)


def _set_urgency(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    urgency = wanted.number("urgency")
    if urgency is None:
        raise Malformed("urgency")
    request = service.SetUrgency(wanted.matter_id, urgency, wanted.text("reason"))
    return service.set_urgency(services, actor, request, wanted.expected_version, now, wanted.key)


def _chosen(wanted: Asked) -> str:
    picked = wanted.picked()
    if len(picked) != 1:
        raise Malformed("clock")
    return picked[0]


def _gone(opened: Opened) -> Component:
    return no_form(text("desk.clocks.none", opened.lang), opened.lang)


CLOCKS: Final = Feature(
    "clocks",
    _part,
    (
        FormAct("set_urgency", "set_urgency", _urgency_form, _set_urgency),
        FormAct("extend_deadline", "extend_deadline", _extend_form, _extend),
        FormAct("stop_deadline", "stop_deadline", _stop_form, _stop),
    ),
)
