"""The event log, the audit chain, what was already done, and the store's own facts."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from dashboard.store.tables.base import metadata

log = Table(
    "log",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("matter_id", String(40), index=True),
    Column("command_id", String(40)),
    Column("actor", String(80), nullable=False),
    Column("params", Text, nullable=False),
    Column("rows", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("tone", String(8), nullable=False, server_default=""),
)

audit = Table(
    "audit",
    metadata,
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("role", String(24), nullable=False),
    Column("address", String(80), nullable=False),
    Column("act", String(40), nullable=False),
    Column("subject", String(140), nullable=False),
    Column("result", String(60), nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_subject", "subject"),
    Index("ix_audit_at", "at"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("actor", String(80), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("act", String(40), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("value", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
)

meta = Table(
    "meta", metadata, Column("key", String(40), primary_key=True), Column("value", Text, nullable=False)
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
