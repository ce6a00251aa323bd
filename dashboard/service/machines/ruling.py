"""Returns and extensions: asked for by a unit, ruled on once, counted however the matter leaves that stage."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, insert, select

from dashboard.domain.matter import Matter
from dashboard.service.act import Act
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import loop_rows, tables
from dashboard.store.records import MATTERS

ASKED = {"RETURN_REQUESTED": "return", "RETURNED": "return", "EXTENSION_APPLIED": "extension"}
"""Stages in which somebody has to rule, and on what."""
_PURPOSE = {"return": "return_ruling", "extension": "extension_ruling"}
_TABLE = {"return": tables.returns, "extension": tables.extensions}


def ask_return(act: Act, matter: Matter, reason: str) -> None:
    """Write down that the unit says "not ours"."""
    n = loop_rows.next_n(act.connection, tables.returns, matter.id)
    asked = {"matter_id": matter.id, "n": n, "unit": matter.unit, "reason": reason}
    act.connection.execute(insert(tables.returns), asked | {"asked_at": act.now, "asked_by": act.actor.id})


def ask_extension(act: Act, matter: Matter, reason: str, until_at: int) -> None:
    """Write down that the unit applies for more time."""
    n = loop_rows.next_n(act.connection, tables.extensions, matter.id)
    asked = {"matter_id": matter.id, "n": n, "unit": matter.unit, "reason": reason, "until_at": until_at}
    act.connection.execute(insert(tables.extensions), asked | {"asked_at": act.now, "asked_by": act.actor.id})


def grant_extension(act: Act, matter: Matter, fields: dict[str, Any]) -> Matter:
    """Return the matter with the ruling's end: the date ruled, else the date applied for; unchanged when refused."""
    asked = loop_rows.waiting(act.connection, tables.extensions, matter.id)
    granted = bool(fields.get("granted"))
    if asked is not None:
        loop_rows.rule(
            act.connection, tables.extensions, matter.id, asked.n, ruled_at=act.now, ruled_by=act.actor.id,
            granted=granted, sent_back=bool(fields.get("sent_back")), ruling_reason=str(fields.get("reason", "")),
        )  # fmt: skip
    if not granted:
        return matter
    until_at = fields.get("until_at") or (asked.until_at if asked is not None else None)
    assert isinstance(until_at, int), "the guard granted_fits asks for a date"
    return replace(matter, final_due_at=until_at, extensions=matter.extensions + 1)


def keep_rulings(act: Act, matter_id: str, reason: str) -> None:
    """Count a bounce that was ruled on, whichever act ruled, and keep the ask on the screens while one waits."""
    matter = act.work.matter(matter_id)
    assert matter is not None
    asked_before = ASKED.get(str(act.before.get(matter.id, {}).get("stage", "")))
    asked_now = ASKED.get(matter.stage) if matter.is_open else None
    if asked_before is not None and asked_before != asked_now:
        _leave(act, matter, asked_before, reason)
        act.drop_ask(f"{asked_before}:{matter.id}")
    if asked_now is not None:
        waiting = loop_rows.waiting(act.connection, _TABLE[asked_now], matter.id)
        due_at = next(
            (one.objective_at for one in act.work.clocks_of(matter.id) if one.purpose == _PURPOSE[asked_now]),
            None,
        )
        said = "" if waiting is None else waiting.reason
        act.show_ask(_row(act.services, matter, asked_now, said, due_at))


def _leave(act: Act, matter: Matter, asked: str, reason: str) -> None:
    waiting = loop_rows.waiting(act.connection, _TABLE[asked], matter.id)
    if asked == "extension":
        # Ruled by its source: what it did with the end is its ruling.
        if waiting is not None:
            granted = matter.final_due_at is not None and matter.final_due_at >= waiting.until_at
            loop_rows.rule(
                act.connection, tables.extensions, matter.id, waiting.n, ruled_at=act.now, ruled_by=act.actor.id,
                granted=granted, ruling_reason=reason,
            )  # fmt: skip
        return
    if waiting is not None:
        ruling = "forced" if matter.unit == waiting.unit else "upheld"
        loop_rows.rule(
            act.connection, tables.returns, matter.id, waiting.n, ruled_at=act.now, ruled_by=act.actor.id,
            ruling=ruling, ruling_reason=reason,
        )  # fmt: skip
    if waiting is not None or act.actor.kind != "system":
        act.change(replace(matter, returned=matter.returned + 1))


def open_rulings(services: Services, connection: Connection) -> list[Row]:
    """Return every return and extension that waits, for a screen's snapshot."""
    column = tables.matters.c
    statement = MATTERS.select().where(column.closed_at.is_(None) & column.stage.in_(tuple(ASKED)))
    matters = [MATTERS.value(row) for row in connection.execute(statement)]
    if not matters:
        return []
    clock = tables.deadlines.c
    due = {
        row.matter_id: row.objective_at
        for row in connection.execute(
            select(clock.matter_id, clock.objective_at).where(
                (clock.state == "armed") & clock.purpose.in_(tuple(_PURPOSE.values()))
            )
        )
    }
    rows = []
    for matter in matters:
        kind = ASKED[matter.stage]
        waiting = loop_rows.waiting(connection, _TABLE[kind], matter.id)
        said = "" if waiting is None else waiting.reason
        rows.append(_row(services, matter, kind, said, due.get(matter.id)))
    return rows


def _row(services: Services, matter: Matter, kind: str, reason: str, due_at: int | None) -> Row:
    unit = (
        services.pack.units.get(matter.unit).short
        if matter.unit and matter.unit in services.pack.units
        else ""
    )
    return {
        "id": f"{kind}:{matter.id}",
        "kind": kind,
        "matter_id": matter.id,
        "no": matter.no,
        "title": matter.title,
        "scope": list(matter.scope),
        "made_at": matter.stage_at,
        "due_at": due_at,
        "params": {"unit": unit, "reason": reason, "count": matter.returned},
    }
