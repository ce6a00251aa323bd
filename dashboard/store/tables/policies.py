"""Versions of the escalation policy, and every telling of a step or a consultation with what became of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from dashboard.store.tables.base import metadata

policy_versions = Table(
    "policy_versions",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("made_name", Text, nullable=False, server_default=""),
    # pack: rows of the city pack; edit: changed by the system administrator; file: read from a file.
    Column("origin", String(8), nullable=False),
    Column("why", Text, nullable=False, server_default=""),
)

# Never changed once written: a running matter keeps the version it was opened under.
policy_steps = Table(
    "policy_steps",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("policy_id", String(60), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("applies_to", String(24), nullable=False),
    Column("stage", String(24), nullable=False),
    Column("urgency", Integer),
    Column("step", Integer, nullable=False),
    Column("unless", String(24), nullable=False),
    Column("clock", String(12), nullable=False),
    Column("after_ms", BigInteger, nullable=False),
    Column("share_of_limit", Float, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("tell", Text, nullable=False),
    Column("means", Text, nullable=False),
    Column("must_act", String(24), nullable=False),
    Column("card", String(12), nullable=False),
    Column("raise_to_level", Integer, nullable=False),
    Column("repeat_ms", BigInteger),
    Column("source", Text, nullable=False),
)

tellings = Table(
    "tellings",
    metadata,
    Column("id", String(40), primary_key=True),
    # clock: a deadline's id; room: a room and its message, "room:no"
    Column("origin", String(8), nullable=False, server_default="clock"),
    Column("origin_id", String(60), nullable=False),
    Column("chain", String(140), nullable=False),
    Column("matter_id", String(40), nullable=False, index=True),
    Column("command_id", String(40)),
    Column("policy_id", String(60), nullable=False),
    Column("role", String(24), nullable=False),
    Column("means", String(12), nullable=False),
    # desk: the desks of a scope; unit, worker, specialist: one of these; webhook: an address that the administrator
    # entered.
    Column("recipient_kind", String(12), nullable=False),
    Column("recipient", String(80), nullable=False),
    Column("recipient_name", Text, nullable=False, server_default=""),
    Column("scope", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("text_en", Text, nullable=False),
    Column("level", Integer, nullable=False, server_default="0"),
    Column("made_at", BigInteger, nullable=False),
    # waiting, sent, received, failed, by_hand, lapsed
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_at", BigInteger),
    Column("leased_by", String(80), nullable=False, server_default=""),
    Column("sent_at", BigInteger),
    Column("received_at", BigInteger),
    Column("received_by", Text, nullable=False, server_default=""),
    Column("ended_at", BigInteger),
    Column("gateway_id", String(120), nullable=False, server_default=""),
    Column("fault", String(40), nullable=False, server_default=""),
    # One row per firing or message, role, means and recipient: what is repeated cannot tell twice.
    Index(
        "uq_tellings_origin",
        "origin",
        "origin_id",
        "role",
        "means",
        "recipient_kind",
        "recipient",
        unique=True,
    ),
    Index("ix_tellings_state_next_at", "state", "next_at"),
    Index("ix_tellings_recipient_state", "recipient_kind", "recipient", "state"),
)

telling_attempts = Table(
    "telling_attempts",
    metadata,
    Column("telling_id", String(40), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("by", String(80), nullable=False),
    Column("ended_at", BigInteger),
    # "" while it runs or when its worker died, sent, or the fault's code
    Column("result", String(40), nullable=False, server_default=""),
    Column("detail", Text, nullable=False, server_default=""),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("url", Text, nullable=False),
    Column("jurisdiction", String(24), nullable=False),
    Column("secret_sealed", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("closed_at", BigInteger),
)
