"""What is forgotten, and when: screen rows of old log entries, keys of acts that nobody retries any more, from where
a citizen's report came. And doors that matters of before still name, which go under the seal."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from dashboard.service.address_sealing import seal_old_addresses
from dashboard.service.attachments import forget_orphans
from dashboard.service.citizen_retention import forget_citizens
from dashboard.service.services import Services
from dashboard.store import event_log, tables

DAY_MS = 24 * 60 * 60_000
# A screen that was away for two days takes a snapshot; the events themselves are kept (audit needs six months).
SCREEN_ROWS_KEPT_MS = 2 * DAY_MS
IDEMPOTENCY_KEPT_MS = 2 * DAY_MS
# A report's address is kept to count how often one sends, and for nothing else.
REPORT_ADDRESS_KEPT_MS = DAY_MS
# As long as the audit needs who was told what; the log keeps the steps themselves.
TELLINGS_KEPT_MS = 190 * DAY_MS


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many log entries lost their screen rows, how many idempotency keys, files without a row and citizens went."""

    screen_rows: int
    keys: int
    files: int
    citizens: int


def forget_old(services: Services, now: int) -> Forgotten:
    """Drop what is past its retention. Raises StoreBusy: nothing was dropped, call again."""
    with services.store.write() as connection:
        rows = event_log.trim(connection, now - SCREEN_ROWS_KEPT_MS)
        keys = event_log.forget_idempotency(connection, now - IDEMPOTENCY_KEPT_MS)
        column = tables.reports.c
        connection.execute(
            update(tables.reports)
            .where((column.at < now - REPORT_ADDRESS_KEPT_MS) & (column.address_hash != ""))
            .values(address_hash="")
        )
        _forget_tellings(connection, now - TELLINGS_KEPT_MS)
    seal_old_addresses(services, now)
    citizens = forget_citizens(services, now)
    return Forgotten(rows, keys, forget_orphans(services), citizens)


def _forget_tellings(connection: Connection, before: int) -> None:
    telling, attempt = tables.tellings.c, tables.telling_attempts.c
    old = select(telling.id).where(telling.ended_at < before)
    connection.execute(delete(tables.telling_attempts).where(attempt.telling_id.in_(old)))
    connection.execute(delete(tables.tellings).where(telling.ended_at < before))
