"""What the numbers of `/leader` count, and the day: yesterday's figures and today's so far, all from the store."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, func, select

from dashboard.domain.leading import is_raised
from dashboard.domain.masking import mask_numbers
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import no_right
from dashboard.service.leading.needs import unit_name
from dashboard.service.leading.open_matters import Reach
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import tables

MOST_ROWS: Final = 100
WEEK: Final = 7
NEVER: Final = 2**62


def leader_list(
    services: Services, actor: Principal, which: str, now: int, most: int | None = MOST_ROWS
) -> Row | Refused:
    """Return {"which", "count", "rows"} of "overdue" or "red" open matters, the nearest end (longest late) first.

    A row is {"matter_id", "no", "title", "urgency", "place", "unit", "unit_name", "stage", "due_at", "limit_ms",
    "card", "level", "raised"}. At most `most` of them, None for all; `count` is all. Refused: no_right.
    """
    refused = no_right(actor, "instruct")
    if refused is not None:
        return refused
    column = tables.matters.c
    wanted: Any = column.card == "red" if which == "red" else column.due_at < now
    names = (
        "id", "no", "title", "urgency", "township", "region", "unit", "stage", "due_at", "limit_ms", "card", "level",
        "must_act", "scope",
    )  # fmt: skip
    statement = select(*(column[name] for name in names)).where(column.closed_at.is_(None) & wanted)
    reach = Reach(services, actor)
    with services.store.read() as connection:
        found = [row for row in connection.execute(statement) if reach.sees(row.scope)]
    found.sort(key=lambda row: (NEVER if row.due_at is None else row.due_at, row.id))
    divisions = services.pack.divisions
    return {
        "which": which,
        "count": len(found),
        "rows": [
            {
                "matter_id": row.id,
                "no": row.no,
                "title": mask_numbers(row.title),
                "urgency": row.urgency,
                "place": divisions.get(row.township or row.region or services.city).name,
                "unit": row.unit,
                "unit_name": unit_name(services, row.unit),
                "stage": row.stage,
                "due_at": row.due_at,
                "limit_ms": row.limit_ms,
                "card": row.card,
                "level": row.level,
                "raised": is_raised(row.level, row.must_act),
            }
            for row in found[:most]
        ],
    }


def leader_day(services: Services, actor: Principal, now: int) -> Row | Refused:
    """Return {"week": [{"day", "opened", "closed"}, ...], "yesterday", "today"}; a day as YYYY-MM-DD, local.

    The last seven whole days and today, hotline orders. Of a day: {"day", "opened", "week_before" (opened on the same
    weekday before), "closed", "direct" (answered at once), "red" (cards issued), "whistles", "instructions",
    "instructions_done"}. Refused: no_right.
    """
    refused = no_right(actor, "instruct")
    if refused is not None:
        return refused
    today = services.calendar.local_date(now)
    reach = Reach(services, actor)
    with services.store.read() as connection:
        days = [
            _volume(services, connection, reach, today - timedelta(days=back)) for back in range(WEEK, -1, -1)
        ]
        return {
            "week": days,
            "yesterday": _of_day(services, connection, reach, actor, today - timedelta(days=1)),
            "today": _of_day(services, connection, reach, actor, today),
        }


def _span(services: Services, day: date) -> tuple[int, int]:
    midnight_at = services.calendar.midnight_at
    return midnight_at(day), midnight_at(day + timedelta(days=1))


def _volume(services: Services, connection: Connection, reach: Reach, day: date) -> Row:
    from_at, until_at = _span(services, day)
    return {
        "day": day.isoformat(),
        "opened": _count(connection, reach, tables.matters.c.opened_at, from_at, until_at),
        "closed": _count(connection, reach, tables.matters.c.closed_at, from_at, until_at),
    }


def _count(connection: Connection, reach: Reach, at: Any, from_at: int, until_at: int, *more: Any) -> int:
    """Hotline orders whose instant lies in the span; counted per scope, of which there are few."""
    column = tables.matters.c
    statement = (
        select(column.scope, func.count())
        .where(and_(column.kind == "order", at >= from_at, at < until_at, *more))
        .group_by(column.scope)
    )
    return sum(int(count) for scope, count in connection.execute(statement) if reach.sees(scope))


def _of_day(services: Services, connection: Connection, reach: Reach, actor: Principal, day: date) -> Row:
    from_at, until_at = _span(services, day)
    earlier_from_at, earlier_until_at = _span(services, day - timedelta(days=WEEK))
    matter, card, command = tables.matters.c, tables.cards.c, tables.commands.c
    cards = (
        select(matter.scope)
        .join(tables.cards, card.matter_id == matter.id)
        .where((card.card == "red") & (card.issued_at >= from_at) & (card.issued_at < until_at))
    )
    orders = select(command.scope, command.kind, command.issued_by, command.issued_role, command.state).where(
        (command.issued_at >= from_at) & (command.issued_at < until_at) & (command.state != "recalled")
    )
    given = [row for row in connection.execute(orders) if reach.sees(row.scope)]
    own = [row for row in given if row.issued_role == "leader" and row.issued_by == actor.id]
    return {
        "day": day.isoformat(),
        "opened": _count(connection, reach, matter.opened_at, from_at, until_at),
        "week_before": _count(connection, reach, matter.opened_at, earlier_from_at, earlier_until_at),
        "closed": _count(connection, reach, matter.closed_at, from_at, until_at),
        "direct": _count(
            connection, reach, matter.closed_at, from_at, until_at, matter.stage == "DIRECT_ANSWERED"
        ),
        "red": sum(reach.sees(row.scope) for row in connection.execute(cards)),
        "whistles": sum(row.kind == "whistle" for row in given),
        "instructions": len(own),
        "instructions_done": sum(row.state == "done" for row in own),
    }
