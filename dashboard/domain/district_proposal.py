"""Moving or sharing a matter between regions: who may propose, answer and override, and what a move makes of it.

Until the other side accepts, the matter stays where it is: its clock, its unit and every act on it. A move changes who
is responsible, never when the matter has to end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dashboard.domain.divisions import Divisions
from dashboard.domain.matter import Matter
from dashboard.domain.refusal import Refused
from dashboard.domain.words import STAGE_WORDS, both

ProposalKind = Literal["move", "share"]
KINDS: tuple[ProposalKind, ...] = ("move", "share")
LIMIT = ("district", "answer")
"""The pack's row that says how long the other side has."""

# While these last somebody's answer on the matter is being waited for; it is not taken from under them.
FIXED_STAGES = frozenset(
    {"REPLIED", "TO_CALLBACK", "DISPOSED", "CHECKING", "EXTENSION_APPLIED", "SUSPENDED", "WHISTLED", "CO_HANDLING"}
)  # fmt: skip
# Where a moved matter waits for the new side's own dispatch.
DISPATCHED_AGAIN_FROM = {"order": "TO_DISPATCH", "event": "TRIAGED"}


@dataclass(frozen=True, slots=True)
class DistrictProposal:
    """One proposal. `from_region` is the city's code for a matter that lies in no region yet.

    `state`: proposed, accepted, declined, withdrawn, or ended (a share that was given up, a move that the city put
    back, a matter that was closed meanwhile). `overridden` says that the city ruled. `before` is JSON: where a moved
    matter lay.
    """

    id: str
    matter_id: str
    kind: str
    from_region: str
    to_region: str
    reason: str
    made_at: int
    made_by: str
    due_at: int
    state: str = "proposed"
    made_name: str = ""
    ruled_at: int | None = None
    ruled_by: str | None = None
    ruled_name: str = ""
    ruled_reason: str = ""
    overridden: bool = False
    escalated_at: int | None = None
    before: str = "{}"

    @property
    def is_open(self) -> bool:
        """True while the other side has not answered."""
        return self.state == "proposed"

    @property
    def chain(self) -> str:
        """The chain of its clock."""
        return f"district:{self.id}"


def why_not_proposed(
    matter: Matter,
    kind: str,
    to_region: str,
    earlier: Sequence[DistrictProposal],
    divisions: Divisions,
    jurisdiction: str,
) -> Refused | None:
    """Say why an officer of `jurisdiction` may not propose this, None when nothing stands against it.

    `earlier` are the matter's proposals that still wait for an answer. Only who leads the whole region speaks for it.
    """
    if kind not in KINDS:
        return Refused("no_such_proposal_kind")
    if to_region not in divisions or divisions.get(to_region).level != "region":
        return Refused("no_such_region", {"region": to_region})
    name = divisions.get(to_region).name
    home = matter.region or divisions.city.code
    if not divisions.is_within(home, jurisdiction):
        return Refused("not_county_level")
    if to_region == matter.region:
        return Refused("same_region", {"no": matter.no, "region": name})
    if kind == "share" and to_region in matter.shared_with:
        return Refused("shared_already", {"no": matter.no, "region": name})
    if any(one.to_region == to_region or one.kind == kind == "move" for one in earlier):
        return Refused("proposal_waits", {"no": matter.no})
    return why_not_moved(matter) if kind == "move" else None


def why_not_moved(matter: Matter) -> Refused | None:
    """Say why a matter cannot change hands where it stands, None when it can."""
    if matter.whistle is None and matter.stage not in FIXED_STAGES:
        return None
    return Refused("not_movable", {"no": matter.no, **both(STAGE_WORDS, matter.stage, "stage_name")})


def stage_after_move(matter: Matter) -> str:
    """Return the stage in which the new side finds the matter when the unit that had it stays behind."""
    again = DISPATCHED_AGAIN_FROM.get(matter.kind)
    line = matter.machine.line
    if again is None or matter.stage not in line or line.index(matter.stage) <= line.index(again):
        return matter.stage
    return again


def moved_matter(matter: Matter, to_region: str, *, keeps_unit: bool, now: int) -> Matter:
    """Return the matter as the new side has it: the place is kept, the finer divisions are theirs to say.

    `dispatched_at` and `final_due_at` stay: a move does not give anybody a new clock. A unit that serves the whole
    city keeps the matter, and its stage with it.
    """
    stage = matter.stage if keeps_unit else stage_after_move(matter)
    return replace(
        matter,
        region=to_region,
        township=None,
        village=None,
        grid=None,
        moved_to=to_region,
        shared_with=tuple(one for one in matter.shared_with if one != to_region),
        unit=matter.unit if keeps_unit else None,
        worker=None,
        stage=stage,
        stage_at=matter.stage_at if stage == matter.stage else now,
        acknowledged=False,
    )
