"""Who of a called unit signed the register on site, and how the unit was rated afterwards."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table, Text

from dashboard.store.tables.base import metadata

attendance = Table(
    "attendance",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("command_id", String(40), nullable=False),
    Column("receiver_id", String(60), nullable=False),
    Column("name", Text, nullable=False),
    Column("post", Text, nullable=False, server_default=""),
    Column("signed_at", BigInteger, nullable=False),
    Column("said_at", BigInteger),
    Column("lon", Float),
    Column("lat", Float),
    Column("signed_by", String(80), nullable=False),
    Column("left_at", BigInteger),
    Column("replaced_by", String(40)),
    Column("reason", Text, nullable=False, server_default=""),
    Index("ix_attendance_command_id_receiver_id", "command_id", "receiver_id"),
)

ratings = Table(
    "ratings",
    metadata,
    Column("command_id", String(40), primary_key=True),
    Column("receiver_id", String(60), primary_key=True),
    Column("punctual", Integer, nullable=False),
    Column("competent", Integer, nullable=False),
    Column("solved", Integer, nullable=False),
    Column("words", Text, nullable=False, server_default=""),
    Column("rated_at", BigInteger, nullable=False),
    Column("rated_by", String(80), nullable=False),
    Column("rated_name", String(80), nullable=False),
    Index("ix_ratings_receiver_id_rated_at", "receiver_id", "rated_at"),
)
