"""The drawer's part on who was told, and the two acts on what did not arrive."""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component

from callbacks.desk.asked import Asked
from callbacks.desk.feature import Feature, FormAct, Opened
from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refused
from dashboard.domain.rights import may
from dashboard.service import Services
from layouts.desk.forms import no_form
from layouts.desk.tellings import retry_tellings_form, tellings_part, told_by_hand_form
from layouts.refusal import refusal_text


def _rows(opened: Opened) -> list[dict[str, Any]]:
    found = service.tellings_of(opened.services, opened.actor, opened.matter.row["id"], opened.now)
    return [] if isinstance(found, Refused) else found


def _part(opened: Opened) -> Component | None:
    can = may(opened.actor, "resolve_telling")
    return tellings_part(_rows(opened), opened.now, opened.lang, may_resolve=can)


def _failed(opened: Opened) -> list[dict[str, Any]]:
    return [one for one in _rows(opened) if one["state"] == "failed"]


def _nothing(opened: Opened) -> Component:
    refused = Refused("nothing_failed", {"no": opened.matter.row["no"]})
    return no_form(refusal_text(refused, opened.lang), opened.lang)


def _about(opened: Opened) -> list[Component | str]:
    row = opened.matter.row
    return [f"{row['no']} {row['title']}"]


def _by_hand_form(opened: Opened) -> Component:
    failed = _failed(opened)
    return told_by_hand_form(_about(opened), failed, opened.lang) if failed else _nothing(opened)


def _by_hand(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    request = service.ToldByHand(wanted.matter_id, wanted.text("text"))
    return service.told_by_hand(services, actor, request, now, wanted.key)


def _retry_form(opened: Opened) -> Component:
    served = opened.services.means_served
    failed = [one for one in _failed(opened) if one["means"] in served]
    return retry_tellings_form(_about(opened), failed, opened.lang) if failed else _nothing(opened)


def _retry(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    return service.retry_tellings(services, actor, service.RetryTellings(wanted.matter_id), now, wanted.key)


TELLINGS = Feature(
    "tellings",
    part=_part,
    acts=(
        FormAct("told_by_hand", "resolve_telling", _by_hand_form, _by_hand),
        FormAct("retry_tellings", "resolve_telling", _retry_form, _retry),
    ),
)
