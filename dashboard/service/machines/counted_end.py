"""The end of a matter when its limit is counted anew: what was granted and what was promised is still granted."""

from __future__ import annotations

from dashboard.domain.clocks import final_due_at
from dashboard.domain.matter import Matter
from dashboard.domain.merging import earliest
from dashboard.service.act import Act
from dashboard.service.machines.pauses import with_suspensions
from dashboard.store import loop_rows, merges


def counted_end(act: Act, before: Matter, after: Matter) -> int | None:
    """Return when a matter ends that was `before` and is `after`; None while its limit does not run.

    An extension that was granted lengthens the new limit too, suspensions have moved it, and a matter that carries
    others ends no later than any of them would have: neither regrading nor the first dispatch takes that back.
    """
    end_at = _limit(act, after)
    if end_at is None:
        return None
    if before.extensions and before.final_due_at is not None:
        counted_at = _limit(act, before)
        if counted_at is not None:
            end_at += max(before.final_due_at - counted_at, 0)
    end_at = earliest(end_at, *_promised(act, after))
    if after.paused_at is not None:
        loop_rows.restate_pause(act.connection, after.id, end_at)
    return end_at


def _limit(act: Act, matter: Matter) -> int | None:
    due_at = final_due_at(matter, act.services.policies, act.services.calendar)
    return with_suspensions(act, matter, due_at)


def _promised(act: Act, carrier: Matter) -> list[int | None]:
    if not carrier.carried:
        return []
    ids = merges.carried_by(act.connection, carrier.id)
    act.work.load_matters(ids)
    found = [act.work.matter(one) for one in ids]
    return [one.final_due_at for one in found if one is not None and one.carrier == carrier.id]
