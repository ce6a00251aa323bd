"""How long the centre keeps who a citizen was: after that a closed matter stays, and nobody can be found by it.

The name, the number, the address, the words and the mark of the number go. Never those of an open matter, of one whose
follow-up is open or that carries an open one, and nothing of the audit chain. The period is a setting: the law asks for
the shortest that the purpose needs, and the city says which that is.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from dashboard.domain.principal import Principal
from dashboard.service.services import Services
from dashboard.store import audit, tables

BATCH_ROWS = 500
DAY_MS = 24 * 60 * 60_000
KEEPER = Principal("worker:retention", "", "system", "system", "", address="worker")


def citizens_due(services: Services, now: int) -> int:
    """Return how many closed matters are past the period now: the dry run. 0 without a period."""
    if not services.citizens_kept_ms:
        return 0
    with services.store.read() as connection:
        counted = (
            select(func.count()).select_from(tables.citizens).where(_past(now - services.citizens_kept_ms))
        )
        return int(connection.execute(counted).scalar_one())


def forget_citizens(services: Services, now: int) -> int:
    """Make the citizens of matters past the period nobody, in batches; returns how many, with an audit row if any.

    Raises StoreBusy: the batches before it are done, the rest at the next call.
    """
    if not services.citizens_kept_ms:
        return 0
    before, column, forgotten = now - services.citizens_kept_ms, tables.citizens.c, 0
    while True:
        # Looked for outside the writer's turn: among a million matters that takes a second, which no act waits for.
        with services.store.read() as connection:
            looking = select(column.matter_id).where(_past(before)).limit(BATCH_ROWS)
            found = list(connection.execute(looking).scalars())
        if not found:
            return forgotten
        with services.store.write() as connection:
            done = connection.execute(
                update(tables.citizens)
                .where(
                    and_(column.matter_id.in_(found), _past(before))
                )  # one may have been opened again meanwhile
                .values(
                    name_sealed=None,
                    phone_sealed=None,
                    phone_mark=None,
                    words_sealed=None,
                    address_sealed=None,
                )
            ).rowcount
            detail = {"matters": done, "closed_before": before}
            audit.record(connection, KEEPER, "forget_citizens", "citizens", "done", detail, now)
        forgotten += done


def _past(before: int) -> ColumnElement[bool]:
    column = tables.citizens.c
    matter, other = tables.matters, tables.matters.alias()
    kept_open = exists().where(and_(other.c.carrier == matter.c.id, other.c.closed_at.is_(None)))
    ended = exists().where(
        and_(
            matter.c.id == column.matter_id,
            matter.c.closed_at.is_not(None),
            matter.c.closed_at < before,
            ~kept_open,
        )
    )
    holds = or_(
        column.name_sealed.is_not(None), column.phone_sealed.is_not(None),
        column.words_sealed.is_not(None), column.phone_mark.is_not(None), column.address_sealed.is_not(None),
    )  # fmt: skip
    return and_(holds, ended)
