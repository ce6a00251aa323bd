"""The call hall's events and seats, kept for the hotline picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from dashboard.domain.readings import CallReading
from dashboard.store import tables

OFF = "off"  # the state of a seat that nobody sits on


@dataclass(frozen=True, slots=True)
class Seat:
    """One agent's state and since when, and the special desk that the seat serves ("" for none)."""

    source: str
    agent: str
    state: str
    since_at: int
    desk: str = ""


def keep(connection: Connection, readings: Sequence[CallReading]) -> int:
    """Keep call events; one already known (source, call, kind) is left as it is. Returns how many were new."""
    if not readings:
        return 0
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert
    rows = [asdict(one) for one in readings]
    statement = insert(tables.calls).on_conflict_do_nothing().returning(tables.calls.c.call_id)
    new = 0
    for start in range(0, len(rows), 500):
        new += len(connection.execute(statement.values(rows[start : start + 500])).all())
    newest: dict[tuple[str, str], CallReading] = {}
    for one in readings:
        seat = (one.source, one.agent)
        if one.kind == "agent" and one.agent and (seat not in newest or newest[seat].at <= one.at):
            newest[seat] = one
    if newest:
        seats = insert(tables.agents)
        seats = seats.on_conflict_do_update(
            index_elements=[tables.agents.c.source, tables.agents.c.agent],
            set_={name: seats.excluded[name] for name in ("state", "since_at", "desk")},
            # A late event must not undo a newer one.
            where=tables.agents.c.since_at <= seats.excluded.since_at,
        )
        connection.execute(
            seats,
            [
                {
                    "source": one.source, "agent": one.agent, "state": one.agent_state, "since_at": one.at,
                    "desk": one.desk,
                }
                for one in newest.values()
            ],
        )  # fmt: skip
    return new


def calls_between(connection: Connection, start_at: int, end_at: int) -> list[CallReading]:
    """Return the events with start_at <= at < end_at, oldest first, seat changes included."""
    column = tables.calls.c
    rows = connection.execute(
        select(tables.calls)
        .where((column.at >= start_at) & (column.at < end_at))
        .order_by(column.at, column.call_id)
    )
    return [CallReading(**row._mapping) for row in rows]


def count_between(connection: Connection, start_at: int, end_at: int) -> int:
    """Return how many events have start_at <= at < end_at."""
    column = tables.calls.c
    counted = select(func.count()).where((column.at >= start_at) & (column.at < end_at))
    return int(connection.execute(counted).scalar_one())


def arrivals_between(connection: Connection, start_at: int, end_at: int) -> list[int]:
    """Return the instants at which calls came in with start_at <= at < end_at, oldest first."""
    column = tables.calls.c
    came = (column.at >= start_at) & (column.at < end_at) & (column.kind == "arrived")
    return [int(at) for (at,) in connection.execute(select(column.at).where(came).order_by(column.at))]


def on_duty(connection: Connection) -> set[str]:
    """Return the seats that somebody sits on now."""
    column = tables.agents.c
    return set(connection.execute(select(column.agent).where(column.state != OFF)).scalars())


def agents_now(connection: Connection) -> list[Seat]:
    """Return every seat that ever reported, with its last state ("off" ones too)."""
    return [
        Seat(row.source, row.agent, row.state, row.since_at, row.desk)
        for row in connection.execute(select(tables.agents))
    ]
