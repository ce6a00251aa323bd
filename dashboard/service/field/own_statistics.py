"""How a unit stands over thirty days: what it has in hand, what it closed and how, its cards, its whistles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import no_right
from dashboard.service.commands.statistics import UnitCalls, whistle_statistics
from dashboard.service.field.own_inbox import WAITING_STAGES
from dashboard.service.services import Services
from dashboard.store import tables

DAY_MS = 24 * 3_600_000
WINDOW_DAYS = 30


@dataclass(frozen=True, slots=True)
class OwnMatters:
    """What a unit made of its matters: `open` and `overdue` now, the rest of those closed within the window.

    A rate is two counts, for a rate never stands alone: `closed_in_time` of `closed_with_end`, `resolved` of
    `resolved_known`, `satisfied` of `satisfied_known`. `sign_minutes` is the average from dispatch to signing.
    """

    open: int
    overdue: int
    closed: int
    closed_in_time: int
    closed_with_end: int
    resolved: int
    resolved_known: int
    satisfied: int
    satisfied_known: int
    returned: int
    sign_minutes: float | None


@dataclass(frozen=True, slots=True)
class OwnStatistics:
    """A unit's own figures of the last `days` days; `cards` are this month's, {"yellow", "red"}."""

    days: int
    matters: OwnMatters
    whistles: UnitCalls
    cards: dict[str, int]


def own_statistics(services: Services, actor: Principal, now: int) -> OwnStatistics | Refused:
    """Return the figures of the actor's own unit. Refused: no_right, for whoever speaks for no unit too."""
    refused = no_right(actor, "see")
    if refused is not None or actor.role != "unit_liaison" or not actor.unit:
        return refused or Refused("not_your_unit")
    since_at = now - WINDOW_DAYS * DAY_MS
    column = tables.matters.c
    is_shown = (column.unit == actor.unit) & (column.closed_at.is_(None) | (column.closed_at >= since_at))
    is_shown &= column.carrier.is_(None)
    statement = select(
        column.stage, column.due_at, column.closed_at, column.final_due_at, column.resolved, column.satisfied,
        column.dispatched_at, column.signed_at, column.missed_due_at,
    ).where(is_shown)  # fmt: skip
    with services.store.read() as connection:
        rows = connection.execute(statement).all()
        returned = connection.execute(
            select(func.count())
            .select_from(tables.returns)
            .where((tables.returns.c.unit == actor.unit) & (tables.returns.c.asked_at >= since_at))
        ).scalar_one()
        cards = _cards(connection, actor.unit, _month_began_at(services, now))
    found = whistle_statistics(services, actor, now, [actor.unit], WINDOW_DAYS)
    assert not isinstance(found, Refused)
    short = services.pack.units.get(actor.unit).short if actor.unit in services.pack.units else actor.unit
    whistles = found[0] if found else UnitCalls(actor.unit, short)
    return OwnStatistics(WINDOW_DAYS, _counted(rows, int(returned), now), whistles, cards)


def _month_began_at(services: Services, now: int) -> int:
    calendar = services.calendar
    return calendar.midnight_at(calendar.local_date(now).replace(day=1))


def _cards(connection: Connection, unit: str, since_at: int) -> dict[str, int]:
    column = tables.cards.c
    statement = (
        select(column.card, func.count())
        .where((column.unit == unit) & (column.issued_at >= since_at))
        .group_by(column.card)
    )
    counted = {row[0]: int(row[1]) for row in connection.execute(statement)}
    return {"yellow": counted.get("yellow", 0), "red": counted.get("red", 0)}


def _counted(rows: Iterable[Any], returned: int, now: int) -> OwnMatters:
    every = list(rows)
    running = [one for one in every if one.closed_at is None]
    closed = [one for one in every if one.closed_at is not None]
    with_end = [one for one in closed if one.final_due_at is not None]
    signed = [one for one in every if one.signed_at is not None and one.dispatched_at is not None]
    minutes = [max(one.signed_at - one.dispatched_at, 0) / 60_000 for one in signed]
    return OwnMatters(
        open=len(running),
        overdue=sum(
            one.due_at is not None and one.due_at < now and one.stage not in WAITING_STAGES for one in running
        ),
        closed=len(closed),
        # An end that was missed stays missed, also when somebody gave a later one afterwards.
        closed_in_time=sum(
            one.missed_due_at is None and one.closed_at <= one.final_due_at for one in with_end
        ),
        closed_with_end=len(with_end),
        resolved=sum(one.resolved is True for one in closed),
        resolved_known=sum(one.resolved is not None for one in closed),
        satisfied=sum(one.satisfied is True for one in closed),
        satisfied_known=sum(one.satisfied is not None for one in closed),
        returned=returned,
        sign_minutes=round(sum(minutes) / len(minutes), 1) if minutes else None,
    )
