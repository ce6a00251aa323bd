"""The views of the queue that an account keeps."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table, Text

from dashboard.store.tables.base import metadata

queue_views = Table(
    "queue_views",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("view", Text, nullable=False),
    Column("kept_at", BigInteger, nullable=False),
)
