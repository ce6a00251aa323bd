"""What a citizen may know of a report by its code: how far it is, in plain steps, and nothing about any person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from dashboard.domain.follow_code import hash_of
from dashboard.domain.matter import Matter
from dashboard.service.act import Act
from dashboard.service.field.report import CITIZEN, citizen
from dashboard.service.services import Services
from dashboard.store import event_log, tables

STEPS = ("received", "verified", "assigned", "on_site", "handled", "closed")
"""The plain way of a report; a screen says each as `follow.<step>`."""

# What tells that a step was taken: the kind of entry, or the stage that it led to.
_CHECKING_STAGES = frozenset({"REPORTED", "VERIFYING"})
_ON_SITE_STAGES = frozenset({"ON_SITE", "DISPOSING"})
_REACHED = {
    "REPORTED": "received", "VERIFYING": "received", "SELF_HANDLING": "verified", "CALLED": "verified",
    "TRIAGED": "verified", "ESCALATED": "verified", "RETURNED": "assigned", "ASSIGNED": "assigned",
    "ACCEPTED": "assigned", "ON_SITE": "on_site", "WHISTLED": "on_site", "DISPOSING": "on_site",
    "DISPOSED": "handled", "CHECKING": "handled", "CLOSED": "closed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FollowedStep:
    """One step: whether it was reached, and when, None where nobody noted the instant."""

    name: str
    is_reached: bool
    at: int | None


@dataclass(frozen=True, slots=True)
class FollowedReport:
    """A report as its sender sees it; `unit` is the organisation that handles it, never a person.

    `check_by` is until when somebody looks on the spot, while nobody has; `due_at` until when it is closed.
    """

    no: str
    kind: str
    kind_en: str
    place: str
    reported_at: int
    steps: tuple[FollowedStep, ...]
    unit: str
    photos: int
    is_closed: bool
    resolved: bool | None
    due_at: int | None
    check_by: int | None
    carried_by: str


def followed_matters(services: Services, code: str) -> tuple[str, ...]:
    """Return the matters whose news are news of the report with this code: its own, and the one that carries it."""
    with services.store.read() as connection:
        column = tables.reports.c
        kept = connection.execute(select(column.matter_id).where(column.code_hash == hash_of(code))).first()
        if kept is None:
            return ()
        carrier = connection.execute(
            select(tables.matters.c.carrier).where(tables.matters.c.id == kept.matter_id)
        ).scalar()
    return (kept.matter_id, carrier) if carrier else (kept.matter_id,)


def follow(services: Services, code: str, now: int) -> FollowedReport | None:
    """Return the report with this code, None when there is none.

    A report that was merged shows the steps of the matter that carries it: that is where its sender's wait ends.
    """
    with services.store.read() as connection:
        column = tables.reports.c
        kept = connection.execute(select(column.matter_id).where(column.code_hash == hash_of(code))).first()
        if kept is None:
            return None
        act = Act(services, connection, citizen(services, ""), now)
        own = act.work.matter(kept.matter_id)
        assert own is not None
        carrier = act.work.matter(own.carrier) if own.carrier else None
        shown = carrier or own
        category = services.pack.categories.get(own.category)
        unit = (
            services.pack.units.get(shown.unit) if shown.unit and shown.unit in services.pack.units else None
        )
        return FollowedReport(
            no=own.no,
            kind=category.name if category else own.category,
            kind_en=(category.name_en if category else "") or own.category,
            place=services.pack.divisions.place_name(own.grid) if own.grid else "",
            reported_at=own.opened_at,
            steps=_steps(own, shown, event_log.of_matter(connection, shown.id)),
            unit=unit.name if unit else "",
            photos=_photos(connection, kept.matter_id),
            is_closed=not shown.is_open,
            resolved=shown.resolved if not shown.is_open else None,
            due_at=shown.final_due_at if shown.is_open else None,
            check_by=shown.due_at if shown.stage in _CHECKING_STAGES and shown.due_for == "verify" else None,
            carried_by=carrier.no if carrier else "",
        )


def _steps(own: Matter, shown: Matter, history: Sequence[event_log.Entry]) -> tuple[FollowedStep, ...]:
    reached = STEPS.index("closed" if not shown.is_open else _REACHED.get(shown.stage, "received"))
    at = _instants(history) | {"received": own.opened_at, "closed": shown.closed_at}
    for name, instant in (("assigned", shown.dispatched_at), ("handled", shown.replied_at)):
        if instant is not None:
            at[name] = instant
    return tuple(
        FollowedStep(name, place <= reached, at.get(name) if place <= reached else None)
        for place, name in enumerate(STEPS)
    )


def _instants(history: Sequence[event_log.Entry]) -> dict[str, int | None]:
    """When each step was first taken; sent back by the check, being on site and handling begin anew."""
    at: dict[str, int | None] = {}
    for entry in reversed(history):
        to, before = entry.params.get("stage"), entry.params.get("stage_before")
        if before in _CHECKING_STAGES and to not in _CHECKING_STAGES:
            at.setdefault("verified", entry.at)
        if before == "CHECKING" and to == "ASSIGNED":
            at.pop("on_site", None)
            at.pop("handled", None)
        if to in _ON_SITE_STAGES or (entry.kind == "ReceiptRecorded" and to == "arrived"):
            at.setdefault("on_site", entry.at)
        if to == "DISPOSED":
            at.setdefault("handled", entry.at)
    return at


def _photos(connection: Connection, matter_id: str) -> int:
    column = tables.attachments.c
    own = (column.matter_id == matter_id) & (column.kept_by == CITIZEN)
    return int(
        connection.execute(select(func.count()).select_from(tables.attachments).where(own)).scalar_one()
    )
