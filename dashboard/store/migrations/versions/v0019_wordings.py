"""Wordings for the hotline's agents, their versions, and who has read which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "wordings",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("place", sa.String(24), nullable=False),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("given_by", sa.String(80), nullable=False),
        sa.Column("given_name", sa.String(80), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_name", sa.String(80), nullable=False, server_default=""),
        sa.Column("ended_reason", sa.Text(), nullable=False, server_default=""),
    )
    op.create_index("ix_wordings_ended_at", "wordings", ["ended_at"])
    op.create_table(
        "wording_versions",
        sa.Column("wording_id", sa.String(24), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("given_by", sa.String(80), nullable=False),
        sa.Column("given_name", sa.String(80), nullable=False),
    )
    op.create_table(
        "wording_reads",
        sa.Column("wording_id", sa.String(24), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("reader", sa.String(80), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
    )
