"""What an edited policy would mean for the matters that are open now: at which step each clock would stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from dashboard.citypack import Policies as Steps
from dashboard.domain.command import Receipt
from dashboard.domain.deadline import Deadline
from dashboard.domain.policy import Policies, PolicyStep
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refusal, Refused
from dashboard.domain.rights import no_right
from dashboard.domain.words import DUE_WORDS, STAGE_WORDS, both
from dashboard.service.clock_keeping import relieved_by
from dashboard.service.policies.editing import EditPolicy, merged
from dashboard.service.policies.versions import newest_steps
from dashboard.service.services import Services
from dashboard.store import tables
from dashboard.store.records import DEADLINES, MATTERS, RECEIPTS
from dashboard.store.workspace import CHUNK

LISTED = 200
MOST_NUMBERS = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a clock stands on a chain: how many steps are behind it (0: none yet), the last of them, and what is next.

    `level` and `must_act` are what those steps had raised it to.
    """

    step: int
    policy_id: str
    name: str
    name_en: str
    level: int
    must_act: str
    next_at: int | None


@dataclass(frozen=True, slots=True)
class Previewed:
    """Where one clock stands and where it would; nothing of what the matter is about. `receiver` is the unit whose
    clock it is, "" for the matter's own and for a person's."""

    matter_id: str
    no: str
    stage: str
    stage_en: str
    due_for: str
    due_for_en: str
    receiver: str
    urgency: int
    policy_version: int
    now: Standing
    would_be: Standing


def preview_policy(
    services: Services,
    actor: Principal,
    request: EditPolicy,
    now: int,
    matter_ids: Sequence[str] | None = None,
    numbers: Sequence[str] = (),
) -> dict[str, Any] | Refused:
    """Say where the clocks of open matters (all, or those named) would stand if they went by the edited policy.

    Nothing changes: matters that run keep their policy even when the edit is published. Returns {"open", "changed":
    numbers of matters, "moves": the first 200 clocks that differ, "further": how many more, "chosen": every clock of
    the matters with these `numbers`, whether it differs or not, "unknown": numbers that no open matter has}.
    Refused: no_right, policy_faults.
    """
    refused = no_right(actor, "edit_policy")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        try:
            steps = merged(services, newest_steps(services, connection), request)
        except Refusal as refusal:
            return refusal.refused
        edited = Policies(services.pack.limits, Steps(steps), services.pack.policies)
        opened = _open_matters(connection, matter_ids)
        clocks = list(_clocks(services, connection, opened, edited, now))
    moves = [one for one in clocks if one.now != one.would_be]
    moves.sort(key=lambda one: (one.now.step - one.would_be.step, one.no))
    wanted = {one.upper(): number for number, one in enumerate(numbers[:MOST_NUMBERS])}
    chosen = sorted(
        (one for one in clocks if one.no in wanted), key=lambda one: (wanted[one.no], one.due_for)
    )
    known = {one.no for one in opened.values()}
    return {
        "open": len(opened),
        "changed": len({one.matter_id for one in moves}),
        "moves": [asdict(one) for one in moves[:LISTED]],
        "further": max(len(moves) - LISTED, 0),
        "chosen": [asdict(one) for one in chosen],
        "unknown": [one for one in wanted if one not in known],
    }


def standing(
    clock: Deadline, steps: Sequence[PolicyStep], services: Services, receipt: Receipt | None, now: int
) -> Standing:
    """Return where a clock stands at `now` on a chain of steps, by their times alone."""
    relieved = relieved_by(receipt)
    last, count, level, must_act, next_at = None, 0, 0, clock.owner, None
    for number, step in enumerate(steps, start=1):
        if relieved(step.unless):
            continue
        at = step.fires_at(clock.anchor_at, clock.objective_at, services.calendar)
        if at > now:
            next_at = at
            break
        last, count, level = step, number, max(level, step.raise_to_level)
        must_act = step.must_act or clock.owner
    named = ("", "", "") if last is None else (last.policy_id, last.name, last.name_en)
    return Standing(count, *named, level, must_act, next_at)


def _open_matters(connection: Connection, matter_ids: Sequence[str] | None) -> dict[str, Any]:
    column = tables.matters.c
    statement = MATTERS.select().where(column.closed_at.is_(None))
    if matter_ids is not None:
        statement = statement.where(column.id.in_(matter_ids[:CHUNK]))
    return {one.id: one for one in map(MATTERS.value, connection.execute(statement))}


def _clocks(
    services: Services, connection: Connection, opened: dict[str, Any], edited: Policies, now: int
) -> Iterator[Previewed]:
    receipts = _receipts(connection)
    statement = DEADLINES.select().where(tables.deadlines.c.state == "armed")
    for clock in map(DEADLINES.value, connection.execute(statement)):
        matter = opened.get(clock.matter_id)
        if matter is None:
            continue
        receipt = receipts.get((clock.command_id, clock.receiver_id)) if clock.receiver_id else None
        chain = (clock.applies_to, clock.stage, clock.urgency)
        policies = services.steps_of(matter.policy_version)
        is_at = standing(clock, policies.steps(*chain), services, receipt, now)
        would_be = standing(clock, edited.steps(*chain), services, receipt, now)
        stage, due_for = both(STAGE_WORDS, matter.stage, "stage"), both(DUE_WORDS, clock.purpose, "due_for")
        units = services.pack.units
        named = units.get(clock.receiver_id).short if clock.receiver_id and clock.receiver_id in units else ""
        yield Previewed(
            matter.id, matter.no, receiver=named, urgency=clock.urgency, policy_version=matter.policy_version,
            now=is_at, would_be=would_be, **stage, **due_for,
        )  # fmt: skip


def _receipts(connection: Connection) -> dict[tuple[str | None, str | None], Receipt]:
    """Return the receipts of receivers whose clock runs."""
    clock, column = tables.deadlines.c, tables.receipts.c
    running = (
        tables.deadlines.select()
        .with_only_columns(clock.command_id)
        .where((clock.state == "armed") & clock.receiver_id.is_not(None))
    )
    rows = connection.execute(RECEIPTS.select().where(column.command_id.in_(running)))
    return {(one.command_id, one.receiver_id): one for one in map(RECEIPTS.value, rows)}
