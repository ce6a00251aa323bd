"""Walls: what each was told to show, until when it is silent, and how it is built."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; a wall that nobody drives has no row."""
    op.create_table(
        "walls",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("jurisdiction", sa.String(24), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("scene", sa.String(16), nullable=False),
        sa.Column("matter_id", sa.String(40)),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("rotates", sa.Boolean(), nullable=False),
        sa.Column("rotation_s", sa.Integer(), nullable=False),
        sa.Column("driven_at", sa.BigInteger(), nullable=False),
        sa.Column("driven_by", sa.String(60), nullable=False),
        sa.Column("muted_until", sa.BigInteger(), nullable=False),
        sa.Column("mute_reason", sa.Text(), nullable=False),
        sa.Column("muted_by", sa.String(60), nullable=False),
        sa.Column("panel_columns", sa.Integer(), nullable=False),
        sa.Column("panel_rows", sa.Integer(), nullable=False),
        sa.Column("width_mm", sa.Integer(), nullable=False),
        sa.Column("distance_mm", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
    )
