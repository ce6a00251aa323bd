"""The schema, one table per idea. Instants are UTC milliseconds (BIGINT); lists and objects are JSON text.

Columns are plain on purpose: the same statements run on SQLite and on PostgreSQL and its relatives.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
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

matters = Table(
    "matters",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("no", String(20), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("source", String(40), nullable=False),
    Column("external_id", String(80), nullable=False),
    Column("source_status", String(24), nullable=False),
    Column("source_urgency", Integer),
    Column("source_unit", String(60)),
    Column("reading_digest", String(64), nullable=False, server_default=""),
    Column("title", Text, nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("category", String(20), nullable=False),
    Column("stage", String(24), nullable=False),
    Column("stage_at", BigInteger, nullable=False),
    Column("region", String(20)),
    Column("township", String(20)),
    Column("village", String(20)),
    Column("grid", String(24)),
    Column("place", Text, nullable=False, server_default=""),
    Column("lon", Float),
    Column("lat", Float),
    Column("grid_level", Integer),
    Column("unit", String(60)),
    Column("channel", String(24), nullable=False, server_default=""),
    Column("origin_number", String(24), nullable=False, server_default=""),
    Column("superior_source", String(40), nullable=False, server_default=""),
    Column("request_type", String(24), nullable=False, server_default=""),
    Column("reporter", String(60), nullable=False, server_default=""),
    Column("merged", Integer, nullable=False, server_default="1"),
    Column("merged_into", String(40)),
    Column("opened_at", BigInteger, nullable=False),
    Column("dispatched_at", BigInteger),
    Column("signed_at", BigInteger),
    Column("replied_at", BigInteger),
    Column("closed_at", BigInteger),
    Column("final_due_at", BigInteger),
    Column("due_at", BigInteger),
    Column("due_for", String(24), nullable=False, server_default=""),
    Column("limit_ms", BigInteger, nullable=False, server_default="0"),
    Column("level", Integer, nullable=False, server_default="0"),
    Column("card", String(12), nullable=False, server_default=""),
    Column("must_act", String(60), nullable=False, server_default=""),
    Column("acknowledged", Boolean, nullable=False, server_default=text("false")),
    Column("whistle", String(40)),
    Column("returned", Integer, nullable=False, server_default="0"),
    Column("resolved", Boolean),
    Column("satisfied", Boolean),
    Column("result", Text),
    Column("scope", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("touched_at", BigInteger, nullable=False),
    Column("touched_by", String(80), nullable=False, server_default=""),
    Column("touched_kind", String(40), nullable=False, server_default=""),
    UniqueConstraint("source", "external_id"),
    Index("ix_matters_closed_at_due_at", "closed_at", "due_at"),
    Index("ix_matters_opened_at", "opened_at"),
    Index("ix_matters_merged_into", "merged_into"),
)

citizens = Table(
    "citizens",
    metadata,
    Column("matter_id", String(40), primary_key=True),
    Column("name_sealed", LargeBinary),
    Column("phone_sealed", LargeBinary),
    Column("words_sealed", LargeBinary),
    Column("secret", Boolean, nullable=False, server_default=text("false")),
)

commands = Table(
    "commands",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("no", String(20), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("matter_id", String(40), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("objective", Text, nullable=False),
    Column("place", Text, nullable=False, server_default=""),
    Column("region", String(20)),
    Column("township", String(20)),
    Column("lon", Float),
    Column("lat", Float),
    Column("decider", Text, nullable=False, server_default=""),
    Column("issued_at", BigInteger, nullable=False),
    Column("issued_by", String(80), nullable=False),
    Column("issued_name", String(80), nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("limit_ms", BigInteger, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("state_at", BigInteger, nullable=False),
    Column("level", Integer, nullable=False, server_default="0"),
    Column("must_act", String(60), nullable=False, server_default=""),
    Column("recommendation", Text),
    Column("override_reason", Text),
    Column("consultation_host", Text),
    Column("consultation_at", BigInteger),
    Column("scope", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

receipts = Table(
    "receipts",
    metadata,
    Column("command_id", String(40), primary_key=True),
    Column("receiver_id", String(60), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("code", String(8), nullable=False, server_default=""),
    Column("name", Text, nullable=False),
    Column("role", String(8), nullable=False),
    Column("objective", Text, nullable=False, server_default=""),
    Column("region", String(20)),
    Column("stage", String(12), nullable=False),
    Column("delivered_at", BigInteger),
    Column("read_at", BigInteger),
    Column("accepted_at", BigInteger),
    Column("en_route_at", BigInteger),
    Column("arrived_at", BigInteger),
    Column("done_at", BigInteger),
    Column("left_at", BigInteger),
    Column("declined_at", BigInteger),
    Column("declined_reason", Text),
    Column("due_at", BigInteger, nullable=False),
    Column("late", Boolean, nullable=False, server_default=text("false")),
    Column("leave_refused", Integer, nullable=False, server_default="0"),
    Column("eta_at", BigInteger),
    Column("people", Integer),
    Column("origin_lon", Float),
    Column("origin_lat", Float),
    Column("lon", Float),
    Column("lat", Float),
    Index("ix_receipts_receiver_id", "receiver_id"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("command_id", String(40), primary_key=True),
    Column("item", Integer, primary_key=True),
    Column("question", Text, nullable=False),
    Column("decision", Text),
    Column("owner", Text),
    Column("due_at", BigInteger),
    Column("reviewer", Text),
    Column("decided_at", BigInteger),
    Column("recorded_by", String(80)),
)

deadlines = Table(
    "deadlines",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("chain", String(140), nullable=False),
    Column("matter_id", String(40), nullable=False, index=True),
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
    # One armed clock per chain: a second worker or a repeated act cannot arm it twice.
    Index(
        "uq_deadlines_armed_chain",
        "chain",
        unique=True,
        sqlite_where=text("state = 'armed'"),
        postgresql_where=text("state = 'armed'"),
    ),
)

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

inbox = Table(
    "inbox",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("command_id", String(40), primary_key=True),
    Column("receiver_id", String(60), primary_key=True),
    Index("ix_inbox_receiver_id_seq", "receiver_id", "seq"),
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

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("display_name", String(60), nullable=False),
    Column("role", String(24), nullable=False),
    Column("jurisdiction", String(24), nullable=False),
    Column("unit", String(60)),
    Column("language", String(4), nullable=False, server_default="zh"),
    Column("password_hash", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", String(40), nullable=False, index=True),
    Column("address", String(80), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("address", String(80), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("kind", String(8), nullable=False),
    Column("name", String(60), nullable=False),
    Column("jurisdiction", String(24), nullable=False),
    Column("receivers", Text, nullable=False, server_default="[]"),
    Column("opened_at", BigInteger, nullable=False),
    Column("opened_by", String(80), nullable=False),
    Column("revoked_at", BigInteger),
)

roster = Table(
    "roster",
    metadata,
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("worker_id", String(60), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("grid", String(24), nullable=False),
    Column("township", String(20), nullable=False),
    Column("region", String(20), nullable=False),
    Column("assessed", Boolean, nullable=False),
    Column("skills", Text, nullable=False, server_default=""),
    Column("device_id", String(60), nullable=False, unique=True),
    Column("key_generation", Integer, nullable=False, server_default="1"),
)

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
    Index("ix_calls_at", "at"),
)

agents = Table(
    "agents",
    metadata,
    Column("source", String(40), primary_key=True),
    Column("agent", String(60), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("since_at", BigInteger, nullable=False),
)
