"""Keeping the armed clocks of a matter in step with where it stands, and its row in step with its clocks."""

from __future__ import annotations

from dataclasses import replace

from dashboard.domain import deadline as clock
from dashboard.domain.clocks import Wanted, wanted_for_command, wanted_for_matter
from dashboard.domain.command import Receipt
from dashboard.domain.deadline import CARDS, Deadline, Relieved
from dashboard.domain.matter import Matter
from dashboard.domain.shift import ALARM_PURPOSE
from dashboard.service.act import Act, new_id
from dashboard.service.machines.pauses import keep_pause
from dashboard.service.machines.ruling import keep_rulings
from dashboard.service.more_clocks import more_wanted

BESIDE = frozenset({"decision", "decline_ruling"})
"""Clocks about a command that are not its receivers': they do not move the end that its row shows."""


def keep_clocks(act: Act, matter_id: str, *, reason: str = "") -> None:
    """Arm the clocks that should run, end those that should not, and bring matter and command rows up to date.

    Called after every change of a matter, a command or a receipt in the act's transaction.
    """
    missed_from = keep_pause(act, matter_id, reason)
    matter = act.work.matter(matter_id)
    assert matter is not None
    services = act.services
    commands = [one for one in act.work.commands_of([matter_id]) if one.is_open]
    policies = services.steps_of(matter.policy_version)
    wanted = list(wanted_for_matter(matter, policies, services.calendar))
    for command in commands:
        receipts = act.work.receipts_of(command.id)
        wanted.extend(wanted_for_command(command, receipts, policies, matter.urgency))
    wanted.extend(more_wanted(act, matter))
    armed = {one.chain: one for one in act.work.clocks_of(matter_id)}
    for chain in armed.keys() - {one.chain for one in wanted}:
        end(act, armed[chain], "relieved", reason)
    for one in wanted:
        _keep_one(act, matter, one, armed.get(one.chain), missed_from)
    keep_rulings(act, matter_id, reason)
    summarise(act, matter_id)


def end(act: Act, armed: Deadline, state: str, reason: str = "") -> None:
    """End an armed clock; the row stays as history."""
    act.work.deadlines.put(replace(armed, state=state, ended_at=act.now, reason=reason))


def relieved_by(receipt: Receipt | None) -> Relieved:
    """Return what tells whether a step's mark was reached; a matter's own clock ends with its stage instead."""
    if receipt is None:
        return lambda _unless: False
    return receipt.has_reached


def summarise(act: Act, matter_id: str) -> None:
    """Set level, card, who must act and the nearest end of the matter and its commands from their armed clocks."""
    matter = act.work.matter(matter_id)
    assert matter is not None
    # Who at the desk answers an alarm is the desk's own affair: it is no limit of the matter.
    clocks = [one for one in act.work.clocks_of(matter_id) if one.purpose != ALARM_PURPOSE]
    if clocks and matter.is_open:
        nearest = min(clocks, key=lambda one: (one.objective_at, one.chain))
        changed = replace(
            matter,
            due_at=nearest.objective_at,
            due_for=nearest.purpose,
            limit_ms=nearest.limit_ms,
            level=max(one.level for one in clocks),
            card=max((one.card for one in clocks), key=CARDS.index),
            must_act=_highest(clocks).must_act,
        )
        if changed != matter:
            act.change(changed)
    for command in act.work.commands_of([matter_id]):
        own = [one for one in clocks if one.command_id == command.id and one.purpose not in BESIDE]
        if not command.is_open:
            continue
        if own:
            nearest = min(own, key=lambda one: (one.objective_at, one.chain))
            summary = replace(
                command,
                due_at=nearest.objective_at,
                limit_ms=nearest.limit_ms,
                level=max(one.level for one in own),
                must_act=_highest(own).must_act,
            )
        else:
            summary = replace(command, level=0, must_act="")
        if summary != command:
            act.work.commands.put(summary)


def _highest(clocks: list[Deadline]) -> Deadline:
    return min(clocks, key=lambda one: (-one.level, one.objective_at, one.chain))


def _keep_one(
    act: Act, matter: Matter, wanted: Wanted, armed: Deadline | None, missed_from: int | None
) -> None:
    services = act.services
    policies = services.steps_of(matter.policy_version)
    steps = policies.steps(wanted.applies_to, wanted.stage, matter.urgency)
    receipt = act.work.receipts.get(wanted.command_id, wanted.receiver_id) if wanted.receiver_id else None
    relieved = relieved_by(receipt)
    now = act.now
    if armed is not None and armed.anchor_at == wanted.anchor_at:
        now = clock.told_until(armed, now)
    if armed is not None:
        unmoved = (
            armed.objective_at - armed.extended_ms == wanted.objective_at and armed.urgency == matter.urgency
        )
        if unmoved and armed.anchor_at == wanted.anchor_at and armed.stage == wanted.stage:
            following = clock.after_progress(armed, steps, services.calendar, act.now, new_id, relieved)
            if following is not None:
                end(act, armed, "relieved")
                act.work.deadlines.put(following)
            return
        end(act, armed, "moved")
    # A clock that was held for nothing says what it missed: its steps since then fire at once, in their order.
    from_at = now if missed_from is None else missed_from
    made = clock.arm(wanted, matter.id, matter.urgency, steps, services.calendar, from_at, new_id, relieved)
    act.work.deadlines.put(replace(made, armed_at=now))
