"""What a matter's loop leaves behind: call-backs, pauses, returns, extensions, cards, written pressure."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, text

from dashboard.store.tables.base import metadata

callbacks = Table(
    "callbacks",
    metadata,
    Column("matter_id", String(40), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("day", String(10), nullable=False),
    Column("result", String(16), nullable=False),
    Column("resolved", Boolean),
    Column("satisfaction", String(20), nullable=False, server_default="unasked"),
    Column("words", Text, nullable=False, server_default=""),
    Column("by", String(80), nullable=False),
    Column("by_name", String(80), nullable=False),
)

pauses = Table(
    "pauses",
    metadata,
    Column("matter_id", String(40), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("stage", String(24), nullable=False),
    Column("began_at", BigInteger, nullable=False),
    Column("began_by", String(80), nullable=False),
    Column("began_name", String(80), nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("final_due_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("ended_by", String(80)),
    # None while it lasts; an extension that was refused paused nothing.
    Column("counted", Boolean),
)

returns = Table(
    "returns",
    metadata,
    Column("matter_id", String(40), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("unit", String(60)),
    Column("reason", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("asked_by", String(80), nullable=False),
    Column("ruled_at", BigInteger),
    Column("ruled_by", String(80)),
    Column("ruling", String(8)),
    Column("ruling_reason", Text, nullable=False, server_default=""),
    Index("ix_returns_unit_asked_at", "unit", "asked_at"),
    Index("ix_returns_asked_at", "asked_at"),
)

extensions = Table(
    "extensions",
    metadata,
    Column("matter_id", String(40), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("unit", String(60)),
    Column("reason", Text, nullable=False),
    Column("until_at", BigInteger, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("asked_by", String(80), nullable=False),
    Column("ruled_at", BigInteger),
    Column("ruled_by", String(80)),
    Column("granted", Boolean),
    # Sent back for missing facts: it does not count as the one application there is.
    Column("sent_back", Boolean, nullable=False, server_default=text("false")),
    Column("ruling_reason", Text, nullable=False, server_default=""),
)

cards = Table(
    "cards",
    metadata,
    # The clock that issued it: a firing is one row, so a card is issued once.
    Column("deadline_id", String(40), primary_key=True),
    Column("matter_id", String(40), nullable=False, index=True),
    Column("unit", String(60), nullable=False),
    Column("card", String(8), nullable=False),
    Column("purpose", String(24), nullable=False),
    Column("policy_id", String(60), nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Index("ix_cards_unit_issued_at", "unit", "issued_at"),
)

supervisions = Table(
    "supervisions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("no", String(20), nullable=False),
    Column("matter_id", String(40), nullable=False, index=True),
    # urge 催办 or order 督办单
    Column("level", String(8), nullable=False),
    Column("cause", String(24), nullable=False),
    Column("unit", String(60), nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    Column("issued_at", BigInteger, nullable=False),
    Column("issued_by", String(80), nullable=False),
    Column("issued_name", String(80), nullable=False, server_default=""),
    Column("answered_at", BigInteger),
    Column("answered_by", String(80)),
    Column("answered_name", String(80), nullable=False, server_default=""),
    Column("answer", Text, nullable=False, server_default=""),
    Index("ix_supervisions_unit_issued_at", "unit", "issued_at"),
)
