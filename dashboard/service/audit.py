"""Reading the audit chain: for the audit administrator alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import no_right
from dashboard.service.services import Services
from dashboard.store import audit, tables


@dataclass(frozen=True, slots=True)
class AuditState:
    """How many rows the chain has, and its first break: the row's number and what is wrong, or None and ""."""

    rows: int
    broken_at: int | None
    reason: str


def verify_audit(services: Services, actor: Principal) -> AuditState | Refused:
    """Walk the whole chain. Refused: no_right."""
    refused = no_right(actor, "verify_audit")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        rows = int(connection.execute(select(func.count()).select_from(tables.audit)).scalar_one())
        found = audit.first_break(connection)
    return AuditState(rows, found.n if found else None, found.reason if found else "")
