"""A matter: anything with an owner and a clock. One value, a machine per kind."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.domain.dispute_case import DISPUTE_CASE
from dashboard.domain.grid_event import GRID_EVENT
from dashboard.domain.hotline_order import HOTLINE_ORDER
from dashboard.domain.machine import Machine

MACHINES: dict[str, Machine] = {"order": HOTLINE_ORDER, "event": GRID_EVENT, "dispute": DISPUTE_CASE}
NUMBER_PREFIX = {"order": "G", "event": "N", "dispute": "H"}
"""Display numbers: G0417 is an order, N2207 a grid event, H0031 a dispute (化解)."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter as the store holds it. Instants are UTC ms, None until they happen; codes are the city pack's.

    `scope` lists the division codes in which it is visible. `final_due_at` is the end that no child's deadline may
    pass, `missed_due_at` the one that had already been missed when it was given a later one.
    `source_status`, `source_urgency` and `source_unit` are what the source last said;
    `stage`, `urgency` and `unit` are how the matter stands here. `merged_into` is the
    external id that the source gave, kept even before that matter is known here. `merged` counts this matter and those
    merged into it; `carrier` is the id of the matter that carries this one since an officer merged them here.
    `worker` is the grid worker in charge. `policy_version` is the escalation policy it was opened under and keeps.
    `paused_ms` is how long its handling clock has been paused in all, `paused_at` since when it is paused now.
    `moved_to` is the region that it was moved to, which then counts before the place the source tells; `shared_with`
    are the regions it is shared with by consent; `proposals` counts proposals between counties that wait for an answer,
    `carried` the matters that it carries since an officer merged them into it.
    `details` is a JSON object with what only its kind has (a dispute's parties, window and mediation).
    """

    id: str
    no: str
    kind: str
    source: str
    external_id: str
    source_status: str
    title: str
    urgency: int
    category: str
    stage: str
    stage_at: int
    opened_at: int
    scope: tuple[str, ...]
    version: int
    touched_at: int
    reading_digest: str = ""
    source_urgency: int | None = None
    source_unit: str | None = None
    region: str | None = None
    township: str | None = None
    village: str | None = None
    grid: str | None = None
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    grid_level: int | None = None
    unit: str | None = None
    channel: str = ""
    origin_number: str = ""
    superior_source: str = ""
    request_type: str = ""
    reporter: str = ""
    merged: int = 1
    merged_into: str | None = None
    carrier: str | None = None
    worker: str | None = None
    policy_version: int = 1
    extensions: int = 0
    paused_at: int | None = None
    paused_ms: int = 0
    suspended_until: int | None = None
    supervised_at: int | None = None
    details: str = "{}"
    moved_to: str | None = None
    shared_with: tuple[str, ...] = ()
    proposals: int = 0
    carried: int = 0
    dispatched_at: int | None = None
    signed_at: int | None = None
    replied_at: int | None = None
    closed_at: int | None = None
    final_due_at: int | None = None
    missed_due_at: int | None = None
    due_at: int | None = None
    due_for: str = ""
    limit_ms: int = 0
    level: int = 0
    card: str = ""
    must_act: str = ""
    acknowledged: bool = False
    whistle: str | None = None
    returned: int = 0
    resolved: bool | None = None
    satisfied: bool | None = None
    result: str | None = None
    touched_by: str = ""
    touched_kind: str = ""

    @property
    def machine(self) -> Machine:
        """The table this matter moves by."""
        return MACHINES[self.kind]

    @property
    def is_open(self) -> bool:
        """True until it is closed, found invalid, answered, or carried by another matter."""
        return self.closed_at is None
