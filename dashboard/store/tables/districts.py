"""Moves and shares between regions, and which matters were found or made one."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, String, Table, Text, text

from dashboard.store.tables.base import metadata

district_proposals = Table(
    "district_proposals",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("matter_id", String(40), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("from_region", String(20), nullable=False),
    Column("to_region", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("made_name", Text, nullable=False, server_default=""),
    Column("due_at", BigInteger, nullable=False),
    Column("state", String(12), nullable=False),
    Column("ruled_at", BigInteger),
    Column("ruled_by", String(80)),
    Column("ruled_name", Text, nullable=False, server_default=""),
    Column("ruled_reason", Text, nullable=False, server_default=""),
    Column("overridden", Boolean, nullable=False, server_default=text("false")),
    Column("escalated_at", BigInteger),
    # Where the matter lay before a move, as JSON: what the city puts back when it overrides an accepted one.
    Column("before", Text, nullable=False, server_default="{}"),
    Index("ix_district_proposals_matter_id_state", "matter_id", "state"),
    Index("ix_district_proposals_state", "state"),
)

# One row per pair: the matter that carries, or would, and the one that repeats it.
merges = Table(
    "merges",
    metadata,
    Column("carrier_id", String(40), primary_key=True),
    Column("matter_id", String(40), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("likeness", Float, nullable=False, server_default="0"),
    Column("facts", Text, nullable=False, server_default="{}"),
    Column("made_at", BigInteger, nullable=False),
    Column("ruled_at", BigInteger),
    Column("ruled_by", String(80)),
    Column("ruled_name", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Index("ix_merges_matter_id_state", "matter_id", "state"),
    Index("ix_merges_carrier_id_state", "carrier_id", "state"),
    Index("ix_merges_state", "state"),
)
