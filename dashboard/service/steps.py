"""Taking a matter one step along its machine, and closing it with proof."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from dashboard.domain.machine import fields_missing, is_blank
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.words import ACT_WORDS, STAGE_WORDS, both
from dashboard.service.act import Act
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.closing import end_orders
from dashboard.service.on_matter import perform_on_matter, row_of, touch
from dashboard.service.requests import (
    Advance,
    CloseMatter,
)
from dashboard.service.rows import Row
from dashboard.service.services import Services

# Steps that have an act of their own, with more to check than the machine knows.
_OWN_ACTS = frozenset({"dispatch", "raise_whistle", "whistle_ended"})


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

    return perform_on_matter(services, actor, "advance", request, now, idempotency_key, decide)


def close_matter(
    services: Services, actor: Principal, request: CloseMatter, expected_version: int | None, now: int,
    idempotency_key: str,
) -> Outcome:  # fmt: skip
    """Close with proof; `Done.value` is the matter's last row. Refused: no_such_step (the stages still missing),
    fields_missing, three_tries_missing, changed."""

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id, expected_version)
        return _step(act, matter, "CLOSED", dict(request.result))

    return perform_on_matter(services, actor, "close_matter", request, now, idempotency_key, decide)


def _step(act: Act, matter: Matter, to: str, fields: dict[str, Any]) -> Row:
    refused = matter.machine.check(matter.stage, to, act.actor.role, fields)
    if refused is not None:
        raise Refusal(refused.code, **refused.params)
    row = matter.machine.find(matter.stage, to)
    assert row is not None
    if row.act in _OWN_ACTS:
        raise Refusal("has_own_act", **both(ACT_WORDS, row.act, "act"))
    handled_by = matter.worker if act.actor.role == "grid_worker" else matter.unit
    if act.actor.own_receiver is not None and act.actor.own_receiver != handled_by:
        raise Refusal("not_your_matter", no=matter.no)
    if to in ("REPLIED",) and fields.get("resolved") is False and is_blank(fields.get("unresolved_reason")):
        refused = fields_missing(["unresolved_reason"], to)
        raise Refusal(refused.code, **refused.params)
    if to == "CLOSED" and fields.get("callback") not in (None, "answered", "three_tries"):
        raise Refusal("three_tries_missing", no=matter.no)
    before = matter.stage
    moved = _with_fields(act, matter, to, row.act, fields)
    touch(act, moved, "MatterMoved")
    if not moved.is_open:
        end_orders(act, matter.id)
    keep_clocks(act, matter.id, reason=str(fields.get("reason", "")))
    kind = "MatterClosed" if not moved.is_open else "MatterMoved"
    act.tell(
        kind, matter=matter.id, no=matter.no, title=matter.title, place=matter.place, step=row.act,
        stage=to, stage_before=before, **both(STAGE_WORDS, to, "stage_name"),
    )  # fmt: skip
    return row_of(act, matter.id)


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
