"""Armed and ended clocks."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, text

from dashboard.store.tables.base import metadata

deadlines = Table(
    "deadlines",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("chain", String(140), nullable=False),
    Column("matter_id", String(40), nullable=False),
    Column("command_id", String(40)),
    Column("receiver_id", String(60)),
    Column("purpose", String(24), nullable=False),
    Column("applies_to", String(24), nullable=False),
    Column("stage", String(24), nullable=False, server_default=""),
    Column("urgency", Integer, nullable=False),
    Column("policy_id", String(60), nullable=False),
    Column("phase", String(12), nullable=False),
    Column("repeat_no", Integer, nullable=False, server_default="0"),
    Column("anchor_at", BigInteger, nullable=False),
    Column("objective_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("extended_ms", BigInteger, nullable=False, server_default="0"),
    Column("owner", String(60), nullable=False),
    Column("must_act", String(60), nullable=False),
    Column("level", Integer, nullable=False, server_default="0"),
    Column("card", String(12), nullable=False, server_default="none"),
    Column("state", String(12), nullable=False),
    Column("armed_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("reason", Text, nullable=False, server_default=""),
    Index("ix_deadlines_state_due_at", "state", "due_at"),
    Index("ix_deadlines_matter_id_state", "matter_id", "state"),
    # One armed clock per chain: a second worker or a repeated act cannot arm it twice.
    Index(
        "uq_deadlines_armed_chain",
        "chain",
        unique=True,
        sqlite_where=text("state = 'armed'"),
        postgresql_where=text("state = 'armed'"),
    ),
)
