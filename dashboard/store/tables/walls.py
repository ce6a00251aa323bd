"""What each wall was told to show, and how it is built."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table, Text

from dashboard.store.tables.base import metadata

walls = Table(
    "walls",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("jurisdiction", String(24), nullable=False),
    Column("name", String(60), nullable=False),
    Column("scene", String(16), nullable=False),
    Column("matter_id", String(40)),
    Column("held", Boolean, nullable=False),
    Column("rotates", Boolean, nullable=False),
    Column("rotation_s", Integer, nullable=False),
    Column("driven_at", BigInteger, nullable=False),
    Column("driven_by", String(60), nullable=False),
    Column("muted_until", BigInteger, nullable=False),
    Column("mute_reason", Text, nullable=False),
    Column("muted_by", String(60), nullable=False),
    Column("panel_columns", Integer, nullable=False),
    Column("panel_rows", Integer, nullable=False),
    Column("width_mm", Integer, nullable=False),
    Column("distance_mm", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
)
