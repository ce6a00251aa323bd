"""Giving agents a wording, changing it, ending it, and noting who has read it.

An officer gives it for a place of the own jurisdiction: a county's officer tells nobody what to say of the whole city.
Agents are no accounts of this product: the call hall's own software reports what its seats have read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dashboard.domain.divisions import UnknownDivision
from dashboard.domain.masking import mask_name, mask_numbers
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.wording import AGENT, LONGEST, MOST, READERS_AT_ONCE, Wording
from dashboard.service.act import Act, new_id, perform
from dashboard.service.services import Services
from dashboard.service.wordings.reading import scope_of, sees, wording_row
from dashboard.service.wordings.requests import (
    EndWording,
    GiveWording,
    ReadWording,
    ReportWordingReads,
    ReviseWording,
)
from dashboard.store import calls, news, wordings

Value = dict[str, Any]


def give_wording(
    services: Services, actor: Principal, request: GiveWording, now: int, idempotency_key: str
) -> Outcome:
    """Give agents a wording; `Done.value` is its row.

    Refused: wording_missing, wording_too_long, wording_personal (a telephone or identity number), outside_jurisdiction,
    no_such_category, too_many_wordings.
    """

    def decide(act: Act) -> Value:
        place = request.place or actor.jurisdiction
        _check_place(act, place)
        if request.category and request.category not in act.pack.categories:
            raise Refusal("no_such_category")
        if sum(one.place == place for one in wordings.holding(act.connection)) >= MOST:
            raise Refusal("too_many_wordings", most=MOST)
        given = Wording(
            new_id(), place, request.category, 1, _text_of(request.text), now, actor.id, actor.name
        )
        return _kept(act, given, "WordingGiven", is_new_version=True)

    return perform(services, actor, "give_wording", "wording", now, idempotency_key, request, decide)


def revise_wording(
    services: Services, actor: Principal, request: ReviseWording, now: int, idempotency_key: str
) -> Outcome:
    """Change what agents are to say; who has read the version before has not read this one. `Done.value` is the row.

    Refused: no_such_wording, wording_ended, outside_jurisdiction, wording_changed (another officer was first),
    wording_same, wording_missing, wording_too_long, wording_personal.
    """

    def change(act: Act, wording: Wording) -> Value:
        _check_place(act, wording.place)
        if wording.version != request.expected_version:
            raise Refusal("wording_changed", by=mask_name(wording.given_name), version=wording.version)
        text = _text_of(request.text)
        if text == wording.text:
            raise Refusal("wording_same")
        revised = replace(
            wording, version=wording.version + 1, text=text, given_at=now, given_by=actor.id,
            given_name=actor.name,
        )  # fmt: skip
        return _kept(act, revised, "WordingRevised", is_new_version=True, before=wording)

    return _on_wording(services, actor, "give_wording", request, now, idempotency_key, change)


def end_wording(
    services: Services, actor: Principal, request: EndWording, now: int, idempotency_key: str
) -> Outcome:
    """Say that a wording holds no longer; `Done.value` is its row.

    Refused: no_such_wording, wording_ended, outside_jurisdiction, reason_missing.
    """

    def change(act: Act, wording: Wording) -> Value:
        _check_place(act, wording.place)
        reason = request.reason.strip()
        if not reason:
            raise Refusal("reason_missing")
        ended = replace(wording, ended_at=now, ended_name=actor.name, ended_reason=reason[:LONGEST])
        return _kept(
            act, ended, "WordingEnded", is_new_version=False, before=wording, reason=reason[:LONGEST]
        )

    return _on_wording(services, actor, "give_wording", request, now, idempotency_key, change)


def read_wording(
    services: Services, actor: Principal, request: ReadWording, now: int, idempotency_key: str
) -> Outcome:
    """Note that an officer has read the version that holds; `Done.value` is {"new": 1, or 0 when noted before}.

    Refused: no_such_wording, wording_ended, wording_changed (a newer version holds).
    """

    def note(act: Act, wording: Wording) -> Value:
        _check_version(wording, request.version)
        return _noted(act, wording, [(actor.id, actor.name)])

    return _on_wording(services, actor, "read_wording", request, now, idempotency_key, note)


def report_wording_reads(
    services: Services, actor: Principal, request: ReportWordingReads, now: int, idempotency_key: str
) -> Outcome:
    """Note which seats have read the version that holds; `Done.value` is {"new", "unknown": seats never heard of}.

    Refused: no_such_wording, wording_ended, wording_changed, too_many_readers.
    """

    def note(act: Act, wording: Wording) -> Value:
        _check_version(wording, request.version)
        if len(request.agents) > READERS_AT_ONCE:
            raise Refusal("too_many_readers", most=READERS_AT_ONCE)
        known = {one.agent for one in calls.agents_now(act.connection)}
        told = list(dict.fromkeys(request.agents))
        noted = _noted(act, wording, [(f"{AGENT}{one}", one) for one in told if one in known])
        return noted | {"unknown": [one for one in told if one not in known]}

    return _on_wording(services, actor, "report_wording_reads", request, now, idempotency_key, note)


def _on_wording(
    services: Services, actor: Principal, name: str, request: Any, now: int, key: str,
    decide: Callable[[Act, Wording], Value],
) -> Outcome:  # fmt: skip
    def found(act: Act) -> Value:
        wording = wordings.find(act.connection, request.wording_id)
        if wording is None or not sees(act.pack.divisions, actor.jurisdiction, wording.place):
            raise Refusal("no_such_wording")
        if not wording.holds:
            raise Refusal("wording_ended")
        return decide(act, wording)

    return perform(services, actor, name, f"wording:{request.wording_id}"[:140], now, key, request, found)


def _kept(
    act: Act, wording: Wording, kind: str, *, is_new_version: bool, before: Wording | None = None, reason: str = ""
) -> Value:  # fmt: skip
    wordings.keep(act.connection, wording, is_new_version=is_new_version)
    scope = scope_of(act.pack.divisions, wording.place)
    act.changes["wording"] = {
        "before": None if before is None else [before.version, before.text],
        "after": [wording.version, wording.text, wording.ended_at],
    }
    act.tell(
        kind, within=scope, by=mask_name(act.actor.name), words=wording.text, version=wording.version, reason=reason
    )  # fmt: skip
    news.tell(act.connection, news.WORDINGS, scope)
    return wording_row(act.pack.divisions, wording, [], set())


def _noted(act: Act, wording: Wording, readers: list[tuple[str, str]]) -> Value:
    new = wordings.note_reads(act.connection, wording, readers, act.now)
    if new:
        news.tell(act.connection, news.WORDINGS, scope_of(act.pack.divisions, wording.place))
    return {"new": new}


def _check_version(wording: Wording, version: int) -> None:
    if wording.version != version:
        raise Refusal("wording_changed", by=mask_name(wording.given_name), version=wording.version)


def _check_place(act: Act, place: str) -> None:
    try:
        is_own = act.pack.divisions.is_within(place, act.actor.jurisdiction)
    except UnknownDivision:
        is_own = False
    if not is_own:
        raise Refusal("outside_jurisdiction")


def _text_of(given: str) -> str:
    text = given.strip()
    if not text:
        raise Refusal("wording_missing")
    if len(text) > LONGEST:
        raise Refusal("wording_too_long", most=LONGEST)
    if mask_numbers(text) != text:
        raise Refusal("wording_personal")
    return text
