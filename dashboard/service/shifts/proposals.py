"""What a shift has to hand over, read from the picture: the same reading proposes a sheet and checks it at the end."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, select

from dashboard.domain.shift import OVERDUE_NAMED, HandItem, Holding, in_order
from dashboard.service.act import is_inside
from dashboard.service.asks import open_asks
from dashboard.service.services import Services
from dashboard.store import event_log, tables

NOTES_LOOKED_BACK = 20_000  # log entries; a shift of a busy day writes about half of that
NOTES_NAMED = 5
WHISTLE_OPEN = ("running", "conferring", "consultation")


def proposed(
    services: Services, connection: Connection, jurisdiction: str, now: int, holding: Holding | None
) -> list[HandItem]:
    """Return what must be handed over in a jurisdiction now, in the order of the sheet.

    Open whistles, unanswered emergencies, decisions not carried out and open asks must be on the sheet; overdue matters
    and the holder's own notes of this shift are proposed.
    """
    found: list[HandItem] = []
    found += _whistles(services, connection, jurisdiction)
    found += _alarms_and_overdue(services, connection, jurisdiction, now)
    found += _decisions(services, connection, jurisdiction)
    found += _asks(services, connection, jurisdiction)
    if holding is not None:
        found += _notes(services, connection, holding)
    return in_order(found)


def _inside(services: Services, rows: Iterable[Any], jurisdiction: str) -> list[Any]:
    divisions = services.pack.divisions
    inside: dict[str, bool] = {}  # thousands of matters have a few hundred scopes between them
    found = []
    for row in rows:
        if row.scope not in inside:
            inside[row.scope] = is_inside(divisions, json.loads(row.scope), jurisdiction)
        if inside[row.scope]:
            found.append(row)
    return found


def _whistles(services: Services, connection: Connection, jurisdiction: str) -> list[HandItem]:
    command, receipt, decision = tables.commands.c, tables.receipts.c, tables.decisions.c
    rows = connection.execute(
        select(command.id, command.no, command.title, command.matter_id, command.due_at, command.scope).where(
            (command.kind == "whistle") & command.state.in_(WHISTLE_OPEN)
        )
    )
    shown = _inside(services, rows, jurisdiction)
    ids = [row.id for row in shown]
    missing: dict[str, int] = {}
    for (command_id,) in connection.execute(
        select(receipt.command_id).where(
            receipt.command_id.in_(ids) & receipt.arrived_at.is_(None) & receipt.declined_at.is_(None)
        )
    ):
        missing[command_id] = missing.get(command_id, 0) + 1
    undecided: dict[str, int] = {}
    for (command_id,) in connection.execute(
        select(decision.command_id).where(decision.command_id.in_(ids) & decision.decided_at.is_(None))
    ):
        undecided[command_id] = undecided.get(command_id, 0) + 1
    return [
        HandItem(
            ref=f"whistle:{row.id}",
            kind="whistle",
            title=row.title,
            matter_id=row.matter_id,
            no=row.no,
            due_at=row.due_at,
            details={"missing": missing.get(row.id, 0), "undecided": undecided.get(row.id, 0)},
        )
        for row in shown
    ]


def _matters() -> Select[Any]:
    column = tables.matters.c
    return select(
        column.id, column.no, column.title, column.due_at, column.scope, column.urgency, column.acknowledged
    ).where(column.closed_at.is_(None))


def _alarms_and_overdue(
    services: Services, connection: Connection, jurisdiction: str, now: int
) -> list[HandItem]:
    column = tables.matters.c
    unanswered = (column.urgency == 1) & column.acknowledged.is_(False)
    rows = connection.execute(_matters().where((column.due_at < now) | unanswered).order_by(column.due_at))
    shown = _inside(services, rows, jurisdiction)
    alarms = [row for row in shown if row.urgency == 1 and not row.acknowledged]
    late = [row for row in shown if row.due_at is not None and row.due_at < now and row not in alarms]
    found = [_of_matter("alarm", row, must=True) for row in alarms]
    found += [_of_matter("overdue", row, must=False) for row in late[:OVERDUE_NAMED]]
    if len(late) > OVERDUE_NAMED:
        rest = {"count": len(late) - OVERDUE_NAMED}
        found.append(HandItem("overdue:rest", "overdue", "", must=False, details=rest))
    return found


def _of_matter(kind: str, row: Any, *, must: bool) -> HandItem:
    return HandItem(f"{kind}:{row.id}", kind, row.title, row.id, row.no, row.due_at, must)


def _decisions(services: Services, connection: Connection, jurisdiction: str) -> list[HandItem]:
    decision, command, matter = tables.decisions.c, tables.commands.c, tables.matters.c
    rows = connection.execute(
        select(
            decision.command_id, decision.item, decision.decision, decision.owner, decision.due_at,
            command.no, command.matter_id, command.scope,
        )
        .join_from(tables.decisions, tables.commands, decision.command_id == command.id)
        .join(tables.matters, command.matter_id == matter.id)
        .where(
            decision.decided_at.is_not(None)
            & decision.due_at.is_not(None)
            & decision.completed_at.is_(None)
            & matter.closed_at.is_(None)
        )
    )  # fmt: skip
    return [
        HandItem(
            ref=f"decision:{row.command_id}:{row.item}",
            kind="decision",
            title=row.decision or "",
            matter_id=row.matter_id,
            no=row.no,
            due_at=row.due_at,
            details={"item": row.item, "owner": row.owner or ""},
        )
        for row in _inside(services, rows, jurisdiction)
    ]


def _asks(services: Services, connection: Connection, jurisdiction: str) -> list[HandItem]:
    divisions = services.pack.divisions
    return [
        HandItem(
            ref=f"ask:{row['id']}"[:80],
            kind="ask",
            title=str(row["title"]),
            matter_id=row["matter_id"],
            no=str(row["no"]),
            due_at=row["due_at"],
            details={"ask": row["kind"], "params": row["params"]},
        )
        for row in open_asks(services, connection)
        if row["kind"] != "duty_alarm" and is_inside(divisions, row["scope"], jurisdiction)
    ]


def _notes(services: Services, connection: Connection, holding: Holding) -> list[HandItem]:
    column = tables.log.c
    rows = connection.execute(
        select(column.seq, column.matter_id, column.params)
        .where(
            (column.seq > event_log.last_seq(connection) - NOTES_LOOKED_BACK)
            & (column.kind == "NoteWritten")
            & (column.actor == holding.account)
            & (column.at >= holding.since_at)
        )
        .order_by(column.seq.desc())
        .limit(NOTES_NAMED)
    )
    found = []
    for row in rows:
        params = json.loads(row.params)
        title, no = str(params.get("text", ""))[:200], str(params.get("no", ""))
        found.append(HandItem(f"note:{row.seq}", "note", title, row.matter_id, no, must=False))
    return found
