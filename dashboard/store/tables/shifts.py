"""Who holds which post of a centre, and the sheets on which a post is handed over."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, text

from dashboard.store.tables.base import metadata

posts = Table(
    "posts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("jurisdiction", String(24), nullable=False),
    Column("post", String(8), nullable=False),
    Column("account", String(80), nullable=False),
    Column("name", String(60), nullable=False),
    Column("since_at", BigInteger, nullable=False),
    Column("until_at", BigInteger, nullable=False),
    Column("acted_at", BigInteger, nullable=False),
    Column("silent_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("ended_how", String(16), nullable=False, server_default=""),
    # One holder per post and one post per holder, whatever two desks do at the same moment.
    Index(
        "uq_posts_held",
        "jurisdiction",
        "post",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index(
        "uq_posts_holder",
        "account",
        "jurisdiction",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

handovers = Table(
    "handovers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("jurisdiction", String(24), nullable=False),
    Column("post", String(8), nullable=False),
    Column("from_account", String(80), nullable=False),
    Column("from_name", String(60), nullable=False),
    Column("to_account", String(80)),
    Column("to_name", String(60)),
    Column("begun_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("ended_how", String(16), nullable=False, server_default=""),
    Index(
        "uq_handovers_open",
        "jurisdiction",
        "post",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

handover_items = Table(
    "handover_items",
    metadata,
    Column("handover_id", String(40), primary_key=True),
    Column("ref", String(80), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("matter_id", String(40)),
    Column("no", String(20), nullable=False, server_default=""),
    Column("title", Text, nullable=False),
    Column("due_at", BigInteger),
    Column("details", Text, nullable=False, server_default="{}"),
    Column("confirmed_at", BigInteger),
    Column("confirmed_by", String(80)),
)
