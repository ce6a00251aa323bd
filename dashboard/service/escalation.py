"""Firing what is due: claim, effect, events and the next clocks in one transaction, in the order they were due."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from dashboard.domain.deadline import Deadline, next_after_fire, reach
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.telling import Telling
from dashboard.domain.words import MEANS_BY_HAND, MEANS_WORDS, ROLE_WORDS
from dashboard.service.act import Act, new_id
from dashboard.service.clock_keeping import relieved_by, summarise
from dashboard.service.fired import EFFECTS, Firing
from dashboard.service.services import Services
from dashboard.service.telling.planning import plan_tellings
from dashboard.store import audit, tables
from dashboard.store.records import DEADLINES

BATCH = 100  # deadlines per transaction: an outage's backlog must not hold officers up


@dataclass(frozen=True, slots=True)
class Fired:
    """What one cycle did: escalations written, and when the next clock is due (None: nothing is armed)."""

    count: int
    next_due_at: int | None


def next_due_at(services: Services) -> int | None:
    """Return when the next armed clock is due, None when none is."""
    column = tables.deadlines.c
    with services.store.read() as connection:
        found = connection.execute(
            select(func.min(column.due_at)).where(column.state == "armed")
        ).scalar_one()
    return None if found is None else int(found)


def fire_due(services: Services, now: int) -> Fired:
    """Fire every clock that is due, oldest first; each escalation says when it was due and when it fired.

    Safe with any number of workers and at any kill point: a row is claimed, acted on and replaced in one transaction.

    Raises:
        StoreBusy: nothing of the current batch happened; call again.
    """
    due_at = next_due_at(services)
    if due_at is None or due_at > now:
        return Fired(0, due_at)
    count, claimed = 0, BATCH
    while claimed == BATCH:
        claimed, fired = _fire_batch(services, now)
        count += fired
    if count:
        services.after_commit()
    return Fired(count, next_due_at(services))


def _fire_batch(services: Services, now: int) -> tuple[int, int]:
    """Fire up to `BATCH` clocks in one transaction; returns how many were claimed and how many escalations written."""
    actor = Principal("worker", "", "system", "system", services.city)
    column = DEADLINES.table.c
    with services.store.write() as connection:
        statement = (
            select(column.id, column.matter_id)
            .where((column.state == "armed") & (column.due_at <= now))
            .order_by(column.due_at, column.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        claimed = connection.execute(statement).all()
        if not claimed:
            return 0, 0
        act = Act(services, connection, actor, now)
        matters = list(dict.fromkeys(row.matter_id for row in claimed))
        act.work.load_matters(matters)
        act.work.load_clocks(matters)
        act.work.commands_of(matters)
        ids = {row.id for row in claimed}
        waiting = [(one.due_at, one.id, one) for one in act.work.deadlines if one.id in ids]
        heapq.heapify(waiting)
        last_claimed_at = max(one[0] for one in waiting)
        count = 0
        while waiting:
            _, _, deadline = heapq.heappop(waiting)
            following = _fire(act, deadline)
            count += 1
            # A next step that is overdue too fires in its turn; beyond this batch the next one claims it.
            if following.due_at <= min(now, last_claimed_at if len(claimed) == BATCH else now):
                heapq.heappush(waiting, (following.due_at, following.id, following))
        for matter_id in matters:
            summarise(act, matter_id)
        seq = act.commit()
        audit.record(connection, actor, "escalate", "deadlines", "done", {"fired": count, "seq": seq}, now)
    return len(claimed), count


def _fire(act: Act, deadline: Deadline) -> Deadline:
    """Write the effect of one deadline and arm what follows; returns the following row."""
    services = act.services
    matter = act.work.matter(deadline.matter_id)
    assert matter is not None
    policies = services.steps_of(matter.policy_version)
    steps = policies.steps(deadline.applies_to, deadline.stage, deadline.urgency)
    step = next((one for one in steps if one.policy_id == deadline.policy_id), steps[-1])
    reached = reach(deadline, step)
    receipt = (
        act.work.receipts.get(deadline.command_id, deadline.receiver_id)
        if deadline.receiver_id is not None
        else None
    )
    is_late = deadline.due_at >= deadline.objective_at
    if receipt is not None and is_late:
        act.work.receipts.put(receipt.marked_late())
    following = next_after_fire(reached, steps, services.calendar, act.now, new_id, relieved_by(receipt))
    act.work.deadlines.put(replace(reached, state="fired", ended_at=act.now))
    act.work.deadlines.put(following)
    act.change(replace(matter, acknowledged=False, touched_at=act.now))
    summarise(act, matter.id)
    subject = receipt.name if receipt is not None else _unit_name(act, matter)
    command = act.work.command(deadline.command_id) if deadline.command_id else None
    latest = act.work.matter(matter.id) or matter
    firing = Firing(deadline, step, latest, command, receipt, is_late)
    _tell(act, firing, subject, plan_tellings(act, firing))
    for effect in EFFECTS:
        effect(act, firing)
    return following


def _tell(act: Act, firing: Firing, subject: str, tellings: list[Telling]) -> None:
    deadline, step, matter, command = firing.deadline, firing.step, firing.matter, firing.command
    unserved = dict.fromkeys(one.means for one in tellings if one.fault == "no_gateway")
    by_hand = [MEANS_BY_HAND[means] for means in unserved if means in MEANS_BY_HAND]
    shown = [one for one in tellings if one.recipient_kind == "desk" and one.means in ("screen", "sound")]
    act.tell(
        "EscalationRepeated" if deadline.phase != "step" else "EscalationFired",
        matter=matter.id,
        command=deadline.command_id,
        tone="alarm" if step.card == "red" else "risk",
        no=command.no if command is not None else matter.no,
        matter_no=matter.no,
        title=matter.title,
        unit=subject,
        receiver_id=deadline.receiver_id or "",
        unit_id=matter.unit or "" if deadline.command_id is None else "",
        policy_id=step.policy_id,
        phase=deadline.phase,
        repeat_no=deadline.repeat_no,
        step=step.name,
        step_en=step.name_en,
        tell="、".join(_word(ROLE_WORDS, one)[0] for one in step.tell),
        tell_en=", ".join(_word(ROLE_WORDS, one)[1] for one in step.tell),
        means="、".join(_word(MEANS_WORDS, one)[0] for one in step.means),
        means_en=", ".join(_word(MEANS_WORDS, one)[1] for one in step.means),
        by_hand="".join(f"（{zh}）" for zh, _ in by_hand),
        by_hand_en="".join(f" ({en})" for _, en in by_hand),
        must_act=step.must_act,
        card=step.card,
        level=step.raise_to_level,
        late=firing.is_late,
        due_at=deadline.due_at,
        fired_at=act.now,
        # A desk that shows this line, or plays its sound, says so (`receipt_telling`).
        tellings=[
            {"id": one.id, "means": one.means, "say": one.text, "say_en": one.text_en} for one in shown
        ],
    )


def _word(words: dict[str, tuple[str, str]], code: str) -> tuple[str, str]:
    return words.get(code, (code, code))


def _unit_name(act: Act, matter: Matter) -> str:
    if matter.unit and matter.unit in act.pack.units:
        return act.pack.units.get(matter.unit).short
    return ""
