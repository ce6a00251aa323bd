"""Briefs with their versions, the three rates day by day, and missed ends by their time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

COUNTS = (
    "opened", "closed", "response_yes", "response_all", "resolved_yes", "resolved_all", "satisfied_yes",
    "satisfied_all",
)  # fmt: skip


def upgrade() -> None:
    """Create the tables and the index."""
    op.create_table(
        "briefs",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("jurisdiction", sa.String(24), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("generated", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.BigInteger()),
        sa.Column("approved_by", sa.String(80)),
        sa.Column("approved_name", sa.String(80), nullable=False, server_default=""),
        sa.Column("digest", sa.String(64), nullable=False, server_default=""),
    )
    op.create_index("uq_briefs_subject", "briefs", ["kind", "jurisdiction", "subject"], unique=True)
    op.create_index("ix_briefs_jurisdiction_until_at", "briefs", ["jurisdiction", "until_at"])
    op.create_table(
        "brief_versions",
        sa.Column("brief_id", sa.String(40), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sentences", sa.Text(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=False),
        sa.Column("edited_by", sa.String(80), nullable=False),
        sa.Column("edited_name", sa.String(80), nullable=False),
    )
    op.create_table(
        "daily_rates",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("region", sa.String(20), primary_key=True),
        sa.Column("unit", sa.String(60), primary_key=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
    )
    op.create_table(
        "rate_days",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("counted_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_matters_missed_due_at", "matters", ["missed_due_at"])
