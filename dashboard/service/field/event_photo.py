"""Photographs of an event that a worker reported: sent right behind it, before the phone knows the event's id."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from sqlalchemy import select

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refused
from dashboard.service.attachments import NewAttachment, keep_attachment
from dashboard.service.services import Services
from dashboard.store import tables


@dataclass(frozen=True, slots=True)
class EventPhoto:
    """A photograph of the event that was reported under `report_key`, with what the phone knows of when and where."""

    report_key: str
    content: bytes = field(repr=False)
    taken_at: int | None = None
    lon: float | None = None
    lat: float | None = None


def add_event_photo(
    services: Services, actor: Principal, request: EventPhoto, now: int, idempotency_key: str
) -> Outcome:
    """Keep a photograph with a report; `Done.value` is the attachment's row.

    The phone sends in order, so the report has been taken before its photograph comes; what it became is found by the
    key under which it was sent. Refused: no_such_report, and those of `keep_attachment`.
    """
    with services.store.read() as connection:
        column = tables.idempotency.c
        kept = connection.execute(
            select(column.value).where(
                (column.actor == actor.id)
                & (column.key == request.report_key)
                & (column.act == "report_event")
            )
        ).scalar_one_or_none()
    if kept is None:
        return Refused("no_such_report")
    matter_id = json.loads(kept)["id"]
    file = NewAttachment(
        matter_id, None, None, "photo", "", request.content, request.taken_at, request.lon, request.lat
    )
    return keep_attachment(services, actor, file, now, idempotency_key)
