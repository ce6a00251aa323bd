"""The dispatch catalogue (派单目录) as officers edited it; what nobody edited is the city pack's."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from dashboard.store.tables.base import metadata

# Every version of a row stays: the newest is in force, those before say what was.
directions = Table(
    "directions",
    metadata,
    Column("category", String(20), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("lead", String(40), nullable=False),
    Column("assists", Text, nullable=False),
    Column("level", String(12), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("made_name", Text, nullable=False),
    Column("why", Text, nullable=False),
)
