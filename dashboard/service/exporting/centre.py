"""Rows of the centre's own tables: as the screens show them, in the asker's jurisdiction, masked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from dashboard.domain.masking import mask_all, mask_name, mask_numbers
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.service.exporting.found import Found, Names, Period, Row
from dashboard.service.leading.lists import leader_list
from dashboard.service.leading.open_matters import Reach
from dashboard.service.queries import queue
from dashboard.service.services import Services
from dashboard.store import tables

PAGE: Final = 1_000  # rows read at once: no snapshot is held open while somebody downloads


def queue_rows(services: Services, actor: Principal, _period: Period, now: int) -> Found | Refused:
    """The open matters that the asker's desk shows."""
    found = queue(services, actor, now)
    names = Names(services)

    def rows() -> Iterator[Row]:
        for one in found:
            yield one | names.of(one) | {"unit": one["unit_name"] or ""}

    return Found(len(found), rows)


def order_rows(services: Services, actor: Principal, period: Period, _now: int) -> Found | Refused:
    """Hotline orders opened in the period, closed ones too."""
    column, names = tables.matters.c, Names(services)
    wanted = (
        "id", "no", "title", "category", "urgency", "stage", "region", "township", "unit", "superior_source",
        "opened_at", "dispatched_at", "signed_at", "replied_at", "closed_at", "missed_due_at", "returned", "merged",
        "card", "resolved", "satisfied", "scope",
    )  # fmt: skip
    kept = (column.kind == "order") & _within(column.opened_at, period)
    statement = select(*(column[name] for name in wanted)).where(kept)
    reach = Reach(services, actor)

    def rows() -> Iterator[Row]:
        for row in _pages(services, statement, column.opened_at, column.id):
            if reach.sees(row["scope"]):
                yield (
                    row
                    | names.of(row)
                    | {
                        "title": mask_numbers(row["title"]),
                        "unit": names.unit(row["unit"]),
                    }
                )

    return Found(_count(services, reach, select(column.scope, func.count()).where(kept), column.scope), rows)


def receipt_rows(services: Services, actor: Principal, period: Period, _now: int) -> Found | Refused:
    """What became of every order of the period at each of its receivers."""
    command, receipt = tables.commands.c, tables.receipts.c
    kept = _within(command.issued_at, period)
    joined = tables.receipts.join(tables.commands, command.id == receipt.command_id)
    shown = (
        "delivered_at", "read_at", "accepted_at", "arrived_at", "done_at", "due_at", "late", "declined_reason",
        "result",
    )  # fmt: skip
    key = (receipt.command_id + ":" + receipt.receiver_id).label("key")
    statement = (
        select(
            key,
            command.issued_at,
            command.scope,
            command.title,
            command.no.label("command"),
            command.kind.label("command_kind"),
            receipt.name.label("receiver"),
            receipt.role.label("receiver_role"),
            receipt.stage.label("step"),
            *(receipt[name] for name in shown),
        )
        .select_from(joined)
        .where(kept)
    )
    reach = Reach(services, actor)

    def rows() -> Iterator[Row]:
        for row in _pages(services, statement, command.issued_at, key.element):
            if reach.sees(row["scope"]):
                yield row | {
                    "title": mask_numbers(row["title"]),
                    "receiver": mask_numbers(row["receiver"]),
                    "declined_reason": mask_all(row["declined_reason"]),
                    "result": mask_all(row["result"]),
                }

    counted = select(command.scope, func.count()).select_from(joined).where(kept)
    return Found(_count(services, reach, counted, command.scope), rows)


def telling_rows(services: Services, actor: Principal, period: Period, _now: int) -> Found | Refused:
    """Who was told by what in the period, and whether it was received."""
    telling, matter = tables.tellings.c, tables.matters.c
    kept = _within(telling.made_at, period)
    joined = tables.tellings.join(tables.matters, matter.id == telling.matter_id)
    shown = (
        "id",
        "means",
        "recipient_name",
        "text",
        "level",
        "made_at",
        "attempts",
        "received_at",
        "received_by",
        "fault",
    )
    statement = (
        select(
            matter.no,
            matter.scope,
            telling.role.label("told_role"),
            telling.state.label("telling_state"),
            *(telling[name] for name in shown),
        )
        .select_from(joined)
        .where(kept)
    )
    reach = Reach(services, actor)

    def rows() -> Iterator[Row]:
        for row in _pages(services, statement, telling.made_at, telling.id):
            if reach.sees(row["scope"]):
                yield row | {
                    "recipient": mask_numbers(row["recipient_name"]),
                    "words": mask_numbers(row["text"]),
                    "received_by": mask_name(row["received_by"]),
                }

    counted = select(matter.scope, func.count()).select_from(joined).where(kept)
    return Found(_count(services, reach, counted, matter.scope), rows)


def overdue_rows(services: Services, actor: Principal, _period: Period, now: int) -> Found | Refused:
    """What a leader's number of overdue matters counts."""
    return _leader_rows(services, actor, "overdue", now)


def red_rows(services: Services, actor: Principal, _period: Period, now: int) -> Found | Refused:
    """What a leader's number of red cards counts."""
    return _leader_rows(services, actor, "red", now)


def _leader_rows(services: Services, actor: Principal, which: str, now: int) -> Found | Refused:
    found = leader_list(services, actor, which, now, most=None)
    if isinstance(found, Refused):
        return found
    rows: list[Row] = found["rows"]
    return Found(len(rows), lambda: (one | {"unit": one["unit_name"]} for one in rows))


def _within(at: Any, period: Period) -> ColumnElement[bool]:
    return and_(at >= period.from_at, at < period.until_at)


def _count(services: Services, reach: Reach, statement: Select[Any], scope: Any) -> int:
    """Rows that the asker sees, counted per scope, of which there are few."""
    with services.store.read() as connection:
        found = connection.execute(statement.group_by(scope)).all()
    return sum(int(count) for one, count in found if reach.sees(one))


def _pages(services: Services, statement: Select[Any], at: Any, key: Any) -> Iterator[Row]:
    """Rows in order of time, each page its own read that begins behind the last row of the one before."""
    ordered = statement.add_columns(at.label("page_at"), key.label("page_key")).order_by(at, key).limit(PAGE)
    wanted = ordered
    while True:
        with services.store.read() as connection:
            page = [dict(row) for row in connection.execute(wanted).mappings()]
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1]
        wanted = ordered.where(or_(at > last["page_at"], and_(at == last["page_at"], key > last["page_key"])))
