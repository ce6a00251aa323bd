"""Taking a matter one step along its machine, and closing it with proof."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboard.domain.callback import last_answer
from dashboard.domain.guards import Facts, stands_against
from dashboard.domain.machine import Transition
from dashboard.domain.matter import Matter
from dashboard.domain.own_steps import is_for_the_unit
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal, Refused
from dashboard.domain.step_fields import kept, malformed
from dashboard.domain.words import ACT_WORDS, FIELD_WORDS, STAGE_WORDS, STEP_WORDS, both, listed
from dashboard.service.act import Act
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.closing import end_orders
from dashboard.service.commands.ends import stands_against_closing
from dashboard.service.field.result_photos import check_step
from dashboard.service.machines.effects import after_step
from dashboard.service.machines.facts import facts_for
from dashboard.service.machines.supervising import issue_order
from dashboard.service.merging.carrying import carried_wait
from dashboard.service.on_matter import perform_on_matter, row_of, touch
from dashboard.service.requests import (
    Advance,
    CloseMatter,
)
from dashboard.service.rows import Row
from dashboard.service.services import Services

OWN_ACTS = frozenset({"dispatch", "raise_whistle", "whistle_ended"})
"""Steps that have an act of their own, with more to check than the machine knows."""


def advance(
    services: Services, actor: Principal, request: Advance, expected_version: int | None, now: int,
    idempotency_key: str,
) -> Outcome:  # fmt: skip
    """Take one step of the matter's machine; `Done.value` is its row (a closed one as it was last).

    Refused: no_such_step (with the allowed ones), not_your_step, fields_missing, field_malformed, has_own_act,
    not_your_matter, photos_missing, changed, and those of the step's guards (`dashboard.domain.guards`).
    """

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id, expected_version)
        return _step(act, matter, request.to, dict(request.fields), request.photos)

    return perform_on_matter(services, actor, "advance", request, now, idempotency_key, decide)


def close_matter(
    services: Services, actor: Principal, request: CloseMatter, expected_version: int | None, now: int,
    idempotency_key: str,
) -> Outcome:  # fmt: skip
    """Close with proof; `Done.value` is the matter's last row. Refused: no_such_step (the stages still missing),
    fields_missing, not_called_back, redo_first, merged_not_called_back, supervision_unanswered, changed."""

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id, expected_version)
        return _step(act, matter, matter.machine.closed, dict(request.result))

    return perform_on_matter(services, actor, "close_matter", request, now, idempotency_key, decide)


def refused_step(
    act: Act, matter: Matter, row: Transition, fields: dict[str, Any]
) -> tuple[Refused | None, Facts]:
    """Return what stands against a step that the table has (None: nothing), and what was judged by."""
    facts = facts_for(act, matter, row, fields)
    own = act.actor.own_receiver
    handled_by = matter.worker if act.actor.role == "grid_worker" else matter.unit
    if own is not None and (own != handled_by or is_for_the_unit(act.actor.role, matter.stage, matter.unit)):
        return Refused("not_your_matter", {"no": matter.no}), facts
    refused = stands_against(facts)
    if refused is None and row.target in matter.machine.terminal:
        refused = stands_against_closing(act, matter) or carried_wait(act, matter)
    return refused, facts


def _step(act: Act, matter: Matter, to: str, fields: dict[str, Any], photos: tuple[str, ...] = ()) -> Row:
    _raise(matter.machine.check(matter.stage, to, act.actor.role, fields))
    row = matter.machine.find(matter.stage, to)
    assert row is not None
    if row.act in OWN_ACTS:
        raise Refusal("has_own_act", **both(ACT_WORDS, row.act, "act"))
    wrong = malformed(row, fields)
    if wrong:
        raise Refusal("field_malformed", fields=wrong, **listed(FIELD_WORDS, wrong, "names"))
    refused, facts = refused_step(act, matter, row, kept(row, fields))
    _raise(refused)
    check_step(act, matter, row.act, photos)
    touch(act, after_step(act, _moved(act, matter, row), facts), "MatterMoved")
    moved = act.work.matter(matter.id)
    assert moved is not None
    if not moved.is_open:
        end_orders(act, matter.id)
    reason = str(facts.fields.get("reason") or facts.fields.get("plan") or "")
    keep_clocks(act, matter.id, reason=reason)
    _tell(act, matter, row, reason)
    _supervise_second_time(act, facts)
    return row_of(act, matter.id)


def _moved(act: Act, matter: Matter, row: Transition) -> Matter:
    ended = row.target in matter.machine.terminal
    return replace(
        matter, stage=row.target, stage_at=act.now, acknowledged=False, closed_at=act.now if ended else None
    )


def _tell(act: Act, matter: Matter, row: Transition, reason: str) -> None:
    ended = row.target in matter.machine.terminal
    kind = "MatterClosed" if ended else "MatterStepped" if reason else "MatterMoved"
    act.tell(
        kind, matter=matter.id, no=matter.no, title=matter.title, place=matter.place, step=row.act,
        **both(STEP_WORDS, row.act, "step_name"), stage=row.target, stage_before=matter.stage, reason=reason,
        unit_id=matter.unit or "",  # a step belongs to the unit that had the matter when it was taken
        **both(STAGE_WORDS, row.target, "stage_name"),
    )  # fmt: skip


def _supervise_second_time(act: Act, facts: Facts) -> None:
    """Dissatisfied again after it was redone: the unit gets a supervision order without anybody asking for it."""
    if facts.row.act != "redo":
        return
    matter = act.work.matter(facts.matter.id)
    assert matter is not None
    answer = last_answer(facts.calls)
    if facts.earlier_answers and (answer is None or answer.is_dissatisfied):
        issue_order(act, matter, "dissatisfied_again", str(facts.fields.get("reason", "")))


def _raise(refused: Refused | None) -> None:
    if refused is not None:
        raise Refusal(refused.code, **refused.params)
