"""What a step does besides moving the matter: each effect returns the matter as it leaves it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from dashboard.domain.callback import SATISFIED, last_answer
from dashboard.domain.guards import Facts, details_of
from dashboard.domain.matter import Matter
from dashboard.domain.refusal import Refusal
from dashboard.service.act import Act
from dashboard.service.machines import ruling
from dashboard.service.machines.counted_end import counted_end
from dashboard.service.machines.supervising import end_urges
from dashboard.service.placing import scope_of

Effect = Callable[[Act, Matter, Facts], Matter]
"""(act, the matter in its new stage, the step's facts as it was before) -> the matter to keep."""

DETAIL_FIELDS: Final = ("window", "mediator", "agreement", "body", "document_no")
RESULT_ACTS: Final = frozenset(
    {
        "reply",
        "dispose",
        "answer_directly",
        "found_untrue",
        "close",
        "interview",
        "agree",
        "fulfil",
        "review_suspension",
    }
)
"""Steps whose fields are the result that others read; a ruling's reason never overwrites it."""


def after_step(act: Act, moved: Matter, facts: Facts) -> Matter:
    """Return the matter after everything its step does."""
    fields, step = facts.fields, facts.row.act
    if step in RESULT_ACTS and fields:
        known = json.loads(moved.result) if moved.result else {}
        kept = known | dict(fields) if isinstance(known, dict) and step != "reply" else dict(fields)
        moved = replace(moved, result=json.dumps(kept, ensure_ascii=False))
    if "resolved" in fields:
        moved = replace(moved, resolved=bool(fields["resolved"]))
    details = details_of(moved) | {name: fields[name] for name in DETAIL_FIELDS if name in fields}
    if details != details_of(moved):
        moved = replace(moved, details=json.dumps(details, ensure_ascii=False))
    effect = EFFECTS.get(step)
    return moved if effect is None else effect(act, moved, facts)


def _sign(act: Act, moved: Matter, _facts: Facts) -> Matter:
    return replace(moved, signed_at=act.now)


def _reply(act: Act, moved: Matter, _facts: Facts) -> Matter:
    return end_urges(act, replace(moved, replied_at=act.now))


def _return(act: Act, moved: Matter, facts: Facts) -> Matter:
    ruling.ask_return(act, moved, str(facts.fields["reason"]))
    return moved


def _uphold(_act: Act, moved: Matter, _facts: Facts) -> Matter:
    return replace(moved, unit=None)


def _force(act: Act, moved: Matter, _facts: Facts) -> Matter:
    return replace(moved, signed_at=moved.signed_at or act.now)


def _apply_extension(act: Act, moved: Matter, facts: Facts) -> Matter:
    ruling.ask_extension(act, moved, str(facts.fields["reason"]), int(facts.fields["until_at"]))
    return moved


def _rule_extension(act: Act, moved: Matter, facts: Facts) -> Matter:
    return ruling.grant_extension(act, moved, dict(facts.fields))


def _suspend(_act: Act, moved: Matter, facts: Facts) -> Matter:
    return replace(moved, suspended_until=int(facts.fields["target_at"]))


def _close(_act: Act, moved: Matter, facts: Facts) -> Matter:
    """Resolved and satisfied are what the citizen said; when three tries reached nobody, resolved is the officer's."""
    answer = last_answer(facts.calls)
    if answer is None:
        return moved
    said = answer.satisfaction
    satisfied = None if said == "unasked" else said in SATISFIED
    resolved = moved.resolved if answer.resolved is None else answer.resolved
    return replace(moved, satisfied=satisfied, resolved=resolved)


def _sort(act: Act, moved: Matter, facts: Facts) -> Matter:
    window = str(facts.fields["window"])
    if window not in act.pack.windows:
        raise Refusal("no_such_window", window=window)
    unit_id = str(facts.fields["unit"])
    if unit_id not in act.pack.units:
        raise Refusal("no_such_unit", unit=unit_id)
    unit = act.pack.units.get(unit_id)
    if not act.in_jurisdiction((unit.region,)):
        raise Refusal("receiver_outside", receiver=unit.short)
    inside = any(act.pack.divisions.is_within(one, unit.region) for one in moved.scope)
    scope = (
        moved.scope
        if inside or unit.region == act.services.city
        else (*moved.scope, *scope_of(act.pack, unit.region))
    )
    # The clock starts at the first dispatch; a bounce does not start it anew.
    sorted_ = replace(moved, unit=unit.id, scope=scope, dispatched_at=moved.dispatched_at or act.now)
    if sorted_.final_due_at is not None:
        return sorted_
    return replace(sorted_, final_due_at=counted_end(act, moved, sorted_))


def _interview(act: Act, moved: Matter, _facts: Facts) -> Matter:
    return replace(moved, signed_at=moved.signed_at or act.now)


def _fail_mediation(_act: Act, moved: Matter, _facts: Facts) -> Matter:
    details = details_of(moved)
    return replace(
        moved,
        details=json.dumps(details | {"mediations": details.get("mediations", 0) + 1}, ensure_ascii=False),
    )


EFFECTS: Final[dict[str, Effect]] = {
    "sign": _sign,
    "reply": _reply,
    "dispose": _reply,
    "return": _return,
    "uphold_return": _uphold,
    "force": _force,
    "apply_extension": _apply_extension,
    "rule_extension": _rule_extension,
    "suspend": _suspend,
    "review_suspension": _suspend,
    "close": _close,
    "sort": _sort,
    "interview": _interview,
    "fail_mediation": _fail_mediation,
    "fulfil": _reply,
    "confirmed": _reply,
    "awarded": _reply,
    "filed": _reply,
}
"""By the act of the row; a step that is not here only moves the matter."""
