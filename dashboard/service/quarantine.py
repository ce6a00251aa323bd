"""Devices that are kept apart: put there by the feeds, let out by the security administrator with a reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import insert, select, update

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import no_right
from dashboard.service.act import new_id
from dashboard.service.services import Services
from dashboard.store import audit, tables

LISTED: Final = 200
LONGEST_REASON: Final = 500
FEEDS: Final = Principal("feeds", "", "system", "system", "")


def hold_device(services: Services, device: str, counts: Mapping[str, int], now: int) -> bool:
    """Keep a device apart from now on; False where it is already. Called by the feeds.

    Args:
        counts: reason -> how often within the time that was looked at; the most frequent one is shown first.
    """
    column = tables.quarantines.c
    with services.store.write() as connection:
        held = select(column.id).where((column.device_id == device) & column.ended_at.is_(None))
        if connection.execute(held).first() is not None:
            return False
        reason = max(sorted(counts), key=lambda one: counts[one])
        row = {
            "id": new_id(),
            "device_id": device,
            "reason": reason,
            "detail": json.dumps(dict(counts)),
            "since_at": now,
        }
        connection.execute(insert(tables.quarantines), row)
        audit.record(connection, FEEDS, "hold_device", device[:60], "done", dict(counts), now)
    return True


def release_device(services: Services, actor: Principal, quarantine_id: str, why: str, now: int) -> Outcome:
    """Believe a device again from its next fix on. Refused: no_right, reason_missing, no_such_quarantine."""
    column = tables.quarantines.c
    with services.store.write() as connection:
        refused = no_right(actor, "release_device")
        if refused is None and not why.strip():
            refused = Refused("reason_missing")
        device = connection.execute(
            select(column.device_id).where((column.id == quarantine_id) & column.ended_at.is_(None))
        ).scalar_one_or_none()
        if refused is None and device is None:
            refused = Refused("no_such_quarantine")
        about = str(device or quarantine_id)[:60]
        detail = {"why": why.strip()[:LONGEST_REASON]}
        if refused is not None:
            audit.record(connection, actor, "release_device", about, refused.code, detail, now)
            return refused
        connection.execute(
            update(tables.quarantines)
            .where(column.id == quarantine_id)
            .values(ended_at=now, ended_by=actor.id, why=detail["why"])
        )
        audit.record(connection, actor, "release_device", about, "done", detail, now)
    return Done(quarantine_id)


def quarantines(services: Services, actor: Principal, now: int) -> list[dict[str, Any]] | Refused:
    """Return devices that are kept apart, the longest first, then those that were let out, the latest first; each with
    its worker's id and grid ("" for a device that is no longer on the roster). Refused: no_right."""
    del now
    refused = no_right(actor, "release_device")
    if refused is not None:
        return refused
    column, member = tables.quarantines.c, tables.roster.c
    joined = tables.quarantines.outerjoin(tables.roster, column.device_id == member.device_id)
    statement = select(tables.quarantines, member.worker_id, member.grid).select_from(joined)
    running = statement.where(column.ended_at.is_(None)).order_by(column.since_at, column.id)
    over = statement.where(column.ended_at.is_not(None)).order_by(column.ended_at.desc(), column.id)
    with services.store.read() as connection:
        rows = [*connection.execute(running).mappings(), *connection.execute(over.limit(LISTED)).mappings()]
    return [
        {
            **row,
            "detail": json.loads(row["detail"]),
            "worker_id": row["worker_id"] or "",
            "grid": row["grid"] or "",
        }
        for row in rows
    ]


def held_devices(services: Services) -> dict[str, int]:
    """Return device -> since when it is kept apart, for the feeds."""
    column = tables.quarantines.c
    with services.store.read() as connection:
        rows = connection.execute(select(column.device_id, column.since_at).where(column.ended_at.is_(None)))
        return {row.device_id: row.since_at for row in rows}
