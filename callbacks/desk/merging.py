"""Merging on the desk: its part of the drawer, and its forms (key M)."""

from __future__ import annotations

import re

from dash.development.base_component import Component

from callbacks.desk.asked import Asked, Malformed
from callbacks.desk.feature import Feature, FormAct, Opened
from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refused
from dashboard.service import Services
from layouts.catalogue import text
from layouts.desk.forms import no_form
from layouts.desk.merging import callback_form, merge_form, merging_part, reject_form, unmerge_form
from layouts.refusal import refusal_text

SAID = {"yes": True, "no": False, "unsaid": None}


def _picture(opened: Opened) -> service.MergePicture | Refused:
    return service.merge_picture(opened.services, opened.actor, opened.matter.row["id"], opened.now)


def _part(opened: Opened) -> Component | None:
    shown = _picture(opened)
    if isinstance(shown, Refused):
        return None
    return merging_part(shown.carried, shown.alike, may_merge=shown.may_merge, lang=opened.lang)


def _merge_form(opened: Opened) -> Component:
    shown = _picture(opened)
    if isinstance(shown, Refused):
        return no_form(refusal_text(shown, opened.lang), opened.lang)
    return merge_form(opened.about, shown.alike, opened.lang, opened.args.get("numbers", ""))


def _merge(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    numbers = tuple(re.findall(r"[A-Za-z]?\d+", wanted.text("numbers", required=False)))
    request = service.MergeMatters(
        wanted.matter_id, wanted.picked(), numbers, wanted.text("reason", required=False)
    )
    return service.merge(services, actor, request, wanted.expected_version, now, wanted.key)


def _reject_form(opened: Opened) -> Component:
    shown = _picture(opened)
    if isinstance(shown, Refused):
        return no_form(refusal_text(shown, opened.lang), opened.lang)
    if not shown.alike:
        return no_form(text("desk.merge.nothing_alike", opened.lang), opened.lang)
    return reject_form(opened.about, shown.alike, opened.lang)


def _reject(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    request = service.RejectMerge(wanted.matter_id, wanted.picked(), wanted.text("reason"))
    return service.reject_merge(services, actor, request, now, wanted.key)


def _unmerge_form(opened: Opened) -> Component:
    shown = _picture(opened)
    if isinstance(shown, Refused):
        return no_form(refusal_text(shown, opened.lang), opened.lang)
    if not shown.carried:
        return no_form(text("desk.merge.nothing_carried", opened.lang), opened.lang)
    return unmerge_form(opened.about, shown.carried, opened.lang)


def _unmerge(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    request = service.Unmerge(_one(wanted), wanted.text("reason"))
    return service.unmerge(services, actor, request, now, wanted.key)


def _callback_form(opened: Opened) -> Component:
    shown = _picture(opened)
    if isinstance(shown, Refused):
        return no_form(refusal_text(shown, opened.lang), opened.lang)
    waiting = [one for one in shown.carried if not one["called_back"]]
    if not waiting:
        return no_form(text("desk.merge.all_called", opened.lang), opened.lang)
    return callback_form(opened.about, waiting, opened.lang)


def _callback(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    resolved, answered = wanted.text("resolved"), wanted.text("result") == "answered"
    if resolved not in SAID:
        raise Malformed("resolved")
    request = service.RecordCallback(
        _one(wanted), wanted.text("result"), SAID[resolved] if answered else None,
        wanted.text("satisfaction") if answered else "unasked", wanted.text("words", required=False),
    )  # fmt: skip
    return service.record_callback(services, actor, request, now, wanted.key)


def _one(wanted: Asked) -> str:
    picked = wanted.picked()
    if len(picked) != 1:
        raise Malformed("picked")
    return picked[0]


MERGING = Feature(
    "merging",
    _part,
    (
        FormAct("merge", "merge", _merge_form, _merge),
        FormAct("reject_merge", "reject_merge", _reject_form, _reject),
        FormAct("unmerge", "unmerge", _unmerge_form, _unmerge),
        FormAct("carried_callback", "record_callback", _callback_form, _callback),
    ),
)
