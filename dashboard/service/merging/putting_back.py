"""Putting a merged matter back into the queue as if it had never been away."""

from __future__ import annotations

from dataclasses import replace

from dashboard.domain import deadline as clock
from dashboard.domain.deadline import Deadline
from dashboard.domain.matter import Matter
from dashboard.service.act import Act, new_id
from dashboard.service.clock_keeping import end, keep_clocks, relieved_by, summarise
from dashboard.service.merging.shares import without_needless_shares
from dashboard.service.on_matter import touch
from dashboard.store import tables
from dashboard.store.records import DEADLINES


def put_back(act: Act, matter: Matter, reason: str) -> None:
    """Open a merged matter again at its stage; its clocks count from where they always did, extensions included.

    What it carried itself stays with its carrier, and with it whoever took part because of that. Steps that came due
    while it was away are not fired again: its level says what they would have reached. What its source said meanwhile
    is followed.
    """
    merged_at = matter.closed_at
    back = replace(matter, carrier=None, closed_at=None)
    said = matter.source_status
    if said != matter.stage and matter.machine.follows_source(matter.stage, said):
        ended = said in matter.machine.terminal
        back = replace(back, stage=said, stage_at=act.now, closed_at=act.now if ended else None)
    back, _ = without_needless_shares(act, back, reason)
    touch(act, back, "MatterUnmerged")
    keep_clocks(act, matter.id)
    for before in _extended_before(act, matter.id, merged_at):
        armed = next((one for one in act.work.clocks_of(matter.id) if one.chain == before.chain), None)
        if armed is not None and armed.objective_at + before.extended_ms == before.objective_at:
            _extend(act, armed, before.objective_at)
    summarise(act, matter.id)


def _extended_before(act: Act, matter_id: str, merged_at: int | None) -> list[Deadline]:
    """Return the clocks that ended with the merge and that an officer had given more time before."""
    column = tables.deadlines.c
    rows = act.connection.execute(
        DEADLINES.select().where(
            (column.matter_id == matter_id)
            & (column.state == "relieved")
            & (column.ended_at == merged_at)
            & (column.extended_ms > 0)
        )
    )
    return [DEADLINES.value(row) for row in rows]


def _extend(act: Act, armed: Deadline, until_at: int) -> None:
    services = act.services
    matter = act.work.matter(armed.matter_id)
    assert matter is not None
    steps = services.steps_of(matter.policy_version).steps(armed.applies_to, armed.stage, armed.urgency)
    moved = clock.extended(armed, until_at, steps, services.calendar, act.now, new_id, relieved_by(None))
    end(act, armed, "moved")
    act.work.deadlines.put(moved)
