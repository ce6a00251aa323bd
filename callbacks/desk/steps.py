"""The machines on the desk: the steps of the chosen matter, its call-backs and supervision orders, a new dispute."""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component

from callbacks.desk.advice import further_units, suggestions
from callbacks.desk.asked import Asked, Malformed
from callbacks.desk.feature import Feature, FormAct, Opened
from callbacks.desk.steps_view import loop_view, window_groups
from dashboard import service
from dashboard.domain.machine import Transition
from dashboard.domain.matter import MACHINES
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refused
from dashboard.domain.rights import may
from dashboard.domain.step_fields import FIELD_KINDS
from dashboard.service import Services
from layouts.catalogue import text
from layouts.desk.forms import Option, no_form
from layouts.desk.steps import (
    StepChoices,
    answer_form,
    callback_form,
    dispute_form,
    step_form,
    steps_part,
)
from layouts.refusal import refusal_text

SAID = {"yes": True, "no": False, "": None}


def _loop(opened: Opened) -> service.Loop | Refused:
    return service.matter_loop(opened.services, opened.actor, opened.matter.row["id"], opened.now)


def _part(opened: Opened) -> Component | None:
    loop = _loop(opened)
    if isinstance(loop, Refused):
        return None
    may_answer = may(opened.actor, "answer_supervision")
    return steps_part(
        loop_view(loop, may_answer=may_answer, now=opened.now, lang=opened.lang), opened.now, opened.lang
    )


def _step_form(opened: Opened) -> Component:
    row = _row(opened.matter.row, opened.args.get("to", ""))
    if row is None:
        return no_form(text("desk.steps.gone", opened.lang), opened.lang)
    choices = StepChoices(
        units=_units(opened) if "unit" in row.required else (),
        windows=window_groups(opened.services.pack.windows, opened.matter.row["category"], opened.lang)
        if "window" in row.required
        else (),
    )
    return step_form(row, opened.about, choices, opened.lang)


def _row(matter: Any, to: str) -> Transition | None:
    return MACHINES[matter["kind"]].find(matter["stage"], to)


def _units(opened: Opened) -> list[Option]:
    """The units advised for the matter, then every other one that the officer may name."""
    row, pack = opened.matter.row, opened.services.pack
    advice = service.recommend(opened.services, opened.actor, row["id"], (), opened.now)
    advised = () if isinstance(advice, Refused) else suggestions(advice, opened.lang).candidates
    inside = [one for one in pack.units if pack.divisions.is_within(one.region, opened.actor.jurisdiction)]
    place = None if row["lon"] is None else (row["lon"], row["lat"])
    units = [one for one in advised if one.kind == "unit"]
    further = further_units(inside, place, frozenset(one.id for one in units), opened.lang)
    return [
        Option(one.id, one.name, one.reasons, search=one.search, further=one.further)
        for one in (*units, *further)
    ]


def _step(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    fields: dict[str, Any] = {}
    for name, kind in FIELD_KINDS.items():
        if kind == "unit":
            picked = wanted.picked() if "picked" in wanted.fields else ()
            value: Any = picked[0] if picked else None
        elif kind == "flag":
            value = _flag(wanted, name)
        elif kind == "instant":
            value = wanted.instant(name)
        else:
            value = wanted.text(name, required=False) or None
        if value is not None:
            fields[name] = value
    step = service.Advance(wanted.matter_id, wanted.arg("to"), fields)
    return service.advance(services, actor, step, wanted.expected_version, now, wanted.key)


def _flag(wanted: Asked, name: str) -> bool | None:
    said = wanted.text(name, required=False)
    if said not in SAID:
        raise Malformed(name)
    return SAID[said]


def _callback_form(opened: Opened) -> Component:
    return callback_form(opened.about, opened.lang)


def _callback(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    call = service.RecordCallback(
        wanted.matter_id,
        wanted.text("result"),
        _flag(wanted, "resolved"),
        wanted.text("satisfaction"),
        wanted.text("words", required=False),
    )
    return service.record_callback(services, actor, call, now, wanted.key)


def _answer_form(opened: Opened) -> Component:
    loop = _loop(opened)
    if isinstance(loop, Refused):
        return no_form(refusal_text(loop, opened.lang), opened.lang)
    wanted = opened.args.get("supervision", "")
    found = next((one for one in loop.supervisions if one["id"] == wanted), None)
    if found is None or found["answered_at"] is not None:
        return no_form(text("desk.steps.gone", opened.lang), opened.lang)
    return answer_form(opened.about, found["no"], found["text"], opened.lang)


def _answer(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    said = service.AnswerSupervision(wanted.matter_id, wanted.arg("supervision"), wanted.text("text"))
    return service.answer_supervision(services, actor, said, now, wanted.key)


def _dispute_form(opened: Opened) -> Component:
    pack, lang = opened.services.pack, opened.lang
    kinds = [(one.code, one.name_en if lang == "en" else one.name) for one in pack.categories.disputes()]
    places = [
        Option(
            one.code,
            one.name,
            pack.divisions.get(one.parent).name if one.parent else "",
            search=one.name,
            further=True,
        )
        for one in (*pack.divisions.at_level("township"), *pack.divisions.at_level("village"))
        if pack.divisions.is_within(one.code, opened.actor.jurisdiction)
    ]
    return dispute_form(kinds, service.DISPUTE_CHANNELS, places, lang)


def _register(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    urgency = wanted.number("urgency")
    picked = wanted.picked() if "picked" in wanted.fields else ()
    case = service.RegisterDispute(
        title=wanted.text("title"),
        category=wanted.text("category"),
        applicant=wanted.text("applicant"),
        opponent=wanted.text("opponent"),
        words=wanted.text("words"),
        phone=wanted.text("phone", required=False),
        urgency=urgency if urgency is not None else 3,
        place=wanted.text("place", required=False),
        division=picked[0] if picked else "",
        mediation_eligible=_flag(wanted, "eligible") is not False,
        people=wanted.number("people") or 2,
        amount_yuan=wanted.number("amount"),
        channel=wanted.text("channel"),
    )
    return service.register_dispute(services, actor, case, now, wanted.key)


def _number(value: Any) -> str:
    return str(value.get("no", "")) if isinstance(value, dict) else ""


STEPS = Feature(
    "steps",
    _part,
    (
        FormAct("step", "advance", _step_form, _step),
        FormAct("record_callback", "record_callback", _callback_form, _callback),
        FormAct("answer_supervision", "answer_supervision", _answer_form, _answer),
        FormAct(
            "register_dispute", "register_dispute", _dispute_form, _register, on_matter=False, more=_number
        ),
    ),
)
