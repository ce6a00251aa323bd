"""Photographs that a citizen adds to a report, with its follow code as the only pass."""

from __future__ import annotations

from sqlalchemy import func, select

from dashboard.domain.follow_code import hash_of
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.service.attachments import NewAttachment, keep_attachment
from dashboard.service.field.report import CITIZEN, citizen
from dashboard.service.services import Services
from dashboard.store import tables

PHOTO_NAME = "现场照片.jpg"


def add_report_photo(
    services: Services, code: str, content: bytes, address: str, now: int, idempotency_key: str
) -> Outcome:
    """Keep a photograph with a report; `Done.value` is {"photos": how many it has now}.

    Refused: no_such_report, report_photos_late, report_photos_full, and those of `keep_attachment` for its content.
    """
    rules = services.pack.citizen_reports
    with services.store.read() as connection:
        column = tables.reports.c
        kept = connection.execute(
            select(column.matter_id, column.at).where(column.code_hash == hash_of(code))
        ).first()
    if kept is None:
        return Refused("no_such_report")
    if now - kept.at > rules.photos_ms:
        return Refused("report_photos_late", {"minutes": rules.photos_ms // 60_000})
    request = NewAttachment(kept.matter_id, None, None, "photo", PHOTO_NAME, content)
    if photos_of(services, kept.matter_id, but=request.sha256) >= rules.photos:
        return Refused("report_photos_full", {"count": rules.photos})
    outcome = keep_attachment(services, citizen(services, address), request, now, idempotency_key)
    if isinstance(outcome, Refused):
        return outcome
    return Done({"photos": photos_of(services, kept.matter_id)}, outcome.seq)


def photos_of(services: Services, matter_id: str, *, but: str = "") -> int:
    """Return how many photographs citizens have added to a matter, not counting one with the hash `but`."""
    column = tables.attachments.c
    own = (column.matter_id == matter_id) & (column.kept_by == CITIZEN) & (column.received_sha256 != but)
    with services.store.read() as connection:
        return int(
            connection.execute(select(func.count()).select_from(tables.attachments).where(own)).scalar_one()
        )
