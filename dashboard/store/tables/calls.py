"""Calls and agents of the hotline."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table

from dashboard.store.tables.base import metadata

calls = Table(
    "calls",
    metadata,
    Column("source", String(40), primary_key=True),
    Column("call_id", String(80), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("channel", String(24), nullable=False),
    Column("origin_number", String(24), nullable=False),
    Column("category", String(20), nullable=False),
    Column("agent", String(60), nullable=False),
    Column("agent_state", String(8), nullable=False),
    Column("order_no", String(80), nullable=False),
    Column("desk", String(20), nullable=False, server_default=""),
    Index("ix_calls_at", "at"),
)

agents = Table(
    "agents",
    metadata,
    Column("source", String(40), primary_key=True),
    Column("agent", String(60), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("since_at", BigInteger, nullable=False),
    Column("desk", String(20), nullable=False, server_default=""),
)
