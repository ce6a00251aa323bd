"""One callback per act: parse, one service call, tell what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.desk import asked as requests
from callbacks.desk.asked import Asked, Malformed, instant_of
from callbacks.desk.wiring import act_targets
from dashboard import service
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refused
from dashboard.principal_context import current_principal
from dashboard.service import Services
from dashboard.store.store import StoreBusy
from layouts import ids
from layouts.catalogue import text
from layouts.desk import outcome
from layouts.refusal import refusal_text

MAX_OBJECTIVE = 200  # characters of one receiver's own words
Perform = Callable[[Services, Principal, Asked, int], Outcome]


@dataclass(frozen=True, slots=True)
class ActCall:
    """An act of the desk and the one service function that it calls."""

    act: str
    perform: Perform


def register_acts(app: Dash, services: Services, clock: Clock) -> None:
    """Register the callback of every act except leaving, which also explains itself in the drawer."""
    for call in ACT_CALLS:
        _register(app, call, services, clock)


def _register(app: Dash, call: ActCall, services: Services, clock: Clock) -> None:
    (target,) = act_targets(call.act)

    @app.callback(
        Output(*target),
        Input(ids.act_request(call.act), "data"),
        State(ids.DESK_ADVICE, "data"),
        prevent_initial_call=True,
    )
    async def act(data: object, advice: object) -> Component:
        now = clock.now_ms()
        try:
            wanted = requests.read_act({**data, "advice": advice} if isinstance(data, dict) else data)
            result = await asyncio.to_thread(call.perform, services, current_principal(), wanted, now)
        except Malformed:
            return outcome.refused(
                requests.key_of(data), text("desk.failed.malformed", requests.lang_of(data))
            )
        except StoreBusy:
            return outcome.refused(requests.key_of(data), text("desk.failed.busy", requests.lang_of(data)))
        return told(call.act, wanted, result, now)


def told(act: str, wanted: Asked, result: Outcome, now: int) -> Component:
    """Render an act's result in words."""
    if isinstance(result, Refused):
        return outcome.refused(wanted.key, refusal_text(result, wanted.lang))
    row = result.value if isinstance(result.value, dict) else {}
    receivers = [
        outcome.ReceiverOutcome(str(one["name"]), "desk.done.queued")
        for one in row.get("receivers", ())
        if act in ("dispatch", "whistle")
    ]
    words = {"no": row.get("no", ""), "count": len(receivers)} if receivers else {}
    detail = _revealed(row) if act == "reveal" else ""
    return outcome.done(
        wanted.key, text(f"desk.done.{act}", wanted.lang, **words), at=now, lang=wanted.lang, receivers=receivers,
        detail=detail,
    )  # fmt: skip


def _revealed(row: dict[str, Any]) -> str:
    parts = [str(row[name]) for name in ("name", "phone", "address", "words") if row.get(name)]
    return "  ".join(parts)


def _dispatch(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    request = service.Dispatch(
        matter_id=wanted.matter_id,
        receivers=tuple(_receiver(one, wanted.instant("due_at")) for one in wanted.rows("receivers")),
        objective=wanted.text("objective"),
        recommendation=_shown_advice(wanted),
        override_reason=wanted.text("override_reason", required=False) or None,
    )
    return service.dispatch(services, actor, request, wanted.expected_version, now, wanted.key)


def _shown_advice(wanted: Asked) -> dict[str, Any] | None:
    """The recommendation that the dialog showed for this matter, None when it showed none."""
    advice = wanted.fields.get("advice")
    if not isinstance(advice, dict) or advice.get("matter_id") != wanted.matter_id:
        return None
    candidates = advice.get("candidates", [])
    if not isinstance(candidates, list):
        raise Malformed("advice")
    if not all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in candidates):
        raise Malformed("advice")
    return advice


def _receiver(one: Any, due_at: int | None) -> service.ReceiverOrder:
    kind, receiver_id, role = one.get("kind"), one.get("id"), one.get("role")
    if kind not in ("unit", "worker") or role not in ("lead", "assist") or not isinstance(receiver_id, str):
        raise Malformed("receivers")
    objective, own_due_at = one.get("objective", ""), instant_of(one.get("due_at"), "receivers")
    if not isinstance(objective, str) or len(objective) > MAX_OBJECTIVE or "\0" in objective:
        raise Malformed("receivers")
    return service.ReceiverOrder(
        kind, receiver_id, role, objective, due_at if own_due_at is None else own_due_at
    )


def _whistle(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    request = service.RaiseWhistle(
        matter_id=wanted.matter_id,
        units=wanted.texts("units"),
        agenda=wanted.texts("agenda"),
        decider=wanted.text("decider"),
        place=wanted.text("place"),
        message=wanted.text("message", required=False),
        reception=wanted.text("reception", required=False),
        fallback=wanted.text("fallback", required=False),
    )
    return service.raise_whistle(services, actor, request, wanted.expected_version, now, wanted.key)


def _transfer(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    request = service.Transfer(wanted.matter_id, wanted.text("unit"), wanted.text("reason"))
    return service.transfer(services, actor, request, wanted.expected_version, now, wanted.key)


def _supervise(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    request = service.Supervise(wanted.matter_id, wanted.text("reason"))
    return service.supervise(services, actor, request, now, wanted.key)


def _urge(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    request = service.Urge(wanted.matter_id, wanted.text("reason", required=False))
    return service.urge(services, actor, request, now, wanted.key)


def _acknowledge(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    request = service.Acknowledge(wanted.matter_id)
    return service.acknowledge(services, actor, request, now, wanted.key)


def _decision(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    item = wanted.text("item")
    if not item.isdecimal() or len(item) > 4:
        raise Malformed("item")
    request = service.RecordDecision(
        command_id=wanted.command(),
        item=int(item),
        decision=wanted.text("decision"),
        owner=wanted.text("owner"),
        due_at=wanted.instant("due_at"),
        reviewer=wanted.text("verifier"),
        owner_unit=wanted.text("owner_unit", required=False) or None,
    )
    return service.record_decision(services, actor, request, now, wanted.key)


def _consultation(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    next_at = wanted.instant("next_at")
    if next_at is None:
        raise Malformed("next_at")
    request = service.RaiseToConsultation(wanted.command(), wanted.text("host"), next_at)
    return service.raise_to_consultation(services, actor, request, now, wanted.key)


def _note(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    return service.note(services, actor, service.Note(wanted.matter_id, wanted.text("note")), now, wanted.key)


def _reveal(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    request = service.RevealCitizen(wanted.matter_id, wanted.text("reason"))
    return service.reveal_citizen(services, actor, request, now, wanted.key)


ACT_CALLS: tuple[ActCall, ...] = (
    ActCall("dispatch", _dispatch),
    ActCall("whistle", _whistle),
    ActCall("transfer", _transfer),
    ActCall("supervise", _supervise),
    ActCall("urge", _urge),
    ActCall("acknowledge", _acknowledge),
    ActCall("decision", _decision),
    ActCall("consultation", _consultation),
    ActCall("note", _note),
    ActCall("reveal", _reveal),
)
