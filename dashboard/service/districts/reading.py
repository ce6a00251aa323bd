"""Reading a matter that another region proposes: its facts, masked as everywhere, and nothing to act with."""

from __future__ import annotations

from dashboard.domain.matter import Matter
from dashboard.domain.refusal import Refusal
from dashboard.service.act import Act
from dashboard.store import proposals

READERS = frozenset({"duty_officer", "duty_leader", "commander", "leader"})


def readable_matter(act: Act, matter_id: str) -> tuple[Matter, bool]:
    """Return a matter the actor may read, and whether it may only be read. Refuses with no_such_matter."""
    matter = act.work.matter(matter_id)
    if matter is None:
        raise Refusal("no_such_matter")
    if act.is_visible(matter):
        return matter, False
    if matter.proposals and act.actor.role in READERS:
        waiting = proposals.waiting_of(act.connection, matter_id)
        if any(act.in_jurisdiction((one.to_region,)) for one in waiting):
            return matter, True
    raise Refusal("no_such_matter")
