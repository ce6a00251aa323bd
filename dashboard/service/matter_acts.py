"""What an officer or a unit does to a matter itself: see, urge, supervise, regrade, hand on, move on, close, note."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from dashboard.domain.clocks import final_due_at
from dashboard.domain.deadline import acknowledged
from dashboard.domain.machine import fields_missing, is_blank
from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.words import ACT_WORDS, STAGE_WORDS, URGENCY_WORDS, both
from dashboard.service.act import Act, new_id, perform
from dashboard.service.clock_keeping import end, keep_clocks, summarise
from dashboard.service.closing import end_orders
from dashboard.service.commanding import required_text
from dashboard.service.dispatch import DISPATCHED_STAGE
from dashboard.service.placing import scope_of
from dashboard.service.requests import (
    Acknowledge,
    Advance,
    CloseMatter,
    Note,
    SetUrgency,
    Supervise,
    Transfer,
    Urge,
)
from dashboard.service.rows import Row, matter_row
from dashboard.service.services import Services

# Steps that have an act of their own, with more to check than the machine knows.
_OWN_ACTS = frozenset({"dispatch", "raise_whistle", "whistle_ended"})


def acknowledge(
    services: Services, actor: Principal, request: Acknowledge, now: int, idempotency_key: str
) -> Outcome:
    """Say that the alarm was seen: pending repeats stop, the next step (or a follow-up) is armed.

    `Done.value` is the matter's row. Refused: nothing_to_acknowledge.
    """

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id)
        if matter.acknowledged or matter.level == 0:
            raise Refusal("nothing_to_acknowledge", no=matter.no)
        for armed in act.work.clocks_of(matter.id):
            if armed.level == 0:
                continue
            steps = services.policies.steps(armed.applies_to, armed.stage, armed.urgency)
            following = acknowledged(armed, steps, services.calendar, now, new_id)
            if following is not None:
                end(act, armed, "acknowledged")
                act.work.deadlines.put(following)
        act.change(replace(matter, acknowledged=True, touched_at=now))
        summarise(act, matter.id)
        act.tell("MatterAcknowledged", matter=matter.id, no=matter.no, by=mask_name(actor.name))
        return _row(act, matter.id)

    return _perform(services, actor, "acknowledge", request, now, idempotency_key, decide)


def urge(services: Services, actor: Principal, request: Urge, now: int, idempotency_key: str) -> Outcome:
    """催办; `Done.value` is the matter's row. Refused: no_unit (nobody has the matter yet)."""

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id)
        unit = _unit_name(act, matter)
        act.tell("MatterUrged", matter=matter.id, no=matter.no, unit=unit, text=request.text.strip()[:500])
        act.change(replace(matter, touched_at=now))
        return _row(act, matter.id)

    return _perform(services, actor, "urge", request, now, idempotency_key, decide)


def supervise(
    services: Services, actor: Principal, request: Supervise, now: int, idempotency_key: str
) -> Outcome:
    """督办: written pressure on the unit; `Done.value` is the matter's row. Refused: no_unit, reason_missing."""

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id)
        text = required_text(request.text, "reason_missing")
        unit = _unit_name(act, matter)
        act.change(replace(matter, touched_at=now))
        act.tell(
            "MatterSupervised",
            matter=matter.id,
            tone="risk",
            no=matter.no,
            unit=unit,
            text=text,
            by=mask_name(actor.name),
        )
        return _row(act, matter.id)

    return _perform(services, actor, "supervise", request, now, idempotency_key, decide)


def set_urgency(
    services: Services, actor: Principal, request: SetUrgency, expected_version: int | None, now: int,
    idempotency_key: str,
) -> Outcome:  # fmt: skip
    """Regrade a matter; its clocks follow from the same start. `Done.value` is its row.

    Refused: no_such_urgency, same_urgency, reason_missing, changed.
    """

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id, expected_version)
        if request.urgency not in (1, 2, 3, 4):
            raise Refusal("no_such_urgency")
        if request.urgency == matter.urgency:
            raise Refusal("same_urgency", no=matter.no)
        reason = required_text(request.reason, "reason_missing")
        graded = replace(matter, urgency=request.urgency)
        if matter.final_due_at is not None:
            graded = replace(graded, final_due_at=final_due_at(graded, services.policies, services.calendar))
        _touch(act, graded, "UrgencySet")
        keep_clocks(act, matter.id, reason=reason)
        tone = "risk" if request.urgency == 1 else ""
        act.tell(
            "UrgencySet", matter=matter.id, tone=tone, no=matter.no, urgency=request.urgency,
            **both(URGENCY_WORDS, str(request.urgency), "urgency_name"), before=matter.urgency, reason=reason,
        )  # fmt: skip
        return _row(act, matter.id)

    return _perform(services, actor, "set_urgency", request, now, idempotency_key, decide)


def transfer(
    services: Services, actor: Principal, request: Transfer, expected_version: int | None, now: int,
    idempotency_key: str,
) -> Outcome:  # fmt: skip
    """Give a matter to another unit, which has to sign anew; the handling clock goes on. `Done.value` is its row.

    Refused: no_such_unit, same_unit, receiver_outside, reason_missing, not_transferable, changed.
    """

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id, expected_version)
        reason = required_text(request.reason, "reason_missing")
        if request.unit not in act.pack.units:
            raise Refusal("no_such_unit", unit=request.unit)
        unit = act.pack.units.get(request.unit)
        if unit.id == matter.unit:
            raise Refusal("same_unit", unit=unit.short)
        if not act.in_jurisdiction((unit.region,)):
            raise Refusal("receiver_outside", receiver=unit.short)
        if matter.whistle is not None or matter.stage in ("REPLIED", "TO_CALLBACK", "DISPOSED", "CHECKING"):
            raise Refusal("not_transferable", no=matter.no, **both(STAGE_WORDS, matter.stage, "stage_name"))
        before = (
            act.pack.units.get(matter.unit).short if matter.unit and matter.unit in act.pack.units else ""
        )
        handed = replace(
            matter,
            unit=unit.id,
            stage=DISPATCHED_STAGE[matter.kind],
            stage_at=now,
            dispatched_at=matter.dispatched_at or now,
            acknowledged=False,
            scope=_scope_with_unit(act, matter, unit.region),
        )
        if handed.final_due_at is None:
            handed = replace(handed, final_due_at=final_due_at(handed, services.policies, services.calendar))
        _touch(act, handed, "MatterTransferred")
        keep_clocks(act, matter.id, reason=reason)
        act.tell(
            "MatterTransferred", matter=matter.id, no=matter.no, unit=unit.short, before=before, reason=reason
        )
        return _row(act, matter.id)

    return _perform(services, actor, "transfer", request, now, idempotency_key, decide)


def advance(
    services: Services, actor: Principal, request: Advance, expected_version: int | None, now: int,
    idempotency_key: str,
) -> Outcome:  # fmt: skip
    """Take one step of the matter's machine; `Done.value` is its row (a closed one as it was last).

    Refused: no_such_step (with the allowed ones), not_your_step, fields_missing, has_own_act, not_your_matter, changed.
    """

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id, expected_version)
        return _step(act, matter, request.to, dict(request.fields))

    return _perform(services, actor, "advance", request, now, idempotency_key, decide)


def close_matter(
    services: Services, actor: Principal, request: CloseMatter, expected_version: int | None, now: int,
    idempotency_key: str,
) -> Outcome:  # fmt: skip
    """Close with proof; `Done.value` is the matter's last row. Refused: no_such_step (the stages still missing),
    fields_missing, three_tries_missing, changed."""

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id, expected_version)
        return _step(act, matter, "CLOSED", dict(request.result))

    return _perform(services, actor, "close_matter", request, now, idempotency_key, decide)


def note(services: Services, actor: Principal, request: Note, now: int, idempotency_key: str) -> Outcome:
    """Write a line into the matter's history; `Done.value` is the matter's row. Refused: text_missing."""

    def decide(act: Act) -> Row:
        matter = act.matter(request.matter_id)
        text = required_text(request.text, "text_missing")
        act.tell("NoteWritten", matter=matter.id, no=matter.no, text=text, by=mask_name(actor.name))
        return _row(act, matter.id)

    return _perform(services, actor, "note", request, now, idempotency_key, decide)


def _step(act: Act, matter: Matter, to: str, fields: dict[str, Any]) -> Row:
    refused = matter.machine.check(matter.stage, to, act.actor.role, fields)
    if refused is not None:
        raise Refusal(refused.code, **refused.params)
    row = matter.machine.find(matter.stage, to)
    assert row is not None
    if row.act in _OWN_ACTS:
        raise Refusal("has_own_act", **both(ACT_WORDS, row.act, "act"))
    if act.actor.role == "unit_liaison" and matter.unit != act.actor.unit:
        raise Refusal("not_your_matter", no=matter.no)
    if to in ("REPLIED",) and fields.get("resolved") is False and is_blank(fields.get("unresolved_reason")):
        refused = fields_missing(["unresolved_reason"], to)
        raise Refusal(refused.code, **refused.params)
    if to == "CLOSED" and fields.get("callback") not in (None, "answered", "three_tries"):
        raise Refusal("three_tries_missing", no=matter.no)
    before = matter.stage
    moved = _with_fields(act, matter, to, row.act, fields)
    _touch(act, moved, "MatterMoved")
    if not moved.is_open:
        end_orders(act, matter.id)
    keep_clocks(act, matter.id, reason=str(fields.get("reason", "")))
    kind = "MatterClosed" if not moved.is_open else "MatterMoved"
    act.tell(
        kind, matter=matter.id, no=matter.no, title=matter.title, place=matter.place, step=row.act,
        stage=to, stage_before=before, **both(STAGE_WORDS, to, "stage_name"),
    )  # fmt: skip
    return _row(act, matter.id)


def _with_fields(act: Act, matter: Matter, to: str, step: str, fields: dict[str, Any]) -> Matter:
    now = act.now
    ended = to in matter.machine.terminal
    moved = replace(
        matter, stage=to, stage_at=now, acknowledged=False, closed_at=now if ended else None,
        result=json.dumps(fields, ensure_ascii=False, default=str) if fields else matter.result,
    )  # fmt: skip
    if step == "sign":
        moved = replace(moved, signed_at=now)
    if to in ("REPLIED", "DISPOSED"):
        moved = replace(moved, replied_at=now)
    if step == "uphold_return":
        moved = replace(moved, returned=matter.returned + 1, unit=None)
    if step == "rule_extension" and fields.get("granted"):
        moved = replace(moved, final_due_at=_granted_until(act, matter, fields))
    if step == "resume" and matter.final_due_at is not None:
        # 挂账 is one of the states that pause the clock; the pause is this transition's own audited row.
        moved = replace(moved, final_due_at=matter.final_due_at + now - matter.stage_at)
    if "resolved" in fields:
        moved = replace(moved, resolved=bool(fields["resolved"]))
    if to == "CLOSED" and "satisfaction" in fields:
        said = {"satisfied": True, "dissatisfied": False}
        moved = replace(moved, satisfied=said.get(str(fields["satisfaction"])))
    return moved


def _granted_until(act: Act, matter: Matter, fields: dict[str, Any]) -> int:
    until_at = fields.get("until_at")
    if not isinstance(until_at, int) or until_at <= act.now:
        refused = fields_missing(["until_at"], "HANDLING")
        raise Refusal(refused.code, **refused.params)
    limit = act.services.policies.limit("order", "extension", matter.urgency, matter.category)
    base = matter.final_due_at or act.now
    if limit is not None and until_at > limit.due_at(base, act.services.calendar):
        raise Refusal("extension_too_long", no=matter.no)
    return until_at


def _touch(act: Act, matter: Matter, kind: str) -> None:
    act.change(
        replace(
            matter,
            version=matter.version + 1,
            touched_at=act.now,
            touched_by=act.actor.name,
            touched_kind=kind,
        )
    )


def _scope_with_unit(act: Act, matter: Matter, region: str) -> tuple[str, ...]:
    if region == act.services.city or any(act.pack.divisions.is_within(one, region) for one in matter.scope):
        return matter.scope
    return (*matter.scope, *scope_of(act.pack, region))


def _unit_name(act: Act, matter: Matter) -> str:
    if not matter.unit or matter.unit not in act.pack.units:
        raise Refusal("no_unit", no=matter.no)
    return act.pack.units.get(matter.unit).short


def _row(act: Act, matter_id: str) -> Row:
    matter = act.work.matter(matter_id)
    assert matter is not None
    return matter_row(matter, act.pack)


def _perform(
    services: Services, actor: Principal, name: str, request: Any, now: int, key: str, decide: Any
) -> Outcome:
    return perform(services, actor, name, f"matter:{request.matter_id}", now, key, request, decide)
