"""What agents are to say (口径): each wording as it stands, its versions, and who has read which."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from dashboard.store.tables.base import metadata

wordings = Table(
    "wordings",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("place", String(24), nullable=False),
    Column("category", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("given_at", BigInteger, nullable=False),
    Column("given_by", String(80), nullable=False),
    Column("given_name", String(80), nullable=False),
    Column("ended_at", BigInteger),
    Column("ended_name", String(80), nullable=False, server_default=""),
    Column("ended_reason", Text, nullable=False, server_default=""),
    Index("ix_wordings_ended_at", "ended_at"),
)

wording_versions = Table(
    "wording_versions",
    metadata,
    Column("wording_id", String(24), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("given_at", BigInteger, nullable=False),
    Column("given_by", String(80), nullable=False),
    Column("given_name", String(80), nullable=False),
)

wording_reads = Table(
    "wording_reads",
    metadata,
    Column("wording_id", String(24), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    # agent:<seat> as the call hall names it, or officer:<account>
    Column("reader", String(80), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("read_at", BigInteger, nullable=False),
)
