"""Proposals between regions as rows."""

from __future__ import annotations

from sqlalchemy import Connection

from dashboard.domain.district_proposal import DistrictProposal
from dashboard.store.records import Record
from dashboard.store.tables import district_proposals

PROPOSALS = Record(district_proposals, DistrictProposal, ("id",))


def find(connection: Connection, proposal_id: str) -> DistrictProposal | None:
    """Return a proposal, None when there is none."""
    row = connection.execute(PROPOSALS.select().where(district_proposals.c.id == proposal_id)).first()
    return None if row is None else PROPOSALS.value(row)


def of_matter(connection: Connection, matter_id: str) -> list[DistrictProposal]:
    """Return every proposal of a matter, the newest first."""
    column = district_proposals.c
    statement = PROPOSALS.select().where(column.matter_id == matter_id)
    return [
        PROPOSALS.value(row)
        for row in connection.execute(statement.order_by(column.made_at.desc(), column.id))
    ]


def waiting_of(connection: Connection, matter_id: str) -> list[DistrictProposal]:
    """Return the proposals of a matter that nobody has answered, the oldest first."""
    column = district_proposals.c
    statement = PROPOSALS.select().where((column.matter_id == matter_id) & (column.state == "proposed"))
    return [PROPOSALS.value(row) for row in connection.execute(statement.order_by(column.made_at, column.id))]


def waiting(connection: Connection) -> list[DistrictProposal]:
    """Return every proposal that nobody has answered, the soonest due first."""
    column = district_proposals.c
    statement = PROPOSALS.select().where(column.state == "proposed").order_by(column.due_at, column.id)
    return [PROPOSALS.value(row) for row in connection.execute(statement)]


def add(connection: Connection, proposal: DistrictProposal) -> None:
    """Write a new proposal."""
    PROPOSALS.insert(connection, [proposal])


def change(connection: Connection, proposal: DistrictProposal) -> None:
    """Write a changed proposal."""
    PROPOSALS.update(connection, [proposal])
