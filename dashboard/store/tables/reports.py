"""Citizens' reports by grid code: how each is followed, and how many came from where."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table

from dashboard.store.tables.base import metadata

reports = Table(
    "reports",
    metadata,
    # The code itself is on the citizen's paper alone: whoever reads this table cannot follow a report with it.
    Column("code_hash", String(64), primary_key=True),
    Column("matter_id", String(40), nullable=False, unique=True),
    Column("grid", String(24), nullable=False),
    Column("at", BigInteger, nullable=False),
    # Keyed hash of the sender's network address, forgotten after a day (retention).
    Column("address_hash", String(64), nullable=False, server_default=""),
    Index("ix_reports_address_hash_at", "address_hash", "at"),
    Index("ix_reports_grid_at", "grid", "at"),
)
