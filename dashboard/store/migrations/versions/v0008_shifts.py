"""Posts, shifts and hand-overs; and the audit by its time, for taking a period out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Create the tables."""
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_table(
        "posts",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("jurisdiction", sa.String(24), nullable=False),
        sa.Column("post", sa.String(8), nullable=False),
        sa.Column("account", sa.String(80), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("since_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("acted_at", sa.BigInteger(), nullable=False),
        sa.Column("silent_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_how", sa.String(16), nullable=False, server_default=""),
    )
    _one_open("uq_posts_held", "posts", ["jurisdiction", "post"])
    _one_open("uq_posts_holder", "posts", ["account", "jurisdiction"])
    op.create_table(
        "handovers",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("jurisdiction", sa.String(24), nullable=False),
        sa.Column("post", sa.String(8), nullable=False),
        sa.Column("from_account", sa.String(80), nullable=False),
        sa.Column("from_name", sa.String(60), nullable=False),
        sa.Column("to_account", sa.String(80)),
        sa.Column("to_name", sa.String(60)),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_how", sa.String(16), nullable=False, server_default=""),
    )
    _one_open("uq_handovers_open", "handovers", ["jurisdiction", "post"])
    op.create_table(
        "handover_items",
        sa.Column("handover_id", sa.String(40), primary_key=True),
        sa.Column("ref", sa.String(80), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("matter_id", sa.String(40)),
        sa.Column("no", sa.String(20), nullable=False, server_default=""),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("details", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("confirmed_by", sa.String(80)),
    )


def _one_open(name: str, table: str, columns: list[str]) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
