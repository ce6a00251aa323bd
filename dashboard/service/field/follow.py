"""What a citizen may know of a report by its code: how far it is, in plain steps, and nothing about any person."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from dashboard.domain.follow_code import hash_of
from dashboard.domain.matter import Matter
from dashboard.service.act import Act
from dashboard.service.field.report import CITIZEN, citizen
from dashboard.service.services import Services
from dashboard.store import tables

STEPS = ("received", "verified", "assigned", "on_site", "handled", "closed")
"""The plain way of a report; a screen says each as `follow.<step>`."""

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
    """A report as its sender sees it; `unit` is the organisation that handles it, never a person."""

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
    carried_by: str


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
            steps=_steps(own, shown),
            unit=unit.name if unit else "",
            photos=_photos(connection, kept.matter_id),
            is_closed=not shown.is_open,
            resolved=shown.resolved if not shown.is_open else None,
            due_at=shown.final_due_at if shown.is_open else None,
            carried_by=carrier.no if carrier else "",
        )


def _steps(own: Matter, shown: Matter) -> tuple[FollowedStep, ...]:
    reached = STEPS.index("closed" if not shown.is_open else _REACHED.get(shown.stage, "received"))
    at = {
        "received": own.opened_at,
        "assigned": shown.dispatched_at,
        "on_site": shown.signed_at if reached >= STEPS.index("on_site") else None,
        "handled": shown.replied_at,
        "closed": shown.closed_at,
    }
    return tuple(
        FollowedStep(name, place <= reached, at.get(name) if place <= reached else None)
        for place, name in enumerate(STEPS)
    )


def _photos(connection: Connection, matter_id: str) -> int:
    column = tables.attachments.c
    own = (column.matter_id == matter_id) & (column.kept_by == CITIZEN)
    return int(
        connection.execute(select(func.count()).select_from(tables.attachments).where(own)).scalar_one()
    )
