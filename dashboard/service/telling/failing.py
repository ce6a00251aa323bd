"""Tellings that were given up: one ask per matter on the desks of its scope, until somebody deals with it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from dashboard.domain.matter import Matter
from dashboard.domain.telling import Telling
from dashboard.domain.words import together
from dashboard.service.act import Act
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import tables
from dashboard.store.records import MATTERS, TELLINGS

KIND = "telling_failed"


def ask_id(matter_id: str) -> str:
    """Return the id of the ask of a matter's failed tellings."""
    return f"{KIND}:{matter_id}"


def failed_of(act: Act, matter_id: str) -> list[Telling]:
    """Return a matter's given-up tellings, the oldest first."""
    column = TELLINGS.table.c
    act.work.tellings.load(act.connection, (column.matter_id == matter_id) & (column.state == "failed"))
    return sorted(
        (one for one in act.work.tellings.having(matter_id) if one.state == "failed"),
        key=lambda one: (one.made_at, one.id),
    )


def show_failed(act: Act, matter: Matter) -> None:
    """Bring the ask of a matter's failed tellings up to date: shown while there are any, gone when there are none."""
    failed = failed_of(act, matter.id) if matter.is_open else []
    if failed:
        act.show_ask(_row(matter, failed))
    else:
        act.drop_ask(ask_id(matter.id))


def end_failed(act: Act, matter_id: str) -> None:
    """Take the ask away when its matter ends; what was not told stays on record as failed."""
    if failed_of(act, matter_id):
        act.drop_ask(ask_id(matter_id))


def read_failed(services: Services, connection: Connection) -> list[Row]:
    """Return the asks of every open matter with failed tellings, for a fresh snapshot."""
    del services
    telling, matter = tables.tellings.c, tables.matters.c
    found: dict[str, list[Telling]] = {}
    statement = TELLINGS.select().where(telling.state == "failed").order_by(telling.made_at, telling.id)
    for one in map(TELLINGS.value, connection.execute(statement)):
        found.setdefault(one.matter_id, []).append(one)
    if not found:
        return []
    open_matters = MATTERS.select().where(
        matter.closed_at.is_(None)
        & matter.id.in_(
            tables.tellings.select().with_only_columns(telling.matter_id).where(telling.state == "failed")
        )
    )
    return [_row(one, found[one.id]) for one in map(MATTERS.value, connection.execute(open_matters))]


def _row(matter: Matter, failed: Sequence[Telling]) -> Row:
    names = dict.fromkeys(one.recipient_name for one in failed)
    return {
        "id": ask_id(matter.id),
        "kind": KIND,
        "matter_id": matter.id,
        "no": matter.no,
        "title": matter.title,
        "scope": list(matter.scope),
        "made_at": failed[0].ended_at or failed[0].made_at,
        "due_at": None,
        "params": {"count": len(failed), **together(names, "who"), "form": "told_by_hand", "args": {}},
    }
