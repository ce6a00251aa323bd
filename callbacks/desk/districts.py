"""Moves and shares between counties on the desk: their part of the drawer and their forms."""

from __future__ import annotations

from dash.development.base_component import Component

from callbacks.desk.asked import Asked, Malformed
from callbacks.desk.feature import Feature, FormAct, Opened
from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refused
from dashboard.service import Services
from layouts.catalogue import text
from layouts.desk.districts import answer_form, districts_part, end_share_form, propose_form
from layouts.desk.forms import no_form
from layouts.refusal import refusal_text


def _picture(opened: Opened) -> service.DistrictPicture | Refused:
    return service.matter_proposals(opened.services, opened.actor, opened.matter.row["id"], opened.now)


def _part(opened: Opened) -> Component | None:
    shown = _picture(opened)
    if isinstance(shown, Refused):
        return None
    return districts_part(
        shown.proposals, shown.shares, may_propose=bool(shown.targets), read_only=shown.read_only, now=opened.now,
        lang=opened.lang,
    )  # fmt: skip


def _propose_form(opened: Opened) -> Component:
    shown = _picture(opened)
    if isinstance(shown, Refused):
        return no_form(refusal_text(shown, opened.lang), opened.lang)
    if not shown.targets:
        return no_form(text("desk.districts.none", opened.lang), opened.lang)
    return propose_form(opened.about, shown.targets, opened.lang)


def _propose(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    picked, kind, reason = wanted.picked(), wanted.text("kind"), wanted.text("reason")
    if len(picked) != 1 or kind not in ("move", "share"):
        raise Malformed("region")
    if kind == "move":
        move = service.ProposeMove(wanted.matter_id, picked[0], reason)
        return service.propose_move(services, actor, move, wanted.expected_version, now, wanted.key)
    share = service.ProposeShare(wanted.matter_id, picked[0], reason)
    return service.propose_share(services, actor, share, wanted.expected_version, now, wanted.key)


def _answer_form(opened: Opened) -> Component:
    shown = _picture(opened)
    if isinstance(shown, Refused):
        return no_form(refusal_text(shown, opened.lang), opened.lang)
    wanted = opened.args.get("proposal", "")
    found = next((one for one in shown.proposals if one["id"] == wanted), None)
    if found is None or not found["may"]:
        return no_form(text("desk.districts.nothing_to_say", opened.lang), opened.lang)
    return answer_form(opened.about, found, opened.lang)


def _answer(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    proposal, ruling = wanted.arg("proposal"), wanted.text("ruling")
    reason = wanted.text("reason", required=False)
    if ruling in ("accept", "decline"):
        answer = service.AnswerProposal(proposal, ruling == "accept", reason)
        return service.answer_proposal(services, actor, answer, now, wanted.key)
    if ruling in ("override_accept", "override_decline"):
        override = service.OverrideProposal(proposal, ruling == "override_accept", reason)
        return service.override_proposal(services, actor, override, now, wanted.key)
    if ruling != "withdraw":
        raise Malformed("ruling")
    return service.withdraw_proposal(
        services, actor, service.WithdrawProposal(proposal, reason), now, wanted.key
    )


def _end_form(opened: Opened) -> Component:
    region = opened.args.get("region", "")
    if region not in opened.matter.row["shared_with"]:
        return no_form(text("desk.districts.nothing_to_say", opened.lang), opened.lang)
    return end_share_form(opened.about, opened.services.pack.divisions.get(region).name, opened.lang)


def _end(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    request = service.EndShare(wanted.matter_id, wanted.arg("region"), wanted.text("reason"))
    return service.end_share(services, actor, request, now, wanted.key)


DISTRICTS = Feature(
    "districts",
    _part,
    (
        FormAct("district_propose", "propose_move", _propose_form, _propose),
        FormAct("district_answer", "answer_proposal", _answer_form, _answer),
        FormAct("end_share", "end_share", _end_form, _end),
    ),
)
