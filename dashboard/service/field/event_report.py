"""What a grid worker tells the centre without having been ordered: an event found on the round, a call for help."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import Literal

from sqlalchemy import select

from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.readings import GridEventReading
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.service.act import Act, new_id, perform
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.commanding import MAX_TEXT, local_minute, required_text
from dashboard.service.intake import take_one
from dashboard.service.rows import Row, matter_row
from dashboard.service.services import Services
from dashboard.store import tables
from dashboard.store.records import MATTERS

SOURCE, HELP_SOURCE = "field", "field_help"
Handling = Literal["self", "township", "emergency"]
# Later than this after it was written down, a report says on screens when that was.
TOLD_LATE_MS = 60_000
HELP_CATEGORY = "21"  # safety hazards: the branch, because nobody has looked yet
HELP_TITLE = "网格员求助"  # a title is data and stands as it is in both languages, like every other title


@dataclass(frozen=True, slots=True)
class EventReport:
    """A found event: kind, words, who is to handle it, where (WGS-84, metres of accuracy), and the device's time.

    `handling`: the worker alone (24 h), the township (community call), or an emergency.
    """

    category: str
    text: str = field(repr=False)
    handling: Handling
    lon: float | None = None
    lat: float | None = None
    accuracy_m: int | None = None
    said_at: int | None = None
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha256(self.text.encode()).hexdigest()[:16])


@dataclass(frozen=True, slots=True)
class CallForHelp:
    """求助: where the worker is (WGS-84, metres of accuracy), as far as the phone knows."""

    lon: float | None = None
    lat: float | None = None
    accuracy_m: int | None = None
    said_at: int | None = None


_BEGINNING = {
    "self": ("SELF_HANDLING", 1, None),
    "township": ("CALLED", 2, None),
    "emergency": ("CALLED", 2, 1),
}
"""Who handles it -> stage, level, urgency (None: the category's)."""


def report_event(
    services: Services, actor: Principal, request: EventReport, now: int, idempotency_key: str
) -> Outcome:
    """Open a grid event that a worker found; `Done.value` is its screen row.

    Clocks start when it reached the centre; the device's own time is kept and shown. Refused: no_right, no_worker,
    no_such_category, text_missing.
    """

    def decide(act: Act) -> Row:
        worker, own_grid = _own(act)
        category = act.pack.categories.get(request.category)
        if category is None or category.tree != "event":
            raise Refusal("no_such_category")
        stage, level, urgency = _BEGINNING[request.handling]
        text = required_text(request.text, "text_missing")
        reading = _reading(
            act, SOURCE, worker, own_grid, request, stage=stage, level=level, urgency=urgency or category.urgency,
            category=request.category, title="", text=text,
        )  # fmt: skip
        matter = _open(act, reading, worker, request)
        return matter_row(matter, act.pack)

    subject = f"worker:{actor.worker}"
    return perform(services, actor, "report_event", subject, now, idempotency_key, request, decide)


def call_for_help(
    services: Services, actor: Principal, request: CallForHelp, now: int, idempotency_key: str
) -> Outcome:
    """Raise an emergency at the worker's place; `Done.value` is its screen row.

    While one is open, a second call tells the new place in it instead of opening another: whoever is frightened
    presses twice. Refused: no_right, no_worker.
    """

    def decide(act: Act) -> Row:
        worker, own_grid = _own(act)
        known = _open_help(act, worker)
        if known is not None:
            return _again(act, known, request)
        reading = _reading(
            act, HELP_SOURCE, worker, own_grid, request, stage="CALLED", level=2, urgency=1,
            category=HELP_CATEGORY, title=HELP_TITLE, text="",
        )  # fmt: skip
        matter = _open(act, reading, worker, request)
        return matter_row(matter, act.pack)

    subject = f"worker:{actor.worker}"
    return perform(services, actor, "call_for_help", subject, now, idempotency_key, request, decide)


def _own(act: Act) -> tuple[str, str]:
    """Return the worker that acts and the worker's grid."""
    column = tables.roster.c
    grid = act.connection.execute(select(column.grid).where(column.worker_id == act.actor.worker)).scalar()
    if act.actor.worker is None or grid is None:
        raise Refusal("no_worker")
    return act.actor.worker, str(grid)


def _reading(
    act: Act, source: str, worker: str, own_grid: str, request: EventReport | CallForHelp, *, stage: str,
    level: int, urgency: int, category: str, title: str, text: str,
) -> GridEventReading:  # fmt: skip
    lon, lat = request.lon, request.lat
    here = act.pack.divisions.locate(lon, lat) if lon is not None and lat is not None else None
    return GridEventReading(
        event_no=new_id(), grid=here or own_grid, category=category, level=level, reported_at=act.now,
        status=stage, urgency=urgency, title=title, text=text, lon=lon, lat=lat, reporter=worker,
        verified_at=act.now, source=source,
    )  # fmt: skip


def _open(act: Act, reading: GridEventReading, worker: str, request: EventReport | CallForHelp) -> Matter:
    matter = take_one(act, reading, worker=worker)
    details = {"said_at": request.said_at, "accuracy_m": request.accuracy_m}
    matter = replace(
        matter, details=json.dumps({name: one for name, one in details.items() if one is not None})
    )
    act.change(_latest(act, matter))
    if request.said_at is not None and act.now - request.said_at > TOLD_LATE_MS:
        act.tell(
            "EventSentLate", matter=matter.id, no=matter.no, said=local_minute(act.services, request.said_at)
        )
    return matter


def _latest(act: Act, matter: Matter) -> Matter:
    """The clocks have written their end into the matter since it was opened; only the details are ours."""
    known = act.work.matter(matter.id)
    assert known is not None
    return replace(known, details=matter.details)


def _open_help(act: Act, worker: str) -> Matter | None:
    column = tables.matters.c
    mine = (column.worker == worker) & (column.source == HELP_SOURCE) & column.closed_at.is_(None)
    row = act.connection.execute(MATTERS.select().where(mine).order_by(column.opened_at.desc())).first()
    return None if row is None else act.work.matter(MATTERS.value(row).id)


def _again(act: Act, matter: Matter, request: CallForHelp) -> Row:
    moved = matter
    if request.lon is not None and request.lat is not None:
        moved = replace(matter, lon=request.lon, lat=request.lat)
    # Called again: whoever acknowledged the first call has to look once more.
    act.change(
        replace(
            moved, acknowledged=False, version=matter.version + 1, touched_at=act.now,
            touched_by=act.actor.name, touched_kind="HelpCalledAgain",
        )
    )  # fmt: skip
    keep_clocks(act, matter.id)
    act.tell("HelpCalledAgain", matter=matter.id, tone="alarm", no=matter.no, title=matter.title[:MAX_TEXT])
    changed = act.work.matter(matter.id)
    assert changed is not None
    return matter_row(changed, act.pack)
