"""What the forms on a command send: each reads its fields and calls one service function."""

from __future__ import annotations

from typing import Literal

from callbacks.desk.asked import Asked, Malformed
from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome
from dashboard.service import Services


def confirm_arrival(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    """Vouch for a receiver."""
    request = service.ConfirmArrival(wanted.arg("command"), wanted.arg("receiver"), wanted.text("word"))
    return service.confirm_arrival(services, actor, request, now, wanted.key)


def add_receivers(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    """Order more units."""
    objective, due_at = wanted.text("objective", required=False), wanted.instant("due")
    orders = tuple(service.ReceiverOrder("unit", one, "assist", objective, due_at) for one in wanted.picked())
    request = service.AddReceivers(wanted.arg("command"), orders)
    return service.add_receivers(services, actor, request, now, wanted.key)


def reassign(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    """Give a receiver's part to another unit."""
    picked = wanted.picked()
    if len(picked) != 1:
        raise Malformed("to")
    to = service.ReceiverOrder("unit", picked[0])
    request = service.Reassign(wanted.arg("command"), wanted.text("receiver"), to, wanted.text("reason"))
    return service.reassign(services, actor, request, now, wanted.key)


def recall_receiver(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    """Take one receiver back."""
    request = service.RecallReceiver(wanted.arg("command"), wanted.text("receiver"), wanted.text("reason"))
    return service.recall_receiver(services, actor, request, now, wanted.key)


def recall_command(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    """Take the whole command back."""
    request = service.Recall(wanted.arg("command"), wanted.text("reason"))
    return service.recall(services, actor, request, now, wanted.key)


def record_done(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    """Record a grid worker's result instead of the worker, with the reason why."""
    request = service.Answer(
        wanted.arg("command"),
        wanted.text("receiver"),
        "done",
        wanted.text("reason"),
        result=wanted.text("result"),
    )
    return service.answer(services, actor, request, now, wanted.key)


def rule_decline(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    """Rule on an objection."""
    written = wanted.text("ruling")
    ruling: Literal["released", "insisted"] = "released" if written == "released" else "insisted"
    if written != ruling:
        raise Malformed("ruling")
    request = service.RuleDecline(
        wanted.arg("command"), wanted.arg("receiver"), ruling, wanted.text("reason")
    )
    return service.rule_decline(services, actor, request, now, wanted.key)


def sign_register(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    """Sign people in, one a line: the name, and after a blank the post."""
    people = [line.split(maxsplit=1) for line in wanted.text("people").splitlines() if line.strip()]
    named = tuple(service.Attendee(one[0], one[1] if len(one) > 1 else "") for one in people)
    request = service.SignRegister(wanted.arg("command"), wanted.text("receiver"), named)
    return service.sign_register(services, actor, request, now, wanted.key)


def replace_attendee(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    """Let one person go whose colleague takes over."""
    request = service.ReplaceAttendee(
        wanted.arg("command"),
        wanted.arg("receiver"),
        wanted.text("leaving"),
        wanted.text("taking_over"),
        wanted.text("reason", required=False),
    )
    return service.replace_attendee(services, actor, request, now, wanted.key)


def complete_decision(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    """Say that a decision has been done."""
    item = wanted.arg("item")
    if not item.isascii() or not item.isdecimal() or len(item) > 2:
        raise Malformed("item")
    request = service.CompleteDecision(wanted.arg("command"), int(item), wanted.text("result"))
    return service.complete_decision(services, actor, request, now, wanted.key)


def rate_unit(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    """Rate one unit."""
    punctual, competent, solved = (wanted.number(name) for name in ("punctual", "competent", "solved"))
    if punctual is None or competent is None or solved is None:
        raise Malformed("marks")
    request = service.RateUnit(
        wanted.arg("command"), wanted.text("receiver"), punctual, competent, solved,
        wanted.text("words", required=False),
    )  # fmt: skip
    return service.rate_unit(services, actor, request, now, wanted.key)
