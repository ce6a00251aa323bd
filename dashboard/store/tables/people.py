"""Accounts, sessions, tokens and the roster of grid workers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, String, Table, Text, text

from dashboard.store.tables.base import metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("display_name", String(60), nullable=False),
    Column("role", String(24), nullable=False),
    Column("jurisdiction", String(24), nullable=False),
    Column("unit", String(60)),
    Column("worker", String(60)),
    Column("language", String(4), nullable=False, server_default="zh"),
    Column("password_hash", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    Column("password_set_at", BigInteger, nullable=False, server_default="0"),
    Column("must_change", Boolean, nullable=False, server_default=text("false")),
    Column("totp_sealed", LargeBinary),  # the device's secret, in use since `totp_since`
    Column("totp_since", BigInteger),
    # Of the last code that was taken: each counts once.
    Column("totp_step", BigInteger, nullable=False, server_default="0"),
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
    Column("stage", String(10), nullable=False, server_default="open"),
    Column("passed_factor", Boolean, nullable=False, server_default=text("false")),
    Column(
        "by_password", Boolean, nullable=False, server_default=text("true")
    ),  # else by the identity server
    Column("agent", String(160), nullable=False, server_default=""),
    Column(
        "totp_shown", LargeBinary
    ),  # the secret of a new device that this session was shown and nobody else
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

# Terminals that speak JT/T 808: which device of the roster each is. The number is that of a machine's card.
terminals = Table(
    "terminals",
    metadata,
    Column("phone", String(20), primary_key=True),
    Column("device_id", String(60), nullable=False, unique=True),
    Column("terminal_id", String(60), nullable=False, server_default=""),
    Column("plate", String(20), nullable=False, server_default=""),
    Column("datum", String(5), nullable=False, server_default="wgs84"),
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
