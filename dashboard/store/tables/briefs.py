"""Briefs with what officers made of them, and the three rates day by day."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from dashboard.store.tables.base import metadata

briefs = Table(
    "briefs",
    metadata,
    Column("id", String(40), primary_key=True),
    # daily, weekly, monthly, special
    Column("kind", String(8), nullable=False),
    Column("jurisdiction", String(24), nullable=False),
    # The day, week or month that it is about, or "matter:<id>", "surge:<category>:<township>:<from_at>".
    Column("subject", String(80), nullable=False),
    Column("from_at", BigInteger, nullable=False),
    Column("until_at", BigInteger, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("title", Text, nullable=False),
    # Sentences and charts as they were made, with the query behind each number; never changed.
    Column("generated", Text, nullable=False),
    # draft, approved
    Column("state", String(10), nullable=False),
    Column("version", Integer, nullable=False),
    Column("approved_at", BigInteger),
    Column("approved_by", String(80)),
    Column("approved_name", String(80), nullable=False, server_default=""),
    Column("digest", String(64), nullable=False, server_default=""),
    # A brief is made once, whoever wakes up twice.
    Index("uq_briefs_subject", "kind", "jurisdiction", "subject", unique=True),
    Index("ix_briefs_jurisdiction_until_at", "jurisdiction", "until_at"),
)

brief_versions = Table(
    "brief_versions",
    metadata,
    Column("brief_id", String(40), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("sentences", Text, nullable=False),
    Column("edited_at", BigInteger, nullable=False),
    Column("edited_by", String(80), nullable=False),
    Column("edited_name", String(80), nullable=False),
)

# One row per local day, county and unit ("" before a unit had it): what a trend needs, whatever the store grows to.
daily_rates = Table(
    "daily_rates",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("region", String(20), primary_key=True),
    Column("unit", String(60), primary_key=True),
    Column("opened", Integer, nullable=False),
    Column("closed", Integer, nullable=False),
    Column("response_yes", Integer, nullable=False),
    Column("response_all", Integer, nullable=False),
    Column("resolved_yes", Integer, nullable=False),
    Column("resolved_all", Integer, nullable=False),
    Column("satisfied_yes", Integer, nullable=False),
    Column("satisfied_all", Integer, nullable=False),
)

# Which days were counted, and when last: a day without an order has no row above.
rate_days = Table(
    "rate_days",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("counted_at", BigInteger, nullable=False),
)
